"""What a step of a first comment writes: its row, a line on the publication's timeline, one domain event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.text import N_, Text
from huntaze.publishing import first_comment_store as store
from huntaze.publishing.first_comment_model import CommentState, FirstCommentRow
from huntaze.publishing.record import Entry, LeaseLost, problem, tell_publication, write_evidence

UNCONFIRMED = (
    Text(N_("Nobody can tell whether the first comment was posted.")),
    Text(N_("Look at the post: say that the comment is there, or that it is not and send it again.")),
)


def kept(row: FirstCommentRow | None) -> FirstCommentRow:
    """A row that was written under its fence; None means that the fence is lost."""
    if row is None:
        raise LeaseLost
    return row


class CommentRecord:
    """Writes of one worker. Every step carries the fence; a lost fence raises ``LeaseLost``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    async def step(
        self,
        row: FirstCommentRow,
        state: CommentState,
        *,
        entry: Entry | None = None,
        next_check_at: datetime | None = None,
        tries: int = 0,
        trouble: dict[str, Any] | None = None,
    ) -> FirstCommentRow:
        """The new state of ``row``; the old trouble is forgotten unless given again."""
        async with self.database.transaction() as tx:
            moved = kept(await store.step(tx, row, state, next_check_at, tries, trouble))
            await self.tell(tx, moved, entry)
            return moved

    async def posted(self, row: FirstCommentRow, comment_ref: str, raw: str) -> FirstCommentRow:
        """It is there: final, under whichever fence it is written (I6). Raises ``LeaseLost`` if that was known."""
        async with self.database.transaction() as tx:
            posted = kept(await store.mark_posted(tx, row, comment_ref))
            await self.tell(tx, posted, Entry("comment_posted", Text(N_("The first comment is posted.")), raw))
            return posted

    async def fail(self, row: FirstCommentRow, code: str, message: Text, remedy: Text) -> FirstCommentRow:
        """It is known not to be there, and why."""
        trouble = problem(code, message, remedy)
        return await self.step(row, CommentState.FAILED, entry=Entry("comment_failed", message), trouble=trouble)

    async def unconfirmed(self, row: FirstCommentRow) -> FirstCommentRow:
        """Sent, and nobody could find out what came of it: a person has to look."""
        entry, trouble = Entry("comment_unconfirmed", UNCONFIRMED[0]), problem("unconfirmed", *UNCONFIRMED)
        return await self.step(row, CommentState.UNCONFIRMED, entry=entry, trouble=trouble)

    async def tell(self, tx: Connection, row: FirstCommentRow, entry: Entry | None) -> None:
        """The line on the timeline and the event, in the change's own transaction; the post's state is as it was."""
        if entry is not None:
            await write_evidence(tx, self.clock, row.workspace_id, row.publication_id, 0, entry)
        state = await store.publication_state(tx, row)
        await tell_publication(
            tx, self.clock, row.workspace_id, row.post_id, row.account_id, row.publication_id, state.value
        )
