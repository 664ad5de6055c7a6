"""Pulling an account into the mirror: whole after connecting and each night, its newest posts in between.

A sync is resumable after any crash: each step is a request, then one transaction that stores what came together with
how far the sync is. Whoever works on it holds its row by a lease.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from huntaze import outbox
from huntaze.accounts import AccountRow, Accounts, AccountUnavailable
from huntaze.crm import sync_store as store
from huntaze.crm.service import MEDIA_SYNC, Mirror
from huntaze.crm.sync.held import LEASE, Held, NotOurs, Spared
from huntaze.crm.sync.pulling import Pulling
from huntaze.kit.clock import Clock
from huntaze.kit.db import CONNECTION_LOST, Database
from huntaze.kit.log import get_logger
from huntaze.platforms.errors import Later, PlatformError, Reconnect, UnknownOutcome
from huntaze.platforms.registry import Platforms

log = get_logger(__name__)

FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)

ZoneOf = Callable[[UUID], Awaitable[str]]
"""The IANA name of a workspace's zone."""


class Sync:
    """The worker's side of the mirror."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Platforms,
        accounts: Accounts,
        mirror: Mirror,
        zone_of: ZoneOf,
    ) -> None:
        self.database = database
        self.clock = clock
        self.platforms = platforms
        self.accounts = accounts
        self.mirror = mirror
        self.zone_of = zone_of

    async def run(self, workspace_id: UUID, account_id: UUID) -> None:
        """What an account's sync has left to do, from where the last try stopped. Harmless when nothing is due."""
        until = self.clock.now() + LEASE
        async with self.database.transaction() as tx:
            row = await store.lease_sync(tx, workspace_id, account_id, MEDIA_SYNC, until, self.clock.now())
            account = await self.accounts.get(tx, workspace_id, account_id)
        if row is None or account is None:
            return
        held = Held(self.database, self.clock, row, until)
        try:
            await self._pull(held, account)
        except NotOurs:
            log.info("sync_taken_over", account=str(account_id))
        except Spared as spared:
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
            held.begin_anew()
            await self._fail(held, LONGEST_RETRY, str(error.message))
        except Exception:
            with suppress(*CONNECTION_LOST):
                await held.release()
            raise

    async def sweep(self) -> None:
        """Wake what is due; finished syncs begin anew when their time has come."""
        now = self.clock.now()
        async with self.database.transaction() as tx:
            for row in await store.due_syncs(tx, now, 100, MEDIA_SYNC):
                if row.finished_at is not None:
                    await store.begin_sync(tx, row, now)
                await self.mirror.wake_sync(tx, row.workspace_id, row.account_id, timedelta(0))

    async def _pull(self, held: Held, account: AccountRow) -> None:
        access = await self.accounts.access(account.id)
        reader = self.platforms[account.platform].reader
        zone = await self.zone_of(account.workspace_id)
        await Pulling(
            self.database, self.clock, self.accounts, self.mirror, held, account, reader, access, zone
        ).run()  # fmt: skip

    async def _pause(self, held: Held, until: datetime) -> None:
        """Let go of it at this step until then. That is no failure, and nothing to tell."""
        row, now = held.row, self.clock.now()
        log.info("sync_paused", account=str(row.account_id), until=until.isoformat())
        async with self.database.transaction() as tx:
            if await store.pause_sync(tx, row, held.until, until):
                await self.mirror.wake_sync(tx, row.workspace_id, row.account_id, until - now)

    async def _fail(self, held: Held, after: timedelta | None, why: str) -> None:
        row = held.row
        log.info("sync_failed", account=str(row.account_id), why=why)
        next_at = None if after is None else self.clock.now() + after
        problem = {"message": why}
        async with self.database.transaction() as tx:
            if await store.fail_sync(tx, row, held.until, held.cursor, next_at, problem, listed=held.listed):
                await outbox.tell(
                    tx,
                    workspace_id=row.workspace_id,
                    topic="sync.changed",
                    ref=str(row.account_id),
                    account_id=row.account_id,
                    at=self.clock.now(),
                )
