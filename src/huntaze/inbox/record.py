"""What a step of a deed writes beside its row: a line of its course, what it changes in the mirror, a domain event."""

from __future__ import annotations

from datetime import datetime

from huntaze import outbox
from huntaze.accounts import Accounts
from huntaze.crm import deeds as mirrored
from huntaze.inbox import store
from huntaze.inbox.model import DeedRow
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection
from huntaze.kit.text import write_text
from huntaze.once import CallState, Entry
from huntaze.platforms.contract import Comment, CommentDeed

CHANGED = "comment.work"
DONE: dict[CommentDeed, str] = {
    CommentDeed.REPLY: "comment.replied",
    CommentDeed.PRIVATE_REPLY: "comment.private_replied",
    CommentDeed.HIDE: "comment.hidden",
    CommentDeed.UNHIDE: "comment.unhidden",
    CommentDeed.DELETE: "comment.deleted",
}
"""What is told when a deed is done; ``CHANGED`` of every other step."""


class DeedRecord:
    """Writes beside the row of a deed."""

    def __init__(self, clock: Clock, accounts: Accounts) -> None:
        self.clock = clock
        self.accounts = accounts

    async def reflect(self, tx: Connection, row: DeedRow) -> None:
        """What a deed that is done changes in the mirror. The echo of a message brings that itself."""
        where, now = (row.workspace_id, row.account_id), self.clock.now()
        match row.deed:
            case CommentDeed.HIDE | CommentDeed.UNHIDE:
                await mirrored.mark_hidden(tx, *where, row.comment_ref, hidden=row.deed is CommentDeed.HIDE)
            case CommentDeed.DELETE:
                await mirrored.mark_removed(tx, *where, row.comment_ref, now)
            case CommentDeed.REPLY if row.result_ref:
                await mirrored.keep_own(tx, *where, await self._own(tx, row, now), now)
            case _:
                pass

    async def _own(self, tx: Connection, row: DeedRow, now: datetime) -> Comment:
        account = await self.accounts.get(tx, row.workspace_id, row.account_id)
        return Comment(
            comment_ref=row.result_ref,
            media_ref=row.media_ref,
            parent_ref=row.thread_ref,
            text=row.text,
            author_ref=account.account_ref if account else "",
            author_username=account.username if account else "",
            # Never before what it answers, whatever the platform's clock says
            created_at=max(row.sent_at or now, row.commented_at),
        )

    async def tell(self, tx: Connection, row: DeedRow, entry: Entry | None, actor: str = "") -> None:
        """The line and the event, in the change's own transaction."""
        now = self.clock.now()
        if entry is not None:
            await store.add_line(tx, row, now, entry.kind, write_text(entry.words), entry.raw[:4000])
        await tell_deed(tx, row, now, actor)


async def tell_deed(tx: Connection, row: DeedRow, now: datetime, actor: str = "") -> None:
    """The domain event of a changed deed; ``ref`` is the comment's id at the platform."""
    await outbox.tell(
        tx,
        workspace_id=row.workspace_id,
        topic=DONE[row.deed] if row.now_state is CallState.DONE else CHANGED,
        ref=row.comment_ref,
        account_id=row.account_id,
        body={
            "commentId": str(row.comment_id),
            "mediaId": row.media_ref,
            "deedId": str(row.id),
            "kind": row.kind,
            "state": row.state,
            "resultId": row.result_ref,
        },
        actor=actor,
        at=now,
    )
