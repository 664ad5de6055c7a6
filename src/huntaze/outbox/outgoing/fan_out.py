"""Domain events become deliveries, in the order of their commits: many in one transaction, which also moves the cursor.

A crash before the commit leaves nothing, one after it everything: an event is made ready for a webhook exactly once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.ids import new_id
from huntaze.kit.jobs import Jobs
from huntaze.kit.json_value import JsonValue
from huntaze.kit.live import Position
from huntaze.outbox import store as told
from huntaze.outbox.model import Event
from huntaze.outbox.outgoing import store
from huntaze.outbox.outgoing.kinds import ACCOUNT_ID, TOPICS_SENT, Kind, kind_of, wants
from huntaze.outbox.outgoing.model import Replay, TargetRow
from huntaze.outbox.outgoing.store import NewDelivery
from huntaze.outbox.outgoing.waking import wake

NAME = "outgoing"
BATCH = 200

FactsOf = Callable[[Connection, Event], Awaitable[Mapping[str, JsonValue]]]
"""What another room knows of an event; of it only what its kind declares is sent."""


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody's words, and whose they are: they are wiped with everything else of that person."""

    words: Mapping[str, JsonValue]
    platform: str
    person_ref: str


ContentOf = Callable[[Connection, Event], Awaitable[Said | None]]
"""The words behind an event, for webhooks that may have them; None when there are none (any more)."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Who is asked for more, by topic."""

    facts: Mapping[str, FactsOf] = field(default_factory=dict)
    content: Mapping[str, ContentOf] = field(default_factory=dict)


class FanOut:
    """The reader of what was told, with a cursor of its own."""

    def __init__(
        self, database: Database, clock: Clock, jobs: Jobs, checkpoints: Checkpoints, neighbours: Neighbours
    ) -> None:
        self._database = database
        self._clock = clock
        self._jobs = jobs
        self._checkpoints = checkpoints
        self._neighbours = neighbours

    async def run(self) -> int:
        """Everything that was told and not looked at yet; how many events were."""
        async with self._database.transaction() as tx:
            await told.add_subscription(tx, NAME)
        seen = 0
        while batch := await self._batch():
            seen += batch
        return seen

    async def missed(self, target: TargetRow, asked: Replay) -> int:
        """Make ready for one webhook what it has not of a time; how many deliveries that are."""
        at, made = Position.START, 0
        while True:
            async with self._database.transaction() as tx:
                await told.hold_subscription(tx, NAME)
                events = await told.events_between(
                    tx, target.workspace_id, at, TOPICS_SENT, asked.since, asked.until, BATCH
                )
                had = await store.events_had(tx, target, [event.id for event in events])
                new = [event for event in events if event.id not in had]
                rows = [row for event in new for row in await self._made(tx, event, [target])]
                await self._store(tx, rows)
            made += len(rows)
            if len(events) < BATCH:
                return made
            at = Position(events[-1].xid, events[-1].id)

    async def _batch(self) -> int:
        """The next events in one transaction; how many, 0 for none or while another worker is at it."""
        async with self._database.transaction() as tx:
            cursor = await told.lock_subscription(tx, NAME)
            if cursor is None:
                return 0
            horizon = await told.horizon(tx)
            targets: dict[UUID, list[TargetRow]] = defaultdict(list)
            for row in await store.targets_on(tx):
                targets[row.workspace_id].append(row)
            events = await told.next_events(tx, cursor, horizon, TOPICS_SENT, list(targets), BATCH) if targets else []
            if not events:
                await told.skip_to_horizon(tx, NAME, horizon)
                return 0
            rows = [
                row
                for event in events
                for row in await self._made(
                    tx, event, [one for one in targets[event.workspace_id] if one.enabled_at <= event.at]
                )
            ]
            await self._store(tx, rows)
            await told.move_subscription(tx, NAME, events[-1])
            self._checkpoints.reach("outgoing.fanned_out")
            return len(events)

    async def _store(self, tx: Connection, rows: Sequence[NewDelivery]) -> None:
        await store.insert_deliveries(tx, rows, self._clock.now())
        for workspace_id, target_id in sorted({(row.workspace_id, row.target_id) for row in rows}):
            await wake(tx, self._jobs, workspace_id, target_id)

    async def _made(self, tx: Connection, event: Event, targets: Sequence[TargetRow]) -> list[NewDelivery]:
        """The deliveries of one event, none for most events."""
        kind = kind_of(event)
        if kind is None:
            return []
        wanting = [one for one in targets if wants(frozenset(one.types), kind.name)]
        if not wanting or await self._is_told_again(tx, event):
            return []
        ask = self._neighbours.facts.get(event.topic)
        data = kind.data(event, await ask(tx, event) if ask else {})
        wanting = [one for one in wanting if _concerns(one, data)]
        said = await self._said(tx, event, kind) if any(one.include_content for one in wanting) else None
        return [self._delivery(event, kind, data, one, said if one.include_content else None) for one in wanting]

    async def _is_told_again(self, tx: Connection, event: Event) -> bool:
        """A publication is told at every step of its work; what people wait for is that its state became another."""
        publication = event.body.get("publicationId")
        if not isinstance(publication, str):
            return False
        return await told.publication_before(tx, event.workspace_id, publication, event.id) == event.body.get("state")

    async def _said(self, tx: Connection, event: Event, kind: Kind) -> Said | None:
        """Only words of somebody who is known: nobody else's could be found again when they are to be erased."""
        ask = self._neighbours.content.get(event.topic) if kind.content else None
        said = await ask(tx, event) if ask else None
        return said if said and said.person_ref else None

    def _delivery(
        self, event: Event, kind: Kind, data: Mapping[str, JsonValue], target: TargetRow, said: Said | None
    ) -> NewDelivery:
        whole = {**data, "content": said.words} if said else data
        return NewDelivery(
            new_id(self._clock.now()), target.workspace_id, target.id, event.id, kind.name, event.account_id,
            body_of(kind.name, event.at, whole), event.at,
            said.platform if said else "", said.person_ref if said else "",
        )  # fmt: skip


def body_of(kind: str, at: datetime, data: Mapping[str, JsonValue]) -> bytes:
    """The bytes that are signed and sent."""
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return msgspec.json.encode({"type": kind, "timestamp": moment, "data": data})


def _concerns(target: TargetRow, data: Mapping[str, JsonValue]) -> bool:
    """Whether the event is of an account that the webhook wants to hear of."""
    if not target.account_ids:
        return True
    several = data.get("accountIds")
    named = {data.get(ACCOUNT_ID), *(several if isinstance(several, list) else ())}
    return not named.isdisjoint(str(one) for one in target.account_ids)
