"""A worker: claims jobs, runs them side by side, and leaves in good order."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

import msgspec
from pgqueuer.domain.models import Job

from huntaze.kit.clock import Clock
from huntaze.kit.db import Database, Queries, execute
from huntaze.kit.events import then
from huntaze.kit.ids import new_id
from huntaze.kit.jobs.engine import Engine, PatientDriver
from huntaze.kit.jobs.failure import describe
from huntaze.kit.jobs.periodic import Periodic
from huntaze.kit.jobs.presence import Presence
from huntaze.kit.jobs.queue import Wake, put
from huntaze.kit.jobs.task import Payload, RetryLater, Task, WorkerTimings
from huntaze.kit.log import correlation, get_logger

Q = Queries(__package__)
log = get_logger(__name__)

_LOG_KEPT = timedelta(days=2)
_HELD_KEPT = timedelta(days=30)
_WORKERS_KEPT = timedelta(days=7)
_OWN_CONNECTIONS = 6
_IN_BACKGROUND = 16
"""Jobs at once of the tasks that are `background`, beside the others."""
_PAUSE = 1.0  # seconds before the engine is started anew after it failed

Measured = Callable[[str, str, float], None]
"""Told of each run: task, outcome (done, later, failed, held, left), seconds."""


class TaskFailed(Exception):
    """A job that used up its tries; its message is what `describe` says of the last one."""


class Worker:
    """Runs `tasks`, at most `concurrency` jobs at once and a few of the background beside them; they take no connection
    but what they open themselves."""

    def __init__(
        self,
        database: Database,
        tasks: Sequence[Task],
        clock: Clock,
        *,
        concurrency: int = 100,
        timings: WorkerTimings = WorkerTimings(),
        measured: Measured = lambda _task, _outcome, _seconds: None,
    ) -> None:
        names = [task.name for task in tasks]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two tasks of one name: {', '.join(sorted(twice))}")
        self.id: UUID = new_id(clock.now())
        self._database = database
        self._clock = clock
        self._tasks = [*tasks, Task("jobs.retention", self._forget, every=timedelta(hours=1))]
        self._concurrency = concurrency
        self._timings = timings
        self._measured = measured
        self._handling: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`, claim no more, wait `drain` for what runs, hand the rest back to the queue, leave.

        A database that goes away is waited for; the jobs it leaves behind go on or are taken over.
        """
        give_up = asyncio.Event()
        own = await Database.connect(self._database.dsn, min_size=0, max_size=_OWN_CONNECTIONS)
        presence = Presence(own, self._clock, self.id)
        periodic = Periodic(own, self._tasks, self.id, self._attempt_periodic, self._timings)
        beating = asyncio.create_task(self._beat(presence))
        working = [
            asyncio.create_task(self._claim(own, give_up, stop, background=False)),
            asyncio.create_task(self._claim(own, give_up, stop, background=True)),
            asyncio.create_task(periodic.run(stop)),
        ]
        try:
            log.info("worker_started", worker=str(self.id))
            await stop.wait()
            await self._drain(working, give_up)
            await presence.goodbye()
            log.info("worker_left", worker=str(self.id))
        finally:
            give_up.set()
            await _end([beating, *working, *self._handling])
            own.pool.terminate()

    async def _beat(self, presence: Presence) -> None:
        while True:
            await presence.say()
            await asyncio.sleep(self._timings.beat.total_seconds())

    async def _claim(self, own: Database, give_up: asyncio.Event, stop: asyncio.Event, *, background: bool) -> None:
        tasks = [task for task in self._tasks if task.background is background]
        places = min(_IN_BACKGROUND, self._concurrency) if background else self._concurrency
        while tasks and not stop.is_set():
            engine = Engine(PatientDriver(own, give_up), places, self._timings)
            for task in tasks:
                engine.answer(task.name, partial(self._answer, own, task))
            stopping = asyncio.create_task(then(stop, engine.stop))
            try:
                await engine.run()
            except Exception as error:
                log.error("claiming_failed", error=describe(error))
                await asyncio.sleep(_PAUSE)
            finally:
                stopping.cancel()

    async def _drain(self, working: Sequence[asyncio.Task[None]], give_up: asyncio.Event) -> None:
        _, late = await asyncio.wait(working, timeout=self._timings.drain.total_seconds())
        if not late:
            return
        log.warning("worker_drain_over", running=len(self._handling))
        for handling in self._handling:
            handling.cancel()
        await asyncio.wait(late, timeout=self._timings.last_words.total_seconds())
        give_up.set()

    async def _answer(self, own: Database, task: Task, job: Job) -> None:
        """One claimed job. Returning ends it, also when it comes again: a retry is a new wake-up; raising holds it."""
        wake = msgspec.json.decode(job.payload or b"{}", type=Wake)
        if wake.dedupe is not None:
            await execute(own.pool, Q.free_key, job.id)
        error = await self._attempt(task, wake, tries=job.attempts + 1)
        match error:
            case None:
                return
            case RetryLater(delay=delay):
                await put(own.pool, task.name, wake, delay=delay, tries=job.attempts)
            case asyncio.CancelledError():
                await put(own.pool, task.name, wake, delay=timedelta(0), tries=job.attempts)
            case _ if job.attempts + 1 < self._timings.max_tries:
                delay = self._timings.retry_after(job.attempts + 1)
                await put(own.pool, task.name, wake, delay=delay, tries=job.attempts + 1)
            case _:
                raise TaskFailed(describe(error)) from None

    async def _attempt_periodic(self, task: Task) -> BaseException | None:
        return await self._attempt(task, Wake({}), tries=1)

    async def _attempt(self, task: Task, wake: Wake, tries: int) -> BaseException | None:
        """Run the handler and give what it raised, logged under the correlation id of whoever woke it."""
        with correlation(wake.correlation_id or new_id(self._clock.now()).hex, {"task": task.name}):
            began = time.monotonic()
            error = await self._end_of(task.handle(wake.payload))
            outcome = self._outcome(error, tries)
            if error is not None and outcome in ("failed", "held"):
                log.error(f"task_{outcome}", tries=tries, error=describe(error))
            self._measured(task.name, outcome, time.monotonic() - began)
            return error

    async def _end_of(self, handler: Awaitable[None]) -> BaseException | None:
        """What the handler raised. It is a task of its own, so that leaving can end it and not the engine's records."""
        handling = asyncio.create_task(_awaiting(handler))
        self._handling.add(handling)
        try:
            await asyncio.wait({handling})
        except asyncio.CancelledError:
            handling.cancel()
            raise
        finally:
            self._handling.discard(handling)
        return asyncio.CancelledError() if handling.cancelled() else handling.exception()

    def _outcome(self, error: BaseException | None, tries: int) -> str:
        match error:
            case None:
                return "done"
            case RetryLater():
                return "later"
            case asyncio.CancelledError():
                return "left"
            case _:
                return "failed" if tries < self._timings.max_tries else "held"

    async def _forget(self, _payload: Payload) -> None:
        async with self._database.transaction() as tx:
            await execute(tx, Q.forget_log, _LOG_KEPT)
            await execute(tx, Q.forget_held, _HELD_KEPT)
            await execute(tx, Q.forget_workers, self._clock.now() - _WORKERS_KEPT)


async def _awaiting(handler: Awaitable[None]) -> None:
    await handler


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
