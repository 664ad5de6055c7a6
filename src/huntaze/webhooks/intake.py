"""What arrives: verified over the raw bytes, split, stored, and only then answered."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from huntaze.accounts import Accounts
from huntaze.kit.clock import Clock
from huntaze.kit.db import CONNECTION_LOST, Database
from huntaze.kit.jobs import Jobs
from huntaze.kit.log import get_logger
from huntaze.kit.metrics import Metrics
from huntaze.kit.secret import Secret
from huntaze.platforms.registry import Platforms
from huntaze.webhooks.model import arrival
from huntaze.webhooks.writer import GroupCommit

log = get_logger(__name__)

DRAIN = "webhooks.drain"
SECRETS_FRESH = timedelta(seconds=15)
WAKE_PAUSE = timedelta(milliseconds=50)
"""Between two wake-ups of the drain: a burst needs one."""


class NoSecret(Exception):
    """No secret is configured, so nothing can be verified: fail closed."""


class Forged(Exception):
    """No configured secret signed these bytes."""


class Intake:
    """The door of one web process."""

    def __init__(
        self, database: Database, clock: Clock, platforms: Platforms, accounts: Accounts, jobs: Jobs, metrics: Metrics
    ) -> None:
        self.database = database
        self.clock = clock
        self.platforms = platforms
        self.accounts = accounts
        self.jobs = jobs
        self.received = metrics.counter(
            "webhook_received_total", "Webhook deliveries by what became of them.", ("platform", "outcome")
        )
        self._committed = asyncio.Event()
        self.writer = GroupCommit(database, self._committed.set)
        self._waker: asyncio.Task[None] | None = None
        self._secrets: dict[str, tuple[datetime, list[Secret]]] = {}

    def start(self) -> None:
        """Begin to write and to wake the drain, in the running loop."""
        self.writer.start()
        self._waker = asyncio.create_task(self._wake())

    async def close(self) -> None:
        """Commit what is in flight, then stop."""
        await self.writer.close()
        if self._waker is not None:
            self._waker.cancel()
            await asyncio.gather(self._waker, return_exceptions=True)

    async def take(self, platform: str, raw: bytes, headers: dict[str, str]) -> int:
        """Verify, split, store; how many events were in it.

        Raises ``NoSecret``, ``Forged``, ``QueueFull`` or ``NotStored``; then nothing of it is acknowledged.
        """
        events = self.platforms[platform].events
        secrets = await self._known_secrets(platform)
        if not secrets:
            raise NoSecret
        if not events.authentic(raw, headers, secrets):
            raise Forged
        now = self.clock.now()
        arrivals = [arrival(platform, item, now) for item in events.split(raw)]
        if arrivals:
            await self.writer.store(arrivals)
        return len(arrivals)

    async def _known_secrets(self, platform: str) -> list[Secret]:
        """The platform's secrets, read again every few seconds: a new one counts soon, the hot path asks nobody."""
        known = self._secrets.get(platform)
        if known is None or self.clock.now() - known[0] > SECRETS_FRESH:
            known = (self.clock.now(), await self.accounts.apps.webhook_secrets(platform))
            self._secrets[platform] = known
        return known[1]

    async def _wake(self) -> None:
        """One de-duplicated wake-up for whatever was committed, outside the intake's own transaction."""
        while True:
            await self._committed.wait()
            self._committed.clear()
            try:
                async with self.database.transaction() as tx:
                    await self.jobs.enqueue(tx, DRAIN, {}, dedupe=DRAIN)
            except CONNECTION_LOST as error:
                log.warning("drain_not_woken", error=type(error).__name__)
            await asyncio.sleep(WAKE_PAUSE.total_seconds())
