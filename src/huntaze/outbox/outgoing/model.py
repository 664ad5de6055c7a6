"""The values of outgoing webhooks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from huntaze.outbox.outgoing.kinds import ALL_KINDS, TEST

KEPT_FOR = timedelta(days=30)
"""How long deliveries are kept, whatever became of them."""
LONGEST_NAME = 100
LONGEST_URL = 2000


class Off(StrEnum):
    """Why nothing is sent to a webhook."""

    PAUSED = "paused"
    """A person switched it off."""
    GONE = "gone"
    """It answered 410."""
    FAILING = "failing"
    """For days no attempt succeeded."""


class DeliveryState(StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    ERASED = "erased"
    """It held the words of somebody who was erased; nothing is left to send."""


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """A webhook as somebody wants it. ``types`` is ``*`` alone or names of kinds; no account means every account."""

    name: str
    url: str
    types: frozenset[str] = frozenset({ALL_KINDS})
    account_ids: frozenset[UUID] = field(default_factory=frozenset)
    include_content: bool = False


@dataclass(frozen=True, slots=True)
class TargetPatch:
    """What changes of a webhook; None stays."""

    name: str | None = None
    url: str | None = None
    types: frozenset[str] | None = None
    account_ids: frozenset[UUID] | None = None
    include_content: bool | None = None


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A webhook of a workspace; its secrets are sealed."""

    id: UUID
    workspace_id: UUID
    name: str
    url: str
    types: list[str]
    account_ids: list[UUID]
    include_content: bool
    secret: bytes
    old_secret: bytes | None
    old_secret_until: datetime | None
    created_at: datetime
    enabled_at: datetime
    off_at: datetime | None
    off_why: str
    failing_since: datetime | None
    delivered_at: datetime | None

    @property
    def needs_a_person(self) -> bool:
        """Switched off by itself: somebody has to look."""
        return self.off_why in (Off.GONE, Off.FAILING)


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One event for one webhook, with what its last attempt brought."""

    id: UUID
    workspace_id: UUID
    target_id: UUID
    event_id: int | None
    type: str
    account_id: UUID | None
    body: bytes
    platform: str
    person_ref: str
    state: str
    attempts: int
    tries: int
    next_at: datetime
    lease_until: datetime | None
    status: int | None
    latency_ms: int | None
    answer: str
    problem: str
    event_at: datetime
    created_at: datetime
    attempted_at: datetime | None
    ended_at: datetime | None

    @property
    def is_test(self) -> bool:
        """Asked for by a person: one attempt, whatever comes of it."""
        return self.type == TEST

    @property
    def place(self) -> tuple[UUID]:
        """Behind what the log goes on."""
        return (self.id,)

    @property
    def has_words(self) -> bool:
        """Whether the body holds what people wrote."""
        return bool(self.person_ref)


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt: status and first characters of the answer, or a problem's code; latency in milliseconds."""

    delivery_id: UUID
    number: int
    workspace_id: UUID
    at: datetime
    status: int | None
    latency_ms: int
    answer: str
    problem: str


@dataclass(frozen=True, slots=True)
class TargetHealth:
    """How the last day of a webhook was, and what waits now."""

    target_id: UUID
    delivered: int
    failed: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """Of all workspaces: how many deliveries wait, and since when the oldest does."""

    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class DueTarget:
    """A webhook for which something is due."""

    workspace_id: UUID
    id: UUID


@dataclass(frozen=True, slots=True)
class Replay:
    """Which deliveries of a webhook are to go out again: those made from ``since`` until before ``until`` that failed,
    with ``delivered`` also those that arrived, with ``missed`` also events told while it was switched off."""

    since: datetime
    until: datetime
    delivered: bool = False
    missed: bool = False
