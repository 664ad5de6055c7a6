"""Values of publishing. Row classes have exactly the columns of the queries that fill them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from huntaze.kit.text import Text, normal, read_text
from huntaze.platforms.contract import PostType
from huntaze.publishing.first_comments import FirstComment, FirstCommentRow, first_comment_of
from huntaze.publishing.states import State, post_state


class HeldReason(StrEnum):
    """Why a publication waits for a person or a time."""

    RECONNECT = "reconnect"
    DISCONNECTED = "disconnected"
    QUOTA = "quota"
    THROTTLED = "throttled"
    MISSED = "missed"
    DUPLICATE = "duplicate"


class Role(StrEnum):
    """A ``post`` artefact can be published; an ``item`` is a picture of a carousel."""

    POST = "post"
    ITEM = "item"


class ArtefactEnd(StrEnum):
    """How far an artefact came."""

    MADE = "made"
    READY = "ready"
    PUBLISHED = "published"
    FAILED = "failed"
    EXPIRED = "expired"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class PostRow:
    id: UUID
    workspace_id: UUID
    type: str
    caption: str
    media: list[Any]
    location_id: str
    cover_id: UUID | None
    zone: str
    author: str
    version: int
    created_at: datetime
    edited_at: datetime
    first_comment: str = ""

    @property
    def asset_ids(self) -> tuple[UUID, ...]:
        """The files of the post, in order."""
        return tuple(UUID(item["assetId"]) for item in self.media)


@dataclass(frozen=True, slots=True)
class PublicationRow:
    id: UUID
    workspace_id: UUID
    post_id: UUID
    account_id: UUID
    platform: str
    state: str
    due_at: datetime | None
    prepare_from: datetime | None
    content_hash: bytes
    next_check_at: datetime | None
    attempt: int
    tries: int
    work_owner: UUID | None
    work_lease_until: datetime | None
    send_lease_until: datetime | None
    fence: int
    unknown_since: datetime | None
    unknown_reads: int
    baseline: dict[str, Any] | None
    armed_at: datetime | None
    published_at: datetime | None
    media_ref: str | None
    permalink: str | None
    link_reads: int
    held_reason: str
    held_until: datetime | None
    problem: dict[str, Any] | None
    created_at: datetime

    @property
    def now_state(self) -> State:
        """The state as a ``State``."""
        return State(self.state)

    @property
    def asks_which(self) -> bool:
        """Published, and nobody could tell which post of the account it is: a person may point at it."""
        return self.state == State.PUBLISHED.value and self.media_ref is None and self.next_check_at is None


@dataclass(frozen=True, slots=True)
class ArtefactRow:
    id: UUID
    workspace_id: UUID
    publication_id: UUID
    attempt: int
    role: str
    position: int
    ref: str
    upload_url: str
    state: str
    made_at: datetime
    ready_at: datetime | None
    ended_at: datetime | None
    raw: str


@dataclass(frozen=True, slots=True)
class AttemptRow:
    id: UUID
    publication_id: UUID
    number: int
    artefact_ref: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    id: UUID
    publication_id: UUID
    attempt: int
    at: datetime
    kind: str
    words: dict[str, Any]
    raw: str

    @property
    def text(self) -> Text:
        """The words of this entry, to be translated by who shows them."""
        return read_text(self.words)


@dataclass(frozen=True, slots=True)
class IdempotencyRow:
    body_hash: bytes
    post_id: UUID | None
    status: int | None
    answer: dict[str, Any] | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Overdue:
    """How many publications of a workspace nobody looks after, and since when the oldest of them waits."""

    workspace_id: UUID
    posts: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekly time of an account: ISO ``weekday`` (1 is Monday) and ``minute`` of the day on the wall of ``zone``."""

    weekday: int
    minute: int
    zone: str


@dataclass(frozen=True, slots=True)
class PostDraft:
    """What somebody asks to be published. ``due_at`` None and not ``draft``: now, or the first time that is a free
    slot of every account if ``next_free_slot`` is asked for."""

    type: PostType
    caption: str
    asset_ids: tuple[UUID, ...]
    account_ids: tuple[UUID, ...]
    due_at: datetime | None
    zone: str
    draft: bool = False
    location_id: str = ""
    cover_id: UUID | None = None
    allow_duplicate: bool = False
    next_free_slot: bool = False
    first_comment: str = ""


@dataclass(frozen=True, slots=True)
class PostView:
    """A post with everything that hangs on it, for pages and API."""

    post: PostRow
    publications: tuple[PublicationRow, ...]
    attempts: tuple[AttemptRow, ...] = ()
    evidence: tuple[EvidenceRow, ...] = field(default=())
    first_comments: tuple[FirstCommentRow, ...] = ()

    @property
    def state(self) -> State:
        """Derived from the publications, never stored."""
        return post_state(p.now_state for p in self.publications)

    @property
    def place(self) -> tuple[UUID]:
        """In the list of posts, newest first."""
        return (self.post.id,)

    def first_comment_of(self, row: PublicationRow) -> FirstComment | None:
        """What is known of the first comment of one of the publications; None when none is wanted."""
        said = next((one for one in self.first_comments if one.publication_id == row.id), None)
        wanted = "" if row.now_state is State.CANCELLED else self.post.first_comment
        return first_comment_of(said, wanted, unlinked=row.asks_which)


def brief_view(post: PostRow, rows: Sequence[PublicationRow], said: Sequence[FirstCommentRow]) -> PostView:
    """A post without its timeline, out of the rows of many."""
    publications = tuple(row for row in rows if row.post_id == post.id)
    return PostView(post, publications, first_comments=tuple(one for one in said if one.post_id == post.id))


def draft_of(post: PostRow, account_ids: Sequence[UUID]) -> PostDraft:
    """A stored post as the draft it came from."""
    return PostDraft(
        type=PostType(post.type),
        caption=post.caption,
        asset_ids=post.asset_ids,
        account_ids=tuple(account_ids),
        due_at=None,
        zone=post.zone,
        location_id=post.location_id,
        cover_id=post.cover_id,
        first_comment=post.first_comment,
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A post of the platform at which a person points: that is ours."""

    media_ref: str
    permalink: str
    published_at: datetime


def link_owner(row: PublicationRow) -> str:
    """The name under which the links of one publication are made, read and revoked."""
    return f"publication:{row.id}"


def content_hash(caption: str, media_hashes: Sequence[bytes]) -> bytes:
    """What the content guard compares: caption (NFC, trimmed) and the files in order."""
    digest = hashlib.sha256(normal(caption).encode())
    for media in media_hashes:
        digest.update(b"\0" + media)
    return digest.digest()
