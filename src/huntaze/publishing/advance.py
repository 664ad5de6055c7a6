"""Taking a row, working on it step by step, letting go: the only place that loops."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from huntaze.accounts import Accounts
from huntaze.crm import Mirror
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.db import CONNECTION_LOST, DATABASE_FULL, Connection, Database
from huntaze.kit.ids import new_id
from huntaze.kit.jobs import Jobs
from huntaze.kit.log import correlation, get_logger
from huntaze.kit.text import N_, Text
from huntaze.library import Library
from huntaze.once import Entry, LeaseLost
from huntaze.platforms.registry import Platforms
from huntaze.publishing import store
from huntaze.publishing.link import Linking
from huntaze.publishing.making import Making
from huntaze.publishing.model import PublicationRow
from huntaze.publishing.outcome import Outcome
from huntaze.publishing.prepare import Preparing
from huntaze.publishing.reconcile import Reconciling
from huntaze.publishing.record import MISSED_PROBLEM, Record
from huntaze.publishing.safe_start import SafeStart
from huntaze.publishing.send import Sending
from huntaze.publishing.states import State
from huntaze.publishing.timings import Timings
from huntaze.publishing.turns import Turns

log = get_logger(__name__)

ADVANCE = "publishing.advance"
SWEEP_BATCH = 200

Step = Callable[[PublicationRow], Awaitable[PublicationRow]]


async def wake(connection: Connection, jobs: Jobs, publication_id: UUID, delay: timedelta) -> None:
    """A wake-up for a row, in the transaction that made it due. Rows decide what is due; a lost wake-up is swept."""
    await jobs.enqueue(
        connection, ADVANCE, {"publication": str(publication_id)}, delay=delay, dedupe=f"{ADVANCE}:{publication_id}"
    )


class Held:
    """One row in hand under its fence."""

    def __init__(self, row: PublicationRow, task: asyncio.Task[None]) -> None:
        self.key = (row.id, row.fence)
        self.task = task
        self.sending = False
        """While sending nobody is stopped: the answer on its way is evidence, whoever holds the row by then."""
        self.lost = False

    def lose(self) -> None:
        """Somebody else has the row: stop working on it."""
        self.lost = True
        if not self.sending:
            log.info("lease_lost", publication=str(self.key[0]))
            self.task.cancel()


class Leases:
    """The rows this worker works on: beats them together, and stops whoever lost one."""

    def __init__(self, database: Database, clock: Clock, timings: Timings, owner: UUID) -> None:
        self.database = database
        self.clock = clock
        self.timings = timings
        self.owner = owner
        self._held: dict[tuple[UUID, int], Held] = {}
        self._beating: asyncio.Task[None] | None = None

    @contextmanager
    def hold(self, row: PublicationRow) -> Iterator[Held]:
        """Keep the lease of a row while the calling task works on it."""
        task = asyncio.current_task()
        assert task is not None
        held = Held(row, task)
        self._held[held.key] = held
        if self._beating is None or self._beating.done() or self._beating.cancelling():
            self._beating = asyncio.create_task(self._beat())
        try:
            yield held
        finally:
            self._held.pop(held.key, None)
            if not self._held:
                self._beating.cancel()

    async def _beat(self) -> None:
        """On a connection of its own, which what is quick does not need: in a rush the pool would give one too late."""
        while self._held:
            await asyncio.sleep(self.timings.work_beat.total_seconds())
            try:
                async with self.database.reserved() as connection:
                    while self._held:
                        await self._beat_once(connection)
                        await asyncio.sleep(self.timings.work_beat.total_seconds())
            except (*CONNECTION_LOST, DATABASE_FULL) as error:
                log.warning("beat_failed", error=type(error).__name__)

    async def _beat_once(self, connection: Connection) -> None:
        keys = [key for key, held in self._held.items() if not held.lost]
        kept = await store.beat(connection, keys, self.clock.now() + self.timings.work_lease)
        for key in keys:
            if key[0] not in kept and (held := self._held.get(key)) is not None:
                held.lose()


class Advance:
    """One publication forward, as far as it goes without a long wait."""

    def __init__(
        self,
        record: Record,
        timings: Timings,
        jobs: Jobs,
        leases: Leases,
        preparing: Preparing,
        sending: Sending,
        reconciling: Reconciling,
        linking: Linking,
    ) -> None:
        self.record = record
        self.timings = timings
        self.jobs = jobs
        self.leases = leases
        self._steps: dict[State, Step] = {
            State.SCHEDULED: preparing.start,
            State.PREPARING: preparing.run,
            State.PREPARED: sending.run,
            State.ARMED: reconciling.recover,
            State.SENT: reconciling.recover,
            State.UNKNOWN: reconciling.look,
            State.RECONCILING: reconciling.look,
            State.OBSERVING: reconciling.observe,
            State.PUBLISHED: linking.run,
        }

    @classmethod
    def build(
        cls,
        database: Database,
        clock: Clock,
        timings: Timings,
        platforms: Platforms,
        accounts: Accounts,
        library: Library,
        mirror: Mirror,
        jobs: Jobs,
        checkpoints: Checkpoints,
    ) -> Advance:
        """The machine of one worker, under a name of its own."""
        record = Record(database, clock)
        outcome = Outcome(record, library)
        making = Making(record, timings, library, checkpoints)
        preparing = Preparing(record, timings, platforms, accounts, library, outcome, making)
        turns = Turns()
        linking = Linking(record, timings, preparing, mirror, turns, checkpoints)
        safe_start = SafeStart(record, timings, linking)
        sending = Sending(record, timings, preparing, outcome, safe_start, turns, checkpoints)
        reconciling = Reconciling(record, timings, preparing, sending, outcome, linking)
        leases = Leases(database, clock, timings, new_id(clock.now()))
        return cls(record, timings, jobs, leases, preparing, sending, reconciling, linking)

    async def run(self, publication_id: UUID) -> None:
        """Work on a row if it is due and free; harmless otherwise."""
        row = await self._claim(publication_id)
        if row is None:
            return
        with correlation(str(publication_id)), self.leases.hold(row) as held:
            try:
                await self._walk(row, held)
            except LeaseLost:
                log.info("publication_taken_over", publication=str(publication_id))
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if not held.lost or task is None:
                    raise
                task.uncancel()

    async def sweep(self) -> None:
        """Rows that are due and that nobody works on, whatever became of their wake-ups (I8)."""
        now = self.record.clock.now()
        async with self.record.database.transaction() as tx:
            for row in await store.waiting_for_time(tx, now, self.timings.grace, MISSED_PROBLEM):
                await self.record.tell(
                    tx, row, Entry("released", Text(N_("The wait that the platform asked for is over.")))
                )
            for publication_id in await store.due(tx, now, SWEEP_BATCH):
                await wake(tx, self.jobs, publication_id, timedelta(0))

    async def _claim(self, publication_id: UUID) -> PublicationRow | None:
        now = self.record.clock.now()
        lease, ahead = now + self.timings.work_lease, now + self.timings.hold_in_memory
        async with self.record.database.connection() as connection:
            return await store.claim(connection, publication_id, self.leases.owner, lease, now, ahead)

    async def _walk(self, row: PublicationRow, held: Held) -> None:
        while (step := self._steps.get(row.now_state)) is not None and row.next_check_at is not None:
            wait = row.next_check_at - self.record.clock.now()
            if wait > self.timings.hold_in_memory:
                break
            if wait > timedelta(0):
                await asyncio.sleep(wait.total_seconds())
            held.sending = row.now_state is State.PREPARED
            row = await step(row)
            held.sending = False
        await self._release(row)

    async def _release(self, row: PublicationRow) -> None:
        async with self.record.database.transaction() as tx:
            await store.release(tx, row)
            if row.next_check_at is not None:
                await wake(tx, self.jobs, row.id, row.next_check_at - self.record.clock.now())
