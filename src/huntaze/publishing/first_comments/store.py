"""The SQL of first comments; the statements stand in the ``queries.sql`` of their room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huntaze.kit.db import Connection, Queries, execute, fetch, fetch_optional
from huntaze.once import CallState, Statements, Writes
from huntaze.publishing.first_comments.model import FirstCommentRow

Q = Queries(__package__.rpartition(".")[0])

WRITES = Writes(
    FirstCommentRow,
    Statements(
        due=Q.due_first_comments,
        claim=Q.claim_first_comment,
        step=Q.step_first_comment,
        arm=Q.arm_first_comment,
        send=Q.send_first_comment,
        unknown=Q.first_comment_unknown,
        looked=Q.first_comment_looked,
        done=Q.first_comment_posted,
        confirm=Q.confirm_first_comment,
    ),
)
"""How a first comment is sent once."""


async def keep_text(tx: Connection, workspace_id: UUID, post_id: UUID, text: str) -> None:
    """What a post says first under itself; empty: nothing."""
    if text:
        await execute(tx, Q.set_first_comment, workspace_id, post_id, text)
    else:
        await execute(tx, Q.drop_first_comment, workspace_id, post_id)


async def begin(tx: Connection, publication_id: UUID, now: datetime) -> None:
    """A publication is out: if its id at the platform is known and its post says something first, that is due."""
    await execute(tx, Q.begin_first_comment, publication_id, now)


async def of_publications(tx: Connection, workspace_id: UUID, publication_ids: Sequence[UUID]) -> list[FirstCommentRow]:
    """The first comments of these publications, so far as they have begun."""
    return await fetch(tx, Q.first_comments_of, FirstCommentRow, workspace_id, list(publication_ids))


async def ask_again(
    tx: Connection, workspace_id: UUID, publication_id: UUID, now: datetime, allowed: Sequence[CallState]
) -> FirstCommentRow | None:
    """A person wants it sent again; None when its state does not allow that."""
    states = [state.value for state in allowed]
    return await fetch_optional(
        tx, Q.ask_first_comment_again, FirstCommentRow, workspace_id, publication_id, now, states
    )
