"""Looking before the first send of what was due before this worker began, or is late by minutes, and before every send
of what was sent already.

Nobody knows what happened in between. The database may have been restored from a backup that is older than the send, or
a person may have posted by hand while the server was down. So the artefact and the list are read first: what is public
is never sent, what looks like it waits for a person, and a read that fails is no evidence (I9).
"""

from __future__ import annotations

from datetime import datetime

from huntaze.kit.text import N_, Text
from huntaze.once import Entry, problem, problem_of
from huntaze.platforms.contract import ArtefactState
from huntaze.platforms.errors import PlatformError, Reconnect
from huntaze.publishing import store
from huntaze.publishing.link import Linking
from huntaze.publishing.making import AlreadyPublished, ArtefactDead, Job, is_fuse
from huntaze.publishing.model import ArtefactRow, PublicationRow
from huntaze.publishing.record import Record
from huntaze.publishing.states import State
from huntaze.publishing.timings import Timings

MAY_BE_OUT = (
    Text(N_("A post like this one is on the account already, from after its time.")),
    Text(N_("It may have gone out before the server was away. Look at the account and say what is true.")),
)

NOT_AGAIN = "not_again"
"""The kind of the line that says why a post waits before it is sent another time."""
NOT_BLINDLY = Text(
    N_("The platform could not be asked what became of the first send; until it can, nothing is sent again.")
)


class SafeStart:
    """What one worker does with posts that are older than itself."""

    def __init__(self, record: Record, timings: Timings, linking: Linking) -> None:
        self.record = record
        self.timings = timings
        self.linking = linking
        self.began_at = record.clock.now()

    async def look(self, job: Job, artefact: ArtefactRow) -> PublicationRow | None:
        """The row where it has to wait instead of being sent; None when nothing speaks against sending.

        Raises ``AlreadyPublished`` and ``ArtefactDead`` for what the artefact says, and ``Reconnect``.
        """
        row = job.row
        due = row.due_at or row.created_at
        if row.armed_at is not None or self._on_time(due) or await self._a_person_looked(row):
            return None
        try:
            await self._read_artefact(job, artefact)
            alike = await self.linking.alike(job, due - self.timings.link_slack)
        except Reconnect:
            raise
        except PlatformError as error:
            return await self._later(row, error)
        if not alike:
            return None
        return await self.record.step(
            row,
            State.UNCONFIRMED,
            entry=Entry("may_be_out", MAY_BE_OUT[0], ", ".join(one.media_ref for one in alike)),
            trouble=problem("unconfirmed", *MAY_BE_OUT),
        )

    async def look_again(self, job: Job, artefact: ArtefactRow) -> PublicationRow | None:
        """The row where it has to wait instead of being sent another time; None when the artefact is not public.

        Raises ``AlreadyPublished`` and ``ArtefactDead`` for what the artefact says, and ``Reconnect``.
        """
        try:
            await self._read_artefact(job, artefact)
        except Reconnect:
            raise
        except PlatformError as error:
            return await self._wait_for_a_look(job.row, error)
        return None

    def _on_time(self, due: datetime) -> bool:
        return due > self.began_at and self.record.clock.now() - due <= self.timings.link_slack

    async def _a_person_looked(self, row: PublicationRow) -> bool:
        async with self.record.database.transaction() as tx:
            return await store.last_words(tx, row, "looked") is not None

    async def _read_artefact(self, job: Job, artefact: ArtefactRow) -> None:
        if is_fuse(job.platform, artefact):
            return
        status = await job.platform.publisher.status(job.access, artefact.ref)
        if status.state is ArtefactState.PUBLISHED:
            raise AlreadyPublished(artefact, status)
        if status.state in (ArtefactState.EXPIRED, ArtefactState.FAILED):
            raise ArtefactDead(artefact, status)

    async def _later(self, row: PublicationRow, error: PlatformError) -> PublicationRow:
        """The platform could not be asked: ask again, until the post is too late to go out by itself."""
        again: datetime = self.record.clock.now() + self.timings.retry_step(row.tries)
        entry = Entry("waiting", error.message, error.raw) if row.tries == 0 else None
        return await self.record.step(
            row, State.PREPARED, entry=entry, next_check_at=again, tries=row.tries + 1, trouble=problem_of(error)
        )

    async def _wait_for_a_look(self, row: PublicationRow, error: PlatformError) -> PublicationRow:
        """What was sent and cannot be asked about is not sent again: ask at growing steps, until a person has to."""
        if self.record.past_horizon(row, self.timings.horizon):
            return await self.record.unconfirmed(row, error.raw)
        async with self.record.database.transaction() as tx:
            told = row.tries > 0 and await store.last_words(tx, row, NOT_AGAIN) == error.raw
        return await self.record.step(
            row,
            State.PREPARED,
            entry=None if told else Entry(NOT_AGAIN, NOT_BLINDLY, error.raw),
            next_check_at=self.record.clock.now() + self.timings.retry_step(row.tries),
            tries=row.tries + 1,
            trouble=problem_of(error),
        )
