"""The only SQL of the intake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from huntaze.kit.db import Connection, Queries, execute, fetch, fetch_optional, fetch_value
from huntaze.webhooks.model import Arrival, EventRow

Q = Queries(__package__)


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


async def claim(tx: Connection, now: datetime, limit: int) -> list[EventRow]:
    """The oldest waiting events, held by this transaction."""
    return await fetch(tx, Q.claim_events, EventRow, now, limit)


async def claim_one(tx: Connection, event_id: int) -> EventRow | None:
    """One waiting event, held by this transaction; None when somebody else has it or it is worked on."""
    return await fetch_optional(tx, Q.claim_event, EventRow, event_id)


async def end(tx: Connection, ids: Sequence[int], state: str, now: datetime, problem: str = "") -> None:
    """Worked on."""
    await execute(tx, Q.end_events, list(ids), state, now, problem)


async def retry(tx: Connection, event_id: int, next_attempt_at: datetime | None, problem: str, now: datetime) -> None:
    """It failed: again at ``next_attempt_at``, or dead when that is None."""
    await execute(tx, Q.retry_event, event_id, next_attempt_at, problem, now)


async def pending(tx: Connection) -> int:
    """How many events wait."""
    return await fetch_value(tx, Q.pending_count, int) or 0


async def forget(tx: Connection, before: datetime) -> int:
    """Drop what was worked on before; how many."""
    return await execute(tx, Q.forget_events, before)
