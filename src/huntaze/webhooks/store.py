"""What arrives, as rows: stored and worked on. Reading them, and erasures, stand in ``record``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from huntaze.kit.db import Connection, Queries, execute, fetch, fetch_one, fetch_optional, fetch_value
from huntaze.webhooks.model import Arrival, BacklogRow, EventRow, PartitionRow, RehearsedRow

Q = Queries(__package__)

Place = tuple[str, str]
"""A conversation's place in their order: platform and partition."""


async def insert(
    connection: Connection, platform: str, rows: Sequence[Arrival], now: datetime, *, replaces: bool
) -> int:
    """Store events of one platform in one statement; how many were new, or came again where the last one wins."""
    return await execute(
        connection,
        Q.replace_events if replaces else Q.insert_events,
        platform,
        now,
        [one.account_ref for one in rows],
        [one.kind for one in rows],
        [one.key for one in rows],
        [one.partition for one in rows],
        [one.payload for one in rows],
    )


async def claim_partitions(tx: Connection, behind: Place, now: datetime, limit: int) -> list[PartitionRow]:
    """The next conversations in which something waits; those that are ``mine`` are held by this transaction."""
    return await fetch(tx, Q.claim_partitions, PartitionRow, *behind, now, limit)


async def claim_events(tx: Connection, held: Sequence[PartitionRow], each: int) -> list[EventRow]:
    """The first events of conversations that this transaction holds, at most so many of ``each``, in order."""
    platforms, partitions = [one.platform for one in held], [one.partition for one in held]
    return await fetch(tx, Q.claim_events, EventRow, platforms, partitions, each)


async def claim_event(tx: Connection, row: EventRow, now: datetime) -> EventRow | None:
    """An event with its conversation, held by this transaction; None when it is not due, not the first that waits
    there, or somebody else is at it."""
    if not await fetch_value(tx, Q.hold_partition, bool, row.platform, row.partition):
        return None
    return await fetch_optional(tx, Q.claim_event, EventRow, row.id, now)


async def end(tx: Connection, ids: Sequence[int], state: str, now: datetime, problem: str = "") -> None:
    """Worked on."""
    await execute(tx, Q.end_events, list(ids), state, now, problem)


async def retry(tx: Connection, row: EventRow, next_attempt_at: datetime | None, problem: str, now: datetime) -> None:
    """It failed: again at ``next_attempt_at``, or dead when that is None. Somebody else's failure counts once."""
    await execute(tx, Q.retry_event, row.id, row.tries, next_attempt_at, problem, now)


async def backlog(connection: Connection) -> BacklogRow:
    """What waits and what failed."""
    return await fetch_one(connection, Q.backlog, BacklogRow)


async def forget(tx: Connection, before: datetime) -> int:
    """Drop what was worked on before; how many."""
    return await execute(tx, Q.forget_events, before)


async def newest(tx: Connection) -> int:
    """The event that was stored last; 0 if none was."""
    return await fetch_value(tx, Q.newest_event, int) or 0


async def rehearsed(tx: Connection, platform: str, account_ref: str, behind: int, limit: int) -> list[RehearsedRow]:
    """Events of a rehearsal, in the order of their arrival."""
    return await fetch(tx, Q.rehearsed, RehearsedRow, platform, account_ref, behind, limit)


async def forget_rehearsed(tx: Connection, platform: str, account_ref: str, behind: int, limit: int) -> int:
    """Take them away; how many."""
    return await execute(tx, Q.forget_rehearsed, platform, account_ref, behind, limit)
