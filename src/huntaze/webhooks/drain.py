"""Stored events become effects: decoded, routed and marked, in one transaction a batch.

Events of one conversation (a partition) are worked on in the order of their arrival, by one worker at a time: whoever
works on a conversation holds its lock until the commit and begins with the first event that waits there. What was
stored by one commit has no order, since senders group as they like: handlers bear any order.

A batch that fails is repeated event by event, so that a poisoned one costs its neighbours nothing; it holds back its
own conversation until it worked or is dead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from huntaze.accounts import AccountRow, Accounts
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.db import CONNECTION_LOST, Connection, Database, storable
from huntaze.kit.log import get_logger
from huntaze.kit.metrics import Metrics
from huntaze.platforms.contract import NeutralEvent, Noted
from huntaze.platforms.registry import Senders
from huntaze.webhooks import store
from huntaze.webhooks.handlers import Handler
from huntaze.webhooks.model import EventRow, EventState, PartitionRow

log = get_logger(__name__)

BATCH = 500
"""Events in one transaction, about: few long statements instead of many short ones."""
CONVERSATIONS = 100
"""Conversations in one transaction at most. They come in the order of their accounts, so that a batch is written for
few accounts."""
TRIES = 8
FIRST_RETRY = timedelta(seconds=5)
KEPT = timedelta(days=8)
_BEGINNING: store.Place = ("", "")
_REASON = 500
"""Characters."""

Owners = dict[tuple[str, str], list[AccountRow]]
"""Who connected an account, in every workspace, by platform and reference."""


@dataclass(frozen=True, slots=True)
class _Decoded:
    """What an event says, or why nobody understands it."""

    row: EventRow
    event: NeutralEvent | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Batch:
    """What one transaction did. ``onward``: where the next conversations are; None at the end of their order."""

    events: int
    onward: store.Place | None


class Drain:
    """The worker's side of the intake."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        senders: Senders,
        accounts: Accounts,
        handlers: Sequence[Handler],
        checkpoints: Checkpoints,
        metrics: Metrics,
    ) -> None:
        self.database = database
        self.clock = clock
        self.senders = senders
        self.accounts = accounts
        self.handlers = tuple(handlers)
        self.checkpoints = checkpoints
        self.lag = metrics.histogram("webhook_handled_seconds", "From arrival to effect of an event.", ("platform",))
        self.worked = metrics.counter("webhook_worked_total", "Events by what became of them.", ("platform", "outcome"))

    async def run(self) -> None:
        """Everything that is due and that nobody else works on. Each round gives every conversation its turn."""
        while await self._round():
            pass

    async def forget(self) -> None:
        """Drop what was worked on long ago. The dead stay: a person decides about them."""
        async with self.database.transaction() as tx:
            await store.forget(tx, self.clock.now() - KEPT)

    async def _round(self) -> int:
        """Once through all conversations; how many events were tried."""
        tried, place = 0, _BEGINNING
        while True:
            batch = await self._batch(place)
            tried += batch.events
            if batch.onward is None:
                return tried
            place = batch.onward

    async def _batch(self, behind: store.Place) -> _Batch:
        """The next conversations' first events. What failed before goes alone: it may well fail again."""
        found: list[PartitionRow] = []
        rows: list[EventRow] = []
        try:
            async with self.database.transaction() as tx:
                found = await store.claim_partitions(tx, behind, self.clock.now(), CONVERSATIONS)
                mine = [one for one in found if one.mine]
                rows = await store.claim_events(tx, mine, max(1, BATCH // len(mine))) if mine else []
                together, alone = _parted(rows)
                states = await self._work(tx, together)
        except CONNECTION_LOST:
            raise
        except Exception as error:
            if not rows:
                raise
            log.warning("drain_batch_failed", events=len(rows), error=type(error).__name__)
            alone = rows
        else:
            self._measure(states)
        await self._one_by_one(alone)
        last = found[-1] if len(found) == CONVERSATIONS else None
        return _Batch(len(rows), None if last is None else (last.platform, last.partition))

    async def _one_by_one(self, rows: Sequence[EventRow]) -> None:
        """Each event in a transaction of its own; behind one that failed its conversation waits."""
        held: set[store.Place] = set()
        for row in rows:
            place = (row.platform, row.partition)
            if place not in held and not await self._alone(row):
                held.add(place)

    async def _alone(self, row: EventRow) -> bool:
        """One event; a failure is noted, and tried again after a growing pause. Whether its conversation may go on."""
        try:
            async with self.database.transaction() as tx:
                again = await store.claim_event(tx, row, self.clock.now())
                states = await self._work(tx, [again]) if again is not None else []
        except CONNECTION_LOST:
            raise
        except Exception as error:
            return await self._failed(row, error)
        self._measure(states)
        return again is not None

    async def _work(self, tx: Connection, rows: Sequence[EventRow]) -> list[tuple[EventRow, EventState]]:
        """Effects and marks, in the caller's transaction; each event with the state it ends in."""
        if not rows:
            return []
        decoded = [self._decode(row) for row in rows]
        owners = await self._owners(tx, rows)
        await self._route(tx, decoded, owners)
        self.checkpoints.reach("drain.effects")
        states = [(one.row, self._state(one, owners)) for one in decoded]
        now = self.clock.now()
        for state in (EventState.DONE, EventState.UNHANDLED):
            ids = [row.id for row, ended in states if ended is state]
            if ids:
                await store.end(tx, ids, state, now)
        for one in decoded:
            if one.event is None:
                await store.end(tx, [one.row.id], EventState.DEAD, now, one.problem)
        return states

    def _decode(self, row: EventRow) -> _Decoded:
        try:
            return _Decoded(row, self.senders[row.platform].decode(row.kind, row.account_ref, row.payload))
        except (ValueError, LookupError) as error:
            return _Decoded(row, None, storable(f"{type(error).__name__}: {error}")[:_REASON])

    async def _owners(self, tx: Connection, rows: Sequence[EventRow]) -> Owners:
        named = {(row.platform, row.account_ref) for row in rows}
        return {one: await self.accounts.find_by_ref(tx, *one) for one in sorted(named)}

    async def _route(self, tx: Connection, decoded: Sequence[_Decoded], owners: Owners) -> None:
        """Hand events to their handlers, once for every workspace that connected the account.

        Account by account in one order: two drains of shared accounts never wait for one another in a circle.
        """
        arrived: dict[tuple[UUID, UUID], list[NeutralEvent]] = defaultdict(list)
        for one in decoded:
            if one.event is not None:
                for account in owners[one.row.platform, one.row.account_ref]:
                    arrived[account.id, account.workspace_id].append(one.event)
        for (account_id, workspace_id), events in sorted(arrived.items(), key=lambda item: item[0]):
            for handler in self.handlers:
                await handler.take(tx, workspace_id, account_id, events)

    def _state(self, one: _Decoded, owners: Owners) -> EventState:
        event = one.event
        if event is None:
            return EventState.DEAD
        known = isinstance(event, Noted) or any(handler.wants(event) for handler in self.handlers)
        return EventState.DONE if known and owners[one.row.platform, one.row.account_ref] else EventState.UNHANDLED

    async def _failed(self, row: EventRow, error: Exception) -> bool:
        """Again with growing pauses; dead with its reason after the last try. Whether it is dead."""
        dead = row.tries + 1 >= TRIES
        log.warning("event_failed", event_id=row.id, kind=row.kind, error=type(error).__name__, dead=dead)
        now = self.clock.now()
        next_at = None if dead else now + FIRST_RETRY * 2**row.tries
        async with self.database.transaction() as tx:
            await store.retry(tx, row, next_at, type(error).__name__, now)
        self.worked.labels(row.platform, EventState.DEAD if dead else "failed").inc()
        return dead

    def _measure(self, states: Sequence[tuple[EventRow, EventState]]) -> None:
        now = self.clock.now()
        for row, state in states:
            self.worked.labels(row.platform, state).inc()
            self.lag.labels(row.platform).observe((now - row.received_at).total_seconds())


def _parted(rows: Sequence[EventRow]) -> tuple[list[EventRow], list[EventRow]]:
    """Events to be worked on together, and those of conversations in which one failed before."""
    suspect = {(row.platform, row.partition) for row in rows if row.tries}
    alone = [row for row in rows if (row.platform, row.partition) in suspect]
    return [row for row in rows if (row.platform, row.partition) not in suspect], alone
