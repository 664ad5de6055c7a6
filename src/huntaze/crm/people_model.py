"""The mirror's values about people: who they are, what was said with them, where they named an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from huntaze.kit.cursors import Place


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody at a platform as one account knows them; None = the platform did not say.

    ``sources`` tells of each field where it comes from (``from``: comment, conversation, profile), how (``by``: push,
    poll) and since when it is known so (``at``). ``picture_url`` is the platform's and dies within days: the pictures
    of people are not copied.
    """

    id: UUID
    workspace_id: UUID
    account_id: UUID
    person_ref: str
    username: str
    name: str
    picture_url: str
    followers: int | None
    follows_account: bool | None
    followed_by_account: bool | None
    verified: bool | None
    source: str
    first_seen_at: datetime
    last_seen_at: datetime
    wrote_at: datetime | None
    """Their last direct message."""
    profile_at: datetime | None
    """When the platform last showed their profile."""
    profile_next_at: datetime | None
    profile_problem: str
    sources: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PersonKept:
    """Somebody who was written down. ``bare``: their profile may be asked for and is missing or old."""

    person_ref: str
    bare: bool


@dataclass(frozen=True, slots=True)
class ConversationKept:
    """Where the conversation with a person stands."""

    id: UUID
    person_ref: str


@dataclass(frozen=True, slots=True)
class MessageKept:
    """What became of a message: ``is_new`` when it itself was not here before; hints of it may have been."""

    message_ref: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class MentionKept:
    """A mention that was not here before."""

    id: UUID
    media_ref: str
    comment_ref: str


@dataclass(frozen=True, slots=True)
class ErasedRow:
    """Somebody who was forgotten, and when: older words of theirs are not taken in again."""

    person_hash: bytes
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """The conversation with a person, and the last message in it (its fields are empty or None without one).

    ``unread`` counts their messages since the account last wrote or read, up to 100. The platform lets the account
    answer for a day from ``last_inbound_at`` (instagram.md §5.1). ``owner_app_ref``: another app that answers.
    """

    id: UUID
    workspace_id: UUID
    account_id: UUID
    person_ref: str
    conversation_ref: str
    last_message_at: datetime
    last_inbound_at: datetime | None
    last_outbound_at: datetime | None
    person_seen_at: datetime | None
    read_at: datetime | None
    owner_app_ref: str
    control_at: datetime | None
    person_id: UUID | None
    username: str
    name: str
    last_text: str
    last_from_account: bool | None
    last_deleted_at: datetime | None
    last_attachments: Sequence[Mapping[str, Any]]
    unread: int

    @property
    def place(self) -> Place:
        """In lists, newest first."""
        return Place(self.last_message_at, self.id)


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message, or what stands between messages (``kind``: message, postback, referral, optin, control).

    ``known`` below 2: only a reaction to it, its edit or its unsend is here yet. ``attachments``: kind, url, title,
    ref; their addresses die (a story mention's within a day) and nothing of them is copied. ``details``: story,
    referral, quick_reply, payload, app_ref and the like. ``reactions``: reaction, emoji, from_account, at.
    """

    id: UUID
    workspace_id: UUID
    account_id: UUID
    conversation_id: UUID
    message_ref: str
    kind: str
    known: int
    from_account: bool
    text: str
    edited: int
    deleted_at: datetime | None
    reply_to: str
    attachments: Sequence[Mapping[str, Any]]
    details: Mapping[str, Any]
    standby: bool
    source: str
    sent_at: datetime
    received_at: datetime
    changed_at: datetime
    reactions: Sequence[Mapping[str, Any]]

    @property
    def place(self) -> Place:
        """In lists, newest first."""
        return Place(self.sent_at, self.id)


@dataclass(frozen=True, slots=True)
class MentionRow:
    """Somebody named the account: in a comment, or in the caption of a post of theirs without ``comment_ref``.

    The words are empty until the platform was asked (``asked_at``); ``problem``: why it would not tell them.
    """

    id: UUID
    workspace_id: UUID
    account_id: UUID
    media_ref: str
    comment_ref: str
    username: str
    text: str
    permalink: str
    media_type: str
    source: str
    mentioned_at: datetime
    received_at: datetime
    asked_at: datetime | None
    problem: str
    erased_at: datetime | None

    @property
    def place(self) -> Place:
        """In lists, newest first."""
        return Place(self.mentioned_at, self.id)


@dataclass(frozen=True, slots=True)
class PullRow:
    """When the conversations of an account were last read again, and why that stopped if it did."""

    workspace_id: UUID
    account_id: UUID
    started_at: datetime
    finished_at: datetime | None
    problem: str
