"""What a step of a deed writes: its row, a line of its course, what it changes in the mirror, one domain event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from huntaze import outbox
from huntaze.accounts import Accounts
from huntaze.crm import deeds as mirrored
from huntaze.inbox import store
from huntaze.inbox.model import DeedRow, DeedState
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.text import N_, Text, write_text
from huntaze.platforms.contract import Comment, CommentDeed
from huntaze.publishing.record import Entry, LeaseLost, problem

CHANGED = "comment.work"
DONE: dict[CommentDeed, str] = {
    CommentDeed.REPLY: "comment.replied",
    CommentDeed.PRIVATE_REPLY: "comment.private_replied",
    CommentDeed.HIDE: "comment.hidden",
    CommentDeed.UNHIDE: "comment.unhidden",
    CommentDeed.DELETE: "comment.deleted",
}
"""What is told when a deed is done; ``CHANGED`` of every other step."""
UNCONFIRMED = (
    Text(N_("Nobody can tell whether this was done.")),
    Text(N_("Look in the network's app: say that it is done, or that it is not and do it again.")),
)


def kept(row: DeedRow | None) -> DeedRow:
    """A row that was written under its fence; None means that the fence is lost."""
    if row is None:
        raise LeaseLost
    return row


class DeedRecord:
    """Writes of deeds. A step of a worker carries the fence; a lost fence raises ``LeaseLost``."""

    def __init__(self, database: Database, clock: Clock, accounts: Accounts) -> None:
        self.database = database
        self.clock = clock
        self.accounts = accounts

    async def step(
        self,
        row: DeedRow,
        state: DeedState,
        *,
        entry: Entry | None = None,
        next_check_at: datetime | None = None,
        tries: int = 0,
        trouble: dict[str, Any] | None = None,
    ) -> DeedRow:
        """The new state of ``row``; the old trouble is forgotten unless given again."""
        async with self.database.transaction() as tx:
            moved = kept(await store.step(tx, row, state, next_check_at, tries, trouble))
            await self.tell(tx, moved, entry)
            return moved

    async def done(self, row: DeedRow, result_ref: str, raw: str) -> DeedRow:
        """It is done: final, under whichever fence it is written (I6). Raises ``LeaseLost`` if that was known."""
        async with self.database.transaction() as tx:
            done = kept(await store.mark_done(tx, row, result_ref))
            await self.reflect(tx, done)
            await self.tell(tx, done, Entry("done", Text(N_("It is done.")), raw))
            return done

    async def gone(self, row: DeedRow) -> DeedRow:
        """The comment was deleted by somebody else before anything could be done with it."""
        async with self.database.transaction() as tx:
            await mirrored.mark_removed(tx, row.workspace_id, row.account_id, row.comment_ref, self.clock.now())
        words = Text(N_("This comment is not there any more."))
        return await self.fail(row, "gone", words, Text(N_("Nothing can be done with it.")))

    async def fail(self, row: DeedRow, code: str, message: Text, remedy: Text) -> DeedRow:
        """It is known not to be done, and why."""
        trouble = problem(code, message, remedy)
        return await self.step(row, DeedState.FAILED, entry=Entry("failed", message), trouble=trouble)

    async def unconfirmed(self, row: DeedRow) -> DeedRow:
        """Sent, and nobody could find out what came of it: a person has to look."""
        entry, trouble = Entry("unconfirmed", UNCONFIRMED[0]), problem("unconfirmed", *UNCONFIRMED)
        return await self.step(row, DeedState.UNCONFIRMED, entry=entry, trouble=trouble)

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
        topic=DONE[row.deed] if row.now_state is DeedState.DONE else CHANGED,
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
