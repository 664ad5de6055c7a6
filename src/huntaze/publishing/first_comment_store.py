"""The SQL of first comments; the statements stand in the room's one ``queries.sql``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from huntaze.kit.db import Connection, Queries, execute, fetch, fetch_optional, fetch_value, fetch_values
from huntaze.publishing.first_comment_model import CommentState, FirstCommentRow
from huntaze.publishing.states import State

Q = Queries(__package__)


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


async def due(tx: Connection, now: datetime, limit: int) -> list[UUID]:
    """The publications whose first comment is due and free."""
    return await fetch_values(tx, Q.due_first_comments, UUID, now, limit)


async def claim(tx: Connection, publication_id: UUID, now: datetime, lease_until: datetime) -> FirstCommentRow | None:
    """Take a free one that is due."""
    return await fetch_optional(tx, Q.claim_first_comment, FirstCommentRow, publication_id, now, lease_until)


async def step(
    tx: Connection,
    row: FirstCommentRow,
    state: CommentState,
    next_check_at: datetime | None,
    tries: int,
    problem: dict[str, Any] | None,
) -> FirstCommentRow | None:
    """The next state under the fence of ``row``; None when the fence is lost."""
    return await fetch_optional(
        tx, Q.step_first_comment, FirstCommentRow, row.publication_id, row.fence, state.value, next_check_at, tries,
        problem,
    )  # fmt: skip


async def arm(
    tx: Connection, row: FirstCommentRow, now: datetime, request: bytes, lease_until: datetime
) -> FirstCommentRow | None:
    """Commit the intent."""
    return await fetch_optional(
        tx, Q.arm_first_comment, FirstCommentRow, row.publication_id, row.fence, now, request, lease_until
    )


async def mark_sent(tx: Connection, row: FirstCommentRow) -> FirstCommentRow | None:
    """The last look at the fence before the request leaves."""
    return await fetch_optional(tx, Q.send_first_comment, FirstCommentRow, row.publication_id, row.fence)


async def mark_unknown(
    tx: Connection, row: FirstCommentRow, now: datetime, first_look: datetime
) -> FirstCommentRow | None:
    """Sent, no answer."""
    return await fetch_optional(
        tx, Q.first_comment_unknown, FirstCommentRow, row.publication_id, row.fence, now, first_look
    )


async def mark_looked(
    tx: Connection, row: FirstCommentRow, next_look: datetime, *, answered: bool
) -> FirstCommentRow | None:
    """One look more."""
    return await fetch_optional(
        tx, Q.first_comment_looked, FirstCommentRow, row.publication_id, row.fence, int(answered), next_look
    )


async def mark_posted(tx: Connection, row: FirstCommentRow, comment_ref: str) -> FirstCommentRow | None:
    """A yes, whoever brings it; None when it was known already."""
    return await fetch_optional(tx, Q.first_comment_posted, FirstCommentRow, row.publication_id, comment_ref)


async def ask_again(
    tx: Connection, workspace_id: UUID, publication_id: UUID, now: datetime, allowed: Sequence[CommentState]
) -> FirstCommentRow | None:
    """A person wants it sent again; None when its state does not allow that."""
    states = [state.value for state in allowed]
    return await fetch_optional(
        tx, Q.ask_first_comment_again, FirstCommentRow, workspace_id, publication_id, now, states
    )


async def confirm(
    tx: Connection, workspace_id: UUID, publication_id: UUID, allowed: Sequence[CommentState]
) -> FirstCommentRow | None:
    """A person saw it; None when its state does not ask for that."""
    states = [state.value for state in allowed]
    return await fetch_optional(tx, Q.confirm_first_comment, FirstCommentRow, workspace_id, publication_id, states)


async def publication_state(tx: Connection, row: FirstCommentRow) -> State:
    """Where the publication stands now."""
    return State(await fetch_value(tx, Q.publication_state, str, row.publication_id) or State.REMOVED)
