"""What a person does about a first comment: again, «it is there», «I looked, it is not there»."""

from __future__ import annotations

from datetime import datetime
from typing import Generic
from uuid import UUID

from huntaze.identity import Actor
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.text import N_, Text
from huntaze.once import CallAction, Entry
from huntaze.publishing.errors import TooLate
from huntaze.publishing.first_comments import store
from huntaze.publishing.first_comments.model import FACES, FirstCommentRow
from huntaze.publishing.first_comments.posts import Posts, View_co


class FirstComments(Generic[View_co]):
    """The front door of first comments for requests; the worker's door is ``tasks``."""

    def __init__(self, database: Database, clock: Clock, posts: Posts[View_co]) -> None:
        self.database = database
        self.clock = clock
        self.posts = posts

    async def retry(
        self, actor: Actor, post_id: UUID, publication_id: UUID | None = None, *, looked: bool = False
    ) -> View_co:
        """Again, what is known to have failed; with ``looked`` what is unconfirmed, kept as evidence (I10).

        Raises ``UnknownPost``, and ``TooLate`` when nothing of the kind stands.
        """
        action, kind, words = CallAction.RETRY, "comment_retry", N_("%(who)s wants the first comment sent again.")
        if looked:
            action, kind = CallAction.RETRY_LOOKED, "comment_looked"
            words = N_("%(who)s looked at the post: the first comment is not there. Send it again.")
        entry = Entry(kind, Text(words, {"who": actor.name}))
        return await self._act(actor, post_id, publication_id, action, entry)

    async def there(self, actor: Actor, post_id: UUID, publication_id: UUID | None = None) -> View_co:
        """A person saw it under the post. Raises ``UnknownPost``, ``TooLate``."""
        words = Text(N_("%(who)s looked at the post: the first comment is there."), {"who": actor.name})
        return await self._act(actor, post_id, publication_id, CallAction.CONFIRM, Entry("comment_confirmed", words))

    async def _act(
        self, actor: Actor, post_id: UUID, publication_id: UUID | None, action: CallAction, entry: Entry
    ) -> View_co:
        now = self.clock.now()
        async with self.database.transaction() as tx:
            for row in await self._open(tx, actor, post_id, publication_id, action):
                changed = await self._change(tx, row, action, now)
                if changed is None:
                    raise TooLate
                await self.posts.tell(tx, changed, entry)
        return await self.posts.view(actor.workspace_id, post_id)

    async def _open(
        self, tx: Connection, actor: Actor, post_id: UUID, publication_id: UUID | None, action: CallAction
    ) -> list[FirstCommentRow]:
        """The first comments of a post that an action is meant for."""
        ids = await self.posts.publications(tx, actor.workspace_id, post_id)
        rows = await store.of_publications(tx, actor.workspace_id, ids)
        found = [
            row for row in rows if FACES.allows(row.now_state, action) and publication_id in (None, row.publication_id)
        ]
        if not found:
            raise TooLate
        return found

    async def _change(
        self, tx: Connection, row: FirstCommentRow, action: CallAction, now: datetime
    ) -> FirstCommentRow | None:
        states = FACES.that_allow(action)
        if action is CallAction.CONFIRM:
            return await store.WRITES.confirm(tx, row, states)
        return await store.ask_again(tx, row.workspace_id, row.publication_id, now, states)
