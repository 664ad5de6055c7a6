"""Stored events become rows of the mirror: decoded, routed, marked, in one transaction a batch."""

from __future__ import annotations

from datetime import timedelta

from huntaze.accounts import AccountRow, Accounts
from huntaze.crm import Mirror
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database, savepoint
from huntaze.kit.log import get_logger
from huntaze.kit.metrics import Metrics
from huntaze.platforms.contract import CommentReceived, MessageReceived, NeutralEvent
from huntaze.platforms.registry import Platforms
from huntaze.webhooks import store
from huntaze.webhooks.model import EventRow

log = get_logger(__name__)

BATCH = 200
TRIES = 8
FIRST_RETRY = timedelta(seconds=5)
KEPT = timedelta(days=8)


class Drain:
    """The worker's side of the intake."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Platforms,
        accounts: Accounts,
        mirror: Mirror,
        checkpoints: Checkpoints,
        metrics: Metrics,
    ) -> None:
        self.database = database
        self.clock = clock
        self.platforms = platforms
        self.accounts = accounts
        self.mirror = mirror
        self.checkpoints = checkpoints
        self.backlog = metrics.gauge("webhook_backlog", "Events that wait to be worked on.")
        self.lag = metrics.histogram("webhook_handled_seconds", "From arrival to effect of an event.", ("platform",))

    async def run(self) -> None:
        """Everything that waits."""
        while await self._batch() == BATCH:
            pass

    async def forget(self) -> None:
        """Drop what was worked on long ago, and count what waits."""
        async with self.database.transaction() as tx:
            await store.forget(tx, self.clock.now() - KEPT)
            self.backlog.set(await store.pending(tx))

    async def _batch(self) -> int:
        """One batch; how many events it held. A failing event costs its neighbours nothing."""
        async with self.database.transaction() as tx:
            events = await store.claim(tx, self.clock.now(), BATCH)
            ended: dict[str, list[int]] = {}
            for event in events:
                state = await self._one(tx, event)
                if state is not None:
                    ended.setdefault(state, []).append(event.id)
            self.checkpoints.reach("drain.effects")
            for state, ids in ended.items():
                await store.end(tx, ids, state, self.clock.now())
        return len(events)

    async def _one(self, tx: Connection, event: EventRow) -> str | None:
        """Work on one event inside a savepoint; the state it ends in, or None when it failed."""
        try:
            async with savepoint(tx):
                neutral = self.platforms[event.platform].events.decode(event.kind, event.account_ref, event.payload)
                accounts = await self.accounts.find_by_ref(tx, event.platform, event.account_ref)
                state = await self._route(tx, neutral, accounts)
        except Exception as error:
            await self._failed(tx, event, error)
            return None
        self.lag.labels(event.platform).observe((self.clock.now() - event.received_at).total_seconds())
        return state

    async def _route(self, tx: Connection, event: NeutralEvent, accounts: list[AccountRow]) -> str:
        """Who works on which neutral event, once for every workspace that connected the account."""
        for account in accounts:
            match event:
                case CommentReceived():
                    await self.mirror.take_comment(tx, account.workspace_id, account.id, event, "push")
                case MessageReceived():
                    await self.mirror.take_message(tx, account.workspace_id, account.id, event, "push")
                case _:
                    return "unhandled"
        return "done" if accounts else "unhandled"

    async def _failed(self, tx: Connection, event: EventRow, error: Exception) -> None:
        """Again with growing pauses; dead with its reason after the last try or when it can never be understood."""
        hopeless = isinstance(error, ValueError) or event.tries + 1 >= TRIES
        log.warning("event_failed", event_id=event.id, kind=event.kind, error=type(error).__name__, dead=hopeless)
        next_at = None if hopeless else self.clock.now() + FIRST_RETRY * 2**event.tries
        await store.retry(
            tx, event.id, "dead" if hopeless else "pending", next_at, f"{type(error).__name__}: {error}"[:500]
        )
