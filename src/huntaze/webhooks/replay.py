"""What arrived, for those who look after it: lists, one event, and having events worked on again.

An event keeps its identity when it is worked on again, and its handlers bear that: twice is as good as once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from huntaze.accounts import Accounts
from huntaze.identity import Actor, Identity
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.jobs import Jobs
from huntaze.webhooks import reading_store
from huntaze.webhooks.intake import DRAIN
from huntaze.webhooks.model import CountRow, EventState, ListedRow, OpenedRow
from huntaze.webhooks.reading_store import Sight, Wanted

RECENT = timedelta(hours=24)
"""What is counted of the events that are worked on."""
REPEATABLE = (EventState.DEAD, EventState.DISMISSED, EventState.UNHANDLED, EventState.DONE)
_EVERYTHING = Sight(everything=True)


@dataclass(frozen=True, slots=True)
class Overview:
    """How the events of a workspace stand: what waits or failed, and what else came in the last ``RECENT``."""

    counts: Counter[EventState] = field(default_factory=Counter)
    kinds: Sequence[str] = ()
    oldest: datetime | None = None
    """When the oldest of those that wait came."""


class StoredEvents:
    """A workspace sees what came for its own accounts: for a disconnected one, what came until then. What came for
    accounts that nobody knows, or for none, concerns whoever runs the installation: it is seen in the workspace of the
    first owner, and on the command line."""

    def __init__(self, database: Database, clock: Clock, accounts: Accounts, identity: Identity, jobs: Jobs) -> None:
        self.database = database
        self.clock = clock
        self.accounts = accounts
        self.identity = identity
        self.jobs = jobs

    async def sight(self, actor: Actor) -> Sight:
        """What somebody may see."""
        owner = await self.identity.people.owner()
        first = owner is not None and owner.workspace_id == actor.workspace_id
        async with self.database.transaction() as tx:
            own = await self.accounts.spans(tx, actor.workspace_id)
            return Sight(own, await self.accounts.every_span(tx) if first else None)

    def operators(self) -> Sight:
        """What whoever runs the server sees: everything."""
        return _EVERYTHING

    async def listed(self, sight: Sight, wanted: Wanted, before: int | None = None, limit: int = 50) -> list[ListedRow]:
        """Events, newest first, behind the event ``before``."""
        async with self.database.transaction() as tx:
            return await reading_store.listed(tx, sight, wanted, before, limit)

    async def opened(self, sight: Sight, event_id: int) -> OpenedRow | None:
        """One event with its payload, None when there is none that may be seen."""
        async with self.database.transaction() as tx:
            return await reading_store.opened(tx, sight, event_id)

    async def overview(self, sight: Sight) -> Overview:
        """How things stand."""
        async with self.database.transaction() as tx:
            rows = await reading_store.counted(tx, sight, self.clock.now() - RECENT)
        counts: Counter[EventState] = Counter()
        for row in rows:
            counts[EventState(row.state)] += row.count
        return Overview(counts, sorted({row.kind for row in rows}), _oldest(rows))

    async def replay(self, sight: Sight, wanted: Wanted, event_id: int | None = None) -> int:
        """Have events worked on again (one of them: ``event_id``); how many. Those that wait already do so anyway, and
        of an erased one nothing is left. Without states: the dead."""
        states = [state for state in wanted.states or (EventState.DEAD,) if state in REPEATABLE]
        async with self.database.transaction() as tx:
            moved = await self._move(tx, sight, replace(wanted, states=states), event_id, EventState.PENDING)
            if moved:
                await self.jobs.enqueue(tx, DRAIN, {}, dedupe=DRAIN)
        return moved

    async def dismiss(self, sight: Sight, event_id: int) -> int:
        """A dead event is wanted no more; 1, or 0 when it is not dead."""
        async with self.database.transaction() as tx:
            return await self._move(tx, sight, Wanted((EventState.DEAD,)), event_id, EventState.DISMISSED)

    async def _move(self, tx: Connection, sight: Sight, wanted: Wanted, event_id: int | None, to: EventState) -> int:
        return await reading_store.move(tx, sight, wanted, event_id, to, self.clock.now())


def _oldest(rows: Sequence[CountRow]) -> datetime | None:
    return min((row.oldest for row in rows if row.state == EventState.PENDING), default=None)
