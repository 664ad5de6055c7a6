"""Group commit with no window: requests that arrive while a commit runs share the next one.

Each request is answered after the commit of its own rows. A batch is one statement, which is its own transaction, and
never notifies: that would cost more than a quarter of the rate. A batch that fails is repeated request by request, so
one poisoned row costs nobody else.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from huntaze.kit.clock import Clock
from huntaze.kit.db import CONNECTION_LOST, Connection, Database
from huntaze.kit.log import get_logger
from huntaze.webhooks import store
from huntaze.webhooks.model import Arrival

log = get_logger(__name__)

Stored = Callable[[str, int, int], None]
"""Told after each commit: the platform, how many events were new, how many were known already."""


class QueueFull(Exception):
    """More is in flight than we take on: the sender must come again."""


class NotStored(Exception):
    """The database did not take it: the sender must come again."""


@dataclass(frozen=True, slots=True)
class WriterLimits:
    """How much one web process takes on. Times in seconds."""

    writers: int = 2
    batch: int = 1_000
    """Events in one commit, give or take one request."""
    requests: int = 5_000
    """Requests that may wait."""
    payload: int = 64 * 1024 * 1024
    """Bytes that may wait."""
    patience: float = 10.0
    """How long a request waits for the database before its sender is told to come again."""


@dataclass(slots=True, eq=False)
class _Waiting:
    arrivals: Sequence[Arrival]
    size: int
    since: float
    stored: asyncio.Future[bool]

    def answer(self, stored: bool) -> None:
        """Let the request go on; one that hung up meanwhile wants no answer, and its rows are stored all the same."""
        if not self.stored.done():
            self.stored.set_result(stored)


class GroupCommit:
    """The writers of one web process."""

    def __init__(self, database: Database, clock: Clock, stored: Stored, limits: WriterLimits = WriterLimits()) -> None:
        self.database = database
        self.clock = clock
        self.limits = limits
        self._stored = stored
        self._waiting: deque[_Waiting] = deque()
        self._size = 0
        self._news = asyncio.Event()
        self._closing = False
        self._writers: list[asyncio.Task[None]] = []
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write, in the running loop."""
        self._writers = [asyncio.create_task(self._write()) for _ in range(self.limits.writers)]
        self._watch = asyncio.create_task(self._refuse_the_late())

    async def close(self) -> None:
        """Commit what is in flight, then stop."""
        self._closing = True
        self._news.set()
        await asyncio.gather(*self._writers)
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)

    async def store(self, arrivals: Sequence[Arrival], size: int) -> None:
        """Wait until these events, ``size`` bytes in all, are committed. Raises ``QueueFull`` or ``NotStored``."""
        limits = self.limits
        if self._closing or len(self._waiting) >= limits.requests or self._size + size > limits.payload:
            raise QueueFull
        loop = asyncio.get_running_loop()
        waiting = _Waiting(arrivals, size, loop.time(), loop.create_future())
        self._waiting.append(waiting)
        self._size += size
        self._news.set()
        if not await waiting.stored:
            raise NotStored

    async def _write(self) -> None:
        while not (self._closing and not self._waiting):
            if not self._waiting:
                self._news.clear()
                await self._news.wait()
                continue
            try:
                async with self.database.connection() as connection:
                    while self._waiting and await self._commit(connection, self._take()):
                        pass
            except Exception as error:
                log.error("intake_without_database", error=type(error).__name__, requests=len(self._waiting))
                while self._waiting:
                    self._next().answer(False)

    def _take(self) -> list[_Waiting]:
        batch, events = [], 0
        while self._waiting and events < self.limits.batch:
            batch.append(self._next())
            events += len(batch[-1].arrivals)
        return batch

    def _next(self) -> _Waiting:
        waiting = self._waiting.popleft()
        self._size -= waiting.size
        return waiting

    async def _commit(self, connection: Connection, batch: list[_Waiting]) -> bool:
        """Store a batch and answer its requests; False when the connection is of no more use."""
        try:
            async with asyncio.timeout(self.limits.patience):
                await self._insert(connection, [arrival for waiting in batch for arrival in waiting.arrivals])
        except Exception as error:
            lost = isinstance(error, CONNECTION_LOST) or connection.is_closed()
            if len(batch) > 1 and not lost:
                log.warning("intake_batch_repeated", error=type(error).__name__, requests=len(batch))
                return all([await self._commit(connection, [waiting]) for waiting in batch])
            log.error("intake_not_stored", error=type(error).__name__, requests=len(batch))
            for waiting in batch:
                waiting.answer(False)
            return not lost
        for waiting in batch:
            waiting.answer(True)
        return True

    async def _insert(self, connection: Connection, arrivals: list[Arrival]) -> None:
        """Always in the same order, so that two writers never wait for one another in a circle."""
        now = self.clock.now()
        arrivals.sort(key=_ORDER)
        for (replaces, platform), group in groupby(arrivals, key=_STATEMENT):
            rows = list({one.key: one for one in group}.values())
            new = await store.insert(connection, platform, rows, now, replaces=replaces)
            self._stored(platform, new, len(rows) - new)

    async def _refuse_the_late(self) -> None:
        """While every connection hangs, nobody waits for ever."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self.limits.patience / 10)
            while self._waiting and loop.time() - self._waiting[0].since > self.limits.patience:
                self._next().answer(False)


_ORDER = attrgetter("replaces", "platform", "key")
_STATEMENT = attrgetter("replaces", "platform")
