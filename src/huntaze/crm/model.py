"""The mirror's values: what is on the platforms, in our own PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from huntaze.kit.cursors import Place
from huntaze.platforms.contract import PostType


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """An account as the platform showed it at ``synced_at``; None = the platform did not say. ``picture_from``: the
    address of the picture that we keep, without its signature."""

    account_id: UUID
    workspace_id: UUID
    username: str
    name: str
    biography: str
    website: str
    picture_id: UUID | None
    picture_url: str
    followers: int | None
    following: int | None
    media_count: int | None
    synced_at: datetime
    picture_from: str


@dataclass(frozen=True, slots=True)
class MediaRow:
    """One post of an account's feed, or a story, ours or not. A carousel's pictures are rows with ``parent_ref``."""

    id: UUID
    workspace_id: UUID
    account_id: UUID
    media_ref: str
    type: str
    product_type: str
    caption: str
    permalink: str
    media_url: str
    thumbnail_url: str
    thumbnail_id: UUID | None
    like_count: int | None
    comments_count: int | None
    published_at: datetime
    removed_at: datetime | None
    synced_at: datetime
    parent_ref: str
    ended_at: datetime | None
    """A story: when its day was over."""
    made_here: bool
    """Published from here."""

    @property
    def place(self) -> Place:
        """In lists, newest first."""
        return Place(self.published_at, self.id)

    @property
    def picture_url(self) -> str:
        """A still picture of it at the platform; the address dies within days. Empty: there is none."""
        return self.thumbnail_url or (self.media_url if self.type == PostType.IMAGE else "")


@dataclass(frozen=True, slots=True)
class CommentRow:
    """One comment or reply. ``source`` is ``push`` (webhook) or ``poll`` (list)."""

    id: UUID
    workspace_id: UUID
    account_id: UUID
    comment_ref: str
    media_ref: str
    parent_ref: str
    person_ref: str
    username: str
    text: str
    like_count: int | None
    hidden: bool | None
    source: str
    created_at: datetime
    received_at: datetime
    removed_at: datetime | None
    live: bool = False
    """Written under a broadcast."""
    ad_ref: str = ""
    erased_at: datetime | None = None
    """Its author was forgotten, and nothing is kept of it."""

    @property
    def place(self) -> Place:
        """In lists, newest first."""
        return Place(self.created_at, self.id)


@dataclass(frozen=True, slots=True)
class CommentKept:
    """What became of a comment: ``is_new`` when it was not here before."""

    comment_ref: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A post of the mirror; ``parent_ref`` names its album when it is a carousel's picture."""

    media_ref: str
    parent_ref: str


@dataclass(frozen=True, slots=True)
class SyncRow:
    """How far a sync of an account has come. ``whole``: it lists everything, else it stops at known ground."""

    workspace_id: UUID
    account_id: UUID
    name: str
    cursor: str
    started_at: datetime
    finished_at: datetime | None
    next_at: datetime | None
    lease_until: datetime | None
    failures: int
    problem: dict[str, Any] | None
    whole: bool
    listed: bool
    """The listing is through; what is left is read from our own tables."""
    oldest_at: datetime | None
    """How far back the listing has come."""
    reconcile_at: datetime | None
    """When everything is listed again."""
    reconciled_at: datetime | None
    """When everything was last listed."""


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """How the comments of a post were read, and how they are being read."""

    workspace_id: UUID
    account_id: UUID
    media_ref: str
    comments_count: int | None
    """What the platform counted when ours were last complete."""
    comments_read_at: datetime | None
    """When the list was last read from beginning to end."""
    began_at: datetime | None
    """When the reading under way asked for the first page."""
    target: int | None
    """How many there are by the platform's count."""
    whole: bool
    """It goes on to the end, however many are here."""
    seen: list[str]


@dataclass(frozen=True, slots=True)
class CountRow:
    """How many comments of a post we have."""

    media_ref: str
    comments: int


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A list of comments, or of replies under ``comment_ref``, that is to be followed."""

    media_ref: str
    comment_ref: str
    cursor: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    """An account as it was last read on a day of its workspace's zone; None = the platform did not say."""

    workspace_id: UUID
    account_id: UUID
    day: date
    username: str
    name: str
    picture_id: UUID | None
    followers: int | None
    following: int | None
    media_count: int | None
    read_at: datetime


@dataclass(frozen=True, slots=True)
class DriftRow:
    """An account whose live events do not arrive as they should."""

    workspace_id: UUID
    account_id: UUID
    usual: float
    """The median of events pushed a day, before the last one; 0 where that is not long ago."""
    last_at: datetime | None
    missed: int
    """What only lists brought of late, though it should have been pushed."""
    silent: bool
    """Nothing was pushed for a day, where much usually is."""
