"""What arrives: verified over the raw bytes, split, stored, and only then answered."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from huntaze.accounts import Accounts
from huntaze.kit.clock import Clock
from huntaze.kit.db import Database
from huntaze.kit.jobs import Jobs
from huntaze.kit.log import get_logger
from huntaze.kit.metrics import Metrics
from huntaze.platforms.contract import IntakeItem
from huntaze.platforms.registry import Senders
from huntaze.webhooks import store
from huntaze.webhooks.model import arrival
from huntaze.webhooks.secrets import WebhookSecrets
from huntaze.webhooks.writer import GroupCommit, NotStored, WriterLimits

log = get_logger(__name__)

DRAIN = "webhooks.drain"
WAKE_PAUSE = timedelta(milliseconds=100)
"""Between two wake-ups of the drain: a burst needs one."""


MEASURED_EVERY = timedelta(seconds=15)


class NoSecret(Exception):
    """No secret is set for this platform: nothing can be believed."""


class Forged(Exception):
    """No configured secret signed these bytes."""


class Intake:
    """The door of one web process."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        senders: Senders,
        accounts: Accounts,
        jobs: Jobs,
        metrics: Metrics,
        limits: WriterLimits = WriterLimits(),
    ) -> None:
        self.database = database
        self.clock = clock
        self.senders = senders
        self.accounts = accounts
        self.jobs = jobs
        self.received = metrics.counter(
            "webhook_received_total", "Webhook deliveries by what became of them.", ("platform", "outcome")
        )
        self._events = metrics.counter(
            "webhook_events_total", "Stored events: new ones, and duplicates of known ones.", ("platform", "outcome")
        )
        self._secrets = WebhookSecrets(accounts, clock)
        self._committed = asyncio.Event()
        self._writer = GroupCommit(database, clock, self._stored, limits)
        self._backlog = metrics.gauge("webhook_backlog", "Events that wait to be worked on.")
        self._oldest = metrics.gauge("webhook_oldest_seconds", "Age of the oldest event that waits; 0 when none does.")
        self._dead = metrics.gauge("webhook_dead", "Events that failed for good and wait for a person.")
        self._beside: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to write, to wake the drain and to measure what waits, in the running loop."""
        self._writer.start()
        self._beside = [asyncio.create_task(self._wake()), asyncio.create_task(self._measure())]

    async def close(self) -> None:
        """Commit what is in flight, then stop."""
        await self._writer.close()
        await self._secrets.close()
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)

    async def take(self, platform: str, raw: bytes, headers: Mapping[str, str]) -> None:
        """Verify, split, store. ``headers`` by lower-case name.

        Raises ``NoSecret``, ``Forged``, ``QueueFull`` or ``NotStored``; then nothing of it is acknowledged.
        """
        events = self.senders[platform]
        secrets = await self._secrets.of(platform)
        if secrets is None:
            raise NotStored
        if not secrets:
            raise NoSecret
        if not events.authentic(raw, headers, secrets):
            raise Forged
        items = events.split(raw)
        if items:
            await self.keep(platform, items, len(raw))

    async def keep(self, platform: str, items: Sequence[IntakeItem], size: int) -> None:
        """Store the events of one delivery of ``size`` bytes; returns after their commit."""
        await self._writer.store([arrival(platform, item) for item in items], size)

    def _stored(self, platform: str, new: int, known: int) -> None:
        self._events.labels(platform, "new").inc(new)
        self._events.labels(platform, "duplicate").inc(known)
        if new:
            self._committed.set()

    async def _wake(self) -> None:
        """One de-duplicated wake-up for whatever was committed, outside the intake's own transaction.

        It may be lost: the drain also looks by itself every few seconds.
        """
        while True:
            await self._committed.wait()
            self._committed.clear()
            try:
                async with self.database.transaction() as tx:
                    await self.jobs.enqueue(tx, DRAIN, {}, dedupe=DRAIN)
            except Exception as error:
                log.warning("drain_not_woken", error=type(error).__name__)
            await asyncio.sleep(WAKE_PAUSE.total_seconds())

    async def _measure(self) -> None:
        """What waits, since when, and what failed, for the alarm; operators read figures from web processes."""
        while True:
            try:
                async with self.database.connection() as connection:
                    row = await store.backlog(connection)
                self._backlog.set(row.waiting)
                self._oldest.set((self.clock.now() - row.oldest).total_seconds() if row.oldest else 0)
                self._dead.set(row.dead)
            except Exception as error:
                log.debug("backlog_not_measured", error=type(error).__name__)
            await asyncio.sleep(MEASURED_EVERY.total_seconds())
