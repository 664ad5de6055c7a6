"""Idempotency-Key: one key, one post, whatever the network does to the answer.

Kept seven days per (workspace, route, key). The key's answer and the post are committed together; a request
that died before its answer leaves the key free to the same body after two minutes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.publishing import store
from huntaze.publishing.errors import KeyReused, KeyRunning
from huntaze.publishing.model import IdempotencyRow, PostView

KEPT = timedelta(days=7)
DIED = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a finished request was told."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key that this request holds until it is closed or dropped."""

    workspace_id: UUID
    route: str
    key: str


class Idempotency:
    """The keys of one installation."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    async def take(self, workspace_id: UUID, route: str, key: str, body: object) -> HeldKey | Answer:
        """Hold the key, or the stored answer. Raises ``KeyReused`` for another body, ``KeyRunning`` for a race."""
        now = self.clock.now()
        body_hash = _hash(body)
        async with self.database.transaction() as tx:
            if await store.open_key(tx, workspace_id, route, key, body_hash, now, now - DIED):
                return HeldKey(workspace_id, route, key)
            row = await store.read_key(tx, workspace_id, route, key)
        answer = _answer_of(row, body_hash)
        if answer is None:
            raise KeyRunning
        return answer

    async def answer(self, workspace_id: UUID, route: str, key: str, body: object) -> Answer | None:
        """The stored answer, holding nothing. Raises ``KeyReused`` for another body."""
        async with self.database.transaction() as tx:
            return _answer_of(await store.read_key(tx, workspace_id, route, key), _hash(body))

    async def close(self, tx: Connection, held: HeldKey, view: PostView, answer: Answer) -> None:
        """The answer, in the transaction that makes the post."""
        await store.close_key(tx, held.workspace_id, held.route, held.key, view.post.id, answer.status, answer.body)

    async def drop(self, held: HeldKey) -> None:
        """The request was refused and nothing was stored: the key is free again."""
        async with self.database.transaction() as tx:
            await store.drop_key(tx, held.workspace_id, held.route, held.key)

    async def forget(self) -> None:
        """Keys past their promise."""
        async with self.database.transaction() as tx:
            await store.forget_keys(tx, self.clock.now() - KEPT)


def _hash(body: object) -> bytes:
    return hashlib.sha256(msgspec.json.encode(body, order="sorted")).digest()


def _answer_of(row: IdempotencyRow | None, body_hash: bytes) -> Answer | None:
    """What a key's request was told; None while nothing is known of it."""
    if row is None:
        return None
    if row.body_hash != body_hash:
        raise KeyReused
    return None if row.status is None or row.answer is None else Answer(row.status, row.answer)
