"""Pulling an account into the mirror: profile, posts with their comments, pictures. Resumable after any crash.

Each page is one call, then one transaction that stores the page and the cursor together.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from huntaze import outbox
from huntaze.accounts import AccountRow, Accounts, AccountUnavailable
from huntaze.crm import store
from huntaze.crm.model import SyncRow
from huntaze.crm.service import MEDIA_SYNC, Mirror
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.log import get_logger
from huntaze.library import Library
from huntaze.platforms.contract import Access, Comment, MediaItem, Platform, Profile
from huntaze.platforms.errors import Later, PlatformError, Reconnect, UnknownOutcome
from huntaze.platforms.registry import Platforms

log = get_logger(__name__)

LEASE = timedelta(minutes=2)
PAGE = 50
PICTURES = 24
"""Pictures copied per sync, newest first: what a page of posts shows."""
EVERY = timedelta(hours=6)
FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)


class Sync:
    """The worker's side of the mirror."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Platforms,
        accounts: Accounts,
        library: Library,
        mirror: Mirror,
    ) -> None:
        self.database = database
        self.clock = clock
        self.platforms = platforms
        self.accounts = accounts
        self.library = library
        self.mirror = mirror

    async def run(self, workspace_id: UUID, account_id: UUID) -> None:
        """Everything of an account, from where the last try stopped. Harmless when nothing is due."""
        now = self.clock.now()
        async with self.database.transaction() as tx:
            row = await store.lease_sync(tx, workspace_id, account_id, MEDIA_SYNC, now + LEASE, now)
            account = await self.accounts.get(tx, workspace_id, account_id)
        if row is None or account is None:
            return
        try:
            access = await self.accounts.access(account_id)
            await self._pull(row, account, access)
        except AccountUnavailable as error:
            await self._fail(row, None, str(error.reason))
        except Reconnect as error:
            await self.accounts.needs_reconnect(account_id, error)
            await self._fail(row, None, str(error.message))
        except (Later, UnknownOutcome) as error:
            after = error.after if isinstance(error, Later) and error.after else None
            await self._fail(row, after or min(FIRST_RETRY * 2**row.failures, LONGEST_RETRY), str(error.message))
        except PlatformError as error:
            await self._fail(row, LONGEST_RETRY, str(error.message))

    async def sweep(self) -> None:
        """Wake what is due; finished syncs begin anew when their time has come."""
        now = self.clock.now()
        async with self.database.transaction() as tx:
            for row in await store.due_syncs(tx, now, 100):
                if row.finished_at is not None:
                    await store.start_sync(tx, row.workspace_id, row.account_id, row.name, now)
                await self.mirror.wake_sync(tx, row.workspace_id, row.account_id, timedelta(0))

    async def _pull(self, row: SyncRow, account: AccountRow, access: Access) -> None:
        platform = self.platforms[account.platform]
        if not row.cursor:
            await self._profile(account, await platform.reader.profile(access))
        cursor = row.cursor
        while True:
            page = await platform.reader.media(access, cursor, PAGE)
            comments = [(item, await self._comments(platform, access, item)) for item in page.items]
            await self._store_page(row, comments, page.cursor)
            cursor = page.cursor
            if not cursor:
                break
        await self._pictures(account)
        await self._finish(row)

    async def _profile(self, account: AccountRow, profile: Profile) -> None:
        picture = None
        if profile.picture_url:
            picture = await self.library.keep_copy(account.workspace_id, profile.picture_url)
        async with self.database.transaction() as tx:
            picture_id = picture.id if picture else None
            await store.upsert_profile(tx, account.workspace_id, account.id, profile, picture_id, self.clock.now())
            await self._tell(tx, account.workspace_id, account.id)

    async def _comments(self, platform: Platform, access: Access, item: MediaItem) -> list[Comment]:
        """The comments that came along, and the rest of them."""
        found = list(item.comments)
        cursor = item.comments_cursor
        while cursor:
            more, cursor = await platform.reader.comments(access, item.media_ref, cursor)
            found.extend(more)
        return found

    async def _store_page(self, row: SyncRow, items: list[tuple[MediaItem, list[Comment]]], cursor: str) -> None:
        now = self.clock.now()
        async with self.database.transaction() as tx:
            await store.upsert_media(tx, row.workspace_id, row.account_id, [item for item, _ in items], now)
            for _, comments in items:
                for comment in comments:
                    await self.mirror.keep_comment(tx, row.workspace_id, row.account_id, comment, "poll")
            await store.move_sync(tx, row, cursor, now + LEASE)
            await self.mirror.tell_media(tx, row.workspace_id, row.account_id, "")

    async def _pictures(self, account: AccountRow) -> None:
        """Copies of the newest pictures: the platform's own addresses die within days (instagram.md §4.2)."""
        async with self.database.transaction() as tx:
            bare = await store.media_without_picture(tx, account.workspace_id, account.id, PICTURES)
        for item in bare:
            kept = await self.library.keep_copy(account.workspace_id, item.picture_url)
            if kept is not None:
                async with self.database.transaction() as tx:
                    await store.set_thumbnail(tx, account.workspace_id, item.id, kept.id)

    async def _finish(self, row: SyncRow) -> None:
        now = self.clock.now()
        async with self.database.transaction() as tx:
            await store.finish_sync(tx, row, now, now + EVERY)
            await self.mirror.tell_media(tx, row.workspace_id, row.account_id, "")
            await self._tell(tx, row.workspace_id, row.account_id)

    async def _fail(self, row: SyncRow, after: timedelta | None, why: str) -> None:
        log.info("sync_failed", account=str(row.account_id), why=why)
        next_at = None if after is None else self.clock.now() + after
        async with self.database.transaction() as tx:
            await store.fail_sync(tx, row, next_at, {"message": why})
            await self._tell(tx, row.workspace_id, row.account_id)

    async def _tell(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        await outbox.tell(
            tx,
            workspace_id=workspace_id,
            topic="sync.changed",
            ref=str(account_id),
            account_id=account_id,
            at=self.clock.now(),
        )
