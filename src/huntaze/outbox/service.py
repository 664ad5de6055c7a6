"""What happened, told once: live readers follow it, subscribers react to it at least once and in order."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.live import Position
from huntaze.kit.log import get_logger
from huntaze.outbox import store
from huntaze.outbox.model import TOPICS, Change, Event, Subscriber, SubscriptionRow

log = get_logger(__name__)

KEPT_FOR = timedelta(days=30)
_FIRST_RETRY = timedelta(seconds=2)
_LONGEST_RETRY = timedelta(minutes=5)
_PROBLEM_LENGTH = 500


class _HandlerFailed(Exception):
    """A handler failed on an event; its transaction is rolled back."""

    def __init__(self, cursor: SubscriptionRow, event: Event, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cursor = cursor
        self.event = event
        self.cause = cause


class Outbox:
    """Reads what was told. Telling is the function ``tell``, since it belongs to the teller's transaction."""

    def __init__(self, database: Database, clock: Clock, checkpoints: Checkpoints) -> None:
        self._database = database
        self._clock = clock
        self._checkpoints = checkpoints
        self._subscribers: dict[str, Subscriber] = {}
        self._readers: set[str] = set()

    def subscribe(self, subscriber: Subscriber) -> None:
        """Register who reacts; done once, in wiring. A name used twice or an unknown topic raises ``ValueError``."""
        unknown = subscriber.topics - TOPICS
        if unknown or not subscriber.topics:
            raise ValueError(f"{subscriber.name} subscribes to no topic of ours: {sorted(unknown)}")
        if subscriber.name in self._subscribers:
            raise ValueError(f"{subscriber.name} is subscribed already")
        self._subscribers[subscriber.name] = subscriber

    def keep_for(self, name: str) -> None:
        """Somebody reads with a cursor of their own: nothing is forgotten before it has passed. Once, in wiring."""
        if name in self._readers or name in self._subscribers:
            raise ValueError(f"{name} is subscribed already")
        self._readers.add(name)

    async def read_changes(self, workspace_id: UUID, after: Position, limit: int) -> list[Change]:
        """What was told in a workspace after a position, oldest first. A row whose transaction, or an older one, is
        still under way is held back: reading by id alone would pass it over for ever."""
        async with self._database.transaction() as tx:
            return await store.changes_after(tx, workspace_id, after, limit)

    async def latest_position(self) -> Position:
        """The position from which a reader that starts now misses nothing."""
        async with self._database.transaction() as tx:
            return await store.latest_position(tx)

    async def deliver(self) -> int:
        """Hand every subscriber what it has not handled yet; how many events were handled.

        Subscribers run side by side. One that fails keeps its event and its order, waits by itself and does not hold
        up the others. Each event is one transaction with the move of the cursor.
        """
        async with self._database.transaction() as tx:
            await self._add_subscriptions(tx)
        async with asyncio.TaskGroup() as group:
            rounds = [group.create_task(self._catch_up(subscriber)) for subscriber in self._subscribers.values()]
        return sum(task.result() for task in rounds)

    async def forget(self) -> int:
        """Drop what is older than 30 days and handled by everyone; how many."""
        async with self._database.transaction() as tx:
            await self._add_subscriptions(tx)
            return await store.forget_told(tx, self._clock.now() - KEPT_FOR, self._names())

    def _names(self) -> list[str]:
        return sorted({*self._subscribers, *self._readers})

    async def _add_subscriptions(self, connection: Connection) -> None:
        for name in self._names():
            await store.add_subscription(connection, name)

    async def _catch_up(self, subscriber: Subscriber) -> int:
        async with self._database.transaction() as tx:
            horizon = await store.horizon(tx)
        handled = 0
        try:
            while await self._step(subscriber, horizon):
                handled += 1
        except _HandlerFailed as failure:
            await self._note(subscriber, failure)
        return handled

    async def _step(self, subscriber: Subscriber, horizon: int) -> bool:
        """Handle the next event. False: there is none, it is not time yet, or another worker is at it."""
        async with self._database.transaction() as tx:
            cursor = await store.lock_subscription(tx, subscriber.name)
            if cursor is None or (cursor.retry_at is not None and cursor.retry_at > self._clock.now()):
                return False
            event = await store.next_event(tx, cursor, horizon, subscriber.topics)
            if event is None:
                await store.skip_to_horizon(tx, subscriber.name, horizon)
                return False
            try:
                await subscriber.handle(tx, event)
            except Exception as error:
                raise _HandlerFailed(cursor, event, error) from error
            self._checkpoints.reach("outbox.handled")
            await store.move_subscription(tx, subscriber.name, event)
            return True

    async def _note(self, subscriber: Subscriber, failure: _HandlerFailed) -> None:
        wait = min(_FIRST_RETRY * 2 ** min(failure.cursor.failures, 10), _LONGEST_RETRY)
        problem = f"{type(failure.cause).__name__}: {failure.cause}"[:_PROBLEM_LENGTH]
        log.error(
            "subscriber_failed",
            subscriber=subscriber.name,
            event_id=failure.event.id,
            topic=failure.event.topic,
            tries=failure.cursor.failures + 1,
            retry_seconds=wait.total_seconds(),
            exc_info=failure.cause,
        )
        async with self._database.transaction() as tx:
            await store.note_failure(tx, subscriber.name, failure.cursor, self._clock.now() + wait, problem)
