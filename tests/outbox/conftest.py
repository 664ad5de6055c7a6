"""What the outbox's tests share: a workspace of their own on the module's database, and a way to tell."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest

from huntaze import outbox
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import ManualClock
from huntaze.kit.db import Connection, Database
from huntaze.outbox import Event, Outbox

Tell = Callable[[Connection, str], Awaitable[int]]


@pytest.fixture
def workspace_id() -> UUID:
    return uuid4()


@pytest.fixture
def told(database: Database, clock: ManualClock) -> Outbox:
    return Outbox(database, clock, Checkpoints(None))


@pytest.fixture
def tell(workspace_id: UUID, clock: ManualClock) -> Tell:
    """Tell that a comment with this ref arrived."""

    async def tell(connection: Connection, ref: str) -> int:
        return await outbox.tell(
            connection, workspace_id=workspace_id, topic="comment.received", ref=ref, at=clock.now(), body={"n": 1}
        )

    return tell


class Listener:
    """A subscriber's handler that keeps what it heard of one workspace, and fails when told to."""

    def __init__(self, workspace_id: UUID) -> None:
        self.workspace_id = workspace_id
        self.heard: list[str] = []
        self.fails_on: set[str] = set()

    async def __call__(self, connection: Connection, event: Event) -> None:
        if event.workspace_id != self.workspace_id:
            return
        if event.ref in self.fails_on:
            raise RuntimeError(f"cannot take {event.ref}")
        self.heard.append(event.ref)
