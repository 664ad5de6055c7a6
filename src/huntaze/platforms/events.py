"""What platforms push: one event of a delivery, and what it says in words that no platform owns."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from huntaze.platforms.messages import MessageReceived, OptedIn, Postback, Reacted, Referred, Seen, ThreadControl

MALFORMED = "malformed"
"""The kind of what cannot be read."""
_MILLISECONDS = 100_000_000_000
"""From here on a number of seconds would lie beyond the year 5000."""


@dataclass(frozen=True, slots=True)
class IntakeItem:
    """One event cut out of a delivery, still undecoded.

    ``identity`` is the event's natural identity with its state (never a hash of the body, never its time);
    ``partition`` orders events of one conversation; ``replaces`` means the last arrival wins.
    """

    kind: str
    account_ref: str
    identity: str
    partition: str
    payload: bytes
    replaces: bool = False


def unknown_item(account_ref: str, kind: str, payload: bytes) -> IntakeItem:
    """An event whose identity nobody knows: its own value serves, without the envelope and its changing time."""
    return IntakeItem(kind, account_ref, f"{kind}/{_digest(payload)}", account_ref, payload)


def malformed_item(account_ref: str, payload: bytes) -> IntakeItem:
    """What cannot be read is kept as it came."""
    return IntakeItem(
        MALFORMED, account_ref, f"{MALFORMED}/{_digest(payload)}", f"{account_ref}/{MALFORMED}", payload
    )  # fmt: skip


def moment_of(epoch: str | int) -> datetime:
    """A moment in seconds or milliseconds, as a number or as text: platforms mix them. ``ValueError`` for none."""
    number = int(epoch)
    if number <= 0:
        raise ValueError(f"no moment: {epoch!r}")
    try:
        return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS else number, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(f"no moment: {epoch!r}") from error


def _digest(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


# --- posts and what people write under them ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CommentReceived:
    """A follower commented or replied."""

    account_ref: str
    comment_ref: str
    media_ref: str
    parent_ref: str
    text: str
    author_ref: str
    author_username: str
    created_at: datetime | None
    live: bool = False
    """Under a live broadcast."""
    ad_ref: str = ""
    ad_title: str = ""
    original_media_ref: str = ""
    """The post that an ad shows; ``media_ref`` is the ad's own."""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Somebody named the account in a caption, or in a comment when ``comment_ref`` is given. The words must be
    asked for."""

    account_ref: str
    media_ref: str
    comment_ref: str = ""


@dataclass(frozen=True, slots=True)
class StoryNumbers:
    """The last figures of a story that ended, by the platform's names. None: fewer than five, and not told how many;
    a name that is absent was not told at all. The newest arrival replaces earlier ones."""

    account_ref: str
    media_ref: str
    counts: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class FieldChanged:
    """Something of this field changed for the account, and the platform does not say what: it must be read again."""

    account_ref: str
    field: str


class PostState(StrEnum):
    """How far a post of ours is on the platform."""

    FAILED = "failed"
    INBOX_DELIVERED = "inbox_delivered"
    """A draft waits for the person in the platform's app."""
    COMPLETE = "complete"
    """Posted; of one draft several times, if the person posts it several times."""
    PUBLIC = "public"
    NO_LONGER_PUBLIC = "no_longer_public"


@dataclass(frozen=True, slots=True)
class PostProgressed:
    """A post that we handed over came further, or failed. Events come in any order: ``PUBLIC`` may precede
    ``COMPLETE``."""

    account_ref: str
    """Empty when the platform left out whose it is; ``publish_ref`` tells."""
    publish_ref: str
    state: PostState
    at: datetime
    media_ref: str = ""
    """The public id; only with ``PUBLIC`` and ``NO_LONGER_PUBLIC``."""
    reason: str = ""
    """The platform's word for why it failed."""


# --- the account ------------------------------------------------------------------------------------------------


class RemovalReason(StrEnum):
    """Why an authorization ended."""

    UNKNOWN = "unknown"
    DISCONNECTED = "disconnected"
    """The person did it, in the platform's app."""
    ACCOUNT_DELETED = "account_deleted"
    AGE_CHANGED = "age_changed"
    BANNED = "banned"
    REVOKED = "revoked"
    """The developer did it."""


@dataclass(frozen=True, slots=True)
class AuthorizationRemoved:
    """Our right to act for the account is gone already."""

    account_ref: str
    reason: RemovalReason
    at: datetime


# --- the rest ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Noted:
    """A known event that asks nothing of us: it is kept, counted and shown."""

    kind: str
    account_ref: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unhandled:
    """An event that nobody here knows: it is kept, counted and shown."""

    kind: str
    account_ref: str
    details: Mapping[str, str] = field(default_factory=dict)


NeutralEvent = (
    CommentReceived
    | Mentioned
    | StoryNumbers
    | FieldChanged
    | MessageReceived
    | Reacted
    | Seen
    | Postback
    | Referred
    | OptedIn
    | ThreadControl
    | PostProgressed
    | AuthorizationRemoved
    | Noted
    | Unhandled
)
