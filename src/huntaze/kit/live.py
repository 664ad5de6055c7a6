"""Changes, handed to browsers as they are committed: one poller for a process, whatever the number of browsers.

A change has a position, (transaction, id), and is shown only once every transaction below its own has ended (SQL:
`xid < settled_before()`, migration 0003). Read in that order, nothing can appear behind a reader that has passed, so a
position is all that a browser must bring along to resume. A transaction that stays open holds the stream back.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

from huntaze.kit.db import CONNECTION_LOST, Database
from huntaze.kit.events import set_within, then
from huntaze.kit.listen import Listener
from huntaze.kit.log import get_logger

CHANNEL = "huntaze_live"
"""Told by `SELECT pg_notify('huntaze_live', '')`; PostgreSQL sends one notice for a transaction's many."""

_BATCH = 200
# A notice comes at its commit, when a neighbour below it may still be open; it will not be for long.
_SECOND_LOOKS = (0.05, 0.2, 0.5)  # seconds
_BACKLOG = 1000  # changes waiting for one browser, after which it reads for itself

log = get_logger(__name__)


@dataclass(frozen=True, order=True, slots=True)
class Position:
    """Where a reader is; as text it fits a Last-Event-ID."""

    START: ClassVar[Position]

    xid: int
    id: int

    def __str__(self) -> str:
        return f"{self.xid}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> Position:
        """The opposite of `str`; raises ValueError for anything else."""
        xid, dash, number = text.partition("-")
        if not (dash and _is_number(xid) and _is_number(number)):
            raise ValueError("not a position")
        return cls(int(xid), int(number))


Position.START = Position(0, 0)


class Positioned(Protocol):
    """What is told: anything that knows its position."""

    @property
    def position(self) -> Position:
        """Where it stands among the others."""
        ...


C = TypeVar("C", bound=Positioned)
T = TypeVar("T")
ReadChanges = Callable[[UUID, Position, int], Awaitable[Sequence[C]]]
"""(workspace, after, limit) -> settled changes after that position, in order; none when there are no more."""
LatestPosition = Callable[[], Awaitable[Position]]
"""The newest settled position of all workspaces."""


class LiveHub(Generic[C]):
    """Reads what is new for the workspaces somebody looks at, and hands it to everyone who looks."""

    def __init__(
        self,
        database: Database,
        read_changes: ReadChanges[C],
        latest_position: LatestPosition,
        *,
        poll: timedelta = timedelta(seconds=2),
    ) -> None:
        self._database = database
        self._read = read_changes
        self._latest = latest_position
        self._poll = poll.total_seconds()
        self._watched: dict[UUID, _Watched[C]] = {}
        self._news = asyncio.Event()
        self._ended = False

    async def run(self, stop: asyncio.Event) -> None:
        """Look for changes at every notice and every `poll`, until `stop`; then every stream ends."""
        listening = asyncio.create_task(Listener(self._database, CHANNEL, lambda _: self._news.set()).run())
        stopping = asyncio.create_task(then(stop, self._news.set))
        pauses: Iterator[float] = iter(())
        try:
            while not stop.is_set():
                await self._look()
                if await set_within(self._news, next(pauses, self._poll)):
                    self._news.clear()
                    pauses = iter(_SECOND_LOOKS)
        finally:
            self._ended = True
            for watched in self._watched.values():
                watched.end()
            listening.cancel()
            stopping.cancel()
            await asyncio.gather(listening, stopping, return_exceptions=True)

    async def changes(self, workspace_id: UUID, after: Position | None) -> AsyncGenerator[C, None]:
        """Every change of the workspace after `after` (None: from now on), once and in order, until the hub stops."""
        here = await self._patiently(self._latest)
        at = here if after is None else after
        with self._seat(workspace_id, here) as seat:
            while not seat.ended:
                # What came before this browser sat down, or since it fell behind.
                seat.behind = False
                while found := await self._patiently(partial(self._read, workspace_id, at, _BATCH)):
                    for change in found:
                        at = change.position
                        yield change
                while (told := await seat.next()) is not None:
                    if told.position > at:
                        at = told.position
                        yield told

    @contextmanager
    def _seat(self, workspace_id: UUID, here: Position) -> Iterator[_Seat[C]]:
        watched = self._watched.setdefault(workspace_id, _Watched(here))
        seat: _Seat[C] = _Seat(self._ended)
        watched.seats.add(seat)
        try:
            yield seat
        finally:
            watched.seats.discard(seat)
            if not watched.seats:
                self._watched.pop(workspace_id, None)

    async def _look(self) -> None:
        for workspace_id, watched in list(self._watched.items()):
            try:
                while found := await self._read(workspace_id, watched.at, _BATCH):
                    watched.tell(found)
            except CONNECTION_LOST as lost:
                log.debug("live_waits_for_the_database", error=type(lost).__name__)
                return

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await ask()
            except CONNECTION_LOST:
                if self._ended:
                    raise
                await asyncio.sleep(self._poll)


class _Seat(Generic[C]):
    """One browser's place: what it has yet to take."""

    def __init__(self, ended: bool) -> None:
        self.behind = False
        self.ended = ended
        self._waiting: deque[C] = deque()
        self._changed = asyncio.Event()

    def put(self, changes: Sequence[C]) -> None:
        """Hand over; a browser that does not keep up loses its line and reads again from where it is."""
        if len(self._waiting) + len(changes) > _BACKLOG:
            self._waiting.clear()
            self.behind = True
        else:
            self._waiting.extend(changes)
        self._changed.set()

    def end(self) -> None:
        """There will be no more."""
        self.ended = True
        self._changed.set()

    async def next(self) -> C | None:
        """The next change; None when this browser is behind or all is over."""
        while not (self.behind or self.ended):
            if self._waiting:
                return self._waiting.popleft()
            self._changed.clear()
            await self._changed.wait()
        return None


class _Watched(Generic[C]):
    """A workspace somebody looks at: up to where it was read, and who looks."""

    def __init__(self, at: Position) -> None:
        self.at = at
        self.seats: set[_Seat[C]] = set()

    def tell(self, changes: Sequence[C]) -> None:
        self.at = changes[-1].position
        for seat in self.seats:
            seat.put(changes)

    def end(self) -> None:
        for seat in self.seats:
            seat.end()


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
