"""Values of posts that come again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from huntaze.platforms.contract import PostType
from huntaze.publishing.model import PostDraft
from huntaze.publishing.rules import Rule
from huntaze.publishing.states import State


class Standing(StrEnum):
    """Where a recurrence is."""

    ACTIVE = "active"
    ENDED = "ended"
    """Its last post is made; it may still be due."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RecurrenceRow:
    id: UUID
    workspace_id: UUID
    rule: str
    starts_local: str
    zone: str
    exceptions: list[str]
    account_ids: list[UUID]
    type: str
    caption: str
    media: list[Any]
    location_id: str
    author: str
    version: int
    made_until: datetime
    next_check_at: datetime | None
    cancelled_at: datetime | None
    created_at: datetime
    edited_at: datetime

    @property
    def place(self) -> tuple[UUID]:
        """In the list of recurrences, newest first."""
        return (self.id,)

    @property
    def standing(self) -> Standing:
        """Active until its last occurrence is made."""
        if self.cancelled_at is not None:
            return Standing.CANCELLED
        return Standing.ENDED if self.next_check_at is None else Standing.ACTIVE

    @property
    def times(self) -> Rule:
        """When it happens."""
        excepted = frozenset(datetime.fromisoformat(one) for one in self.exceptions)
        return Rule(self.rule, datetime.fromisoformat(self.starts_local), self.zone, excepted)

    def draft(self, due_at: datetime | None = None) -> PostDraft:
        """What it publishes; its own rule has been held against the content guard when somebody wrote it."""
        return PostDraft(
            type=PostType(self.type),
            caption=self.caption,
            asset_ids=tuple(UUID(item["assetId"]) for item in self.media),
            account_ids=tuple(self.account_ids),
            due_at=due_at,
            zone=self.zone,
            location_id=self.location_id,
            allow_duplicate=True,
        )


@dataclass(frozen=True, slots=True)
class OccurrenceRow:
    at: datetime
    local_time: str
    post_id: UUID


@dataclass(frozen=True, slots=True)
class OccurrenceView:
    """A made occurrence with the state of its post."""

    row: OccurrenceRow
    state: State


@dataclass(frozen=True, slots=True)
class RecurrenceView:
    """A recurrence, with what is made of it and still to come."""

    row: RecurrenceRow
    coming: tuple[OccurrenceView, ...] = field(default=())
