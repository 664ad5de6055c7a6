"""What a step of a call writes: its row under the fence, a line of its course, what follows from a yes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic

from huntaze.kit.clock import Clock
from huntaze.kit.db import Database
from huntaze.once.errand import Errand, Refusal
from huntaze.once.states import CallState
from huntaze.once.telling import Entry, kept, problem
from huntaze.once.writes import R


class Record(Generic[R]):
    """Writes of one worker. Every step carries the fence; a lost fence raises ``LeaseLost``."""

    def __init__(self, errand: Errand[R], database: Database, clock: Clock) -> None:
        self.errand = errand
        self.database = database
        self.clock = clock

    async def step(
        self,
        row: R,
        state: CallState,
        entry: Entry | None,
        next_check_at: datetime | None = None,
        *,
        tries: int = 0,
        trouble: dict[str, Any] | None = None,
    ) -> R:
        """The new state of ``row``; the old trouble is forgotten unless given again."""
        async with self.database.transaction() as tx:
            moved = kept(await self.errand.writes.step(tx, row, state.value, next_check_at, tries, trouble))
            await self.errand.tell(tx, moved, entry)
            return moved

    async def done(self, row: R, result_ref: str, raw: str) -> R:
        """It is done: final, under whichever fence it is written (I6). Raises ``LeaseLost`` if that was known."""
        async with self.database.transaction() as tx:
            done = kept(await self.errand.writes.mark_done(tx, row, result_ref))
            await self.errand.reflect(tx, done)
            await self.errand.tell(tx, done, Entry("done", self.errand.sayings.done, raw))
            return done

    async def fail(self, row: R, refusal: Refusal) -> R:
        """It is known not to be done, and why."""
        trouble = problem(refusal.code, refusal.message, refusal.remedy)
        return await self.step(row, CallState.FAILED, Entry("failed", refusal.message), trouble=trouble)

    async def unconfirmed(self, row: R) -> R:
        """Sent, and nobody could find out what came of it: a person has to look."""
        said = self.errand.sayings.unconfirmed
        trouble = problem(said.code, said.message, said.remedy)
        return await self.step(row, CallState.UNCONFIRMED, Entry("unconfirmed", said.message), trouble=trouble)

    async def note(self, row: R, entry: Entry) -> None:
        """A line of the course by itself, when nothing else changes."""
        async with self.database.transaction() as tx:
            await self.errand.tell(tx, row, entry)
