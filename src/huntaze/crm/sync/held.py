"""A sync that we work on: its row is held by a lease, which is renewed before each call and checked with each write."""

from __future__ import annotations

from datetime import datetime, timedelta

from huntaze.crm import sync_store as store
from huntaze.crm.model import SyncRow
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database

LEASE = timedelta(minutes=2)
LONGEST_CALL = timedelta(seconds=90)
"""Less than this left of the lease, and it is renewed before a call."""


class NotOurs(Exception):
    """The lease ran out and somebody else works on this sync."""


class Spared(Exception):
    """The platform's allowance is to be spared: this sync goes on at ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"again at {until.isoformat()}")
        self.until = until


class Held:
    """A sync that we work on, and how far it is: ``cursor`` empty and ``listed``: the list came to its end."""

    def __init__(self, database: Database, clock: Clock, row: SyncRow, until: datetime) -> None:
        self._database = database
        self._clock = clock
        self.row = row
        self.cursor = row.cursor
        self.listed = row.listed
        self.oldest_at = row.oldest_at
        self.until = until

    async def extend(self) -> None:
        """Be sure to hold it for the length of a call. Raises ``NotOurs``."""
        now = self._clock.now()
        if self.until - now >= LONGEST_CALL:
            return
        async with self._database.transaction() as tx:
            self._check(await store.keep_sync(tx, self.row, self.until, now + LEASE))
        self.until = now + LEASE

    async def move(self, tx: Connection, cursor: str, oldest_at: datetime | None, *, listed: bool) -> None:
        """Go on from ``cursor``, or from our own tables when all is listed. Raises ``NotOurs``, which must roll
        back."""
        until = self._clock.now() + LEASE
        self._check(await store.move_sync(tx, self.row, self.until, cursor, until, oldest_at, listed=listed))
        self.until, self.cursor, self.listed = until, cursor, listed
        self.oldest_at = oldest_at or self.oldest_at

    async def step(self, tx: Connection) -> None:
        """Something behind the listing is stored. Raises ``NotOurs``, which must roll back."""
        await self.move(tx, self.cursor, None, listed=True)

    async def finish(self, tx: Connection, next_at: datetime, reconcile_at: datetime) -> None:
        """Nothing is left to pull. Raises ``NotOurs``, which must roll back."""
        self._check(await store.finish_sync(tx, self.row, self.until, self._clock.now(), next_at, reconcile_at))

    def begin_anew(self) -> None:
        """The next try lists from the beginning."""
        self.cursor, self.listed = "", False

    async def release(self) -> None:
        """Let somebody else try at once."""
        async with self._database.transaction() as tx:
            await store.release_sync(tx, self.row, self.until)

    def _check(self, ours: bool) -> None:
        if not ours:
            raise NotOurs
