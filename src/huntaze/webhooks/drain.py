"""Stored events become rows of the mirror: decoded, routed and marked, in one transaction a batch.

A batch that fails is repeated event by event, so that a poisoned one costs its neighbours nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from huntaze.accounts import AccountRow, Accounts
from huntaze.crm import Mirror, Pushed
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.db import CONNECTION_LOST, Connection, Database
from huntaze.kit.log import get_logger
from huntaze.kit.metrics import Metrics
from huntaze.platforms.contract import CommentReceived, MessageReceived, NeutralEvent
from huntaze.platforms.registry import Senders
from huntaze.webhooks import store
from huntaze.webhooks.model import EventRow

log = get_logger(__name__)

BATCH = 200
TRIES = 8
FIRST_RETRY = timedelta(seconds=5)
KEPT = timedelta(days=8)
DONE, UNHANDLED, DEAD = "done", "unhandled", "dead"
_REASON = 500
"""Characters."""


@dataclass(frozen=True, slots=True)
class _Decoded:
    """What an event says, or why nobody understands it."""

    row: EventRow
    event: NeutralEvent | None
    problem: str = ""


class Drain:
    """The worker's side of the intake."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        senders: Senders,
        accounts: Accounts,
        mirror: Mirror,
        checkpoints: Checkpoints,
        metrics: Metrics,
    ) -> None:
        self.database = database
        self.clock = clock
        self.senders = senders
        self.accounts = accounts
        self.mirror = mirror
        self.checkpoints = checkpoints
        self.lag = metrics.histogram("webhook_handled_seconds", "From arrival to effect of an event.", ("platform",))
        self.worked = metrics.counter("webhook_worked_total", "Events by what became of them.", ("platform", "outcome"))

    async def run(self) -> None:
        """Everything that waits."""
        while await self._batch() == BATCH:
            pass

    async def forget(self) -> None:
        """Drop what was worked on long ago. The dead stay: a person decides about them."""
        async with self.database.transaction() as tx:
            await store.forget(tx, self.clock.now() - KEPT)

    async def _batch(self) -> int:
        """One batch; how many events it held."""
        rows: list[EventRow] = []
        try:
            async with self.database.transaction() as tx:
                rows = await store.claim(tx, self.clock.now(), BATCH)
                states = await self._work(tx, rows)
        except CONNECTION_LOST:
            raise
        except Exception as error:
            log.warning("drain_batch_failed", events=len(rows), error=type(error).__name__)
            for row in rows:
                await self._alone(row)
        else:
            self._measure(states)
        return len(rows)

    async def _alone(self, row: EventRow) -> None:
        """One event in a transaction of its own; a failure is noted, and tried again after a growing pause."""
        try:
            async with self.database.transaction() as tx:
                again = await store.claim_one(tx, row.id)
                states = await self._work(tx, [again]) if again is not None else []
        except CONNECTION_LOST:
            raise
        except Exception as error:
            await self._failed(row, error)
        else:
            self._measure(states)

    async def _work(self, tx: Connection, rows: Sequence[EventRow]) -> list[tuple[EventRow, str]]:
        """Effects and marks, in the caller's transaction; each event with the state it ends in."""
        decoded = [self._decode(row) for row in rows]
        accounts = await self._accounts(tx, rows)
        await self._route(tx, decoded, accounts)
        self.checkpoints.reach("drain.effects")
        states = [(one.row, _state(one, accounts)) for one in decoded]
        now = self.clock.now()
        for state in (DONE, UNHANDLED):
            ids = [row.id for row, ended in states if ended == state]
            if ids:
                await store.end(tx, ids, state, now)
        for one in decoded:
            if one.event is None:
                await store.end(tx, [one.row.id], DEAD, now, one.problem)
        return states

    def _decode(self, row: EventRow) -> _Decoded:
        try:
            return _Decoded(row, self.senders[row.platform].decode(row.kind, row.account_ref, row.payload))
        except (ValueError, LookupError) as error:
            return _Decoded(row, None, f"{type(error).__name__}: {error}"[:_REASON])

    async def _accounts(self, tx: Connection, rows: Sequence[EventRow]) -> dict[tuple[str, str], list[AccountRow]]:
        """Who connected the accounts, in every workspace."""
        named = {(row.platform, row.account_ref) for row in rows}
        return {one: await self.accounts.find_by_ref(tx, *one) for one in sorted(named)}

    async def _route(
        self, tx: Connection, decoded: Sequence[_Decoded], accounts: dict[tuple[str, str], list[AccountRow]]
    ) -> None:
        """Who works on which neutral event, once for every workspace that connected the account.

        Account by account in one order: two drains of shared accounts never wait for one another in a circle.
        """
        pushed: dict[tuple[UUID, UUID], list[Pushed]] = defaultdict(list)
        for one in decoded:
            match one.event:
                case CommentReceived() | MessageReceived() as event:
                    for account in accounts[one.row.platform, one.row.account_ref]:
                        pushed[account.id, account.workspace_id].append(event)
                case _:
                    pass
        for (account_id, workspace_id), events in sorted(pushed.items(), key=lambda item: item[0]):
            await self.mirror.take(tx, workspace_id, account_id, events)

    async def _failed(self, row: EventRow, error: Exception) -> None:
        """Again with growing pauses; dead with its reason after the last try."""
        dead = row.tries + 1 >= TRIES
        log.warning("event_failed", event_id=row.id, kind=row.kind, error=type(error).__name__, dead=dead)
        now = self.clock.now()
        next_at = None if dead else now + FIRST_RETRY * 2**row.tries
        async with self.database.transaction() as tx:
            await store.retry(tx, row.id, next_at, type(error).__name__, now)
        self.worked.labels(row.platform, DEAD if dead else "failed").inc()

    def _measure(self, states: Sequence[tuple[EventRow, str]]) -> None:
        now = self.clock.now()
        for row, state in states:
            self.worked.labels(row.platform, state).inc()
            self.lag.labels(row.platform).observe((now - row.received_at).total_seconds())


def _state(one: _Decoded, accounts: dict[tuple[str, str], list[AccountRow]]) -> str:
    """Unhandled: kept and shown, but nobody here works on it, or nobody here connected the account."""
    if one.event is None:
        return DEAD
    worked = isinstance(one.event, CommentReceived | MessageReceived)
    return DONE if worked and accounts[one.row.platform, one.row.account_ref] else UNHANDLED
