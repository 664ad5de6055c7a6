"""The values of the outbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from huntaze.kit.db import Connection
from huntaze.kit.json_value import JsonValue
from huntaze.kit.live import Position

TOPICS = frozenset(
    {
        "account.connected",
        "account.disconnected",
        "account.changed",
        "publication.changed",
        "post.changed",
        "comment.received",
        "comment.work",
        "comment.replied",
        "comment.private_replied",
        "comment.hidden",
        "comment.unhidden",
        "comment.deleted",
        "message.received",
        "mention.received",
        "mention.changed",
        "conversation.changed",
        "person.changed",
        "media.changed",
        "asset.changed",
        "sync.changed",
        "insights.changed",
    }
)
"""What can be told. The set is closed, so that a subscriber to a misspelt topic is refused."""


@dataclass(frozen=True, slots=True)
class News:
    """One thing to be told among many of one workspace. ``ref`` and ``body`` are as in ``tell``."""

    topic: str
    ref: str
    account_id: UUID | None = None
    body: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: the row that was told, as a subscriber gets it."""

    id: int
    xid: int
    workspace_id: UUID
    topic: str
    ref: str
    account_id: UUID | None
    body: Mapping[str, JsonValue]
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What a live reader needs of an event."""

    xid: int
    id: int
    topic: str
    ref: str
    account_id: UUID | None
    body: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Change:
    """What changed, with its place in the order of changes."""

    position: Position
    topic: str
    ref: str
    account_id: UUID | None
    body: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """How far a subscriber has read, and whether it waits after a failure."""

    xid: int
    event_id: int
    failures: int
    retry_at: datetime | None


Handle = Callable[[Connection, Event], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody inside this installation who reacts to topics.

    ``handle`` runs in a transaction of its own for each event, which also moves the cursor: what it writes there
    happens once. What it does outside of it may happen again, so it must be idempotent. A subscriber that is new
    hears everything that is still kept, from the beginning.
    """

    name: str
    topics: frozenset[str]
    handle: Handle
