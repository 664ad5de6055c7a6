"""What platforms count, of posts and of accounts, under the names that the platform gives it. Part of ``contract``.

A number that is missing is never zero: it is None, and a ``Missing`` says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Missing(StrEnum):
    """Why there is no number."""

    NOT_YET = "no_data"
    """The platform has none (yet); it may come up to days late."""
    FEW = "below_threshold"
    """Too few people for the platform to tell."""
    TOO_OLD = "before_professional"
    """Older than the professional account: there will never be one."""


@dataclass(frozen=True, slots=True)
class Number:
    """One figure of a post, counted since it is out. ``value`` None: ``note`` says why (a ``Missing``).

    ``breakdown`` is empty for the whole, else dimension and value, in lower case: ``action_type=email``.
    """

    metric: str
    value: float | None
    breakdown: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class MediaNumbers:
    """Every figure of one post. ``kind`` is the platform's own word for it (Instagram: FEED, REELS, STORY)."""

    media_ref: str
    kind: str
    published_at: datetime
    numbers: tuple[Number, ...]

    @property
    def note(self) -> str:
        """Why the whole post has no figures, else empty."""
        notes = {number.note for number in self.numbers}
        return notes.pop() if len(notes) == 1 and all(number.value is None for number in self.numbers) else ""


Refused = Mapping[str, Sequence[str]]
"""What the platform did not serve: by kind of post, or "" for the account, the names of its metrics."""


@dataclass(frozen=True, slots=True)
class NumbersPage:
    """Figures of some posts, newest first. ``cursor`` empty: the end. ``refused``: what was found to be unserved."""

    items: tuple[MediaNumbers, ...]
    cursor: str
    refused: Refused


@dataclass(frozen=True, slots=True)
class Day:
    """A day as the platform cuts it, and what it calls it."""

    date: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class DayNumber:
    """One figure of an account over the day that ended at ``ends_at``; see ``Number``."""

    metric: str
    value: float | None
    ends_at: datetime
    breakdown: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AccountNumbers:
    """Figures of an account. ``refused``: metrics that the platform did not serve."""

    numbers: tuple[DayNumber, ...]
    refused: tuple[str, ...] = ()
