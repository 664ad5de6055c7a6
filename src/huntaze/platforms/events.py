"""What platforms push: one event of a delivery, and what it says in words that no platform owns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


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


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """One direct message, either way. ``deleted``: it was unsent."""

    account_ref: str
    message_ref: str
    person_ref: str
    from_account: bool
    text: str
    sent_at: datetime
    deleted: bool = False
    edited: int = 0


@dataclass(frozen=True, slots=True)
class Unhandled:
    """An event we store, count and show, but do not work on yet."""

    kind: str
    account_ref: str
    details: Mapping[str, str] = field(default_factory=dict)


NeutralEvent = CommentReceived | MessageReceived | Unhandled
