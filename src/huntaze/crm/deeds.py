"""What was done with comments from here, in the mirror at once: the next list of the platform says the same."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huntaze.crm import store
from huntaze.crm.queries import Q
from huntaze.crm.service import PUSH
from huntaze.kit.db import Connection, execute, fetch_value
from huntaze.platforms.contract import Comment


async def keep_own(tx: Connection, workspace_id: UUID, account_id: UUID, comment: Comment, now: datetime) -> None:
    """A reply of ours. Its time is that of our sending until a list tells it; it makes nobody a person."""
    await store.upsert_comments(tx, workspace_id, account_id, {comment.comment_ref: comment}, PUSH, now)


async def mark_hidden(tx: Connection, workspace_id: UUID, account_id: UUID, comment_ref: str, *, hidden: bool) -> None:
    """A comment is hidden now, or shown."""
    await execute(tx, Q.hide_comment, workspace_id, account_id, comment_ref, hidden)


async def mark_removed(tx: Connection, workspace_id: UUID, account_id: UUID, comment_ref: str, now: datetime) -> None:
    """A comment is gone, with its replies."""
    await execute(tx, Q.remove_comment, workspace_id, account_id, comment_ref, now)


async def sent_message(
    tx: Connection, workspace_id: UUID, account_id: UUID, person_ref: str, text: str, since: datetime
) -> str:
    """The id of a message of ours to a person with exactly these words, if its echo came (instagram.md §5.4); else
    empty."""
    return await fetch_value(tx, Q.sent_message, str, workspace_id, account_id, person_ref, text, since) or ""
