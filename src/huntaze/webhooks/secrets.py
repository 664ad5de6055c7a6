"""What may have signed a delivery, kept at hand: a new secret counts soon, and the hot path asks nobody."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from huntaze.accounts import Accounts
from huntaze.kit.clock import Clock
from huntaze.kit.db import CONNECTION_LOST
from huntaze.kit.log import get_logger
from huntaze.kit.secret import Secret

log = get_logger(__name__)

FRESH = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class _Known:
    secrets: list[Secret]
    until: datetime


class WebhookSecrets:
    """The platforms' webhook secrets in one web process."""

    def __init__(self, accounts: Accounts, clock: Clock) -> None:
        self._accounts = accounts
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._reading: dict[str, asyncio.Task[list[Secret] | None]] = {}

    async def of(self, platform: str) -> list[Secret] | None:
        """A platform's secrets; none: nothing is set; None: nobody knows, the database is away.

        Old ones serve while they are read anew, once for all requests that wait for it.
        """
        known = self._known.get(platform)
        if known is not None and self._clock.now() <= known.until:
            return known.secrets
        reading = self._reading.get(platform)
        if reading is None:
            reading = self._reading[platform] = asyncio.create_task(self._read(platform))
        if known is not None and known.secrets:
            return known.secrets
        return await asyncio.shield(reading)

    async def close(self) -> None:
        """End what is being read."""
        for reading in self._reading.values():
            reading.cancel()
        await asyncio.gather(*self._reading.values(), return_exceptions=True)

    async def _read(self, platform: str) -> list[Secret] | None:
        try:
            secrets = await self._accounts.apps.webhook_secrets(platform)
        except CONNECTION_LOST as error:
            log.warning("webhook_secrets_not_read", platform=platform, error=type(error).__name__)
            return None
        finally:
            del self._reading[platform]
        self._known[platform] = _Known(secrets, self._clock.now() + FRESH)
        return secrets
