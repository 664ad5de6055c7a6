"""Periodic tasks: each at most once per interval over all workers, one at a time.

A row with a lease says who has it. An advisory lock would hold a pool connection for as long as the task runs, and
would not say when the task is due again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

from huntaze.kit.db import CONNECTION_LOST, Connection, Database, Queries, execute, fetch_values
from huntaze.kit.events import set_within
from huntaze.kit.jobs.task import RetryLater, Task, WorkerTimings
from huntaze.kit.log import get_logger

Q = Queries(__package__)
log = get_logger(__name__)

_LONGEST_TICK = 1.0  # seconds
_NO_SOONER = timedelta(days=365)

Attempt = Callable[[Task], Awaitable[BaseException | None]]


class Periodic:
    """One worker's share of the periodic tasks. `attempt` runs one and gives what it raised, already logged."""

    def __init__(
        self, database: Database, tasks: Sequence[Task], worker_id: UUID, attempt: Attempt, timings: WorkerTimings
    ) -> None:
        self._database = database
        self._every = {task.name: task.every for task in tasks if task.every is not None}
        self._tasks = {task.name: task for task in tasks}
        self._worker_id = worker_id
        self._attempt = attempt
        self._lease = timings.dead_after
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Run what is due until `stop`, then return when the last one has ended."""
        tick = min(_LONGEST_TICK, *(every.total_seconds() for every in self._every.values()))
        known = False
        while not stop.is_set():
            try:
                if not known:
                    await self._know()
                    known = True
                await self._keep()
                await self._take()
            except CONNECTION_LOST:
                log.debug("periodic_tasks_wait_for_the_database")
            await set_within(stop, tick)
        while self._running:
            await asyncio.wait(self._running.values(), timeout=self._lease.total_seconds() / 3)
            await self._keep()

    async def _know(self) -> None:
        await execute(self._pool, Q.know_periodic, list(self._every), list(self._every.values()))

    async def _take(self) -> None:
        idle = {name: every for name, every in self._every.items() if name not in self._running}
        taken = await fetch_values(
            self._pool, Q.take_periodic, str, self._worker_id, self._lease, list(idle), list(idle.values())
        )
        for name in taken:
            self._running[name] = asyncio.create_task(self._run_one(self._tasks[name]))

    async def _keep(self) -> None:
        if self._running:
            await execute(self._pool, Q.keep_periodic, self._worker_id, self._lease, list(self._running))

    async def _run_one(self, task: Task) -> None:
        try:
            error = await self._attempt(task)
            await self._release(task.name, _again_after(error))
        finally:
            del self._running[task.name]

    async def _release(self, name: str, sooner: timedelta) -> None:
        try:
            await execute(self._pool, Q.release_periodic, self._worker_id, name, sooner)
        except CONNECTION_LOST:
            # The lease runs out by itself; the task then counts as unfinished and runs again.
            log.debug("periodic_task_not_released", task=name)

    @property
    def _pool(self) -> Connection:
        return self._database.pool


def _again_after(error: BaseException | None) -> timedelta:
    match error:
        case RetryLater(delay=delay):
            return delay
        case asyncio.CancelledError():
            return timedelta(0)  # this worker leaves in the middle of it: the next one begins anew
        case _:
            return _NO_SOONER
