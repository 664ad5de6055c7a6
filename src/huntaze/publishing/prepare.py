"""Making ready: everything a post needs at the platform before the call that cannot be taken back.

Nothing here is public, so all of it may be repeated.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from huntaze.accounts import Accounts, AccountUnavailable, Throttled
from huntaze.kit.text import N_, Text
from huntaze.library import Library, LibraryError
from huntaze.once import Entry, kept, problem, problem_of
from huntaze.platforms.contract import ArtefactStatus, Baseline
from huntaze.platforms.errors import Later, PlatformError, Reconnect, UnknownOutcome
from huntaze.platforms.registry import Platforms
from huntaze.publishing import store
from huntaze.publishing.making import AlreadyPublished, ArtefactDead, Job, Making
from huntaze.publishing.model import ArtefactRow, HeldReason, PublicationRow, Role
from huntaze.publishing.outcome import Outcome
from huntaze.publishing.record import Record
from huntaze.publishing.states import State
from huntaze.publishing.timings import MAX_ATTEMPTS, Timings

LONG_WAIT = timedelta(minutes=10)
"""A platform that names a longer wait than this holds the post, with the time shown."""


class Preparing:
    """SCHEDULED → PREPARING → PREPARED."""

    def __init__(
        self,
        record: Record,
        timings: Timings,
        platforms: Platforms,
        accounts: Accounts,
        library: Library,
        outcome: Outcome,
        making: Making,
    ) -> None:
        self.record = record
        self.timings = timings
        self.platforms = platforms
        self.accounts = accounts
        self.library = library
        self.outcome = outcome
        self.making = making

    async def start(self, row: PublicationRow) -> PublicationRow:
        """Begin a generation of artefacts, unless the time has long passed."""
        if self.record.late(row, self.timings.grace):
            return await self.record.missed(row)
        async with self.record.database.transaction() as tx:
            started = kept(await store.next_attempt(tx, row, self.record.clock.now()))
            await self.record.tell(tx, started, Entry("preparing", Text(N_("We began to prepare this post."))))
            return started

    async def run(self, row: PublicationRow) -> PublicationRow:
        """Make everything ready; the next state, whatever happens."""
        try:
            job = await self.open(row)
            artefact, baseline = await self._make(job)
            return await self._prepared(row, artefact, baseline)
        except AccountUnavailable as error:
            return await self.hold_unavailable(row, error)
        except ArtefactDead as dead:
            return await self.start_over(row, dead)
        except AlreadyPublished as found:
            return await self.outcome.published(row, found.artefact, found.status.media_ref, found.status.raw)
        except Reconnect as error:
            return await self.hold_broken(row, error)
        except (Later, UnknownOutcome) as error:
            return await self._wait(row, error)
        except PlatformError as error:
            return await self.record.fail(row, error)
        except LibraryError as error:
            return await self._file_gone(row, error)

    async def hold_broken(self, row: PublicationRow, error: Reconnect) -> PublicationRow:
        """A person must connect the account again; its health says so too."""
        await self.accounts.needs_reconnect(row.account_id, error)
        return await self.record.hold(row, HeldReason.RECONNECT, error.message, error.remedy, raw=error.raw)

    async def hold_unavailable(self, row: PublicationRow, error: AccountUnavailable) -> PublicationRow:
        """Nobody can act for the account. One that came back in this very moment was released before it was held."""
        if isinstance(error, Throttled):
            return await self.record.hold(row, HeldReason.THROTTLED, error.reason, error.remedy, until=error.until)
        held = await self.record.hold(row, HeldReason.RECONNECT, error.reason, error.remedy)
        if error.account is None or error.account.stands:
            return held
        async with self.record.database.transaction() as tx:
            account = await self.accounts.get(tx, row.workspace_id, row.account_id)
            if account is None or not account.stands:
                return held
            again = Entry("released", Text(N_("The account works again.")))
            free = kept(await store.step(tx, held, State.SCHEDULED, self.record.clock.now(), 0, None, "", None))
            await self.record.tell(tx, free, again)
            return free

    async def open(self, row: PublicationRow) -> Job:
        """The post, its files and the right to act. Raises ``AccountUnavailable``; before the send that is also an
        account that the platform has blocked, while what was sent is looked for all the same."""
        if row.now_state in (State.PREPARING, State.PREPARED):
            await self.accounts.may_publish(row.workspace_id, row.account_id)
        async with self.record.database.transaction() as tx:
            post = await store.post(tx, row.workspace_id, row.post_id)
            assets = await self.library.assets(tx, row.workspace_id, post.asset_ids)
        access = await self.accounts.access(row.account_id)
        return Job(row, post, tuple(assets), access, self.platforms[row.platform], self.library)

    async def read_baseline(self, job: Job) -> Baseline | None:
        """What is public now; None when the platform does not say (then an unknown outcome goes to a person).

        Raises ``Reconnect``: a token that may not read is not sent with.
        """
        try:
            return await job.platform.publisher.baseline(job.access)
        except Reconnect:
            raise
        except PlatformError:
            return None

    async def _make(self, job: Job) -> tuple[ArtefactRow, Baseline | None]:
        post = await self.making.post(job)
        baseline = asyncio.create_task(self.read_baseline(job))
        try:
            await self.making.wait_ready(job, post)
            return post, await baseline
        finally:
            baseline.cancel()
            await asyncio.gather(baseline, return_exceptions=True)

    async def _prepared(self, row: PublicationRow, artefact: ArtefactRow, baseline: Baseline | None) -> PublicationRow:
        now = self.record.clock.now()
        due = row.due_at or now
        async with self.record.database.transaction() as tx:
            arm_from = max(now, due - self.timings.arm_lead)
            kept(await store.step(tx, row, State.PREPARED, arm_from, 0, None, "", None))
            await store.artefact_ready(tx, artefact.id, now, "")
            moved = kept(await store.set_baseline(tx, row, baseline, now))
            entry = Entry("prepared", Text(N_("Everything is ready at the platform."))) if due > now else None
            await self.record.tell(tx, moved, entry)
            return moved

    async def start_over(self, row: PublicationRow, dead: ArtefactDead) -> PublicationRow:
        """What was made is dead: a new generation within policy, else FAILED with the platform's reason."""
        await self.making.bury(dead)
        error = dead.status.error
        if error is not None and dead.artefact.role == Role.ITEM:
            error.file = dead.artefact.position
        if dead.may_try_again and row.attempt < MAX_ATTEMPTS:
            return await self.record.step(
                row,
                State.SCHEDULED,
                entry=Entry(
                    "again",
                    Text(N_("The platform could not use what we prepared; we prepare it again.")),
                    dead.status.raw,
                ),
                next_check_at=self.record.clock.now() + self.timings.retry_step(row.attempt),
                trouble=problem_of(error) if error else None,
            )
        return await self.record.fail(row, error or _gone(row, dead.status))

    async def _wait(self, row: PublicationRow, error: PlatformError) -> PublicationRow:
        """Trouble that passes: try again later, until the post is too late to go out by itself."""
        if self.record.late(row, self.timings.grace):
            return await self.record.missed(row)
        after = error.after if isinstance(error, Later) and error.after else self.timings.retry_step(row.tries)
        if after > LONG_WAIT:
            until = self.record.clock.now() + after
            return await self.record.hold(
                row, HeldReason.THROTTLED, error.message, error.remedy, until=until, raw=error.raw
            )
        return await self.record.step(
            row,
            State.PREPARING,
            entry=Entry("waiting", error.message, error.raw) if row.tries == 0 else None,
            next_check_at=self.record.clock.now() + after,
            tries=row.tries + 1,
            trouble=problem_of(error),
        )

    async def _file_gone(self, row: PublicationRow, error: LibraryError) -> PublicationRow:
        """A file of the post cannot be lent any more."""
        return await self.record.step(
            row,
            State.FAILED,
            entry=Entry("failed", error.message),
            trouble=problem(error.code, error.message, error.remedy),
        )


def _gone(row: PublicationRow, status: ArtefactStatus) -> PlatformError:
    return PlatformError(
        Text(N_("The platform gave up on this post before it was published.")),
        Text(N_("Try again; if it fails again, check the file.")),
        platform=row.platform,
        raw=status.raw,
    )
