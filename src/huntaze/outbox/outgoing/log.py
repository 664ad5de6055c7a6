"""What was sent and what came of it, and sending again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.jobs import Jobs
from huntaze.outbox.erasing import ErasedAccount
from huntaze.outbox.outgoing import store
from huntaze.outbox.outgoing.errors import NoSuchDelivery, NoSuchTarget
from huntaze.outbox.outgoing.fan_out import NAME, FanOut
from huntaze.outbox.outgoing.model import (
    KEPT_FOR,
    AttemptRow,
    Backlog,
    DeliveryRow,
    DeliveryState,
    Replay,
    TargetHealth,
)
from huntaze.outbox.outgoing.waking import wake
from huntaze.outbox.store import hold_subscription

LATELY = timedelta(days=1)


class DeliveryLog:
    """The deliveries of all workspaces, for people and programs."""

    def __init__(self, database: Database, clock: Clock, jobs: Jobs, fan_out: FanOut) -> None:
        self._database = database
        self._clock = clock
        self._jobs = jobs
        self._fan_out = fan_out

    async def page(
        self,
        workspace_id: UUID,
        target_id: UUID,
        *,
        before: UUID | None = None,
        states: Sequence[str] = (),
        types: Sequence[str] = (),
        limit: int = 25,
    ) -> list[DeliveryRow]:
        """Newest first, older than ``before``. Raises ``NoSuchTarget``."""
        async with self._database.transaction() as tx:
            if await store.target(tx, workspace_id, target_id) is None:
                raise NoSuchTarget
            return await store.deliveries(tx, workspace_id, target_id, before, states, types, limit)

    async def one(self, workspace_id: UUID, target_id: UUID, delivery_id: UUID) -> tuple[DeliveryRow, list[AttemptRow]]:
        """One delivery with its attempts. Raises ``NoSuchDelivery``."""
        async with self._database.transaction() as tx:
            row = await store.delivery(tx, workspace_id, target_id, delivery_id)
            if row is None:
                raise NoSuchDelivery
            return row, await store.attempts(tx, workspace_id, delivery_id)

    async def lately(self, workspace_id: UUID) -> dict[UUID, TargetHealth]:
        """Of each webhook: what ended in the last day, and what waits."""
        async with self._database.transaction() as tx:
            return await store.health(tx, workspace_id, self._clock.now() - LATELY)

    async def replay(self, workspace_id: UUID, target_id: UUID, delivery_id: UUID) -> DeliveryRow:
        """Send one again: the same bytes under the same id. Raises ``NoSuchDelivery``, also for one that was erased."""
        async with self._database.transaction() as tx:
            if not await store.replay_one(tx, workspace_id, target_id, delivery_id, self._clock.now()):
                raise NoSuchDelivery
            await wake(tx, self._jobs, workspace_id, target_id)
            row = await store.delivery(tx, workspace_id, target_id, delivery_id)
        if row is None:
            raise NoSuchDelivery
        return row

    async def replay_many(self, workspace_id: UUID, target_id: UUID, asked: Replay) -> int:
        """Send again what belongs to a time; how many deliveries. Raises ``NoSuchTarget``."""
        states = [DeliveryState.FAILED.value, *([DeliveryState.DELIVERED.value] if asked.delivered else [])]
        async with self._database.transaction() as tx:
            target = await store.target(tx, workspace_id, target_id)
            if target is None:
                raise NoSuchTarget
            again = await store.replay_range(tx, workspace_id, target_id, asked, states, self._clock.now())
            await wake(tx, self._jobs, workspace_id, target_id)
        return again + (await self._fan_out.missed(target, asked) if asked.missed else 0)

    async def backlog(self, connection: Connection) -> Backlog:
        """What waits, of all workspaces, for operators."""
        return await store.backlog(connection)

    async def erase(self, connection: Connection, workspace_id: UUID, platform: str, person_ref: str) -> int:
        """Wipe the words of a person, sent or not; how many deliveries held them."""
        await hold_subscription(connection, NAME)  # what is being made ready with their words is here after that
        return await store.erase_person(connection, workspace_id, platform, person_ref, self._clock.now())

    async def erase_account(self, connection: Connection, account: ErasedAccount) -> int:
        """Wipe what was told of an account, sent or not; how many deliveries did."""
        await hold_subscription(connection, NAME)
        return await store.erase_account(connection, account.workspace_id, account.account_id, self._clock.now())

    async def forget(self) -> int:
        """Drop what is older than 30 days; how many."""
        async with self._database.transaction() as tx:
            return await store.forget(tx, self._clock.now() - KEPT_FOR)
