"""The posts as their first comments know them: where they are told, and what a person is shown."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huntaze.kit.db import Connection
from huntaze.once import Entry
from huntaze.publishing import store
from huntaze.publishing.errors import UnknownPost
from huntaze.publishing.first_comments import FirstCommentRow, FirstComments
from huntaze.publishing.model import PostView
from huntaze.publishing.record import tell_publication, write_evidence
from huntaze.publishing.service import Publishing
from huntaze.publishing.states import State


class CommentedPosts:
    """What first comments ask of their posts."""

    def __init__(self, publishing: Publishing) -> None:
        self.publishing = publishing

    async def is_out(self, tx: Connection, row: FirstCommentRow) -> bool:
        """Whether the publication is published and stays there."""
        return await store.publication_state(tx, row.publication_id) is State.PUBLISHED

    async def tell(self, tx: Connection, row: FirstCommentRow, entry: Entry | None) -> None:
        """A line on the timeline of the publication; its state is as it was."""
        clock, where = self.publishing.clock, (row.workspace_id, row.post_id, row.account_id, row.publication_id)
        if entry is not None:
            await write_evidence(tx, clock, row.workspace_id, row.publication_id, 0, entry)
        state = await store.publication_state(tx, row.publication_id)
        await tell_publication(tx, clock, *where, state.value)

    async def publications(self, tx: Connection, workspace_id: UUID, post_id: UUID) -> Sequence[UUID]:
        """The publications of a post, held for the transaction. Raises ``UnknownPost``."""
        if await store.lock_post(tx, workspace_id, post_id) is None:
            raise UnknownPost
        return [row.id for row in await store.publications(tx, workspace_id, [post_id])]

    async def view(self, workspace_id: UUID, post_id: UUID) -> PostView:
        """A post with all that hangs on it. Raises ``UnknownPost``."""
        view = await self.publishing.view(workspace_id, post_id)
        if view is None:
            raise UnknownPost
        return view


def first_comments_of(publishing: Publishing) -> FirstComments[PostView]:
    """What a person does about the first comments of these posts."""
    return FirstComments(publishing.database, publishing.clock, CommentedPosts(publishing))
