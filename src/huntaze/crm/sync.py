"""Pulling an account into the mirror: its profile, then its posts with their comments. Resumable after any crash.

Each page is a few calls, then one transaction that stores the page and the cursor together. Whoever works on a sync
holds its row by a lease, which is renewed before each call and checked with each write.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from huntaze import outbox
from huntaze.accounts import AccountRow, Accounts, AccountUnavailable, CallKind, Wait
from huntaze.crm import store
from huntaze.crm.model import SyncRow
from huntaze.crm.service import MEDIA_SYNC, Mirror
from huntaze.kit.clock import Clock
from huntaze.kit.db import CONNECTION_LOST, Connection, Database
from huntaze.kit.log import get_logger
from huntaze.platforms.contract import Access, Comment, MediaItem, Reader
from huntaze.platforms.errors import Later, PlatformError, Reconnect, UnknownOutcome
from huntaze.platforms.registry import Platforms

log = get_logger(__name__)

LEASE = timedelta(minutes=2)
LONGEST_CALL = timedelta(seconds=90)
"""Less than this left of the lease, and it is renewed before a call."""
PAGE = 50
EVERY = timedelta(hours=6)
FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)


class _NotOurs(Exception):
    """The lease ran out and somebody else works on this sync."""


class _Spared(Exception):
    """The platform's allowance is to be spared: this sync goes on at ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"again at {until.isoformat()}")
        self.until = until


class Sync:
    """The worker's side of the mirror."""

    def __init__(
        self, database: Database, clock: Clock, platforms: Platforms, accounts: Accounts, mirror: Mirror
    ) -> None:
        self.database = database
        self.clock = clock
        self.platforms = platforms
        self.accounts = accounts
        self.mirror = mirror

    async def run(self, workspace_id: UUID, account_id: UUID) -> None:
        """Everything of an account, from where the last try stopped. Harmless when nothing is due."""
        until = self.clock.now() + LEASE
        async with self.database.transaction() as tx:
            row = await store.lease_sync(tx, workspace_id, account_id, MEDIA_SYNC, until, self.clock.now())
            account = await self.accounts.get(tx, workspace_id, account_id)
        if row is None or account is None:
            return
        held = _Held(self.database, self.clock, row, until)
        try:
            await self._pull(held, account)
        except _NotOurs:
            log.info("sync_taken_over", account=str(account_id))
        except _Spared as spared:
            await self._pause(held, spared.until)
        except AccountUnavailable as error:
            await self._fail(held, None, str(error.reason))
        except Reconnect as error:
            await self.accounts.needs_reconnect(account_id, error)
            await self._fail(held, None, str(error.message))
        except (Later, UnknownOutcome) as error:
            after = error.after if isinstance(error, Later) else None
            await self._fail(held, after or min(FIRST_RETRY * 2**row.failures, LONGEST_RETRY), str(error.message))
        except PlatformError as error:
            # A cursor does not live for days, and a deleted post may end one (instagram.md §4.2): begin anew.
            held.cursor = ""
            await self._fail(held, LONGEST_RETRY, str(error.message))
        except Exception:
            with suppress(*CONNECTION_LOST):
                await held.release()
            raise

    async def sweep(self) -> None:
        """Wake what is due; finished syncs begin anew when their time has come."""
        now = self.clock.now()
        async with self.database.transaction() as tx:
            for row in await store.due_syncs(tx, now, 100):
                if row.finished_at is not None:
                    await store.start_sync(tx, row.workspace_id, row.account_id, row.name, now)
                await self.mirror.wake_sync(tx, row.workspace_id, row.account_id, timedelta(0))

    async def _pull(self, held: _Held, account: AccountRow) -> None:
        access = await self.accounts.access(account.id)
        reader = self.platforms[account.platform].reader
        await self._may_call(account)
        if not held.cursor:
            profile = await reader.profile(access)
            async with self.database.transaction() as tx:
                await store.upsert_profile(tx, account.workspace_id, account.id, profile, self.clock.now())
                await self._tell(tx, account)
        while True:
            await held.extend()
            page = await reader.media(access, held.cursor, PAGE)
            comments = [one for item in page.items for one in await self._comments(held, account, reader, access, item)]
            await self._store_page(held, account, page.items, comments, page.cursor)
            if not page.cursor:
                return
            pause = await self._may_call(account)
            if pause:
                raise _Spared(self.clock.now() + pause)

    async def _may_call(self, account: AccountRow) -> timedelta:
        """How long to wait between pages. Raises ``_Spared`` when the platform's allowance is nearly used up."""
        answer = await self.accounts.governor.allow(CallKind.SYNC, account.workspace_id, account.id)
        if isinstance(answer, Wait):
            raise _Spared(answer.until)
        return answer.pause

    async def _comments(
        self, held: _Held, account: AccountRow, reader: Reader, access: Access, item: MediaItem
    ) -> list[Comment]:
        """The comments that came along, and the rest of them."""
        found = list(item.comments)
        cursor = item.comments_cursor
        while cursor:
            await held.extend()
            await self._may_call(account)
            more, cursor = await reader.comments(access, item.media_ref, cursor)
            found.extend(more)
        return found

    async def _store_page(
        self, held: _Held, account: AccountRow, items: Sequence[MediaItem], comments: Sequence[Comment], cursor: str
    ) -> None:
        """A page and the cursor behind it; with the last page the sync is finished."""
        async with self.database.transaction() as tx:
            await self.mirror.keep_media(tx, account.workspace_id, account.id, items)
            await self.mirror.keep_comments(tx, account.workspace_id, account.id, comments, account.connected_at)
            if cursor:
                await held.move(tx, cursor)
            else:
                await held.finish(tx)
                await self._tell(tx, account)
            await self.mirror.tell_media(tx, account.workspace_id, account.id, "")

    async def _pause(self, held: _Held, until: datetime) -> None:
        """Let go of it at this page until then. That is no failure, and nothing to tell."""
        row, now = held.row, self.clock.now()
        log.info("sync_paused", account=str(row.account_id), until=until.isoformat())
        async with self.database.transaction() as tx:
            if await store.pause_sync(tx, row, held.until, until):
                await self.mirror.wake_sync(tx, row.workspace_id, row.account_id, until - now)

    async def _fail(self, held: _Held, after: timedelta | None, why: str) -> None:
        row = held.row
        log.info("sync_failed", account=str(row.account_id), why=why)
        next_at = None if after is None else self.clock.now() + after
        async with self.database.transaction() as tx:
            if await store.fail_sync(tx, row, held.until, held.cursor, next_at, {"message": why}):
                await outbox.tell(
                    tx,
                    workspace_id=row.workspace_id,
                    topic="sync.changed",
                    ref=str(row.account_id),
                    account_id=row.account_id,
                    at=self.clock.now(),
                )

    async def _tell(self, tx: Connection, account: AccountRow) -> None:
        await outbox.tell(
            tx,
            workspace_id=account.workspace_id,
            topic="sync.changed",
            ref=str(account.id),
            account_id=account.id,
            at=self.clock.now(),
        )


