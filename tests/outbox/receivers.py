"""Receivers of webhooks on loopback, and webhooks that may be sent to them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from huntaze import outbox
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Database, in_transaction
from huntaze.kit.http import GuardedFetcher
from huntaze.kit.ids import new_id
from huntaze.kit.jobs import Jobs
from huntaze.kit.metrics import Metrics
from huntaze.kit.secret import Secret
from huntaze.outbox.outgoing import DeliveryRow, Neighbours, Outgoing, Poster, TargetDraft, TargetRow
from tests.kit.loopback import Server, loopback_names, replying, serving

HOST = "hook.test"


@dataclass(frozen=True)
class Arrived:
    """One request as a receiver got it."""

    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def is_signed_by(self, secret: Secret) -> bool:
        """Verified from the specification alone: one of the signatures is over id, time and the bytes as they came."""
        key = base64.b64decode(secret.reveal().removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        wanted = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        return wanted in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """Answers what it is told to, one after the other, then 200; ``None`` breaks the connection off."""

    answers: list[str | None] = field(default_factory=list)
    headers: Sequence[str] = ()
    closed: asyncio.Event | None = None
    server: Server = field(default_factory=lambda: Server(0))

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.server.port}/in"

    @property
    def arrived(self) -> list[Arrived]:
        """Every request so far."""
        return [_read(one) for one in self.server.requests]

    async def answer(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """While ``closed`` is not set nothing is answered."""
        if self.closed is not None:
            await self.closed.wait()
        status = self.answers.pop(0) if self.answers else "200 OK"
        if status is None:
            writer.close()
        else:
            await replying(b"thank you", *self.headers, status=status)(request, writer)


@asynccontextmanager
async def receiving(*answers: str | None, headers: Sequence[str] = ()) -> AsyncIterator[Receiver]:
    """A receiver for as long as a test needs it."""
    receiver = Receiver(list(answers), headers)
    async with serving(receiver.answer) as server:
        receiver.server = server
        yield receiver


def poster(*receivers: Receiver) -> Poster:
    """One that may reach these receivers and nothing else inside."""
    origins = frozenset(f"http://{HOST}:{one.server.port}" for one in receivers)
    fetcher = GuardedFetcher(allowed_origins=origins, resolve=loopback_names(HOST), before_request=_no_transaction)
    return Poster(fetcher)


def _no_transaction() -> None:
    assert not in_transaction(), "a stranger was asked inside a transaction"


@dataclass
class Ground:
    """A workspace with webhooks, and a hand that does the worker's work."""

    database: Database
    clock: ManualClock
    ring: KeyRing
    workspace_id: UUID
    outgoing: Outgoing

    @classmethod
    async def laid(
        cls,
        database: Database,
        clock: ManualClock,
        ring: KeyRing,
        *receivers: Receiver,
        neighbours: Neighbours = Neighbours(),
        by: Poster | None = None,
    ) -> Ground:
        """A new workspace; what other tests told is behind it."""
        workspace_id = new_id(clock.now())
        await database.pool.execute(
            "INSERT INTO workspace (id, name, zone, locale, created_at) VALUES ($1, 'w', 'UTC', 'en', $2)",
            workspace_id,
            clock.now(),
        )
        await database.pool.execute("DELETE FROM webhook_target")
        outgoing = Outgoing.build(
            database, clock, ring, Jobs(), Checkpoints(None), Metrics(), by or poster(*receivers), neighbours
        )
        await outgoing.fan_out.run()
        return cls(database, clock, ring, workspace_id, outgoing)

    async def target(self, receiver: Receiver, *types: str, content: bool = False) -> tuple[TargetRow, Secret]:
        """A webhook to a receiver."""
        draft = TargetDraft("hook", receiver.url, frozenset(types or ("*",)), include_content=content)
        return await self.outgoing.targets.create(self.workspace_id, draft)

    async def tell(self, topic: str, ref: str, account_id: UUID | None = None, **body: str) -> None:
        """Something happens, and is made ready for every webhook."""
        async with self.database.transaction() as tx:
            await outbox.tell(
                tx,
                workspace_id=self.workspace_id,
                topic=topic,
                ref=ref,
                at=self.clock.now(),
                account_id=account_id,
                body=body,
            )
        await self.outgoing.fan_out.run()

    async def send(self, target: TargetRow) -> int:
        """What is due now."""
        return await self.outgoing.sender.run(self.workspace_id, target.id)

    async def log(self, target: TargetRow) -> list[DeliveryRow]:
        """Oldest first."""
        rows = await self.outgoing.log.page(self.workspace_id, target.id, limit=100)
        return rows[::-1]

    async def go_on(self, target: TargetRow, *, until: str) -> list[timedelta]:
        """Let time pass from attempt to attempt until the oldest delivery ends so; the pauses in between."""
        pauses: list[timedelta] = []
        while (row := (await self.log(target))[0]).state != until:
            pauses.append(row.next_at - self.clock.now())
            self.clock.set(row.next_at)
            assert await self.send(target) == 1
        return pauses


def _read(request: bytes) -> Arrived:
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
    return Arrived({name.lower(): value for name, _, value in lines}, body)
