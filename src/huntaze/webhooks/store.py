"""The only SQL of the intake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from huntaze.kit.db import Connection, Queries, execute, fetch, fetch_value
from huntaze.webhooks.model import Arrival, EventRow

Q = Queries(__package__)


async def insert(tx: Connection, arrivals: Sequence[Arrival]) -> int:
    """Store what is new; how many were. Sorted by key, so that two writers never wait for one another in a circle."""
    new = 0
    for replaces, query in ((False, Q.insert_events), (True, Q.replace_events)):
        rows = {one.key: one for one in arrivals if one.item.replaces is replaces}
        if rows:
            ordered = [rows[key] for key in sorted(rows)]
            new += await fetch_value(tx, query, int, *_columns(ordered)) or 0
    return new


def _columns(ordered: Sequence[Arrival]) -> tuple[list[object], ...]:
    return (
        [one.platform for one in ordered],
        [one.item.account_ref for one in ordered],
        [one.item.kind for one in ordered],
        [one.key for one in ordered],
        [one.item.partition for one in ordered],
        [one.item.payload for one in ordered],
        [one.received_at for one in ordered],
    )


async def claim(tx: Connection, now: datetime, limit: int) -> list[EventRow]:
    """The oldest waiting events, held by this transaction."""
    return await fetch(tx, Q.claim_events, EventRow, now, limit)


async def end(tx: Connection, ids: Sequence[int], state: str, now: datetime) -> None:
    """Worked on."""
    await execute(tx, Q.end_events, list(ids), state, now)


async def retry(tx: Connection, event_id: int, state: str, next_attempt_at: datetime | None, problem: str) -> None:
    """Failed: again later, or dead."""
    await execute(tx, Q.retry_event, event_id, state, next_attempt_at, problem)


async def pending(tx: Connection) -> int:
    """How many events wait."""
    return await fetch_value(tx, Q.pending_count, int) or 0


async def forget(tx: Connection, before: datetime) -> int:
    """Drop what was worked on before; how many."""
    return await fetch_value(tx, Q.forget_events, int, before) or 0
