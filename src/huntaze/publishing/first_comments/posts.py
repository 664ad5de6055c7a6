"""What first comments ask of the posts they stand under: the posts are built on this package, never the reverse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from huntaze.kit.db import Connection
from huntaze.once import Entry
from huntaze.publishing.first_comments.model import FirstCommentRow

View_co = TypeVar("View_co", covariant=True)


class Posts(Protocol[View_co]):
    """The posts; ``View_co``: one of them with all that hangs on it."""

    async def is_out(self, tx: Connection, row: FirstCommentRow) -> bool:
        """Whether the publication is published and stays there."""
        ...

    async def tell(self, tx: Connection, row: FirstCommentRow, entry: Entry | None) -> None:
        """A line on the publication's timeline and its event, in the change's own transaction."""
        ...

    async def publications(self, tx: Connection, workspace_id: UUID, post_id: UUID) -> Sequence[UUID]:
        """The publications of a post, held for the transaction. Raises ``UnknownPost``."""
        ...

    async def view(self, workspace_id: UUID, post_id: UUID) -> View_co:
        """A post. Raises ``UnknownPost``."""
        ...
