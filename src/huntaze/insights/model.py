"""The room's values: figures as they are kept, and how far their readings are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from huntaze.kit.json_value import JsonValue

POLL: Final = "poll"
PUSH: Final = "push"
PROFILE: Final = "profile"
"""From the mirror's own reading of the account, which costs no call here."""
FOLLOWERS: Final = "followers_count"
"""How many follow the account, once a day; platforms tell only the change of days."""
FORGET_REFUSAL = timedelta(days=30)
"""How long a metric that was refused is not asked for: platforms bring metrics to more posts with time."""
DayPlace = tuple[datetime, UUID, str, str]
"""The last figure of an account that was read: end of the day, account, metric, breakdown."""
MediaPlace = tuple[date, UUID, str, str, str]
"""The last figure of a post that was read: day, account, post, metric, breakdown."""


@dataclass(frozen=True, slots=True)
class AccountMetricRow:
    """What was counted for an account over the day that ended at ``ends_at``. ``value`` None: ``note`` says why."""

    workspace_id: UUID
    account_id: UUID
    metric: str
    breakdown: str
    ends_at: datetime
    value: float | None
    note: str
    source: str
    read_at: datetime

    @property
    def place(self) -> DayPlace:
        """In the list of figures, oldest first."""
        return self.ends_at, self.account_id, self.metric, self.breakdown


@dataclass(frozen=True, slots=True)
class MediaMetricRow:
    """What was counted for a post since it is out, as last read on ``day`` (UTC). ``value`` None: ``note`` says why."""

    workspace_id: UUID
    account_id: UUID
    media_ref: str
    metric: str
    breakdown: str
    day: date
    value: float | None
    note: str
    source: str
    read_at: datetime

    @property
    def place(self) -> MediaPlace:
        """In the list of figures, oldest first."""
        return self.day, self.account_id, self.media_ref, self.metric, self.breakdown


@dataclass(frozen=True, slots=True)
class PostRow:
    """One figure of a post, or none at all (``metric`` None)."""

    media_ref: str
    kind: str
    published_at: datetime
    note: str
    read_at: datetime
    metric: str | None
    value: float | None


@dataclass(frozen=True, slots=True)
class PostNumbers:
    """The newest figures of a post by metric. ``note``: why it has none, else empty."""

    media_ref: str
    kind: str
    published_at: datetime
    note: str
    read_at: datetime
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class LatestRow:
    """The newest figure of a post; ``breakdown`` empty: as a whole."""

    metric: str
    breakdown: str
    value: float | None
    note: str
    read_at: datetime


@dataclass(frozen=True, slots=True)
class DueRow:
    """An account of which something is to be read."""

    workspace_id: UUID
    account_id: UUID


@dataclass(frozen=True, slots=True)
class RoundRow:
    """How far one kind of reading of an account is. ``next_at`` None: never again."""

    workspace_id: UUID
    account_id: UUID
    name: str
    cursor: str
    started_at: datetime | None
    finished_at: datetime | None
    next_at: datetime | None
    lease_until: datetime | None
    failures: int
    problem: Mapping[str, JsonValue] | None
    refused: Mapping[str, JsonValue]


def refused_now(rounds: Sequence[RoundRow], now: datetime) -> dict[str, list[str]]:
    """What the platform was found not to serve, by kind of post ("" for the account itself)."""
    found: dict[str, list[str]] = {}
    for key, when in (item for row in rounds for item in row.refused.items()):
        kind, _, metric = key.partition(":")
        if isinstance(when, str) and now - datetime.fromisoformat(when) < FORGET_REFUSAL:
            found.setdefault(kind, []).append(metric)
    return found


def refusals(found: Mapping[str, Sequence[str]], now: datetime) -> dict[str, str]:
    """What was found to be unserved, as a round keeps it."""
    return {f"{kind}:{metric}": now.isoformat() for kind, metrics in found.items() for metric in metrics}
