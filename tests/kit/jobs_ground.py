"""What the tests of jobs share: a worker beside the test, and tasks that record."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from huntaze.kit.clock import Clock, SystemClock
from huntaze.kit.db import Database
from huntaze.kit.jobs import Payload, Task, Worker, WorkerTimings

# A tenth of the real patience: enough for a shared machine, quick enough for a test.
QUICK = WorkerTimings(
    beat=timedelta(seconds=0.2),
    dead_after=timedelta(seconds=2),
    poll=timedelta(seconds=0.3),
    drain=timedelta(seconds=10),
    last_words=timedelta(seconds=3),
    first_retry=timedelta(milliseconds=20),
    max_tries=3,
)


@asynccontextmanager
async def working(
    database: Database,
    *tasks: Task,
    clock: Clock | None = None,
    timings: WorkerTimings = QUICK,
    concurrency: int = 20,
) -> AsyncIterator[Worker]:
    """A worker that runs `tasks` until the block is left."""
    worker = Worker(database, tasks, clock or SystemClock(), concurrency=concurrency, timings=timings)
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    try:
        yield worker
    finally:
        stop.set()
        await running


class Recorder:
    """A task that remembers what it was given."""

    def __init__(self, name: str = "kit.record", *, every: timedelta | None = None) -> None:
        self.seen: list[Payload] = []
        self.task = Task(name, self._handle, every)

    async def _handle(self, payload: Payload) -> None:
        self.seen.append(payload)

    async def count(self, expected: int) -> bool:
        """Whether at least `expected` have been seen."""
        return len(self.seen) >= expected


async def waiting(database: Database) -> Sequence[tuple[str, int]]:
    """Status and tries of every job still in the queue."""
    rows = await database.pool.fetch("SELECT status::text, attempts FROM pgqueuer ORDER BY id")
    return [(row["status"], row["attempts"]) for row in rows]
