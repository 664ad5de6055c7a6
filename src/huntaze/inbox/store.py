"""The only SQL of the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from huntaze.inbox.model import DeedRow, LineRow
from huntaze.kit.db import Connection, Queries, execute, fetch, fetch_optional, fetch_value, fetch_values, storable
from huntaze.kit.ids import new_id
from huntaze.once import CallState, Statements, Writes

Q = Queries(__package__)

WRITES = Writes(
    DeedRow,
    Statements(
        due=Q.due_deeds,
        claim=Q.claim_deed,
        step=Q.step_deed,
        arm=Q.arm_deed,
        send=Q.send_deed,
        unknown=Q.deed_unknown,
        looked=Q.deed_looked,
        done=Q.deed_done,
        confirm=Q.confirm_deed,
    ),
)
"""How a deed is done once."""


@dataclass(frozen=True, slots=True)
class NewDeed:
    """A wish before it has a row."""

    workspace_id: UUID
    account_id: UUID
    platform: str
    comment_id: UUID
    comment_ref: str
    thread_ref: str
    media_ref: str
    person_ref: str
    commented_at: datetime
    kind: str
    text: str
    asked_by: str
    form_key: str | None


async def insert(tx: Connection, new: NewDeed, now: datetime) -> DeedRow | None:
    """A new wish; None when its form was sent before. Raises ``UniqueViolation`` for a second private reply, and while
    the comment is being hidden, shown or deleted."""
    return await fetch_optional(
        tx, Q.insert_deed, DeedRow, new.workspace_id, new_id(now), new.account_id, new.platform, new.comment_id,
        new.comment_ref, new.thread_ref, new.media_ref, new.person_ref, new.commented_at, new.kind, storable(new.text),
        new.asked_by, new.form_key, now,
    )  # fmt: skip


async def of_form(tx: Connection, workspace_id: UUID, form_key: str) -> DeedRow | None:
    """What a form asked for when it was sent first."""
    return await fetch_optional(tx, Q.deed_of_form, DeedRow, workspace_id, form_key)


async def get(tx: Connection, workspace_id: UUID, deed_id: UUID) -> DeedRow | None:
    """One deed."""
    return await fetch_optional(tx, Q.deed, DeedRow, workspace_id, deed_id)


async def lock(tx: Connection, workspace_id: UUID, deed_id: UUID) -> DeedRow | None:
    """One deed, held for the transaction."""
    return await fetch_optional(tx, Q.lock_deed, DeedRow, workspace_id, deed_id)


async def of_comments(tx: Connection, workspace_id: UUID, comment_ids: Sequence[UUID]) -> list[DeedRow]:
    """What was asked to be done with these comments, oldest first."""
    return await fetch(tx, Q.deeds_of_comments, DeedRow, workspace_id, list(comment_ids))


async def private_reply_of(tx: Connection, workspace_id: UUID, account_id: UUID, comment_ref: str) -> DeedRow | None:
    """The one private reply of a comment."""
    return await fetch_optional(tx, Q.private_reply_of, DeedRow, workspace_id, account_id, comment_ref)


async def lines(tx: Connection, workspace_id: UUID, deed_ids: Sequence[UUID]) -> list[LineRow]:
    """The course of these deeds, oldest first."""
    return await fetch(tx, Q.lines_of_deeds, LineRow, workspace_id, list(deed_ids))


async def add_line(tx: Connection, row: DeedRow, now: datetime, kind: str, words: dict[str, Any], raw: str) -> None:
    """One more line."""
    await execute(tx, Q.insert_line, row.workspace_id, new_id(now), row.id, now, kind, words, storable(raw))


async def ask_again(
    tx: Connection, row: DeedRow, now: datetime, allowed: Sequence[CallState], text: str, asked_by: str
) -> DeedRow | None:
    """A person wants it done again; None when its state does not allow that."""
    states = [state.value for state in allowed]
    return await fetch_optional(
        tx, Q.ask_deed_again, DeedRow, row.workspace_id, row.id, now, states, storable(text), asked_by
    )


async def dismiss(tx: Connection, row: DeedRow, now: datetime, allowed: Sequence[CallState]) -> DeedRow | None:
    """Put it away; None when its state does not allow that."""
    states = [state.value for state in allowed]
    return await fetch_optional(tx, Q.dismiss_deed, DeedRow, row.workspace_id, row.id, now, states)


async def refs_made(tx: Connection, row: DeedRow) -> list[str]:
    """Replies under its thread that come from other deeds."""
    return await fetch_values(tx, Q.refs_made, str, row.workspace_id, row.account_id, row.thread_ref, row.id)


async def private_sends(tx: Connection, row: DeedRow, since: datetime) -> list[datetime]:
    """When other private replies of the account were sent since a time, oldest first."""
    return await fetch_values(tx, Q.private_sends, datetime, row.workspace_id, row.account_id, since, row.id)


async def forget_person(tx: Connection, workspace_id: UUID, platform: str, person_ref: str) -> int:
    """What is kept about the comments of a person; how many rows held them."""
    if not person_ref:
        return 0
    counts = [
        await fetch_value(tx, query, int, workspace_id, platform, person_ref) or 0
        for query in (Q.forget_lines, Q.forget_deeds)
    ]
    return sum(counts)
