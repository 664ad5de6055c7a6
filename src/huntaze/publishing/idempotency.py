"""Idempotency-Key: one key, one post, whatever the network does to the answer.

Kept seven days per (workspace, route, key). The key's answer and what it made are committed together. A request that
works long says that it lives; one that died leaves its key free to the same body after two minutes. Whoever lost its
key that way, since its machine stood still, makes nothing: its row has another time then.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from huntaze.kit.clock import Clock
from huntaze.kit.db import CONNECTION_LOST, Connection, Database
from huntaze.kit.events import set_within
from huntaze.kit.log import get_logger
from huntaze.publishing import store
from huntaze.publishing.errors import KeyReused, KeyRunning
from huntaze.publishing.model import IdempotencyRow

log = get_logger(__name__)

KEPT = timedelta(days=7)
DIED = timedelta(minutes=2)
BEAT = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a finished request was told."""

    status: int
    body: dict[str, Any]


@dataclass(slots=True)
class HeldKey:
    """A key that this request holds until it is closed or dropped, or until its row has another time than ``at``."""

    workspace_id: UUID
    route: str
    key: str
    at: datetime
    """When the request last said that it lives."""


class Idempotency:
    """The keys of one installation."""

    def __init__(self, database: Database, clock: Clock, beat: timedelta = BEAT) -> None:
        self.database = database
        self.clock = clock
        self._beat_seconds = beat.total_seconds()

    @asynccontextmanager
    async def once(self, workspace_id: UUID, route: str, key: str, body: object) -> AsyncIterator[HeldKey | Answer]:
        """``take`` for a block of work. What is refused in it leaves the key free; if the key was lost meanwhile, that
        refusal says nothing of what its new holder makes, and ``KeyRunning`` is raised in its place."""
        held = await self.take(workspace_id, route, key, body)
        if isinstance(held, Answer):
            yield held
            return
        try:
            yield held
        except Exception:
            if not await self.drop(held):
                raise KeyRunning from None
            raise

    @asynccontextmanager
    async def beating(self, held: HeldKey) -> AsyncIterator[None]:
        """Keep the key through work that may take longer than a dead request is waited for."""
        done = asyncio.Event()
        beats = asyncio.create_task(self._beat(held, done))
        try:
            yield
        finally:
            done.set()
            await beats

    async def take(self, workspace_id: UUID, route: str, key: str, body: object) -> HeldKey | Answer:
        """Hold the key, or the stored answer. Raises ``KeyReused`` for another body, ``KeyRunning`` for a race."""
        now = self.clock.now()
        body_hash = _hash(body)
        async with self.database.transaction() as tx:
            if await store.open_key(tx, workspace_id, route, key, body_hash, now, now - DIED):
                return HeldKey(workspace_id, route, key, now)
            row = await store.read_key(tx, workspace_id, route, key)
        answer = _answer_of(row, body_hash)
        if answer is None:
            raise KeyRunning
        return answer

    async def answer(self, workspace_id: UUID, route: str, key: str, body: object) -> Answer | None:
        """The stored answer, holding nothing. Raises ``KeyReused`` for another body."""
        async with self.database.transaction() as tx:
            return _answer_of(await store.read_key(tx, workspace_id, route, key), _hash(body))

    async def close(self, tx: Connection, held: HeldKey, answer: Answer, post_id: UUID | None = None) -> None:
        """The answer, in the transaction that makes what was asked for. Raises ``KeyRunning`` for a key that was lost:
        then that transaction must not be committed."""
        if not await store.close_key(
            tx, held.workspace_id, held.route, held.key, held.at, post_id, answer.status, answer.body
        ):
            raise KeyRunning

    async def drop(self, held: HeldKey) -> bool:
        """The request was refused and nothing was stored: the key is free again. False if it was lost."""
        async with self.database.transaction() as tx:
            return await store.drop_key(tx, held.workspace_id, held.route, held.key, held.at)

    async def forget(self) -> None:
        """Keys past their promise."""
        async with self.database.transaction() as tx:
            await store.forget_keys(tx, self.clock.now() - KEPT)

    async def _beat(self, held: HeldKey, done: asyncio.Event) -> None:
        while not await set_within(done, self._beat_seconds):
            now = self.clock.now()
            try:
                async with self.database.transaction() as tx:
                    if not await store.beat_key(tx, held.workspace_id, held.route, held.key, held.at, now):
                        return
            except CONNECTION_LOST as error:
                log.warning("key_not_kept", error=type(error).__name__)
            else:
                held.at = now


def _hash(body: object) -> bytes:
    return hashlib.sha256(msgspec.json.encode(body, order="sorted")).digest()


def _answer_of(row: IdempotencyRow | None, body_hash: bytes) -> Answer | None:
    """What a key's request was told; None while nothing is known of it."""
    if row is None:
        return None
    if row.body_hash != body_hash:
        raise KeyReused
    return None if row.status is None or row.answer is None else Answer(row.status, row.answer)
