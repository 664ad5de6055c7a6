"""What a step writes: the new state, a line of the timeline and one domain event, in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from huntaze import outbox
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.ids import new_id
from huntaze.kit.text import N_, Text, write_text
from huntaze.once import Entry, kept, problem, problem_of
from huntaze.platforms.errors import PlatformError
from huntaze.publishing import store
from huntaze.publishing.model import HeldReason, PublicationRow
from huntaze.publishing.states import State

MISSED = (
    Text(N_("The time of this post has passed by more than an hour.")),
    Text(N_("Choose a new time or publish it now: late posts never go out by themselves.")),
)


MISSED_PROBLEM = problem(HeldReason.MISSED.value, *MISSED)

UNCONFIRMED = (
    Text(N_("Nobody can tell whether this post was published.")),
    Text(N_("Look at the account: if it is there, confirm it; if it is not, say so and try again.")),
)


class Record:
    """Writes of one worker. Every write of a step carries the fence; a lost fence raises ``LeaseLost``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    async def step(
        self,
        row: PublicationRow,
        state: State,
        *,
        entry: Entry | None = None,
        next_check_at: datetime | None = None,
        tries: int = 0,
        trouble: dict[str, Any] | None = None,
        held: HeldReason | None = None,
        held_until: datetime | None = None,
    ) -> PublicationRow:
        """Write the new state of ``row``; the old trouble is forgotten unless given again."""
        async with self.database.transaction() as tx:
            reason = held.value if held else ""
            moved = kept(await store.step(tx, row, state, next_check_at, tries, trouble, reason, held_until))
            await self.tell(tx, moved, entry)
            return moved

    async def tell(self, tx: Connection, row: PublicationRow, entry: Entry | None) -> None:
        """The timeline line and the domain event of a change, in the change's own transaction."""
        if entry is not None:
            await self.evidence(tx, row, entry)
        await tell_publication(tx, self.clock, row.workspace_id, row.post_id, row.account_id, row.id, row.state)

    async def evidence(self, tx: Connection, row: PublicationRow, entry: Entry) -> None:
        """Append one line to the timeline."""
        await write_evidence(tx, self.clock, row.workspace_id, row.id, row.attempt, entry)

    async def note(self, row: PublicationRow, entry: Entry) -> None:
        """A line of the timeline by itself, when nothing else changes."""
        async with self.database.transaction() as tx:
            await self.evidence(tx, row, entry)

    async def fail(self, row: PublicationRow, error: PlatformError) -> PublicationRow:
        """The platform refuses for good: FAILED, with its words."""
        entry = Entry("failed", error.message, error.raw)
        return await self.step(row, State.FAILED, entry=entry, trouble=problem_of(error))

    async def hold(
        self,
        row: PublicationRow,
        reason: HeldReason,
        message: Text,
        remedy: Text,
        *,
        until: datetime | None = None,
        raw: str = "",
    ) -> PublicationRow:
        """HELD: it waits for a person, or for ``until``."""
        return await self.step(
            row,
            State.HELD,
            entry=Entry("held", message, raw),
            trouble=problem(reason.value, message, remedy),
            held=reason,
            held_until=until,
        )

    async def missed(self, row: PublicationRow) -> PublicationRow:
        """Later than its grace: it asks a person and never goes out by itself."""
        return await self.hold(row, HeldReason.MISSED, *MISSED)

    async def unconfirmed(self, row: PublicationRow, raw: str) -> PublicationRow:
        """Sent, and nobody could find out what came of it: a person has to look."""
        async with self.database.transaction() as tx:
            kept(await store.lock_own(tx, row))
            await store.end_attempts(tx, row, self.clock.now(), "unconfirmed")
        return await self.step(
            row,
            State.UNCONFIRMED,
            entry=Entry("unconfirmed", UNCONFIRMED[0], raw),
            trouble=problem("unconfirmed", *UNCONFIRMED),
        )

    def past_horizon(self, row: PublicationRow, horizon: timedelta) -> bool:
        """Whether nobody has known what came of the send for longer than ``horizon``."""
        return self.clock.now() - (row.unknown_since or row.armed_at or row.created_at) > horizon

    def late(self, row: PublicationRow, grace: timedelta) -> bool:
        """Whether the due time has passed by more than ``grace``."""
        return row.due_at is not None and self.clock.now() > row.due_at + grace


async def write_evidence(
    tx: Connection, clock: Clock, workspace_id: UUID, publication_id: UUID, attempt: int, entry: Entry
) -> None:
    """Append a line to the timeline of a publication."""
    now = clock.now()
    await store.insert_evidence(
        tx,
        workspace_id,
        new_id(now),
        publication_id,
        attempt,
        now,
        entry.kind,
        write_text(entry.words),
        entry.raw[:4000],
    )


async def tell_publication(
    tx: Connection, clock: Clock, workspace_id: UUID, post_id: UUID, account_id: UUID, publication_id: UUID, state: str
) -> None:
    """The domain event of a changed publication."""
    await outbox.tell(
        tx,
        workspace_id=workspace_id,
        topic="publication.changed",
        ref=str(post_id),
        account_id=account_id,
        body={"publicationId": str(publication_id), "state": state},
        at=clock.now(),
    )
