"""What the rooms above tell the accounts pages and their API. Wiring fills it in, since nothing is imported up the
line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FollowersOn:
    """How many followers an account had at the end of a day."""

    day: date
    followers: int


@dataclass(frozen=True, slots=True)
class Seen:
    """An account as its platform showed it at ``seen_at``; None: the platform did not say."""

    biography: str
    website: str
    followers: int | None
    following: int | None
    media_count: int | None
    picture_id: UUID | None
    """Our own copy of its picture, a file of the library."""
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Syncing:
    """How far the mirror of an account is. ``next_at`` None: it stands still until a person acts."""

    started_at: datetime
    finished_at: datetime | None
    next_at: datetime | None
    problem: str
    """Why the last try ended early; empty when it did not."""


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What is known of an account from its mirror."""

    seen: Seen | None = None
    syncing: Syncing | None = None
    days: Sequence[FollowersOn] = ()
    """The last days for which a number is known, oldest first."""


ScheduledPosts = Callable[[UUID, UUID], Awaitable[int]]
"""(workspace_id, account_id) → how many posts still wait for this account."""
MirroredOf = Callable[[UUID, Sequence[UUID]], Awaitable[Mapping[UUID, Mirrored]]]
"""(workspace_id, account_ids) → what the mirror knows of each."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The two things that accounts cannot know by themselves."""

    scheduled_posts: ScheduledPosts
    mirrored: MirroredOf
