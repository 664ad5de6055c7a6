"""Doing at the platform what was asked to be done with a comment: intent, one request, and looking until its outcome is
known (docs/understand/publishing.md, I11).

Answers and private answers cannot be taken back: what nobody knows is looked for before anything is sent again. To
hide, show or delete twice does no harm: reading the comment proves how it stands. Crash points are named.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from huntaze.accounts import AccountRow, Accounts, AccountUnavailable, CallKind, Throttled, Wait
from huntaze.inbox import store
from huntaze.inbox.look import Look, look
from huntaze.inbox.model import VISIBILITY, DeedRow, DeedState, request_hash
from huntaze.inbox.record import DeedRecord, kept
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.jobs import Jobs
from huntaze.kit.log import correlation, get_logger
from huntaze.kit.text import N_, Text, read_text
from huntaze.platforms.contract import Access, CommentDeed, Commenter, CommentRules
from huntaze.platforms.errors import (
    AlreadyDone,
    Later,
    PlatformError,
    Reconnect,
    Rejected,
    UnknownOutcome,
    Unsupported,
)
from huntaze.platforms.registry import Platforms
from huntaze.publishing import Timings
from huntaze.publishing.record import Entry, LeaseLost, problem, problem_of
from huntaze.publishing.timings import PUBLISH_TIMEOUT, SETTLE_READS

log = get_logger(__name__)

DEED = "inbox.deed"
SWEEP_BATCH = 200
MAX_SENDS = 2
"""An answer is sent once more after a settled «it is not there»; then a person decides."""
MAX_REPEATS = 4
"""To hide, show or delete is asked so often in a row before it has failed."""
HOUR = timedelta(hours=1)

MISSED = (
    Text(N_("It could not be done within an hour.")),
    Text(N_("Nothing was sent. Try again, or do it in the network's app.")),
)
TOO_OLD = (
    Text(N_("The time for a private answer is over.")),
    Text(N_("Answer under the comment: the person may write to you then.")),
)
NO_COMMENTS = (Text(N_("This network takes no comments from here.")), Text(N_("Do it in the network's own app.")))
NOT_TAKEN = (
    Text(N_("The network answered, but the comment is as it was.")),
    Text(N_("Try again later, or do it in the network's app.")),
)


class Deeds:
    """WAITING → ARMED → SENT → DONE, FAILED, or UNKNOWN until somebody has seen."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        timings: Timings,
        platforms: Platforms,
        accounts: Accounts,
        jobs: Jobs,
        checkpoints: Checkpoints,
    ) -> None:
        self.record = DeedRecord(database, clock, accounts)
        self.timings = timings
        self.platforms = platforms
        self.accounts = accounts
        self.jobs = jobs
        self.checkpoints = checkpoints
        self._steps: Mapping[DeedState, Callable[[DeedRow], Awaitable[DeedRow]]] = {
            DeedState.WAITING: self._send,
            DeedState.ARMED: self._recover,
            DeedState.SENT: self._recover,
            DeedState.UNKNOWN: self._look,
        }

    async def sweep(self) -> None:
        """Deeds that are due, whatever became of their wake-ups (I8)."""
        async with self.record.database.transaction() as tx:
            for deed_id in await store.due(tx, self.record.clock.now(), SWEEP_BATCH):
                await wake(tx, self.jobs, deed_id)

    async def run(self, deed_id: UUID) -> None:
        """One step of a deed if it is due and free; harmless otherwise."""
        now = self.record.clock.now()
        async with self.record.database.transaction() as tx:
            row = await store.claim(tx, deed_id, now, now + self.timings.send_lease)
        if row is None or (step := self._steps.get(row.now_state)) is None:
            return
        with correlation(str(deed_id)):
            try:
                row = await step(row)
            except LeaseLost:
                log.info("deed_taken_over", deed=str(deed_id))
                return
        if row.next_check_at is not None:
            async with self.record.database.transaction() as tx:
                await wake(tx, self.jobs, deed_id, row.next_check_at - self.record.clock.now())

    # --- sending ------------------------------------------------------------------------------------------------

    async def _send(self, row: DeedRow) -> DeedRow:
        """Send it, unless it is too late, is done already, or nobody may act for the account now."""
        now = self.record.clock.now()
        commenter = self.platforms[row.platform].commenter
        if commenter is None:
            return await self.record.fail(row, "no_comments", *NO_COMMENTS)
        if now - row.wanted_at > self.timings.grace:
            return await self._missed(row)
        if row.deed is CommentDeed.PRIVATE_REPLY and now > row.commented_at + commenter.rules.private_within:
            return await self._over(row)
        try:
            await self._may_call(row, commenter.rules)
            account, access = await self._acting(row)
            if row.armed_at is not None and (seen := await self._before_resend(row, account, access)) is not None:
                return seen
            row = await self._arm(row)
        except AccountUnavailable as error:
            until = error.until if isinstance(error, Throttled) else None
            trouble = problem("account", error.reason, error.remedy)
            return await self._wait(row, until, trouble, Entry("waiting", error.reason))
        return await self._sent(row, access, commenter)

    async def _may_call(self, row: DeedRow, rules: CommentRules) -> None:
        """Raises ``Throttled`` while the platform takes no such calls, or an hour's private answers are used up
        (instagram.md §5.1)."""
        if row.deed is not CommentDeed.PRIVATE_REPLY:
            await self.accounts.may_publish(row.workspace_id, row.account_id)
            return
        answer = await self.accounts.governor.allow(CallKind.MESSAGE, row.workspace_id, row.account_id)
        if isinstance(answer, Wait):
            raise Throttled(answer.until)
        async with self.record.database.transaction() as tx:
            sends = await store.private_sends(tx, row, self.record.clock.now() - HOUR)
        if rules.private_an_hour and len(sends) >= rules.private_an_hour:
            raise Throttled(sends[-rules.private_an_hour] + HOUR)

    async def _acting(self, row: DeedRow) -> tuple[AccountRow, Access]:
        """The account, which must still stand, and the right to act for it. Raises ``AccountUnavailable``."""
        async with self.record.database.transaction() as tx:
            account = await self.accounts.get(tx, row.workspace_id, row.account_id)
        if account is None or account.disconnected_at is not None or account.note is not None:
            note = account.note if account else None
            raise AccountUnavailable(
                account,
                note.reason if note else Text(N_("This account is not connected.")),
                note.remedy if note else Text(N_("Connect it on the page Accounts.")),
            )
        return account, await self.accounts.access(row.account_id)

    async def _before_resend(self, row: DeedRow, account: AccountRow, access: Access) -> DeedRow | None:
        """What was sent once is looked for once more, and a look without an answer waits; None: it is not done."""
        try:
            found = await self._find(row, account, access)
        except PlatformError as error:
            return await self._wait(row, None, problem_of(error), Entry("waiting", error.message, error.raw))
        if found.doubtful and row.sends:
            return await self.record.unconfirmed(row)
        return await self._settled(row, found)

    async def _arm(self, row: DeedRow) -> DeedRow:
        """Commit the intent (I2)."""
        now = self.record.clock.now()
        async with self.record.database.transaction() as tx:
            armed = kept(await store.arm(tx, row, now, request_hash(row), now + self.timings.send_lease))
            await self.record.tell(tx, armed, Entry("sending", Text(N_("We sent it to the network."))))
            return armed

    async def _sent(self, row: DeedRow, access: Access, commenter: Commenter) -> DeedRow:
        self.checkpoints.reach("deed.intent")
        async with self.record.database.transaction() as tx:
            row = kept(await store.mark_sent(tx, row))
        self.checkpoints.reach("deed.before_send")
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT.total_seconds() + 5):
                result_ref = await _ask(commenter, access, row)
        except (PlatformError, TimeoutError) as error:
            return await self._not_done(row, error)
        self.checkpoints.reach("deed.answered")
        row = await self.record.done(row, result_ref, result_ref)
        self.checkpoints.reach("deed.committed")
        return row

    async def _not_done(self, row: DeedRow, error: PlatformError | TimeoutError) -> DeedRow:
        """A definite refusal, or an outcome nobody knows. What comes after the fence was lost is kept as evidence."""
        log.info("deed_not_done", error=str(error), kind=type(error).__name__, deed=row.kind)
        try:
            return await self._refused(row, error)
        except LeaseLost:
            words = error.message if isinstance(error, PlatformError) else Text(str(error) or "time-out")
            raw = error.raw if isinstance(error, PlatformError) else ""
            async with self.record.database.transaction() as tx:
                await self.record.tell(tx, row, Entry("late_answer", words, raw))
            raise

    async def _refused(self, row: DeedRow, error: PlatformError | TimeoutError) -> DeedRow:
        match error:
            case AlreadyDone() if row.unknown_since is not None:
                return await self._used(row, error)
            case Later(after=after, sent=sent) if row.deed not in VISIBILITY or after is not None or not sent:
                until = None if after is None else self.record.clock.now() + after
                return await self._wait(row, until, problem_of(error), Entry("waiting", error.message, error.raw))
            case Reconnect() | Rejected() | Unsupported():
                entry = Entry("failed", error.message, error.raw)
                return await self.record.step(row, DeedState.FAILED, entry=entry, trouble=problem_of(error))
        return await self._unknown(row, error)

    async def _used(self, row: DeedRow, error: AlreadyDone) -> DeedRow:
        """One private answer a comment: a request of which nobody knew has taken it, if the comment is still there."""
        try:
            _, access = await self._acting(row)
            commenter = self.platforms[row.platform].commenter
            seen = await commenter.seen(access, row.comment_ref, row.media_ref) if commenter else None
        except (PlatformError, AccountUnavailable) as unread:
            return await self._unknown(row, unread)
        if seen is None or not seen.there:
            return await self.record.unconfirmed(row)
        return await self.record.done(row, "", error.raw)

    async def _wait(
        self, row: DeedRow, until: datetime | None, trouble: dict[str, Any] | None, entry: Entry | None
    ) -> DeedRow:
        """Nothing left, or was refused for a while: again later, until it is too late."""
        again = until or self.record.clock.now() + self.timings.retry_step(row.tries)
        return await self.record.step(
            row,
            DeedState.WAITING,
            entry=entry if row.tries == 0 else None,
            next_check_at=again,
            tries=row.tries + 1,
            trouble=trouble,
        )

    async def _missed(self, row: DeedRow) -> DeedRow:
        """Too late to be done by itself. What kept it is the reason that is told, where one is known."""
        if row.unknown_since is not None:
            return await self.record.unconfirmed(row)
        message, remedy = MISSED
        if row.problem is not None:
            message, remedy = read_text(row.problem["message"]), read_text(row.problem["remedy"])
        return await self.record.fail(row, "missed", message, remedy)

    async def _over(self, row: DeedRow) -> DeedRow:
        if row.unknown_since is not None:
            return await self.record.unconfirmed(row)
        return await self.record.fail(row, "window_over", *TOO_OLD)

    # --- looking ------------------------------------------------------------------------------------------------

    async def _recover(self, row: DeedRow) -> DeedRow:
        """A send whose worker is gone: its lease has run out, so it is unknown (I7)."""
        return await self._unknown(row, None)

    async def _unknown(self, row: DeedRow, error: Exception | None) -> DeedRow:
        now = self.record.clock.now()
        raw = error.raw if isinstance(error, PlatformError) else str(error or "")
        words = error.message if isinstance(error, UnknownOutcome) else Text(N_("The platform gave no clear answer."))
        async with self.record.database.transaction() as tx:
            unknown = kept(await store.mark_unknown(tx, row, now, now + self.timings.unknown_step(0)))
            await self.record.tell(tx, unknown, Entry("unknown", words, raw))
            return unknown

    async def _look(self, row: DeedRow) -> DeedRow:
        """One look at an unknown outcome, and what follows from it."""
        found = await self._read(row)
        if found is not None and (seen := await self._settled(row, found)) is not None:
            return seen
        now = self.record.clock.now()
        again = now + self.timings.unknown_step(row.looks + 1)
        async with self.record.database.transaction() as tx:
            row = kept(await store.mark_looked(tx, row, again, answered=found is not None))
        since = row.unknown_since or now
        if found is None:
            return await self.record.unconfirmed(row) if now - since > self.timings.horizon else row
        if row.deed in VISIBILITY:
            return await self._repeat(row)
        if now - since < self.timings.settle or row.answers < SETTLE_READS:
            return row
        if found.doubtful or row.sends >= MAX_SENDS:
            return await self.record.unconfirmed(row)
        words = Text(N_("It is not there. We send it once more."))
        return await self.record.step(row, DeedState.WAITING, entry=Entry("soft_no", words), next_check_at=now)

    async def _repeat(self, row: DeedRow) -> DeedRow:
        """The comment is as it was: ask again, which does no harm, a few times."""
        if row.sends >= MAX_REPEATS:
            return await self.record.fail(row, "not_taken", *NOT_TAKEN)
        words = Text(N_("The comment is as it was. We ask once more."))
        now = self.record.clock.now()
        return await self.record.step(row, DeedState.WAITING, entry=Entry("soft_no", words), next_check_at=now)

    async def _settled(self, row: DeedRow, found: Look) -> DeedRow | None:
        """What a look decides; None: nothing yet."""
        if found.done:
            return await self.record.done(row, found.result_ref, "found")
        return await self.record.gone(row) if found.gone else None

    async def _read(self, row: DeedRow) -> Look | None:
        """What is there; None when it could not be read, which proves nothing (I9)."""
        try:
            account, access = await self._acting(row)
            return await self._find(row, account, access)
        except (PlatformError, AccountUnavailable) as error:
            raw = error.raw if isinstance(error, PlatformError) else str(error)
        if row.looks == row.answers:
            words = Text(N_("It could not be looked up; we keep looking."))
            async with self.record.database.transaction() as tx:
                await self.record.tell(tx, row, Entry("unreadable", words, raw))
        return None

    async def _find(self, row: DeedRow, account: AccountRow, access: Access) -> Look:
        commenter = self.platforms[row.platform].commenter
        if commenter is None:
            return Look()
        since = (row.armed_at or row.wanted_at) - self.timings.link_slack
        return await look(self.record.database, commenter, access, account, row, since)


async def wake(tx: Connection, jobs: Jobs, deed_id: UUID, delay: timedelta = timedelta(0)) -> None:
    """A wake-up for a deed."""
    payload, wait = {"deed": str(deed_id)}, max(delay, timedelta(0))
    await jobs.enqueue(tx, DEED, payload, delay=wait, dedupe=f"{DEED}:{deed_id}")


async def _ask(commenter: Commenter, access: Access, row: DeedRow) -> str:
    """The one request; the id of what it made, if anything."""
    match row.deed:
        case CommentDeed.REPLY:
            return await commenter.reply(access, row.comment_ref, row.text)
        case CommentDeed.PRIVATE_REPLY:
            return await commenter.private_reply(access, row.comment_ref, row.text)
        case CommentDeed.DELETE:
            await commenter.delete(access, row.comment_ref)
        case deed:
            await commenter.hide(access, row.comment_ref, hidden=deed is CommentDeed.HIDE)
    return ""
