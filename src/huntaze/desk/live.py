"""What a change looks like to a viewer: the parts of the page that show it, made anew in the viewer's language."""

from __future__ import annotations

from uuid import UUID

from htpy import Node, fragment

from huntaze.crm import Mirror, comment_count, comment_list
from huntaze.desk.account_card import account_card
from huntaze.desk.cards import Cards
from huntaze.desk.home import needs_you, next_up
from huntaze.inbox import CommentWork
from huntaze.inbox.live import WORKED, thread_parts
from huntaze.kit.db import Database
from huntaze.publishing import PostView, Publishing, signs
from huntaze.publishing.post_page import PostPage, actions, comments, first_comments, progress
from huntaze.ui.htmx import partial
from huntaze.ui.stream import Change
from huntaze.ui.viewer import Viewer


class Live:
    """Renders changes. Each part bears the id of what it shows; a page without that part ignores it. Parts are
    morphed, so that what did not change is not drawn again and the focus stays.
    """

    def __init__(
        self, database: Database, publishing: Publishing, mirror: Mirror, cards: Cards, work: CommentWork
    ) -> None:
        self.database = database
        self.publishing = publishing
        self.mirror = mirror
        self.cards = cards
        self.work = work

    async def render(self, viewer: Viewer, change: Change) -> Node:
        """The parts for one change; None when no page shows anything of it."""
        workspace_id = UUID(viewer.workspace_id)
        match change.kind:
            case "publication.changed" | "post.changed":
                return await self._post(viewer, workspace_id, UUID(change.subject))
            case kind if kind == "comment.received" or kind in WORKED:
                ref = change.data["mediaId"]
                said = await self._comments(workspace_id, UUID(change.data["accountId"]), ref) if ref else None
                return fragment[said, await thread_parts(self.work, viewer, change)]
            case "media.changed" if change.subject:
                account_id = change.data["accountId"]
                card = await self._card(workspace_id, account_id)
                return fragment[card, await self._comments(workspace_id, UUID(account_id), change.subject)]
            case "account.connected" | "account.changed" | "sync.changed" | "media.changed":
                return await self._card(workspace_id, change.data.get("accountId", ""))
            case _:
                return None

    async def _post(self, viewer: Viewer, workspace_id: UUID, post_id: UUID) -> Node:
        view = await self.publishing.view(workspace_id, post_id)
        if view is None:
            return None
        page = await self._page(workspace_id, view)
        accounts = {str(row.account_id) for row in view.publications}
        return fragment[
            partial(f".post-status-{post_id}", signs.badge(view.state), how="innerHTML"),
            partial(f"#post-progress-{post_id}", progress(view, page.around), how="outerMorph"),
            partial(f"#post-actions-{post_id}", actions(viewer, view), how="outerMorph"),
            partial(f"#post-first-comments-{post_id}", first_comments(viewer, view, page.around), how="outerMorph"),
            partial(f"#post-comments-{post_id}", comments(page), how="outerMorph"),
            partial("#needs-you", needs_you(await self.cards.attention(workspace_id)), how="outerMorph"),
            partial("#next-up", next_up(await self.cards.coming(workspace_id)), how="outerMorph"),
            [await self._card(workspace_id, account_id) for account_id in sorted(accounts)],
        ]

    async def _page(self, workspace_id: UUID, view: PostView) -> PostPage:
        around = await self.cards.surroundings.of(workspace_id)
        async with self.database.transaction() as tx:
            said = {
                row.id: await self.mirror.comments_of(tx, workspace_id, row.account_id, row.media_ref)
                for row in view.publications
                if row.media_ref
            }
        return PostPage(view, around, said)

    async def _comments(self, workspace_id: UUID, account_id: UUID, media_ref: str) -> Node:
        async with self.database.transaction() as tx:
            said = await self.mirror.comments_of(tx, workspace_id, account_id, media_ref)
        return fragment[
            partial(f"#comments-{media_ref}", comment_list(media_ref, said), how="outerMorph"),
            partial(f"#comments-count-{media_ref}", comment_count(media_ref, said), how="outerMorph"),
        ]

    async def _card(self, workspace_id: UUID, account_id: str) -> Node:
        card = await self.cards.one(workspace_id, UUID(account_id)) if account_id else None
        return None if card is None else partial(f"#account-card-{account_id}", account_card(card), how="outerMorph")
