"""The job engine, PgQueuer, as we use it: its names, and a driver that outlives a restart of the database."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import TypeVar

from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.core.tm import TaskManager
from pgqueuer.domain.models import Job
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import Channel
from pgqueuer.ports.driver import Driver, NotifyCallback

from huntaze.kit.db import CONNECTION_LOST, Connection, Database
from huntaze.kit.jobs.task import WorkerTimings
from huntaze.kit.listen import Listener
from huntaze.kit.log import get_logger

T = TypeVar("T")
log = get_logger(__name__)

_PAUSE = 0.5  # seconds between tries while the database is away
_BATCH = 10


def engine_names() -> DBSettings:
    """The names in our revision. Given outright, since the engine would also take them from the environment."""
    return DBSettings(
        prefix="",
        channel=Channel("ch_pgqueuer"),
        function="fn_pgqueuer_changed",
        statistics_table="pgqueuer_statistics",
        queue_status_type="pgqueuer_status",
        queue_table="pgqueuer",
        queue_table_log="pgqueuer_log",
        trigger="tg_pgqueuer_changed",
        schedules_table="pgqueuer_schedules",
    )


def engine_queries(driver: Driver) -> Queries:
    """The engine's statements over `driver`, with our names."""
    names = engine_names()
    return Queries(driver, QueryBuilderEnvironment(names), QueryQueueBuilder(names), QuerySchedulerBuilder(names))


class Engine:
    """Claims jobs and hands each to the handler of its name, until told to stop."""

    def __init__(self, driver: "PatientDriver", concurrency: int, timings: WorkerTimings) -> None:
        # Everything worth saying is said by our handlers; what the engine says of failures quotes their tracebacks.
        logging.getLogger("pgqueuer").setLevel(logging.CRITICAL)
        self._manager = QueueManager(engine_queries(driver), channel=engine_names().channel)
        self._concurrency = max(2, concurrency)
        self._timings = timings

    def answer(self, name: str, handler: Callable[[Job], Awaitable[None]]) -> None:
        """`handler` does the jobs called `name`; one that raises is held, not deleted."""

        async def handle(job: Job) -> None:
            await handler(job)

        self._manager.entrypoint(name, accepts_context=False, on_failure="hold")(handle)

    async def run(self) -> None:
        """Claim and dispatch; after `stop`, returns when the last running job has ended."""
        await self._manager.run(
            dequeue_timeout=self._timings.poll,
            batch_size=max(1, min(_BATCH, self._concurrency // 2)),
            max_concurrent_tasks=self._concurrency,
            heartbeat_timeout=self._timings.dead_after,
            # The engine's own statistics: nobody reads them.
            log_aggregation_interval=timedelta(0),
        )

    def stop(self) -> None:
        """Claim no more."""
        self._manager.shutdown.set()


class PatientDriver(Driver):
    """The engine's door to PostgreSQL: while the server is away it waits instead of failing, until `give_up`.

    It has a few connections of its own, so that claims and heartbeats never stand in line behind the jobs' queries.
    A statement may run twice when the connection breaks after it was done; the engine's statements bear that.
    """

    def __init__(self, database: Database, give_up: asyncio.Event) -> None:
        self._database = database
        self._give_up = give_up
        self._away = False
        self._listeners: list[asyncio.Task[None]] = []

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        """Rows of `query`."""

        async def ask(connection: Connection) -> list[Mapping[str, object]]:
            rows: list[Mapping[str, object]] = await connection.fetch(query, *args)
            return rows

        return [dict(row) for row in await self._patiently(ask)]

    async def execute(self, query: str, *args: object) -> str:
        """The status of `query`."""

        async def run(connection: Connection) -> str:
            status: str = await connection.execute(query, *args)
            return status

        return await self._patiently(run)

    async def notify(self, channel: str, payload: str) -> None:
        """Send a notice."""
        await self.execute("SELECT pg_notify($1, $2)", channel, payload)

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        """Hear notices until the driver is left. The empty word after a reconnect is not for the engine: it polls."""
        listener = Listener(self._database, channel, lambda payload: callback(payload) if payload else None)
        self._listeners.append(asyncio.create_task(listener.run()))

    @property
    def shutdown(self) -> asyncio.Event:
        """The engine wants one; a manager has its own."""
        return self._give_up

    @property
    def tm(self) -> TaskManager:
        """The engine wants one; this driver has nothing for it."""
        return TaskManager()

    async def __aenter__(self) -> "PatientDriver":
        return self

    async def __aexit__(self, *_: object) -> None:
        for listener in self._listeners:
            listener.cancel()
        await asyncio.gather(*self._listeners, return_exceptions=True)
        self._listeners.clear()

    async def _patiently(self, call: Callable[[Connection], Awaitable[T]]) -> T:
        while True:
            try:
                async with self._database.pool.acquire() as connection:
                    answer = await call(connection)
            except CONNECTION_LOST as lost:
                if self._give_up.is_set():
                    raise
                if not self._away:
                    log.warning("database_away", error=type(lost).__name__)
                self._away = True
                await asyncio.sleep(_PAUSE)
            else:
                if self._away:
                    log.info("database_back")
                self._away = False
                return answer
