"""The only SQL of the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from huntaze.insights.model import (
    POLL,
    PUSH,
    AccountMetricRow,
    DayPlace,
    DueRow,
    LatestRow,
    MediaMetricRow,
    MediaPlace,
    PostRow,
    RoundRow,
)
from huntaze.kit.db import Connection, Queries, execute, fetch, fetch_optional, fetch_value, storable
from huntaze.kit.json_value import JsonValue
from huntaze.platforms.contract import DayNumber, MediaNumbers, Number

Q = Queries(__package__)


async def keep_account(
    tx: Connection, workspace_id: UUID, account_id: UUID, numbers: Sequence[DayNumber], now: datetime, source: str
) -> int:
    """Figures by the day; how many changed. In one order, so that two writers never dead-lock."""
    rows = {(one.metric, storable(one.breakdown), one.ends_at): (one.value, one.note) for one in numbers}
    if not rows:
        return 0
    columns = _arrays([(*key, *rows[key]) for key in sorted(rows)])
    return await fetch_value(tx, Q.keep_account, int, workspace_id, account_id, source, now, *columns) or 0


async def keep_media(
    tx: Connection, workspace_id: UUID, account_id: UUID, items: Sequence[MediaNumbers], now: datetime
) -> int:
    """Figures of posts that were read, and that they were; how many changed."""
    readings = {one.media_ref: (one.media_ref, one.kind, one.published_at, one.note) for one in items}
    if readings:
        columns = _arrays([readings[ref] for ref in sorted(readings)])
        await execute(tx, Q.keep_readings, workspace_id, account_id, now, *columns)
    numbers = {one.media_ref: one.numbers for one in items}
    return await _keep_numbers(tx, workspace_id, account_id, numbers, now, POLL)


async def keep_told(
    tx: Connection,
    workspace_id: UUID,
    account_id: UUID,
    post: tuple[str, str, datetime],
    numbers: Sequence[Number],
    now: datetime,
) -> int:
    """Figures that a webhook told of a post: its id, kind and moment; how many changed."""
    await execute(tx, Q.keep_told, workspace_id, account_id, *post, now)
    return await _keep_numbers(tx, workspace_id, account_id, {post[0]: numbers}, now, PUSH)


async def youngest_too_old(tx: Connection, workspace_id: UUID, account_id: UUID) -> datetime | None:
    """The youngest post that is older than the professional account, as far as it is known."""
    return await fetch_value(tx, Q.youngest_too_old, datetime, workspace_id, account_id)


async def days_of(
    tx: Connection, workspace_id: UUID, account_id: UUID, metrics: Sequence[str], since: datetime, until: datetime
) -> list[AccountMetricRow]:
    """Figures of days that end in (since, until]."""
    return await fetch(
        tx, Q.days_of, AccountMetricRow, workspace_id, account_id, list(metrics), since, until
    )  # fmt: skip


async def read_account(
    tx: Connection,
    workspace_id: UUID,
    account_ids: Sequence[UUID],
    metrics: Sequence[str],
    span: tuple[datetime, datetime],
    after: DayPlace,
    limit: int,
) -> list[AccountMetricRow]:
    """Figures of accounts, oldest first; no ``metrics`` means all."""
    return await fetch(
        tx, Q.read_account, AccountMetricRow, workspace_id, list(account_ids), list(metrics), *span, *after, limit
    )  # fmt: skip


async def read_media(
    tx: Connection,
    workspace_id: UUID,
    account_ids: Sequence[UUID],
    metrics: Sequence[str],
    media_ref: str,
    span: tuple[date, date],
    after: MediaPlace,
    limit: int,
) -> list[MediaMetricRow]:
    """Figures of posts, oldest first; an empty ``media_ref`` means all, and so do no ``metrics``."""
    return await fetch(
        tx, Q.read_media, MediaMetricRow, workspace_id, list(account_ids), list(metrics), media_ref, *span, *after,
        limit,
    )  # fmt: skip


async def posts(
    tx: Connection, workspace_id: UUID, account_id: UUID, since: datetime, until: datetime, limit: int
) -> list[PostRow]:
    """The newest figures of the posts that came out in [since, until)."""
    return await fetch(tx, Q.posts, PostRow, workspace_id, account_id, since, until, limit)


async def latest_of(tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str) -> list[LatestRow]:
    """The newest figures of one post."""
    return await fetch(tx, Q.latest_of, LatestRow, workspace_id, account_id, media_ref)


# --- how far the readings are -----------------------------------------------------------------------------------


async def start_round(tx: Connection, workspace_id: UUID, account_id: UUID, name: str, now: datetime) -> None:
    """A reading is due at once."""
    await execute(tx, Q.start_round, workspace_id, account_id, name, now)


async def stop_rounds(tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
    """The account is gone."""
    await execute(tx, Q.stop_rounds, workspace_id, account_id)


async def rounds(tx: Connection, workspace_id: UUID, account_id: UUID) -> list[RoundRow]:
    """How far the readings of an account are, the most urgent first."""
    return await fetch(tx, Q.rounds, RoundRow, workspace_id, account_id)


async def due_accounts(tx: Connection, now: datetime, limit: int) -> list[DueRow]:
    """Accounts of which something is to be read."""
    return await fetch(tx, Q.due_accounts, DueRow, now, limit)


async def lease_round(tx: Connection, row: RoundRow, until: datetime, now: datetime) -> RoundRow | None:
    """Take a reading; None when it is not due any more, or somebody else has it."""
    return await fetch_optional(
        tx, Q.lease_round, RoundRow, row.workspace_id, row.account_id, row.name, until, now
    )  # fmt: skip


async def move_round(
    tx: Connection, row: RoundRow, held: datetime, cursor: str, until: datetime, refused: Mapping[str, str]
) -> bool:
    """A part is stored; False when it is somebody else's by now. ``held`` is the end of the lease as we know it."""
    facts = (row.workspace_id, row.account_id, row.name, held, cursor, until, dict(refused))
    return await execute(tx, Q.move_round, *facts) == 1


