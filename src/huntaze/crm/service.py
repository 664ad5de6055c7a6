"""The mirror: platforms' posts, comments and people as rows of ours. Pushed by webhooks, pulled by syncs, upserted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from huntaze import outbox
from huntaze.crm import store, sync_store
from huntaze.crm.keeping import people_store
from huntaze.crm.keeping.keeping import Coming, Keeping
from huntaze.crm.keeping.messages import Said, said_in_list
from huntaze.crm.keeping.taking import Pushed, Taking
from huntaze.crm.model import CommentRow, FigureRow, MediaRow, ProfileRow, SyncRow
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection
from huntaze.kit.jobs import Jobs
from huntaze.platforms.contract import Comment, FieldChanged, MediaItem, ReadConversation

SYNC = "crm.sync"
PICTURES = "crm.pictures"
CONVERSATIONS = "crm.conversations"
MEDIA_SYNC = "media"
PUSH, POLL = "push", "poll"
_OF_CONVERSATIONS = "messag"
"""How the fields of conversations begin: ``messages``, ``message_edit``, ``messaging_seen``… (instagram.md §6.5)."""
_EVER = datetime.fromtimestamp(0, UTC)


class Mirror:
    """Reading and writing the mirror. ``source`` says how a row came: ``push`` or ``poll``."""

    def __init__(self, clock: Clock, jobs: Jobs) -> None:
        self.clock = clock
        self.jobs = jobs
        self._keeping = Keeping(jobs)
        self._taking = Taking(jobs, self._keeping)

    # --- writing ------------------------------------------------------------------------------------------------

    async def take(self, tx: Connection, workspace_id: UUID, account_id: UUID, pushed: Sequence[Pushed]) -> None:
        """What a platform pushed for an account. Comments have no time of their own: the next sync corrects it.

        Rows are written table by table, each in the order of its key: two transactions that do so never dead-lock.
        """
        now = self.clock.now()
        await self._taking.take(tx, workspace_id, account_id, pushed, now)
        await sync_store.count_pushed(tx, workspace_id, account_id, now.astimezone(UTC).date(), len(pushed), now)

    async def keep_comments(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, comments: Sequence[Comment], told_since: datetime
    ) -> set[str]:
        """Comments that were read from a list; the ids of the new ones. They are told, unless they were written before
        ``told_since``: history is no news."""
        coming = Coming(POLL, self.clock.now(), told_since)
        by_ref = {one.comment_ref: one for one in comments}
        return await self._keeping.keep(tx, workspace_id, account_id, by_ref, Said(), coming)

    async def keep_conversations(
        self,
        tx: Connection,
        workspace_id: UUID,
        account_id: UUID,
        conversations: Sequence[ReadConversation],
        told_since: datetime,
        read_at: datetime,
    ) -> None:
        """Conversations that were read again: what push did not bring is filled in. Only their newest messages can be
        read (instagram.md §5.2), so a message that is missing there is not gone. ``read_at``: when they were asked
        for; what was pushed since is newer."""
        coming = Coming(POLL, self.clock.now(), told_since, read_at)
        await self._keeping.keep(tx, workspace_id, account_id, {}, said_in_list(conversations), coming)

    async def keep_media(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, items: Sequence[MediaItem]
    ) -> None:
        """Posts as a platform lists them; copies of their pictures are made later."""
        await store.upsert_media(tx, workspace_id, account_id, items, self.clock.now())
        await self.jobs.enqueue(tx, PICTURES, _job(workspace_id, account_id), dedupe=f"{PICTURES}:{account_id}")

    async def published(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, item: MediaItem, thumbnail_id: UUID | None
    ) -> None:
        """A post of ours that is public now, with our own picture of it."""
        await store.insert_published(tx, workspace_id, account_id, item, thumbnail_id, self.clock.now())
        await self.tell_media(tx, workspace_id, account_id, item.media_ref)

    async def tell_media(self, tx: Connection, workspace_id: UUID, account_id: UUID, ref: str) -> None:
        """Posts of an account changed; ``ref`` names one, or is empty for many."""
        await outbox.tell(
            tx, workspace_id=workspace_id, topic="media.changed", ref=ref, account_id=account_id, at=self.clock.now()
        )

    async def start_sync(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        """Everything of an account is listed, soon: after connecting, or when somebody asks for it."""
        await sync_store.start_sync(tx, workspace_id, account_id, MEDIA_SYNC, self.clock.now())
        await self.wake_sync(tx, workspace_id, account_id, timedelta(0))

    async def read_soon(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, changed: Sequence[FieldChanged]
    ) -> None:
        """Something changed and the platform does not say what: what it is of is read, not everything."""
        said = {one.field.startswith(_OF_CONVERSATIONS) for one in changed}
        if True in said:
            await self.start_conversations(tx, workspace_id, account_id)
        if False in said:
            await sync_store.hasten_sync(tx, workspace_id, account_id, MEDIA_SYNC, self.clock.now())

    async def wake_sync(self, tx: Connection, workspace_id: UUID, account_id: UUID, delay: timedelta) -> None:
        """A wake-up for a sync that is due."""
        await self.jobs.enqueue(tx, SYNC, _job(workspace_id, account_id), delay=delay, dedupe=f"{SYNC}:{account_id}")

    async def stop_sync(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        """The account is gone; what was mirrored stays."""
        await sync_store.stop_sync(tx, workspace_id, account_id)

    async def ask_profiles(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        """A wake-up for who people are of whom little is known."""
        await self._keeping.ask_profiles(tx, workspace_id, account_id)

    async def start_conversations(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        """Conversations are read again, soon: those that changed since the last reading, all without one."""
        now = self.clock.now()
        since = await people_store.begin_pull(tx, workspace_id, account_id, now)
        payload = _job(workspace_id, account_id) | {"cursor": "", "since": (since or _EVER).isoformat()}
        await self.jobs.enqueue(tx, CONVERSATIONS, payload, dedupe=f"{CONVERSATIONS}:{account_id}:")

    async def stop_conversations(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        """The account is gone; what was said stays."""
        await people_store.stop_pull(tx, workspace_id, account_id)

    async def erase(self, tx: Connection, workspace_id: UUID, _platform: str, person_ref: str) -> int:
        """Forget a person; how many rows held them. No later reading brings back what they wrote until now."""
        return await people_store.erase(tx, workspace_id, person_ref, self.clock.now())

    # --- reading ------------------------------------------------------------------------------------------------

    async def profile(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> ProfileRow | None:
        """The account as it was last seen."""
        return await store.profile(tx, workspace_id, account_id)

    async def figures(self, tx: Connection, workspace_id: UUID, account_id: UUID, since: date) -> list[FigureRow]:
        """An account day by day since one, oldest first; days on which it was not read are missing."""
        return await sync_store.figures(tx, workspace_id, account_id, since)

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


def _job(workspace_id: UUID, account_id: UUID) -> dict[str, str]:
    return {"workspace": str(workspace_id), "account": str(account_id)}
