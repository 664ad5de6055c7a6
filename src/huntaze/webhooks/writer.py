"""Group commit with no window: requests that arrive while a commit runs share the next one.

Each request is answered after the commit of its own rows; that transaction never notifies, which would cost more than a
quarter of the rate. A batch that fails is repeated request by request, so one poisoned row costs nobody else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from huntaze.kit.db import Database
from huntaze.kit.log import get_logger
from huntaze.webhooks import store
from huntaze.webhooks.model import Arrival

log = get_logger(__name__)

WRITERS = 2
BATCH = 500
"""Requests in one commit at most."""
QUEUE = 5_000


class QueueFull(Exception):
    """More is in flight than we take on: the sender must come again."""


class NotStored(Exception):
    """The database did not take it: the sender must come again."""


@dataclass(slots=True, eq=False)
class _Waiting:
    arrivals: Sequence[Arrival]
    stored: asyncio.Future[int]


class GroupCommit:
    """The writers of one web process."""

    def __init__(self, database: Database, on_commit: Callable[[], None]) -> None:
        self.database = database
        self.on_commit = on_commit
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(QUEUE)
        self._writers: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to write, in the running loop."""
        self._writers = [asyncio.create_task(self._write()) for _ in range(WRITERS)]

    async def close(self) -> None:
        """Commit what is in flight, then stop."""
        await self._queue.join()
        for writer in self._writers:
            writer.cancel()
        await asyncio.gather(*self._writers, return_exceptions=True)

    async def store(self, arrivals: Sequence[Arrival]) -> int:
        """Wait until these rows are committed; how many were new. Raises ``QueueFull`` or ``NotStored``."""
        waiting = _Waiting(arrivals, asyncio.get_running_loop().create_future())
        try:
            self._queue.put_nowait(waiting)
        except asyncio.QueueFull:
            raise QueueFull from None
        # A sender that hangs up must not take the others' commit with it.
        return await asyncio.shield(waiting.stored)

    async def _write(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                await self._commit(batch)
            finally:
                for _ in batch:
                    self._queue.task_done()

    async def _commit(self, batch: list[_Waiting]) -> None:
        rows = [arrival for waiting in batch for arrival in waiting.arrivals]
        try:
            async with self.database.transaction() as tx:
                new = await store.insert(tx, rows)
        except Exception as error:
            if len(batch) > 1:
                for waiting in batch:
                    await self._commit([waiting])
                return
            log.error("intake_not_stored", error=type(error).__name__, rows=len(rows))
            _settle(batch[0].stored, NotStored())
            return
        for waiting in batch:
            _settle(waiting.stored, new)
        self.on_commit()


def _settle(future: asyncio.Future[int], outcome: int | Exception) -> None:
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
