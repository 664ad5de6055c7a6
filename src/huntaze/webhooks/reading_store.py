"""What arrived, as somebody may see it and have it worked on again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from huntaze.accounts import AccountSpan
from huntaze.kit.db import Connection, Queries, execute, fetch, fetch_optional, storable
from huntaze.webhooks.model import CountRow, EventState, ListedRow, OpenedRow

Q = Queries(__package__)


@dataclass(frozen=True, slots=True)
class Sight:
    """Which events somebody may see: those of their ``own`` accounts; with ``known``, those of accounts that are none
    of the known ones too; with ``everything``, all."""

    own: Sequence[AccountSpan] = ()
    known: Sequence[AccountSpan] | None = None
    everything: bool = False

    def arguments(self) -> tuple[object, ...]:
        """The first six of every query."""
        own = [(one.platform, ref, one.until) for one in self.own for ref in one.refs]
        known = None if self.known is None else [(one.platform, ref) for one in self.known for ref in one.refs]
        return (
            self.everything,
            *([one[place] for one in own] for place in range(3)),
            *(None if known is None else [one[place] for one in known] for place in range(2)),
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are asked for; what is empty does not matter. Times of arrival, ``until`` excluded."""

    states: Sequence[EventState] = ()
    kind: str = ""
    platform: str = ""
    account_refs: Sequence[str] = ()
    """All that events may name one account by."""
    since: datetime | None = None
    until: datetime | None = None

    def arguments(self) -> tuple[object, ...]:
        """The next six."""
        states = [state.value for state in self.states] or None
        named = [storable(word) or None for word in (self.kind, self.platform)]
        refs = [storable(ref) for ref in self.account_refs] or None
        return (states, *named, refs, self.since, self.until)


async def listed(tx: Connection, sight: Sight, wanted: Wanted, before: int | None, limit: int) -> list[ListedRow]:
    """Events, newest first, behind the event ``before``."""
    return await fetch(tx, Q.listed, ListedRow, *sight.arguments(), *wanted.arguments(), before, limit)


async def opened(tx: Connection, sight: Sight, event_id: int) -> OpenedRow | None:
    """One event with its payload."""
    return await fetch_optional(tx, Q.opened, OpenedRow, *sight.arguments(), event_id)


async def counted(tx: Connection, sight: Sight, since: datetime) -> list[CountRow]:
    """How many are in which state: those that wait or failed, and what else came since."""
    return await fetch(tx, Q.counted, CountRow, *sight.arguments(), since)


async def move(
    tx: Connection, sight: Sight, wanted: Wanted, event_id: int | None, to: EventState, now: datetime
) -> int:
    """Bring events of ``wanted.states`` (one of them: ``event_id``) to ``pending`` or ``dismissed``; how many."""
    return await execute(tx, Q.move_events, *sight.arguments(), *wanted.arguments(), event_id, to.value, now)
