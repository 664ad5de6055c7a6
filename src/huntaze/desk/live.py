"""What a change looks like to a viewer: the parts of the page that show it, made anew in the viewer's language."""

from __future__ import annotations

from uuid import UUID

from htpy import Node, fragment

from huntaze.accounts import Accounts
from huntaze.crm import Mirror
from huntaze.desk.cards import Cards
from huntaze.desk.home import account_card
from huntaze.kit.db import Database
from huntaze.publishing import Publishing, pages
from huntaze.ui.htmx import partial
from huntaze.ui.stream import Change
from huntaze.ui.viewer import Viewer


class Live:
    """Renders changes. Each part bears the id of what it shows; a page without that part ignores it."""

    def __init__(
        self, database: Database, publishing: Publishing, accounts: Accounts, mirror: Mirror, cards: Cards
    ) -> None:
        self.database = database
        self.publishing = publishing
        self.accounts = accounts
        self.mirror = mirror
        self.cards = cards

    async def render(self, viewer: Viewer, change: Change) -> Node:
        """The parts for one change; None when no page shows anything of it."""
        workspace_id = UUID(viewer.workspace_id)
        match change.kind:
            case "publication.changed" | "post.changed":
                return await self._post(workspace_id, UUID(change.subject))
            case "comment.received":
                return await self._comments(workspace_id, UUID(change.data["accountId"]), change.data["mediaId"])
            case "account.connected" | "account.changed" | "sync.changed" | "media.changed":
                return await self._card(workspace_id, change.data.get("accountId", ""))
            case _:
                return None

    async def _post(self, workspace_id: UUID, post_id: UUID) -> Node:
        view = await self.publishing.view(workspace_id, post_id)
        if view is None:
            return None
        async with self.database.transaction() as tx:
            accounts = {row.id: row for row in await self.accounts.list_accounts(tx, workspace_id)}
        return fragment[
            partial(f".post-status-{post_id}", pages.badge(view.state), how="innerHTML"),
            partial(f"#post-progress-{post_id}", pages.progress(view, accounts)),
        ]

    async def _comments(self, workspace_id: UUID, account_id: UUID, media_ref: str) -> Node:
        async with self.database.transaction() as tx:
            comments = await self.mirror.comments_of(tx, workspace_id, account_id, media_ref)
        return partial(f"#comments-{media_ref}", pages.comment_list(media_ref, comments))

    async def _card(self, workspace_id: UUID, account_id: str) -> Node:
        card = await self.cards.one(workspace_id, UUID(account_id)) if account_id else None
        return None if card is None else partial(f"#account-card-{account_id}", account_card(card))
