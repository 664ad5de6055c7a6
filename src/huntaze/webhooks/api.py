"""`/api/v1/events`: what the platforms sent, what became of it, and having it worked on again."""

from datetime import datetime
from typing import Annotated

import pydantic
from fastapi import APIRouter, Depends, Query
from pydantic import Field, field_validator

from huntaze.identity import Actor, Identity
from huntaze.kit.cursors import page_of, parts_of
from huntaze.kit.problems import not_found
from huntaze.kit.shapes import Period, Shape
from huntaze.kit.signing import Signer
from huntaze.webhooks.model import EventState, ListedRow
from huntaze.webhooks.reading_store import Wanted
from huntaze.webhooks.redacting import redacted
from huntaze.webhooks.replay import REPEATABLE, StoredEvents

EVENTS = "events"
LARGEST_ID = 2**63 - 1
_Name = Annotated[str, Field(max_length=200)]


class _Chosen(Period):
    """Which events; what is left out does not matter. Times are those of arrival, `until` is excluded."""

    state: list[EventState] = Field(default_factory=list, max_length=len(EventState))
    kind: _Name = ""
    platform: _Name = ""
    account_ref: _Name = ""

    def wanted(self) -> Wanted:
        """The service's value."""
        refs = (self.account_ref,) if self.account_ref else ()
        return Wanted(tuple(self.state), self.kind, self.platform, refs, self.since, self.until)


class EventQuery(_Chosen):
    """A page of a list. A name that is none of these is refused."""

    cursor: str = ""
    limit: int = Field(50, ge=1, le=100)


class ReplayIn(_Chosen):
    """Which events are to be worked on again; without `state` the dead."""

    @field_validator("state")
    @classmethod
    def _repeatable(cls, value: list[EventState]) -> list[EventState]:
        if not set(value) <= set(REPEATABLE):
            raise ValueError(f"can only be {', '.join(REPEATABLE)}")
        return value


class EventShape(Shape):
    """One event. `problem` says why it failed last; `nextAttemptAt` when it is tried again."""

    id: str
    platform: str
    account_ref: str
    kind: str
    state: EventState
    tries: int
    problem: str
    received_at: datetime
    next_attempt_at: datetime | None
    done_at: datetime | None


class OpenedEventShape(EventShape):
    """One event with what arrived, without secrets; people's words are hidden from a key without `comments.read`."""

    payload: pydantic.JsonValue


class EventList(Shape):
    """One page, newest first. `nextCursor` null: the end."""

    items: list[EventShape]
    next_cursor: str | None


class Replayed(Shape):
    """How many events wait to be worked on again."""

    replayed: int


def router(events: StoredEvents, identity: Identity, cursors: Signer) -> APIRouter:
    """The endpoints under `/v1/events`."""
    api = APIRouter(prefix="/v1/events", tags=["events"])
    reader = Annotated[Actor, Depends(identity.require("events.read"))]
    writer = Annotated[Actor, Depends(identity.require("events.write"))]

    @api.get("")
    async def index(asked: Annotated[EventQuery, Query()], actor: reader) -> EventList:
        """What came for the accounts of the workspace, newest first."""
        before = event_before(cursors, asked.cursor)
        rows = await events.listed(await events.sight(actor), asked.wanted(), before, asked.limit + 1)
        page, onward = page_of(cursors, EVENTS, rows, asked.limit)
        return EventList(items=[EventShape.model_validate(_facts(row)) for row in page], next_cursor=onward or None)

    @api.get("/{event_id}")
    async def one(event_id: str, actor: reader) -> OpenedEventShape:
        """One event, with what arrived."""
        found = await events.opened(await events.sight(actor), read_id(event_id))
        if found is None:
            raise not_found()
        shown = {"payload": redacted(found.payload, words=may_read(actor))}
        return OpenedEventShape.model_validate(_facts(found) | shown)

    @api.post("/replay")
    async def replay_range(asked: ReplayIn, actor: writer) -> Replayed:
        """Have events worked on again. Their identity stays, so that nothing happens twice."""
        return Replayed(replayed=await events.replay(await events.sight(actor), asked.wanted()))

    @api.post("/{event_id}/replay")
    async def replay(event_id: str, actor: writer) -> Replayed:
        """Have one event worked on again, whatever became of it; 0 when it waits anyway or is erased."""
        sight, number = await events.sight(actor), read_id(event_id)
        if await events.opened(sight, number) is None:
            raise not_found()
        return Replayed(replayed=await events.replay(sight, Wanted(REPEATABLE), number))

    return api


def read_id(text: str) -> int:
    """An event's number; raises the problem of an unknown one for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= LARGEST_ID):
        raise not_found()
    return int(text)


def event_before(cursors: Signer, cursor: str) -> int | None:
    """Behind which event the list goes on; None at its beginning. Raises ``BadCursor``."""
    parts = parts_of(cursors, EVENTS, cursor)
    return int(parts[0]) if parts else None


def may_read(actor: Actor) -> bool:
    """Whether somebody may read what people write."""
    return "comments.read" in actor.scopes


def _facts(row: ListedRow) -> dict[str, object]:
    return {
        "id": str(row.id),
        "platform": row.platform,
        "account_ref": row.account_ref,
        "kind": row.kind,
        "state": row.state,
        "tries": row.tries,
        "problem": row.problem,
        "received_at": row.received_at,
        "next_attempt_at": row.next_attempt_at,
        "done_at": row.done_at,
    }