class _Held:
    """A sync that we work on, and how far it is."""

    def __init__(self, database: Database, clock: Clock, row: SyncRow, until: datetime) -> None:
        self._database = database
        self._clock = clock
        self.row = row
        self.cursor = row.cursor
        self.until = until

    async def extend(self) -> None:
        """Be sure to hold it for the length of a call. Raises ``_NotOurs``."""
        now = self._clock.now()
        if self.until - now >= LONGEST_CALL:
            return
        async with self._database.transaction() as tx:
            self._check(await store.keep_sync(tx, self.row, self.until, now + LEASE))
        self.until = now + LEASE

    async def move(self, tx: Connection, cursor: str) -> None:
        """Go on from ``cursor``. Raises ``_NotOurs``, which must roll back."""
        until = self._clock.now() + LEASE
        self._check(await store.move_sync(tx, self.row, self.until, cursor, until))
        self.until, self.cursor = until, cursor

    async def finish(self, tx: Connection) -> None:
        """Nothing is left to pull. Raises ``_NotOurs``, which must roll back."""
        now = self._clock.now()
        self._check(await store.finish_sync(tx, self.row, self.until, now, now + EVERY))
        await store.remove_unseen(tx, self.row, now)

    async def release(self) -> None:
        """Let somebody else try at once."""
        async with self._database.transaction() as tx:
            await store.release_sync(tx, self.row, self.until)

    def _check(self, ours: bool) -> None:
        if not ours:
            raise _NotOurs
