"""Looking, when nobody knows whether it was published.

A failed read is no evidence (I9). «The status says so» is strong, «it is not in the list» is weak: the same artefact is
sent again only after the settle time, several reads, an unchanged quota and a list without a candidate.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from huntaze.accounts import AccountUnavailable
from huntaze.kit.text import N_, Text
from huntaze.once import SETTLE_READS, Entry, kept, problem
from huntaze.platforms.contract import ArtefactState, ArtefactStatus, PublishedMedia
from huntaze.platforms.errors import Later, PlatformError, Reconnect
from huntaze.publishing import store
from huntaze.publishing.link import Linking
from huntaze.publishing.making import is_fuse
from huntaze.publishing.model import ArtefactEnd, ArtefactRow, PublicationRow, link_owner
from huntaze.publishing.outcome import Outcome
from huntaze.publishing.prepare import Preparing
from huntaze.publishing.record import Record
from huntaze.publishing.send import Sending
from huntaze.publishing.states import State
from huntaze.publishing.timings import MAX_ATTEMPTS, Timings

SAID: dict[ArtefactState, str] = {
    ArtefactState.IN_PROGRESS: N_("The platform says that it still works on this post."),
    ArtefactState.READY: N_("The platform says that this post is ready and not published."),
    ArtefactState.PUBLISHED: N_("The platform says that this post is published."),
    ArtefactState.FAILED: N_("The platform says that it could not use this post."),
    ArtefactState.EXPIRED: N_("The platform says that this post ran out before it was published."),
    ArtefactState.IN_USER_INBOX: N_("The platform says that this post waits in the app's inbox."),
}
"""What an artefact's state means, in plain words; the platform's own stand beside them."""
DISPUTED = Text(
    N_("The platform says that it is not published, and yet its list or its quota has changed; we look once more.")
)


class Reconciling:
    """ARMED/SENT left behind, UNKNOWN, RECONCILING and OBSERVING → what is true."""

    def __init__(
        self,
        record: Record,
        timings: Timings,
        preparing: Preparing,
        sending: Sending,
        outcome: Outcome,
        linking: Linking,
    ) -> None:
        self.record = record
        self.timings = timings
        self.preparing = preparing
        self.sending = sending
        self.outcome = outcome
        self.linking = linking

    async def recover(self, row: PublicationRow) -> PublicationRow:
        """A send whose worker is gone. Reading needs no send lease; sending again waits for its end, as UNKNOWN."""
        artefact = await self._artefact(row)
        status = None if self._is_fuse(row, artefact) else await self._read(row, artefact)
        if status is not None and status.state is ArtefactState.PUBLISHED:
            return await self.outcome.published(row, artefact, status.media_ref, status.raw)
        now = self.record.clock.now()
        if row.send_lease_until is None or row.send_lease_until <= now:
            return await self.sending.unknown(row, None)
        wait = min(row.send_lease_until, now + self.timings.unknown_step(0))
        return await self.record.step(row, row.now_state, next_check_at=wait)

    async def look(self, row: PublicationRow) -> PublicationRow:
        """One look at an unknown outcome, and what follows from it."""
        row = await self._looked(row)
        artefact = await self._artefact(row)
        if self._is_fuse(row, artefact):
            return await self._fuse(row, artefact)
        status = await self._read(row, artefact)
        if status is None:
            return await self._unless_horizon(row)
        match status.state:
            case ArtefactState.PUBLISHED | ArtefactState.IN_USER_INBOX:
                return await self.outcome.published(row, artefact, status.media_ref, status.raw)
            case ArtefactState.EXPIRED:
                return await self._dead(row, artefact, status)
            case ArtefactState.FAILED:
                return await self._failed(row, artefact, status)
            case ArtefactState.READY:
                return await self._settled(row, status)
            case _:
                return await self._unless_horizon(row)

    async def observe(self, row: PublicationRow) -> PublicationRow:
        """The platform took the post and works on it."""
        artefact = await self._artefact(row)
        status = await self._read(row, artefact)
        if status is not None and status.state is ArtefactState.PUBLISHED:
            return await self.outcome.published(row, artefact, status.media_ref, status.raw)
        if status is not None and status.state is ArtefactState.IN_USER_INBOX:
            words = Text(N_("It waits in the app's inbox: finish it there."))
            return await self.record.step(row, State.IN_USER_INBOX, entry=Entry("inbox", words, status.raw))
        if status is not None and status.state in (ArtefactState.FAILED, ArtefactState.EXPIRED):
            return await self._dead(row, artefact, status)
        if self._past_horizon(row):
            return await self.record.unconfirmed(row, "")
        now = self.record.clock.now()
        step = self.timings.poll_step(now - (row.armed_at or now))
        return await self.record.step(row, State.OBSERVING, next_check_at=now + step, tries=row.tries + 1)

    async def _looked(self, row: PublicationRow) -> PublicationRow:
        now = self.record.clock.now()
        async with self.record.database.transaction() as tx:
            return kept(await store.mark_looked(tx, row, now + self.timings.unknown_step(row.unknown_reads + 1)))

    async def _artefact(self, row: PublicationRow) -> ArtefactRow:
        async with self.record.database.transaction() as tx:
            return await store.post_artefact(tx, row)

    async def _read(self, row: PublicationRow, artefact: ArtefactRow) -> ArtefactStatus | None:
        """What the platform says of the artefact; None when it could not be read, which proves nothing."""
        try:
            job = await self.preparing.open(row)
            status = await job.platform.publisher.status(job.access, artefact.ref)
        except (PlatformError, AccountUnavailable) as error:
            if isinstance(error, Reconnect):
                await self.preparing.accounts.needs_reconnect(row.account_id, error)
            raw = error.raw if isinstance(error, PlatformError) else str(error)
            await self._note_new(
                row, Entry("unreadable", Text(N_("The platform could not be asked; we keep looking.")), raw)
            )
            return None
        await self._note_new(row, Entry("status", Text(SAID[status.state]), status.raw))
        return status

    async def _note_new(self, row: PublicationRow, entry: Entry) -> None:
        """A line of the timeline, unless the last one of its kind says the same."""
        async with self.record.database.transaction() as tx:
            if await store.last_words(tx, row, entry.kind) != entry.raw:
                await self.record.tell(tx, row, entry)

    async def _failed(self, row: PublicationRow, artefact: ArtefactRow, status: ArtefactStatus) -> PublicationRow:
        """The platform gave up on it; the list is looked at first. A list that cannot be read proves nothing (I9)."""
        candidates = await self._candidates(row)
        if candidates is None:
            return await self._unless_horizon(row)
        return await self.record.unconfirmed(row, status.raw) if candidates else await self._dead(row, artefact, status)

    async def _settled(self, row: PublicationRow, status: ArtefactStatus) -> PublicationRow:
        """Ready and not published: in flight at first, a soft no once everything has settled."""
        now = self.record.clock.now()
        since = row.unknown_since or now
        if now - since < self.timings.settle or row.unknown_reads < SETTLE_READS:
            return row
        candidates, unchanged = await self._candidates(row), await self._quota_unchanged(row)
        if candidates is None or unchanged is None:
            return await self._unless_horizon(row)
        if candidates or not unchanged:
            return await self._disputed(row, status)
        words = Text(N_("It was not published: the list and the quota did not change. We send the same post again."))
        return await self.record.step(row, State.PREPARED, entry=Entry("soft_no", words, status.raw), next_check_at=now)

    async def _disputed(self, row: PublicationRow, status: ArtefactStatus) -> PublicationRow:
        """The status says no, the list or the quota says yes. It may have been published between the two reads, so the
        status is read once more after a while; a person decides when they still disagree."""
        async with self.record.database.transaction() as tx:
            if not await store.noted_since(tx, row, "disputed", row.unknown_since or row.created_at):
                await self.record.tell(tx, row, Entry("disputed", DISPUTED, status.raw))
                return row
        return await self.record.unconfirmed(row, status.raw)

    async def _candidates(self, row: PublicationRow) -> Sequence[PublishedMedia] | None:
        """Posts that may be ours; None when the list cannot be read or there was no baseline to compare with."""
        try:
            job = await self.preparing.open(row)
            return None if row.baseline is None else await self.linking.candidates(job)
        except (PlatformError, AccountUnavailable):
            return None

    async def _quota_unchanged(self, row: PublicationRow) -> bool | None:
        """Whether the quota used is what it was before arming, but for what else we published; None: not readable."""
        before = (row.baseline or {}).get("quotaUsed")
        if row.baseline is None or before is None:
            return True
        try:
            job = await self.preparing.open(row)
            quota = await job.platform.publisher.quota(job.access)
        except (PlatformError, AccountUnavailable):
            return None
        async with self.record.database.transaction() as tx:
            ours = await store.published_since(tx, row, datetime.fromisoformat(row.baseline["at"]))
        return quota.used <= int(before) + ours

    async def _dead(self, row: PublicationRow, artefact: ArtefactRow, status: ArtefactStatus) -> PublicationRow:
        """Strong no: the artefact can never be published. A new one within policy, else FAILED."""
        end = ArtefactEnd.EXPIRED if status.state is ArtefactState.EXPIRED else ArtefactEnd.FAILED
        now = self.record.clock.now()
        async with self.record.database.transaction() as tx:
            kept(await store.lock_own(tx, row))
            await store.end_artefact(tx, artefact.id, end.value, now, status.raw)
            await store.end_attempts(tx, row, now, "not published")
        passing = status.error is None or isinstance(status.error, Later)
        if passing and row.attempt < MAX_ATTEMPTS:
            words = Text(N_("The platform says that it was not published and never will be; we prepare it again."))
            return await self.record.step(
                row, State.SCHEDULED, entry=Entry("strong_no", words, status.raw), next_check_at=now
            )
        if status.error is not None:
            return await self.record.fail(row, status.error)
        words = Text(N_("The platform gave up on this post."))
        trouble = problem("gave_up", words, Text(N_("Try again.")))
        return await self.record.step(row, State.FAILED, entry=Entry("failed", words, status.raw), trouble=trouble)

    def _past_horizon(self, row: PublicationRow) -> bool:
        return self.record.past_horizon(row, self.timings.horizon)

    async def _unless_horizon(self, row: PublicationRow) -> PublicationRow:
        """Keep looking, until a person has to."""
        return await self.record.unconfirmed(row, "") if self._past_horizon(row) else row

    def _is_fuse(self, row: PublicationRow, artefact: ArtefactRow) -> bool:
        return is_fuse(self.preparing.platforms[row.platform], artefact)

    async def _fuse(self, row: PublicationRow, artefact: ArtefactRow) -> PublicationRow:
        """The link is revoked; never fetched means that the attempt can only fail, fetched that it may be public."""
        async with self.record.database.transaction() as tx:
            await self.preparing.library.revoke_links(tx, row.workspace_id, link_owner(row))
            fetches = await self.preparing.library.fetches(tx, row.workspace_id, link_owner(row))
        if any(fetch.status < 400 for fetch in fetches):
            words = Text(N_("The platform fetched the file: it may have published it."))
            await self._note_new(row, Entry("fetched", words, f"fetched at {fetches[0].at.isoformat()}"))
            candidates = await self._candidates(row) or ()
            if len(candidates) == 1:
                return await self.outcome.published(row, artefact, candidates[0].media_ref, "found in the list")
            return await self._unless_horizon(row)
        pull = self.preparing.platforms[row.platform].publisher.pull_timeout
        if self.record.clock.now() - (row.unknown_since or row.created_at) < pull:
            return row
        return await self._dead(row, artefact, ArtefactStatus(ArtefactState.EXPIRED, "the file was never fetched"))
