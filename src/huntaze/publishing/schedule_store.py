"""The SQL of slots and of posts that come again; the statements stand in the room's one ``queries.sql``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huntaze.kit.db import (
    Connection,
    Queries,
    execute,
    execute_many,
    fetch,
    fetch_one,
    fetch_optional,
    fetch_value,
    fetch_values,
)
from huntaze.publishing.model import PostDraft, Slot
from huntaze.publishing.rules import Occurrence, Rule
from huntaze.publishing.schedule_model import OccurrenceRow, RecurrenceRow

Q = Queries(__package__)


# --- slots ------------------------------------------------------------------------------------------------------


async def lock_account(tx: Connection, account_id: UUID) -> None:
    """Who looks for a free slot of the account waits for who has found one."""
    await execute(tx, Q.lock_account, str(account_id))


async def slots(tx: Connection, workspace_id: UUID, account_id: UUID) -> list[Slot]:
    """The weekly times of an account."""
    return await fetch(tx, Q.slots_of, Slot, workspace_id, account_id)


async def replace_slots(tx: Connection, workspace_id: UUID, account_id: UUID, wanted: Sequence[Slot]) -> None:
    """These weekly times and no others."""
    await execute(tx, Q.delete_slots, workspace_id, account_id)
    rows = [(workspace_id, account_id, one.weekday, one.minute, one.zone) for one in wanted]
    await execute_many(tx, Q.insert_slot, rows)


async def taken(tx: Connection, workspace_id: UUID, account_id: UUID, after: datetime) -> list[datetime]:
    """When something of the account is planned."""
    return await fetch_values(tx, Q.taken_times, datetime, workspace_id, account_id, after)


async def planned_twin(
    tx: Connection, workspace_id: UUID, account_id: UUID, content: bytes, due_at: datetime
) -> UUID | None:
    """A post with the same content that a person planned by hand on this account within a day; held apart by the
    account's lock."""
    await lock_account(tx, account_id)
    return await fetch_value(tx, Q.planned_twins, UUID, workspace_id, account_id, content, due_at)


# --- recurrences ------------------------------------------------------------------------------------------------


async def insert_recurrence(
    tx: Connection, workspace_id: UUID, recurrence_id: UUID, rule: Rule, draft: PostDraft, author: str, now: datetime
) -> RecurrenceRow:
    """A new recurrence of which nothing is made yet."""
    return await fetch_one(
        tx, Q.insert_recurrence, RecurrenceRow, workspace_id, recurrence_id, *_times(rule), *_content(draft), author,
        now,
    )  # fmt: skip


async def update_recurrence(
    tx: Connection, row: RecurrenceRow, rule: Rule, draft: PostDraft, now: datetime
) -> RecurrenceRow:
    """New times and content; what is made is looked at from ``now``."""
    return await fetch_one(
        tx, Q.update_recurrence, RecurrenceRow, row.workspace_id, row.id, *_times(rule), *_content(draft), now
    )


async def recurrence(tx: Connection, workspace_id: UUID, recurrence_id: UUID) -> RecurrenceRow | None:
    """One recurrence or None."""
    return await fetch_optional(tx, Q.get_recurrence, RecurrenceRow, workspace_id, recurrence_id)


async def lock_recurrence(tx: Connection, workspace_id: UUID, recurrence_id: UUID) -> RecurrenceRow | None:
    """One recurrence, held for this transaction. Recurrences are locked before posts, posts before publications."""
    return await fetch_optional(tx, Q.lock_recurrence, RecurrenceRow, workspace_id, recurrence_id)


async def list_recurrences(tx: Connection, workspace_id: UUID, before: UUID | None, limit: int) -> list[RecurrenceRow]:
    """Newest first, before an id."""
    return await fetch(tx, Q.list_recurrences, RecurrenceRow, workspace_id, before, limit)


async def made(tx: Connection, row: RecurrenceRow, until: datetime, next_check_at: datetime | None) -> RecurrenceRow:
    """Everything up to ``until`` is made."""
    return await fetch_one(tx, Q.recurrence_made, RecurrenceRow, row.workspace_id, row.id, until, next_check_at)


async def cancel_recurrence(tx: Connection, row: RecurrenceRow, now: datetime) -> RecurrenceRow:
    """Nothing more will be made."""
    return await fetch_one(tx, Q.cancel_recurrence, RecurrenceRow, row.workspace_id, row.id, now)


async def add_exception(tx: Connection, row: RecurrenceRow, local_time: str, now: datetime) -> RecurrenceRow:
    """Leave one time on the wall out."""
    return await fetch_one(tx, Q.add_exception, RecurrenceRow, row.workspace_id, row.id, local_time, now)


async def leave_out_post(tx: Connection, workspace_id: UUID, post_id: UUID) -> None:
    """A person cancels the post of an occurrence: its rule knows that it is left out."""
    await execute(tx, Q.leave_out_post, workspace_id, post_id)


async def due_recurrence(tx: Connection, recurrence_id: UUID, now: datetime) -> RecurrenceRow | None:
    """The recurrence if something of it must be made, held for this transaction."""
    return await fetch_optional(tx, Q.due_recurrence, RecurrenceRow, recurrence_id, now)


async def due_recurrences(tx: Connection, now: datetime, limit: int) -> list[UUID]:
    """Recurrences of which something must be made."""
    return await fetch_values(tx, Q.due_recurrences, UUID, now, limit)


async def insert_occurrence(tx: Connection, row: RecurrenceRow, one: Occurrence, post_id: UUID) -> None:
    """The post of an occurrence; raises ``UniqueViolation`` for a second one."""
    await execute(tx, Q.insert_occurrence, row.workspace_id, row.id, one.at, one.local.isoformat(), post_id)


async def delete_occurrence(tx: Connection, row: RecurrenceRow, at: datetime) -> None:
    """The rule changed and this time is no longer one of its own; its post stays, cancelled."""
    await execute(tx, Q.delete_occurrence, row.workspace_id, row.id, at)


async def occurrences(tx: Connection, row: RecurrenceRow, after: datetime) -> list[OccurrenceRow]:
    """What is made of the recurrence and lies after a time, in order."""
    return await fetch(tx, Q.occurrences_after, OccurrenceRow, row.workspace_id, row.id, after)


def _times(rule: Rule) -> tuple[str, str, str, list[str]]:
    return rule.text, rule.start.isoformat(), rule.zone, sorted(one.isoformat() for one in rule.exceptions)


def _content(draft: PostDraft) -> tuple[list[UUID], str, str, list[dict[str, str]], str]:
    media = [{"assetId": str(asset_id)} for asset_id in draft.asset_ids]
    return list(draft.account_ids), draft.type.value, draft.caption, media, draft.location_id
