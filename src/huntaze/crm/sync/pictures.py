"""Our own copies of avatars and posts' pictures: the platform's addresses die within days (instagram.md §4.2, T37)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from huntaze.accounts import Accounts, AccountUnavailable, CallKind, Wait
from huntaze.crm import store, sync_store
from huntaze.crm.model import MediaRow
from huntaze.crm.service import Mirror
from huntaze.kit.db import Database
from huntaze.kit.log import get_logger
from huntaze.library import Library
from huntaze.platforms.errors import PlatformError
from huntaze.platforms.registry import Platforms

log = get_logger(__name__)

AT_ONCE = 50
"""Pictures looked for at a time, newest first."""
SIDE_BY_SIDE = 4
TRIES = 8
FIRST_PAUSE = timedelta(minutes=10)
"""After a picture that could not be had; it doubles."""
FRESH = timedelta(hours=1)
"""A link that was read longer ago may be what failed: it is asked for anew."""


class Pictures:
    """Copies what the mirror shows."""

    def __init__(
        self, database: Database, library: Library, mirror: Mirror, platforms: Platforms, accounts: Accounts
    ) -> None:
        self.database = database
        self.library = library
        self.mirror = mirror
        self.platforms = platforms
        self.accounts = accounts

    async def run(self, workspace_id: UUID, account_id: UUID) -> None:
        """Copy an account's avatar and every picture that has no copy yet; what cannot be had now comes later."""
        await self._avatar(workspace_id, account_id)
        while True:
            now = self.mirror.clock.now()
            async with self.database.transaction() as tx:
                bare = await sync_store.media_without_picture(tx, workspace_id, account_id, AT_ONCE, now, TRIES)
            if not bare:
                return
            failed = await self.copy(bare)
            stale = [row for row in failed if now - row.synced_at >= FRESH]
            if stale:
                fresh = await self._fresh(workspace_id, account_id, stale)
                failed = [row for row in failed if row.id not in {one.id for one in fresh}] + await self.copy(fresh)
            async with self.database.transaction() as tx:
                for row in sorted(failed, key=lambda row: row.id):
                    await sync_store.picture_not_kept(tx, workspace_id, row.id, now, FIRST_PAUSE)
                if len(failed) < len(bare):
                    await self.mirror.tell_media(tx, workspace_id, account_id, "")

    async def copy(self, posts: Sequence[MediaRow]) -> list[MediaRow]:
        """Copy the pictures of these posts, a few side by side; those that could not be had."""
        turns = asyncio.Semaphore(SIDE_BY_SIDE)

        async def one(item: MediaRow) -> bool:
            async with turns:
                kept = await self.library.keep_copy(item.workspace_id, item.picture_url)
            if kept is None:
                return False
            async with self.database.transaction() as tx:
                await sync_store.set_thumbnail(tx, item.workspace_id, item.id, kept.id)
            return True

        copied = await asyncio.gather(*(one(item) for item in posts))
        return [item for item, done in zip(posts, copied, strict=True) if not done]

    async def _avatar(self, workspace_id: UUID, account_id: UUID) -> None:
        """Copied when it is another one: its address changes with each signature, the part before that does not."""
        async with self.database.transaction() as tx:
            profile = await store.profile(tx, workspace_id, account_id)
        if profile is None or not profile.picture_url:
            return
        origin = profile.picture_url.partition("?")[0]
        if profile.picture_id is not None and origin == profile.picture_from:
            return
        kept = await self.library.keep_copy(workspace_id, profile.picture_url)
        if kept is not None:
            async with self.database.transaction() as tx:
                await sync_store.set_profile_picture(tx, workspace_id, account_id, kept.id, origin)
                await self.mirror.tell_media(tx, workspace_id, account_id, "")

    async def _fresh(self, workspace_id: UUID, account_id: UUID, posts: Sequence[MediaRow]) -> list[MediaRow]:
        """The same posts with links that live, as far as the platform gives them now. A story that is over, and a
        carousel's picture by itself, have none (§4.2)."""
        refs = sorted({row.parent_ref or row.media_ref for row in posts if row.ended_at is None})
        async with self.database.transaction() as tx:
            account = await self.accounts.get(tx, workspace_id, account_id)
        if account is None or not refs:
            return []
        if isinstance(await self.accounts.governor.allow(CallKind.SYNC, workspace_id, account_id), Wait):
            return []
        reader = self.platforms[account.platform].reader
        try:
            access = await self.accounts.access(account_id)
            found = await reader.media_items(access, refs[: reader.together])
        except (AccountUnavailable, PlatformError) as error:
            log.info("links_not_fresh", account=str(account_id), why=type(error).__name__)
            return []
        items = [item for item in found.values() if item is not None]
        async with self.database.transaction() as tx:
            await store.upsert_media(tx, workspace_id, account_id, items, self.mirror.clock.now())
            wanted = {row.media_ref for row in posts}
            brought = {one.media_ref for item in items for one in (item, *item.children)} & wanted
            rows = [await store.media_item(tx, workspace_id, account_id, ref) for ref in sorted(brought)]
        return [row for row in rows if row is not None]
