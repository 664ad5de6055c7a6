"""Where what was told is kept. The only SQL of the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from huntaze.kit import db
from huntaze.kit.db import Connection, Queries
from huntaze.kit.json_value import JsonValue
from huntaze.kit.live import Position
from huntaze.outbox.model import TOPICS, Change, ChangeRow, Event, News, SubscriptionRow

Q = Queries(__package__)


async def tell(
    connection: Connection,
    *,
    workspace_id: UUID,
    topic: str,
    ref: str,
    at: datetime,
    account_id: UUID | None = None,
    body: Mapping[str, JsonValue] | None = None,
    actor: str = "",
) -> int:
    """Tell that something happened, in the transaction in which it happens; the event's id.

    ``ref`` names the thing, ``body`` holds a few small facts and never a secret or a person's words, ``actor`` says
    who did it. A topic that is not in ``TOPICS`` raises ``ValueError``.
    """
    if topic not in TOPICS:
        raise ValueError(f"{topic} is no topic")
    args = (workspace_id, topic, ref, account_id, dict(body or {}), actor, at)
    told = await db.fetch_value(connection, Q.tell, int, *args)
    if told is None:
        raise db.NoSuchRow(Q.tell.name)
    return told


async def tell_many(connection: Connection, workspace_id: UUID, news: Sequence[News], at: datetime) -> None:
    """Tell of many things of a workspace in one statement, in their order. Raises as ``tell`` does."""
    unknown = {one.topic for one in news} - TOPICS
    if unknown:
        raise ValueError(f"no topics: {sorted(unknown)}")
    if news:
        await db.execute(
            connection, Q.tell_many, workspace_id, at, [one.topic for one in news], [one.ref for one in news],
            [one.account_id for one in news], [msgspec.json.encode(one.body).decode() for one in news],
        )  # fmt: skip


async def changes_after(connection: Connection, workspace_id: UUID, after: Position, limit: int) -> list[Change]:
    """What was told after ``after``, oldest first, at most ``limit``."""
    rows = await db.fetch(connection, Q.changes_after, ChangeRow, workspace_id, after.xid, after.id, limit)
    return [Change(Position(row.xid, row.id), row.topic, row.ref, row.account_id, row.body) for row in rows]


async def latest_position(connection: Connection) -> Position:
    """Behind everything that can be seen now and before everything that cannot: read the page's data after asking."""
    return Position(await horizon(connection), 0)


async def horizon(connection: Connection) -> int:
    """The first transaction that may still be under way."""
    xid = await db.fetch_value(connection, Q.horizon, int)
    if xid is None:
        raise db.NoSuchRow(Q.horizon.name)
    return xid


async def add_subscription(connection: Connection, name: str) -> None:
    """Make a cursor before everything; one that exists stays where it is."""
    await db.execute(connection, Q.add_subscription, name)


async def lock_subscription(connection: Connection, name: str) -> SubscriptionRow | None:
    """The cursor, locked until the transaction ends, or None while another worker holds it."""
    return await db.fetch_optional(connection, Q.lock_subscription, SubscriptionRow, name)


async def hold_subscription(connection: Connection, name: str) -> None:
    """Wait until nobody reads with this cursor, and keep everybody from it until the transaction ends."""
    await db.fetch_value(connection, Q.hold_subscription, bool, name)


async def next_event(
    connection: Connection, after: SubscriptionRow, before_xid: int, topics: frozenset[str]
) -> Event | None:
    """The next event for a cursor."""
    return await db.fetch_optional(
        connection, Q.next_event, Event, after.xid, after.event_id, before_xid, sorted(topics)
    )


async def next_events(
    connection: Connection,
    after: SubscriptionRow,
    before_xid: int,
    topics: frozenset[str],
    workspace_ids: Sequence[UUID],
    limit: int,
) -> list[Event]:
    """The next events for a cursor, of these workspaces alone."""
    args = (after.xid, after.event_id, before_xid, sorted(topics), list(workspace_ids), limit)
    return await db.fetch(connection, Q.next_events, Event, *args)


async def events_between(
    connection: Connection,
    workspace_id: UUID,
    after: Position,
    topics: frozenset[str],
    since: datetime,
    until: datetime,
    limit: int,
) -> list[Event]:
    """What was told from ``since`` until before ``until``, oldest first, after a position."""
    args = (workspace_id, after.xid, after.id, sorted(topics), since, until, limit)
    return await db.fetch(connection, Q.events_between, Event, *args)


async def publication_before(connection: Connection, workspace_id: UUID, publication: str, event_id: int) -> str | None:
    """The state in which a publication was told last before an event."""
    return await db.fetch_value(connection, Q.publication_before, str, workspace_id, publication, event_id)


async def move_subscription(connection: Connection, name: str, event: Event) -> None:
    """The event is handled."""
    await db.execute(connection, Q.move_subscription, name, event.xid, event.id)


async def skip_to_horizon(connection: Connection, name: str, xid: int) -> None:
    """Nothing before ``xid`` is left for this subscriber."""
    await db.execute(connection, Q.skip_to_horizon, name, xid)


async def note_failure(
    connection: Connection, name: str, cursor: SubscriptionRow, retry_at: datetime, problem: str
) -> None:
    """Keep the failure and when to try again, unless somebody has moved on meanwhile."""
    await db.execute(connection, Q.note_failure, name, cursor.xid, cursor.event_id, retry_at, problem)


async def forget_told(connection: Connection, before: datetime, names: Sequence[str]) -> int:
    """Drop events older than ``before`` that every one of ``names`` has passed; how many."""
    return await db.execute(connection, Q.forget_told, before, list(names))


async def erase_told(connection: Connection, workspace_id: UUID, person_ref: str) -> int:
    """What was told forgets a person; how many events named them."""
    return await db.fetch_value(connection, Q.erase_told, int, workspace_id, person_ref) or 0


async def erase_told_of_account(connection: Connection, workspace_id: UUID, account_id: UUID) -> int:
    """What was told of an account keeps no facts; how many events."""
    return await db.fetch_value(connection, Q.erase_told_of_account, int, workspace_id, account_id) or 0
