"""The call that cannot be taken back: armed in one commit, sent once, settled by what the platform says.

Crash points are named; `docs/understand/publishing.md` walks them.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta

from huntaze.accounts import AccountUnavailable
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.db import UniqueViolation
from huntaze.kit.ids import new_id
from huntaze.kit.log import get_logger
from huntaze.kit.text import N_, Text
from huntaze.once import CALL_TIMEOUT, Entry, LeaseLost, kept, problem_of
from huntaze.platforms.contract import (
    Artefact,
    ArtefactRequest,
    Committed,
    Irreversible,
    MediaSource,
)
from huntaze.platforms.errors import Later, PlatformError, Reconnect, Rejected, UnknownOutcome, Unsupported
from huntaze.publishing import store
from huntaze.publishing.making import AlreadyPublished, ArtefactDead, Job
from huntaze.publishing.model import ArtefactEnd, ArtefactRow, HeldReason, PublicationRow, link_owner
from huntaze.publishing.outcome import Outcome
from huntaze.publishing.prepare import LONG_WAIT, Preparing
from huntaze.publishing.record import Record
from huntaze.publishing.safe_start import SafeStart
from huntaze.publishing.states import State
from huntaze.publishing.timings import MAX_ATTEMPTS, Timings
from huntaze.publishing.turns import Turns

log = get_logger(__name__)

BUSY_WAIT = timedelta(milliseconds=100)
LONGEST_BUSY_WAIT = timedelta(seconds=1)
"""How long to wait when another worker is sending for the same account: at first, and when it takes long."""
MAX_REFUSALS = 3
"""So often the same artefact is sent again when the platform says that a new one may help (instagram.md §3.7)."""

_TAKEN = Text(N_("The platform took the post and is processing it."))
_PUBLISHED_LATE = Text(N_("The platform answered late: it is published."))


class Sending:
    """PREPARED → ARMED → SENT → settled."""

    def __init__(
        self,
        record: Record,
        timings: Timings,
        preparing: Preparing,
        outcome: Outcome,
        safe_start: SafeStart,
        turns: Turns,
        checkpoints: Checkpoints,
    ) -> None:
        self.record = record
        self.timings = timings
        self.preparing = preparing
        self.outcome = outcome
        self.safe_start = safe_start
        self.checkpoints = checkpoints
        self.turns = turns

    async def run(self, row: PublicationRow) -> PublicationRow:
        """Wait for the time with a fresh baseline, then send; the next state, whatever happens."""
        if row.unknown_since is None and self.record.late(row, self.timings.grace):
            return await self.record.missed(row)
        try:
            job = await self.preparing.open(row)
            row = await self._fresh_baseline(job)
            artefact = await self._artefact(row)
            await self._until_due(row)
            look = self.safe_start.look if row.armed_at is None else self.safe_start.look_again
            if (waiting := await look(job, artefact)) is not None:
                return waiting
            if self.record.late(row, self.timings.grace):
                return await self.record.missed(row)
            async with self.turns.send(row.account_id):
                return await self._send(job, row, artefact)
        except AccountUnavailable as error:
            return await self.preparing.hold_unavailable(row, error)
        except Reconnect as error:
            return await self.preparing.hold_broken(row, error)
        except ArtefactDead as dead:
            return await self.preparing.start_over(row, dead)
        except AlreadyPublished as found:
            return await self.outcome.published(row, found.artefact, found.status.media_ref, found.status.raw)

    async def _until_due(self, row: PublicationRow) -> None:
        """With everything in hand: when the time comes, nothing is left to do but to send."""
        # A timer may be early; the clock decides
        while row.due_at is not None and (wait := row.due_at - self.record.clock.now()) > timedelta(0):  # noqa: ASYNC110
            await asyncio.sleep(wait.total_seconds())

    async def _artefact(self, row: PublicationRow) -> ArtefactRow:
        async with self.record.database.connection() as connection:
            return await store.post_artefact(connection, row)

    async def _fresh_baseline(self, job: Job) -> PublicationRow:
        """What is public now; after a first send the old one stays, it alone shows what that send may have done."""
        row = job.row
        fresh = store.baseline_age(row, self.record.clock.now()) <= self.timings.baseline_fresh
        if fresh or row.armed_at is not None:
            return row
        baseline = await self.preparing.read_baseline(job)
        async with self.record.database.transaction() as tx:
            return kept(await store.set_baseline(tx, row, baseline, self.record.clock.now()))

    async def _send(self, job: Job, row: PublicationRow, artefact: ArtefactRow) -> PublicationRow:
        request = _request(job, artefact)
        row = await self._intend(row, artefact, request)
        try:
            async with asyncio.timeout(CALL_TIMEOUT.total_seconds() + 5):
                committed = await job.platform.publisher.commit(
                    job.access, Artefact(artefact.ref, artefact.upload_url), request
                )
        except (PlatformError, TimeoutError) as error:
            return await self._not_done(job, row, artefact, error)
        self.checkpoints.reach("publish.answered")
        row = await self._done(row, artefact, committed)
        self.checkpoints.reach("publish.committed")
        return row

    async def _intend(self, row: PublicationRow, artefact: ArtefactRow, request: ArtefactRequest) -> PublicationRow:
        """ARMED, then SENT, in the order of turns; waits while another worker sends for this account."""
        busy = BUSY_WAIT
        while True:
            try:
                async with self.turns.intent():
                    armed = await self._arm(row, artefact, request)
                    self.checkpoints.reach("publish.intent")
                    sent = await self._mark_sent(armed)
                    self.checkpoints.reach("publish.before_send")
                    return sent
            except UniqueViolation:
                await asyncio.sleep(busy.total_seconds())
                busy = min(2 * busy, LONGEST_BUSY_WAIT)

    async def _arm(self, row: PublicationRow, artefact: ArtefactRow, request: ArtefactRequest) -> PublicationRow:
        """Commit the intent (I2); the account must still stand. Raises ``AccountUnavailable``, and
        ``UniqueViolation`` while another is sent."""
        now = self.record.clock.now()
        async with self.record.database.transaction() as tx:
            await self.preparing.accounts.standing(tx, row.workspace_id, row.account_id)
            armed = kept(await store.arm(tx, row, now, self.timings.send_lease, self.timings.work_lease))
            await store.insert_attempt(tx, armed, new_id(now), artefact.ref, _request_hash(artefact, request), now)
            await self.record.tell(tx, armed, Entry("sending", Text(N_("We asked the platform to publish."))))
            return armed

    async def _mark_sent(self, row: PublicationRow) -> PublicationRow:
        async with self.record.database.connection() as connection:
            return kept(await store.mark_sent(connection, row))

    async def _done(self, row: PublicationRow, artefact: ArtefactRow, committed: Committed) -> PublicationRow:
        """A definite yes: PUBLISHED, or OBSERVING when the platform only took the job."""
        only_taken = bool(committed.artefact_ref) and not committed.media_ref
        try:
            if only_taken:
                return await self._observe(row, committed)
            return await self.outcome.published(row, artefact, committed.media_ref, committed.raw)
        except LeaseLost:
            await self._late_answer(row, _TAKEN if only_taken else _PUBLISHED_LATE, committed.raw)
            raise

    async def _late_answer(self, row: PublicationRow, words: Text, raw: str) -> None:
        """An answer under a fence that is lost changes nothing, but it is kept (I7)."""
        await self.record.note(row, Entry("late_answer", words, raw))

    async def _observe(self, row: PublicationRow, committed: Committed) -> PublicationRow:
        now = self.record.clock.now()
        async with self.record.database.transaction() as tx:
            kept(await store.lock_own(tx, row))
            await store.rename_artefact(tx, row, committed.artefact_ref)
            await store.end_attempts(tx, row, now, "accepted")
        entry = Entry("accepted", _TAKEN, committed.raw)
        return await self.record.step(row, State.OBSERVING, entry=entry, next_check_at=now + self.timings.poll_first)

    async def _not_done(
        self, job: Job, row: PublicationRow, artefact: ArtefactRow, error: PlatformError | TimeoutError
    ) -> PublicationRow:
        """A definite refusal of the white list, or an outcome nobody knows."""
        log.info("publish_not_done", publication=str(row.id), error=str(error), kind=type(error).__name__)
        try:
            match error:
                case Later() | Reconnect() | Rejected() | Unsupported():
                    return await self._refused(row, artefact, error)
                case _:
                    return await self.unknown(row, error)
        except LeaseLost:
            words = error.message if isinstance(error, PlatformError) else Text(str(error) or "time-out")
            await self._late_answer(row, words, error.raw if isinstance(error, PlatformError) else "")
            raise

    async def _refused(self, row: PublicationRow, artefact: ArtefactRow, error: PlatformError) -> PublicationRow:
        """Nothing was done at the platform, and it said so."""
        async with self.record.database.transaction() as tx:
            await store.end_own_attempt(tx, row, self.record.clock.now(), "refused")
        match error:
            case Later(sent=True, after=after) if after is not None and after > LONG_WAIT:
                until = self.record.clock.now() + after
                return await self.record.hold(
                    row, HeldReason.QUOTA, error.message, error.remedy, until=until, raw=error.raw
                )
            case Later():
                return await self._back(row, artefact, error)
            case Reconnect():
                return await self.preparing.hold_broken(row, error)
            case _:
                return await self.record.fail(row, error)

    async def _back(self, row: PublicationRow, artefact: ArtefactRow, error: Later) -> PublicationRow:
        """The same artefact again, a little later; a new one when the platform keeps saying that this one is bad."""
        now = self.record.clock.now()
        anew = not error.same_artefact and row.tries + 1 >= MAX_REFUSALS
        if anew and row.attempt >= MAX_ATTEMPTS:
            return await self.record.fail(row, error)
        if anew:
            async with self.record.database.transaction() as tx:
                await store.end_artefact(tx, artefact.id, ArtefactEnd.FAILED.value, now, error.raw)
        after = error.after or self.timings.retry_step(row.tries)
        return await self.record.step(
            row,
            State.SCHEDULED if anew else State.PREPARED,
            entry=Entry("refused", error.message, error.raw) if row.tries == 0 or anew else None,
            next_check_at=now + after,
            tries=0 if anew else row.tries + 1,
            trouble=problem_of(error),
        )

    async def unknown(self, row: PublicationRow, error: Exception | None) -> PublicationRow:
        """Sent and no clear answer: look before anything is sent again (I7). A link that publishes by itself is cut."""
        now = self.record.clock.now()
        raw = error.raw if isinstance(error, PlatformError) else str(error or "")
        words = error.message if isinstance(error, UnknownOutcome) else Text(N_("The platform gave no clear answer."))
        async with self.record.database.transaction() as tx:
            unknown = kept(await store.mark_unknown(tx, row, now, self.timings.unknown_step(0)))
            await store.end_attempts(tx, row, now, "unknown")
            if self.preparing.platforms[row.platform].publisher.irreversible is Irreversible.INIT:
                await self.preparing.library.revoke_links(tx, row.workspace_id, link_owner(row))
            await self.record.tell(tx, unknown, Entry("unknown", words, raw))
            return unknown


def _request(job: Job, artefact: ArtefactRow) -> ArtefactRequest:
    """What the irreversible call says: a container is named alone, pushed bytes and links come along."""
    media: tuple[MediaSource, ...] = ()
    if job.platform.publisher.irreversible is not Irreversible.PUBLISH_CALL:
        media = tuple(job.source(asset, artefact.ref) for asset in job.assets)
    return ArtefactRequest(job.type, item=False, media=media, caption=job.post.caption)


def _request_hash(artefact: ArtefactRow, request: ArtefactRequest) -> bytes:
    return hashlib.sha256(f"{artefact.ref}\0{request.type}\0{request.caption}".encode()).digest()
