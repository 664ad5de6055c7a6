"""Who goes first on one worker: accounts send side by side, the posts of one account in turn, links last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID
from weakref import WeakValueDictionary

LINKS_AT_ONCE = 16
"""A thousand posts that have just gone out must not stand before the next one that is due."""
INTENTS_AT_ONCE = 8
"""Fewer than the pool has connections: who writes down what became of a send finds one too."""


class Turns:
    """Accounts take turns: whoever has sent stands behind all that wait already, so the first post of each account goes
    before the second of any, as long as the platform answers them alike.

    The pool of connections serves whoever asks at the right moment, not whoever came first: so intents are committed in
    the order in which their accounts had their turn.
    """

    def __init__(self) -> None:
        self._accounts: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self._links = asyncio.Semaphore(LINKS_AT_ONCE)
        self._intents = asyncio.Semaphore(INTENTS_AT_ONCE)
        self._sends = 0
        self._calm = asyncio.Event()
        self._calm.set()

    @asynccontextmanager
    async def send(self, account_id: UUID) -> AsyncIterator[None]:
        """The account's turn, kept until what became of its post is stored."""
        account = self._accounts.setdefault(account_id, asyncio.Lock())
        self._sends += 1
        self._calm.clear()
        try:
            async with account:
                yield
        finally:
            self._sends -= 1
            if self._sends == 0:
                self._calm.set()

    @asynccontextmanager
    async def intent(self) -> AsyncIterator[None]:
        """A place at the database for committing an intent, first come, first served; left before the platform is
        asked."""
        async with self._intents:
            yield

    @asynccontextmanager
    async def link(self, patience: timedelta) -> AsyncIterator[None]:
        """What is out already waits while something is to be sent, for ``patience`` at most: a platform that keeps one
        account waiting does not keep the links of all others."""
        try:
            async with asyncio.timeout(patience.total_seconds()):
                await self._calm.wait()
        except TimeoutError:
            pass
        async with self._links:
            yield
