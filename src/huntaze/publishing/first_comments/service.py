"""What a person does about a first comment: again, «it is there», «I looked, it is not there»."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huntaze.identity import Actor
from huntaze.kit.db import Connection
from huntaze.kit.text import N_, Text
from huntaze.publishing import first_comment_store, store
from huntaze.publishing.errors import TooLate, UnknownPost
from huntaze.publishing.first_comment_model import CommentAction, FirstCommentRow, allows, states_that_allow
from huntaze.publishing.first_comments.record import CommentRecord
from huntaze.publishing.model import PostView
from huntaze.publishing.record import Entry
from huntaze.publishing.service import Publishing


class FirstComments:
    """The front door of first comments for requests; the worker's door is ``tasks``."""

    def __init__(self, publishing: Publishing) -> None:
        self.publishing = publishing
        self.record = CommentRecord(publishing.database, publishing.clock)

    async def retry(
        self, actor: Actor, post_id: UUID, publication_id: UUID | None = None, *, looked: bool = False
    ) -> PostView:
        """Again, what is known to have failed; with ``looked`` what is unconfirmed, kept as evidence (I10).

        Raises ``UnknownPost``, and ``TooLate`` when nothing of the kind stands.
        """
        action, kind, words = CommentAction.RETRY, "comment_retry", N_("%(who)s wants the first comment sent again.")
        if looked:
            action, kind = CommentAction.RETRY_LOOKED, "comment_looked"
            words = N_("%(who)s looked at the post: the first comment is not there. Send it again.")
        entry = Entry(kind, Text(words, {"who": actor.name}))
        return await self._act(actor, post_id, publication_id, action, entry)

    async def there(self, actor: Actor, post_id: UUID, publication_id: UUID | None = None) -> PostView:
        """A person saw it under the post. Raises ``UnknownPost``, ``TooLate``."""
        words = Text(N_("%(who)s looked at the post: the first comment is there."), {"who": actor.name})
        return await self._act(actor, post_id, publication_id, CommentAction.CONFIRM, Entry("comment_confirmed", words))

    async def _act(
        self, actor: Actor, post_id: UUID, publication_id: UUID | None, action: CommentAction, entry: Entry
    ) -> PostView:
        now = self.publishing.clock.now()
        async with self.publishing.database.transaction() as tx:
            for row in await self._open(tx, actor, post_id, publication_id, action):
                changed = await self._change(tx, row, action, now)
                if changed is None:
                    raise TooLate
                await self.record.tell(tx, changed, entry)
        view = await self.publishing.view(actor.workspace_id, post_id)
        if view is None:
            raise UnknownPost
        return view

    async def _open(
        self, tx: Connection, actor: Actor, post_id: UUID, publication_id: UUID | None, action: CommentAction
    ) -> list[FirstCommentRow]:
        """The first comments of a post that an action is meant for."""
        if await store.lock_post(tx, actor.workspace_id, post_id) is None:
            raise UnknownPost
        ids = [row.id for row in await store.publications(tx, actor.workspace_id, [post_id])]
        rows = await first_comment_store.of_publications(tx, actor.workspace_id, ids)
        found = [row for row in rows if allows(row.now_state, action) and publication_id in (None, row.publication_id)]
        if not found:
            raise TooLate
        return found

    async def _change(
        self, tx: Connection, row: FirstCommentRow, action: CommentAction, now: datetime
    ) -> FirstCommentRow | None:
        states = states_that_allow(action)
        if action is CommentAction.CONFIRM:
            return await first_comment_store.confirm(tx, row.workspace_id, row.publication_id, states)
        return await first_comment_store.ask_again(tx, row.workspace_id, row.publication_id, now, states)
