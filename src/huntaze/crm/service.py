"""The mirror: platforms' posts, comments and people as rows of ours. Pushed by webhooks, pulled by syncs, upserted."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from huntaze import outbox
from huntaze.crm import store
from huntaze.crm.model import CommentRow, MediaRow, ProfileRow, SyncRow
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection
from huntaze.kit.jobs import Jobs
from huntaze.platforms.contract import Comment, CommentReceived, MediaItem, MessageReceived

SYNC = "crm.sync"
MEDIA_SYNC = "media"


class Mirror:
    """Reading and writing the mirror. ``source`` says how a row came: ``push`` or ``poll``."""

    def __init__(self, clock: Clock, jobs: Jobs) -> None:
        self.clock = clock
        self.jobs = jobs

    # --- writing ------------------------------------------------------------------------------------------------

    async def take_comment(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, event: CommentReceived, source: str
    ) -> bool:
        """A comment that was pushed; True when it is new here."""
        now = self.clock.now()
        comment = Comment(
            event.comment_ref, event.media_ref, event.parent_ref, event.text, event.author_ref,
            event.author_username, event.created_at or now,
        )  # fmt: skip
        return await self.keep_comment(tx, workspace_id, account_id, comment, source)

    async def keep_comment(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, comment: Comment, source: str
    ) -> bool:
        """One comment; a new one is told."""
        now = self.clock.now()
        new = await store.upsert_comment(tx, workspace_id, account_id, comment, source, now)
        if new:
            await outbox.tell(
                tx,
                workspace_id=workspace_id,
                topic="comment.received",
                ref=comment.comment_ref,
                account_id=account_id,
                body={"mediaId": comment.media_ref, "source": source},
                at=now,
            )
        return new

    async def take_message(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, event: MessageReceived, source: str
    ) -> None:
        """A direct message that was pushed."""
        await store.upsert_message(tx, workspace_id, account_id, event, source, self.clock.now())

    async def published(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, item: MediaItem, thumbnail_id: UUID | None
    ) -> None:
        """A post of ours that is public now, with our own picture of it."""
        now = self.clock.now()
        await store.upsert_media(tx, workspace_id, account_id, [item], now, thumbnail_id=thumbnail_id)
        await self.tell_media(tx, workspace_id, account_id, item.media_ref)

    async def tell_media(self, tx: Connection, workspace_id: UUID, account_id: UUID, ref: str) -> None:
        """Posts of an account changed; ``ref`` names one, or is empty for many."""
        await outbox.tell(
            tx, workspace_id=workspace_id, topic="media.changed", ref=ref, account_id=account_id, at=self.clock.now()
        )

    async def start_sync(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        """A first or a new sync of an account, soon."""
        await store.start_sync(tx, workspace_id, account_id, MEDIA_SYNC, self.clock.now())
        await self.wake_sync(tx, workspace_id, account_id, timedelta(0))

    async def wake_sync(self, tx: Connection, workspace_id: UUID, account_id: UUID, delay: timedelta) -> None:
        """A wake-up for a sync that is due."""
        payload = {"workspace": str(workspace_id), "account": str(account_id)}
        await self.jobs.enqueue(tx, SYNC, payload, delay=delay, dedupe=f"{SYNC}:{account_id}")

    async def stop_sync(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        """The account is gone; what was mirrored stays."""
        await store.stop_sync(tx, workspace_id, account_id)

    async def erase(self, tx: Connection, workspace_id: UUID, _platform: str, person_ref: str) -> int:
        """Remove a person from the mirror; how many rows held them."""
        return await store.erase(tx, workspace_id, person_ref)

    # --- reading ------------------------------------------------------------------------------------------------

    async def profile(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> ProfileRow | None:
        """The account as it was last seen."""
        return await store.profile(tx, workspace_id, account_id)

    async def profiles(self, tx: Connection, workspace_id: UUID) -> dict[UUID, ProfileRow]:
        """Every account of a workspace as it was last seen, by account."""
        return {row.account_id: row for row in await store.profiles(tx, workspace_id)}

    async def media(self, tx: Connection, workspace_id: UUID, account_id: UUID, limit: int = 12) -> list[MediaRow]:
        """Posts of an account, newest first."""
        return await store.media(tx, workspace_id, account_id, limit)

    async def media_item(self, tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str) -> MediaRow | None:
        """One post of an account."""
        return await store.media_item(tx, workspace_id, account_id, media_ref)

    async def comments_of(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str, limit: int = 500
    ) -> list[CommentRow]:
        """Comments and replies of a post, oldest first."""
        return await store.comments_of(tx, workspace_id, account_id, media_ref, limit)

    async def syncs(self, tx: Connection, workspace_id: UUID) -> dict[UUID, SyncRow]:
        """How far the sync of each account is."""
        return {row.account_id: row for row in await store.syncs(tx, workspace_id) if row.name == MEDIA_SYNC}
