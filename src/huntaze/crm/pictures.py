"""Our own copies of avatars and posts' pictures: the platform's addresses die within days (instagram.md §4.2)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from huntaze.crm import store
from huntaze.crm.model import MediaRow
from huntaze.crm.service import Mirror
from huntaze.kit.db import Database
from huntaze.library import Library

AT_ONCE = 50
"""Pictures copied by one job, newest first."""
SIDE_BY_SIDE = 4


class Pictures:
    """Copies what the mirror shows."""

    def __init__(self, database: Database, library: Library, mirror: Mirror) -> None:
        self.database = database
        self.library = library
        self.mirror = mirror

    async def run(self, workspace_id: UUID, account_id: UUID) -> None:
        """Copy an account's avatar and the newest posts that have no copy yet; what cannot be had now comes later."""
        async with self.database.transaction() as tx:
            profile = await store.profile(tx, workspace_id, account_id)
            bare = await store.media_without_picture(tx, workspace_id, account_id, AT_ONCE)
        if profile is not None and profile.picture_url:
            kept = await self.library.keep_copy(workspace_id, profile.picture_url)
            if kept is not None and kept.id != profile.picture_id:
                async with self.database.transaction() as tx:
                    await store.set_profile_picture(tx, workspace_id, account_id, kept.id)
                    await self.mirror.tell_media(tx, workspace_id, account_id, "")
        copied = await self.copy(bare)
        if copied:
            async with self.database.transaction() as tx:
                await self.mirror.tell_media(tx, workspace_id, account_id, "")

    async def copy(self, posts: Sequence[MediaRow]) -> int:
        """Copy the pictures of these posts, a few side by side; how many could be had."""
        turns = asyncio.Semaphore(SIDE_BY_SIDE)

        async def one(item: MediaRow) -> bool:
            async with turns:
                kept = await self.library.keep_copy(item.workspace_id, item.picture_url)
            if kept is None:
                return False
            async with self.database.transaction() as tx:
                await store.set_thumbnail(tx, item.workspace_id, item.id, kept.id)
            return True

        return sum(await asyncio.gather(*(one(item) for item in posts)))
