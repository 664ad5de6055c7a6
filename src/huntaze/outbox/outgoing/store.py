"""Where webhooks and their deliveries are kept. The only SQL of outgoing webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huntaze.kit import db
from huntaze.kit.db import Connection, Queries
from huntaze.outbox.outgoing.model import (
    AttemptRow,
    Backlog,
    DeliveryRow,
    DueTarget,
    Off,
    Replay,
    TargetHealth,
    TargetRow,
)

Q = Queries(__package__)

# --- webhooks ---------------------------------------------------------------------------------------------------


async def count_targets(connection: Connection, workspace_id: UUID) -> int:
    """How many a workspace has; until the transaction ends nobody else adds one."""
    await db.fetch_value(connection, Q.lock_workspace, bool, str(workspace_id))
    return await db.fetch_value(connection, Q.count_targets, int, workspace_id) or 0


async def insert_target(connection: Connection, row: TargetRow) -> None:
    """A new webhook."""
    args = (row.id, row.workspace_id, row.name, row.url, row.types, row.account_ids, row.include_content)
    await db.execute(connection, Q.insert_target, *args, row.secret, row.created_at)


async def targets(connection: Connection, workspace_id: UUID) -> list[TargetRow]:
    """Those of a workspace, oldest first."""
    return await db.fetch(connection, Q.targets, TargetRow, workspace_id)


async def target(connection: Connection, workspace_id: UUID, target_id: UUID) -> TargetRow | None:
    """One of them."""
    return await db.fetch_optional(connection, Q.target, TargetRow, workspace_id, target_id)


async def lock_target(connection: Connection, workspace_id: UUID, target_id: UUID) -> TargetRow | None:
    """One of them, for this transaction alone."""
    return await db.fetch_optional(connection, Q.lock_target, TargetRow, workspace_id, target_id)


async def update_target(connection: Connection, row: TargetRow) -> None:
    """What a person changed."""
    args = (row.workspace_id, row.id, row.name, row.url, row.types, row.account_ids, row.include_content)
    await db.execute(connection, Q.update_target, *args)


async def enable_target(connection: Connection, workspace_id: UUID, target_id: UUID, now: datetime) -> None:
    """On again; one that is on stays as it is."""
    await db.execute(connection, Q.enable_target, workspace_id, target_id, now)


async def disable_target(connection: Connection, workspace_id: UUID, target_id: UUID, now: datetime, why: Off) -> bool:
    """Off; False when it was off already."""
    return await db.execute(connection, Q.disable_target, workspace_id, target_id, now, why.value) == 1


async def rotate_secret(
    connection: Connection, row: TargetRow, secret: bytes, old: bytes | None, until: datetime | None
) -> None:
    """A new secret, beside the old one if there is one that can be opened."""
    await db.execute(connection, Q.rotate_secret, row.workspace_id, row.id, secret, old, until)


async def delete_target(connection: Connection, workspace_id: UUID, target_id: UUID) -> bool:
    """Gone with its deliveries; False when there was none."""
    return await db.execute(connection, Q.delete_target, workspace_id, target_id) == 1


async def targets_on(connection: Connection) -> list[TargetRow]:
    """Every one that wants to be told, of any workspace."""
    return await db.fetch(connection, Q.targets_on, TargetRow)


async def targets_off(connection: Connection, workspace_id: UUID) -> list[TargetRow]:
    """Those that were switched off by themselves."""
    return await db.fetch(connection, Q.targets_off, TargetRow, workspace_id)


async def note_success(connection: Connection, workspace_id: UUID, target_id: UUID, now: datetime) -> None:
    """It took a delivery."""
    await db.execute(connection, Q.note_success, workspace_id, target_id, now)


async def note_failure(connection: Connection, workspace_id: UUID, target_id: UUID, now: datetime) -> datetime:
    """It did not; since when none arrives."""
    return await db.fetch_value(connection, Q.note_failure, datetime, workspace_id, target_id, now) or now


async def health(connection: Connection, workspace_id: UUID, since: datetime) -> dict[UUID, TargetHealth]:
    """Of each webhook to which anything was sent."""
    rows = await db.fetch(connection, Q.health, TargetHealth, workspace_id, since)
    return {row.target_id: row for row in rows}


# --- deliveries -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """An event made ready for one webhook."""

    id: UUID
    workspace_id: UUID
    target_id: UUID
    event_id: int | None
    type: str
    account_id: UUID | None
    body: bytes
    event_at: datetime
    platform: str = ""
    person_ref: str = ""


async def insert_deliveries(connection: Connection, rows: Sequence[NewDelivery], now: datetime) -> None:
    """To be sent from now on. What a webhook has already is passed over."""
    await db.execute_many(
        connection,
        Q.insert_delivery,
        [
            (
                row.id, row.workspace_id, row.target_id, row.event_id, row.type, row.account_id, row.body,
                row.platform, row.person_ref, now, row.event_at,
            )
            for row in rows
        ],
    )  # fmt: skip


async def events_had(connection: Connection, row: TargetRow, event_ids: Sequence[int]) -> set[int]:
    """Which of these events it has already."""
    had = await db.fetch_values(connection, Q.events_had, int, row.workspace_id, row.id, list(event_ids))
    return set(had)


async def in_flight(connection: Connection, row: TargetRow, now: datetime) -> int:
    """How many attempts are under way."""
    return await db.fetch_value(connection, Q.in_flight, int, row.workspace_id, row.id, now) or 0


async def claim(connection: Connection, row: TargetRow, now: datetime, until: datetime) -> DeliveryRow | None:
    """The next due delivery, ours until a time."""
    return await db.fetch_optional(connection, Q.claim_delivery, DeliveryRow, row.workspace_id, row.id, now, until)


async def claim_one(
    connection: Connection, workspace_id: UUID, delivery_id: UUID, now: datetime, until: datetime
) -> DeliveryRow | None:
    """This delivery, ours until a time; None when somebody has it."""
    return await db.fetch_optional(connection, Q.claim_one, DeliveryRow, workspace_id, delivery_id, now, until)


async def settle(connection: Connection, row: DeliveryRow) -> bool:
    """Write what came of the attempt that ``row`` holds; False when it is not the present one any more."""
    args = (row.state, row.next_at, row.status, row.latency_ms, row.answer, row.problem, row.ended_at)
    return await db.execute(connection, Q.settle_delivery, row.workspace_id, row.id, row.attempts, *args) == 1


async def insert_attempt(connection: Connection, row: AttemptRow) -> None:
    """One line of its history."""
    args = (row.workspace_id, row.delivery_id, row.number, row.at, row.status, row.latency_ms, row.answer, row.problem)
    await db.execute(connection, Q.insert_attempt, *args)


async def next_due(connection: Connection, workspace_id: UUID, target_id: UUID) -> datetime | None:
    """When something is to be sent to a webhook next."""
    return await db.fetch_value(connection, Q.next_due, datetime, workspace_id, target_id)


async def due_targets(connection: Connection, now: datetime) -> list[DueTarget]:
    """Webhooks for which something is due that nobody has in hand."""
    return await db.fetch(connection, Q.due_targets, DueTarget, now)


async def deliveries(
    connection: Connection,
    workspace_id: UUID,
    target_id: UUID,
    before: UUID | None,
    states: Sequence[str],
    types: Sequence[str],
    limit: int,
) -> list[DeliveryRow]:
    """Newest first; empty ``states`` or ``types`` mean any."""
    args = (workspace_id, target_id, before, list(states), list(types), limit)
    return await db.fetch(connection, Q.deliveries, DeliveryRow, *args)


async def delivery(
    connection: Connection, workspace_id: UUID, target_id: UUID, delivery_id: UUID
) -> DeliveryRow | None:
    """One of a webhook."""
    return await db.fetch_optional(connection, Q.delivery, DeliveryRow, workspace_id, target_id, delivery_id)


async def attempts(connection: Connection, workspace_id: UUID, delivery_id: UUID) -> list[AttemptRow]:
    """Its attempts, oldest first."""
    return await db.fetch(connection, Q.attempts, AttemptRow, workspace_id, delivery_id)


async def replay_one(
    connection: Connection, workspace_id: UUID, target_id: UUID, delivery_id: UUID, now: datetime
) -> bool:
    """Due again now; False when there is none that could be sent."""
    return await db.execute(connection, Q.replay_one, workspace_id, target_id, delivery_id, now) == 1


async def replay_range(
    connection: Connection, workspace_id: UUID, target_id: UUID, asked: Replay, states: Sequence[str], now: datetime
) -> int:
    """Due again now; how many."""
    args = (workspace_id, target_id, asked.since, asked.until, list(states), now)
    return await db.execute(connection, Q.replay_range, *args)


async def backlog(connection: Connection) -> Backlog:
    """What waits, of all workspaces."""
    return await db.fetch_one(connection, Q.backlog, Backlog)


async def erase_person(
    connection: Connection, workspace_id: UUID, platform: str, person_ref: str, now: datetime
) -> int:
    """Wipe the words of somebody; how many deliveries held them."""
    held = await db.fetch_value(connection, Q.count_person, int, workspace_id, platform, person_ref) or 0
    if held:
        await db.execute(connection, Q.erase_person, workspace_id, platform, person_ref, now)
    return held


async def erase_account(connection: Connection, workspace_id: UUID, account_id: UUID, now: datetime) -> int:
    """Wipe what was told of an account; how many deliveries did."""
    held = await db.fetch_value(connection, Q.count_account, int, workspace_id, account_id) or 0
    if held:
        await db.execute(connection, Q.erase_account, workspace_id, account_id, now)
    return held


async def forget(connection: Connection, before: datetime) -> int:
    """Drop what was made before a time; how many."""
    return await db.execute(connection, Q.forget_deliveries, before)
