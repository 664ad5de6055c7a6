"""The call that cannot be taken back: armed in one commit, sent once, settled by what the platform says.

Crash points are named; `docs/understand/publishing.md` walks them.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.db import UniqueViolation
from huntaze.kit.ids import new_id
from huntaze.kit.log import get_logger
from huntaze.kit.text import N_, Text
from huntaze.platforms.contract import Artefact, ArtefactRequest, Committed, Irreversible, MediaSource
from huntaze.platforms.errors import Later, PlatformError, Reconnect, Rejected, UnknownOutcome, Unsupported
from huntaze.publishing import store
from huntaze.publishing.model import ArtefactEnd, ArtefactRow, HeldReason, PublicationRow
from huntaze.publishing.prepare import Job, Preparing, link_owner
from huntaze.publishing.record import Entry, Record, kept, problem_of
from huntaze.publishing.states import State
from huntaze.publishing.timings import PUBLISH_TIMEOUT, Timings

log = get_logger(__name__)

BUSY_WAIT = timedelta(milliseconds=100)
"""How long to wait when another worker is sending for the same account."""
LONG_WAIT = timedelta(minutes=10)
"""A platform that names a longer wait than this holds the post, with the time shown."""


class Sending:
    """PREPARED → ARMED → SENT → settled."""

    def __init__(self, record: Record, timings: Timings, preparing: Preparing, checkpoints: Checkpoints) -> None:
        self.record = record
        self.timings = timings
        self.preparing = preparing
        self.checkpoints = checkpoints
        self._turn: dict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def run(self, row: PublicationRow) -> PublicationRow:
        """Wait for the time with a fresh baseline, then send; the next state, whatever happens."""
        now = self.record.clock.now()
        due = row.due_at or now
        if self.record.late(row, self.timings.grace):
            return await self.record.missed(row)
        job = await self.preparing.open(row)
        row = await self._fresh_baseline(job)
        if due > self.record.clock.now():
            return await self.record.step(row, State.PREPARED, next_check_at=due, tries=row.tries)
        async with self.record.database.transaction() as tx:
            artefact = await store.post_artefact(tx, row)
        request = _request(job, artefact)
        async with self._turn[row.account_id]:
            return await self._send(job, row, artefact, request)

    async def _fresh_baseline(self, job: Job) -> PublicationRow:
        """What is public now; after a first send the old one stays, it alone shows what that send may have done."""
        row = job.row
        fresh = store.baseline_age(row, self.record.clock.now()) <= self.timings.baseline_fresh
        if fresh or row.armed_at is not None:
            return row
        baseline = await self.preparing.read_baseline(job)
        async with self.record.database.transaction() as tx:
            return kept(await store.set_baseline(tx, row, baseline, self.record.clock.now()))

    async def _send(
        self, job: Job, row: PublicationRow, artefact: ArtefactRow, request: ArtefactRequest
    ) -> PublicationRow:
        row = await self._arm(row, artefact, request)
        self.checkpoints.reach("publish.intent")
        row = await self._mark_sent(row)
        self.checkpoints.reach("publish.before_send")
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT.total_seconds() + 5):
                committed = await job.platform.publisher.commit(
                    job.access, Artefact(artefact.ref, artefact.upload_url), request
                )
        except (PlatformError, TimeoutError) as error:
            return await self._not_done(row, artefact, error)
        self.checkpoints.reach("publish.answered")
        row = await self.settle(row, artefact, committed)
        self.checkpoints.reach("publish.committed")
        return row

    async def _arm(self, row: PublicationRow, artefact: ArtefactRow, request: ArtefactRequest) -> PublicationRow:
        """Commit the intent. Waits while another worker sends for this account."""
        while True:
            now = self.record.clock.now()
            try:
                async with self.record.database.transaction() as tx:
                    armed = kept(await store.arm(tx, row, now, self.timings.send_lease, self.timings.work_lease))
                    await store.insert_attempt(
                        tx, armed, new_id(now), artefact.ref, _request_hash(artefact, request), now
                    )
                    await self.record.tell(tx, armed, Entry("sending", Text(N_("We asked the platform to publish."))))
                    return armed
            except UniqueViolation:
                await asyncio.sleep(BUSY_WAIT.total_seconds())

    async def _mark_sent(self, row: PublicationRow) -> PublicationRow:
        async with self.record.database.transaction() as tx:
            return kept(await store.mark_sent(tx, row))

    async def settle(self, row: PublicationRow, artefact: ArtefactRow, committed: Committed) -> PublicationRow:
        """A definite yes: PUBLISHED, or OBSERVING when the platform only took the job."""
        if not committed.media_ref and committed.artefact_ref:
            return await self._observe(row, committed)
        return await self.published(row, artefact, committed.media_ref, committed.raw)

    async def _observe(self, row: PublicationRow, committed: Committed) -> PublicationRow:
        now = self.record.clock.now()
        async with self.record.database.transaction() as tx:
            await store.rename_artefact(tx, row, committed.artefact_ref)
            await store.end_attempts(tx, row, now, "accepted")
        entry = Entry("accepted", Text(N_("The platform took the post and is processing it.")), committed.raw)
        return await self.record.step(row, State.OBSERVING, entry=entry, next_check_at=now + self.timings.poll_first)

    async def published(
        self, row: PublicationRow, artefact: ArtefactRow | None, media_ref: str, raw: str
    ) -> PublicationRow:
        """PUBLISHED is final, whoever brings the news and under whichever fence (I6)."""
        now = self.record.clock.now()
        async with self.record.database.transaction() as tx:
            done = kept(await store.mark_published(tx, row, now, media_ref or None))
            await store.end_attempts(tx, row, now, "published")
            if artefact is not None:
                await store.end_artefact(tx, artefact.id, ArtefactEnd.PUBLISHED.value, now, raw)
            await self.preparing.library.revoke_links(tx, row.workspace_id, link_owner(row))
            await self.record.tell(
                tx, done, Entry("published", Text(N_("The platform confirms: it is published.")), raw)
            )
            return done

    async def _not_done(
        self, row: PublicationRow, artefact: ArtefactRow, error: PlatformError | TimeoutError
    ) -> PublicationRow:
        """A definite refusal of the white list, or an outcome nobody knows."""
        log.info("publish_not_done", publication=str(row.id), error=str(error), kind=type(error).__name__)
        match error:
            case Later(sent=False):
                return await self._back(row, error, self.timings.retry_step(row.tries))
            case Later(after=after) if after is not None and after > LONG_WAIT:
                await self._refused(row)
                until = self.record.clock.now() + after
                return await self.record.hold(
                    row, HeldReason.QUOTA, error.message, error.remedy, until=until, raw=error.raw
                )
            case Later():
                return await self._back(row, error, error.after or self.timings.retry_step(row.tries))
            case Reconnect():
                await self._refused(row)
                await self.preparing.accounts.needs_reconnect(row.account_id, error)
                return await self.record.hold(row, HeldReason.RECONNECT, error.message, error.remedy, raw=error.raw)
            case Rejected() | Unsupported():
                await self._refused(row)
                return await self.record.fail(row, error)
            case _:
                return await self.unknown(row, error)

    async def _refused(self, row: PublicationRow) -> None:
        async with self.record.database.transaction() as tx:
            await store.end_attempts(tx, row, self.record.clock.now(), "refused")

    async def _back(self, row: PublicationRow, error: Later, after: timedelta) -> PublicationRow:
        """Nothing was done at the platform: the same artefact again, a little later."""
        await self._refused(row)
        return await self.record.step(
            row,
            State.PREPARED,
            entry=Entry("refused", error.message, error.raw) if row.tries == 0 else None,
            next_check_at=self.record.clock.now() + after,
            tries=row.tries + 1,
            trouble=problem_of(error),
        )

    async def unknown(self, row: PublicationRow, error: Exception | None) -> PublicationRow:
        """Sent and no clear answer: look before anything is sent again (I7)."""
        now = self.record.clock.now()
        raw = error.raw if isinstance(error, PlatformError) else str(error or "")
        words = error.message if isinstance(error, UnknownOutcome) else Text(N_("The platform gave no clear answer."))
        async with self.record.database.transaction() as tx:
            unknown = kept(await store.mark_unknown(tx, row, now, self.timings.unknown_step(0)))
            await store.end_attempts(tx, row, now, "unknown")
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