async def finish_round(
    tx: Connection, row: RoundRow, held: datetime, now: datetime, next_at: datetime | None, refused: Mapping[str, str]
) -> bool:
    """Everything is here; False when it is somebody else's by now."""
    facts = (row.workspace_id, row.account_id, row.name, held, now, next_at, dict(refused))
    return await execute(tx, Q.finish_round, *facts) == 1


async def pause_round(tx: Connection, row: RoundRow, held: datetime, next_at: datetime) -> bool:
    """It goes on later; False when it is somebody else's by now."""
    return await execute(tx, Q.pause_round, row.workspace_id, row.account_id, row.name, held, next_at) == 1


async def fail_round(
    tx: Connection,
    row: RoundRow,
    held: datetime,
    cursor: str,
    next_at: datetime,
    problem: Mapping[str, JsonValue],
) -> bool:
    """It did not work this time; False when it is somebody else's by now."""
    facts = (row.workspace_id, row.account_id, row.name, held, cursor, next_at, dict(problem))
    return await execute(tx, Q.fail_round, *facts) == 1


async def _keep_numbers(
    tx: Connection,
    workspace_id: UUID,
    account_id: UUID,
    numbers: Mapping[str, Sequence[Number]],
    now: datetime,
    source: str,
) -> int:
    rows = {
        (ref, one.metric, storable(one.breakdown)): (one.value, one.note)
        for ref, several in numbers.items()
        for one in several
    }
    if not rows:
        return 0
    columns = _arrays([(*key, *rows[key]) for key in sorted(rows)])
    return await fetch_value(tx, Q.keep_media, int, workspace_id, account_id, source, now, *columns) or 0


def _arrays(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    """Rows as the columns that ``unnest`` takes."""
    return [list(column) for column in zip(*rows, strict=True)]
