"""`huntaze events`: what the networks sent to this installation, and having it worked on again."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from huntaze.commands.failure import CommandFailed
from huntaze.commands.inside import inside
from huntaze.settings import Settings
from huntaze.webhooks import REPEATABLE, EventState, ListedRow, StoredEvents, Wanted
from huntaze.wiring import House, stored_events


@dataclass(frozen=True, slots=True)
class Filters:
    """Which events, as the command line says it; None does not matter."""

    states: Sequence[str] | None = None
    kind: str | None = None
    platform: str | None = None
    account: str | None = None
    since: str | None = None
    until: str | None = None

    def wanted(self) -> Wanted:
        """The room's value. Raises CommandFailed."""
        return Wanted(
            states=[_state(name) for name in self.states or ()],
            kind=self.kind or "",
            platform=self.platform or "",
            account_refs=(self.account,) if self.account else (),
            since=_moment(self.since),
            until=_moment(self.until),
        )


def listed(given: Settings, filters: Filters, limit: int, *, as_json: bool) -> int:
    """Print events, newest first, of every workspace and of accounts that nobody connected: a line each."""
    wanted = filters.wanted()

    async def act(house: House) -> list[ListedRow]:
        events = stored_events(house)
        return await events.listed(events.operators(), wanted, limit=limit)

    rows = inside(given, act)
    for row in rows:
        print(json.dumps(_facts(row)) if as_json else _line(row))
    if not rows and not as_json:
        print("no event fits", file=sys.stderr)
    return 0


def replay(given: Settings, filters: Filters, ids: Sequence[int]) -> int:
    """Have the named events worked on again, or all that fit; without a state the dead."""
    wanted = filters.wanted()
    if impossible := [state for state in wanted.states if state not in REPEATABLE]:
        raise CommandFailed(
            f"what is {impossible[0]} cannot be worked on again", f"one of {', '.join(REPEATABLE)}", status=2
        )

    async def act(house: House) -> tuple[int, list[str]]:
        events = stored_events(house)
        if not ids:
            return await events.replay(events.operators(), wanted), []
        one = replace(wanted, states=wanted.states or REPEATABLE)
        moved = {number for number in ids if await events.replay(events.operators(), one, number)}
        return len(moved), [await _left(events, number) for number in ids if number not in moved]

    count, left = inside(given, act)
    for words in left:
        print(words, file=sys.stderr)
    print(f"{count} will be worked on again")
    return 1 if left else 0


async def _left(events: StoredEvents, number: int) -> str:
    """Why nothing was done with an event."""
    found = await events.opened(events.operators(), number)
    return f"there is no event {number}" if found is None else f"event {number} is left as it is: {found.state}"


def _state(name: str) -> EventState:
    try:
        return EventState(name.lower())
    except ValueError:
        raise CommandFailed(f"{name} is no state", f"one of {', '.join(EventState)}", status=2) from None


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandFailed(f"{text} is no time", "write it as 2027-05-02T18:30+02:00", status=2) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _line(row: ListedRow) -> str:
    account = f"{row.platform}:{row.account_ref or '-'}"
    return "\t".join([str(row.id), _time(row.received_at), row.state, row.kind, account, str(row.tries), row.problem])


def _facts(row: ListedRow) -> dict[str, object]:
    return {
        "id": row.id,
        "platform": row.platform,
        "accountRef": row.account_ref,
        "kind": row.kind,
        "state": row.state,
        "tries": row.tries,
        "problem": row.problem,
        "receivedAt": _time(row.received_at),
        "nextAttemptAt": _time(row.next_attempt_at) or None,
        "doneAt": _time(row.done_at) or None,
    }


def _time(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""
