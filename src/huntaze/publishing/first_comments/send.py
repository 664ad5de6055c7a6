"""The first comment under a post that is out: intent, one request, and looking until its outcome is known (I11).

Nothing here touches the publication: it stays published. The call cannot be taken back, so it has a step of its own
with a fence and a lease, and what nobody knows is looked at before anything is sent again. Crash points are named.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from huntaze.accounts import Accounts, AccountUnavailable, Throttled
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.jobs import Jobs
from huntaze.kit.log import correlation, get_logger
from huntaze.kit.text import N_, Text, read_text
from huntaze.platforms.contract import Access, Commenter
from huntaze.platforms.errors import Later, PlatformError, Reconnect, Rejected, UnknownOutcome, Unsupported
from huntaze.platforms.registry import Platforms
from huntaze.publishing import first_comment_store as store
from huntaze.publishing.first_comment_model import CommentState, FirstCommentRow, request_hash
from huntaze.publishing.first_comments.look import Look, look
from huntaze.publishing.first_comments.record import CommentRecord, kept
from huntaze.publishing.prepare import stands
from huntaze.publishing.record import Entry, LeaseLost, problem, problem_of
from huntaze.publishing.states import State
from huntaze.publishing.timings import PUBLISH_TIMEOUT, SETTLE_READS, Timings

log = get_logger(__name__)

COMMENT = "publishing.first_comment"
SWEEP_BATCH = 200
MAX_SENDS = 2
"""Sent once more after a settled «it is not there»; then a person decides."""
FOUND = "found under the post"

MISSED = (
    Text(N_("The first comment could not be sent within an hour of the post.")),
    Text(N_("Nothing was sent. Late comments never go out by themselves: try again, or write it in the app.")),
)
REMOVED = (Text(N_("The post is not there any more.")), Text(N_("Nothing was sent.")))
NO_COMMENTS = (Text(N_("This network takes no comments from here.")), Text(N_("Write the comment in its app.")))


class FirstCommenting:
    """WAITING → ARMED → SENT → POSTED, FAILED, or UNKNOWN until somebody has seen."""

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
        self.record = CommentRecord(database, clock)
        self.timings = timings
        self.platforms = platforms
        self.accounts = accounts
        self.jobs = jobs
        self.checkpoints = checkpoints
        self._steps: Mapping[CommentState, Callable[[FirstCommentRow], Awaitable[FirstCommentRow]]] = {
            CommentState.WAITING: self._send,
            CommentState.ARMED: self._recover,
            CommentState.SENT: self._recover,
            CommentState.UNKNOWN: self._look,
        }

    async def sweep(self) -> None:
        """First comments that are due, whatever became of their wake-ups (I8)."""
        now = self.record.clock.now()
        async with self.record.database.transaction() as tx:
            for publication_id in await store.due(tx, now, SWEEP_BATCH):
                await self._wake(tx, publication_id, timedelta(0))

    async def run(self, publication_id: UUID) -> None:
        """One step of a first comment if it is due and free; harmless otherwise."""
        now = self.record.clock.now()
        async with self.record.database.transaction() as tx:
            row = await store.claim(tx, publication_id, now, now + self.timings.send_lease)
        if row is None or (step := self._steps.get(row.now_state)) is None:
            return
        with correlation(str(publication_id)):
            try:
                row = await step(row)
            except LeaseLost:
                log.info("first_comment_taken_over", publication=str(publication_id))
                return
        if row.next_check_at is not None:
            async with self.record.database.transaction() as tx:
                await self._wake(tx, publication_id, row.next_check_at - self.record.clock.now())

    async def _wake(self, tx: Connection, publication_id: UUID, delay: timedelta) -> None:
        payload = {"publication": str(publication_id)}
        wait = max(delay, timedelta(0))
        await self.jobs.enqueue(tx, COMMENT, payload, delay=wait, dedupe=f"{COMMENT}:{publication_id}")

    # --- sending ------------------------------------------------------------------------------------------------

    async def _send(self, row: FirstCommentRow) -> FirstCommentRow:
        """Send it, unless it is too late, is there already, or nobody may act for the account now."""
        if self.record.clock.now() - row.wanted_at > self.timings.grace:
            return await self._missed(row)
        async with self.record.database.transaction() as tx:
            gone = await store.publication_state(tx, row) is not State.PUBLISHED
        if gone:
            return await self.record.fail(row, "removed", *REMOVED)
        commenter = self.platforms[row.platform].commenter
        if commenter is None:
            return await self.record.fail(row, "no_comments", *NO_COMMENTS)
        try:
            await self.accounts.may_publish(row.workspace_id, row.account_id)
            access = await self.accounts.access(row.account_id)
            if row.armed_at is not None and (seen := await self._before_resend(row, access)) is not None:
                return seen
            row = await self._arm(row)
        except AccountUnavailable as error:
            until = error.until if isinstance(error, Throttled) else None
            trouble = problem("account", error.reason, error.remedy)
            return await self._wait(row, until, trouble, Entry("comment_waiting", error.reason))
        return await self._sent(row, access, commenter)

    async def _before_resend(self, row: FirstCommentRow, access: Access) -> FirstCommentRow | None:
        """What was sent once is looked for once more, and a look without an answer waits; None: it is not there."""
        try:
            found = await self._find(row, access)
        except PlatformError as error:
            return await self._wait(row, None, problem_of(error), Entry("comment_waiting", error.message, error.raw))
        if found is None:
            return await self._wait(row, None, None, None)
        if found.comment_ref:
            return await self.record.posted(row, found.comment_ref, FOUND)
        return await self.record.unconfirmed(row) if found.doubtful and row.sends else None

    async def _arm(self, row: FirstCommentRow) -> FirstCommentRow:
        """Commit the intent (I2); the account must still stand."""
        now = self.record.clock.now()
        async with self.record.database.transaction() as tx:
            account = await self.accounts.get(tx, row.workspace_id, row.account_id)
            if account is None or not stands(account):
                note = account.note if account else None
                raise AccountUnavailable(
                    account,
                    note.reason if note else Text(N_("This account is not connected.")),
                    note.remedy if note else Text(N_("Connect it on the page Accounts.")),
                )
            request = request_hash(row.media_ref, row.text)
            armed = kept(await store.arm(tx, row, now, request, now + self.timings.send_lease))
            await self.record.tell(tx, armed, Entry("comment_sending", Text(N_("We sent the first comment."))))
            return armed

    async def _sent(self, row: FirstCommentRow, access: Access, commenter: Commenter) -> FirstCommentRow:
        self.checkpoints.reach("comment.intent")
        async with self.record.database.transaction() as tx:
            row = kept(await store.mark_sent(tx, row))
        self.checkpoints.reach("comment.before_send")
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT.total_seconds() + 5):
                comment_ref = await commenter.comment(access, row.media_ref, row.text)
        except (PlatformError, TimeoutError) as error:
            return await self._not_done(row, error)
        self.checkpoints.reach("comment.answered")
        row = await self.record.posted(row, comment_ref, f"comment {comment_ref}")
        self.checkpoints.reach("comment.committed")
        return row

    async def _not_done(self, row: FirstCommentRow, error: PlatformError | TimeoutError) -> FirstCommentRow:
        """A definite refusal of the white list, or an outcome nobody knows."""
        log.info("first_comment_not_done", error=str(error), kind=type(error).__name__)
        try:
            match error:
                case Later(after=after):
                    until = None if after is None else self.record.clock.now() + after
                    entry = Entry("comment_waiting", error.message, error.raw)
                    return await self._wait(row, until, problem_of(error), entry)
                case Reconnect() | Rejected() | Unsupported():
                    entry = Entry("comment_failed", error.message, error.raw)
                    return await self.record.step(row, CommentState.FAILED, entry=entry, trouble=problem_of(error))
                case _:
                    return await self._unknown(row, error)
        except LeaseLost:
            words = error.message if isinstance(error, PlatformError) else Text(str(error) or "time-out")
            raw = error.raw if isinstance(error, PlatformError) else ""
            async with self.record.database.transaction() as tx:
                await self.record.tell(tx, row, Entry("comment_late_answer", words, raw))
            raise

    async def _wait(
        self, row: FirstCommentRow, until: datetime | None, trouble: dict[str, Any] | None, entry: Entry | None
    ) -> FirstCommentRow:
        """Nothing left, or was refused for a while: again later, until it is too late."""
        again = until or self.record.clock.now() + self.timings.retry_step(row.tries)
        return await self.record.step(
            row,
            CommentState.WAITING,
            entry=entry if row.tries == 0 else None,
            next_check_at=again,
            tries=row.tries + 1,
            trouble=trouble,
        )

    async def _missed(self, row: FirstCommentRow) -> FirstCommentRow:
        """Too late to go out by itself. What kept it is the reason that is told, where one is known."""
        if row.unknown_since is not None:
            return await self.record.unconfirmed(row)
        message, remedy = MISSED
        if row.problem is not None:
            message, remedy = read_text(row.problem["message"]), read_text(row.problem["remedy"])
        return await self.record.fail(row, "missed", message, remedy)

    # --- looking ------------------------------------------------------------------------------------------------

    async def _recover(self, row: FirstCommentRow) -> FirstCommentRow:
        """A send whose worker is gone: its lease has run out, so it is unknown (I7)."""
        return await self._unknown(row, None)

    async def _unknown(self, row: FirstCommentRow, error: Exception | None) -> FirstCommentRow:
        now = self.record.clock.now()
        raw = error.raw if isinstance(error, PlatformError) else str(error or "")
        words = error.message if isinstance(error, UnknownOutcome) else Text(N_("The platform gave no clear answer."))
        async with self.record.database.transaction() as tx:
            unknown = kept(await store.mark_unknown(tx, row, now, now + self.timings.unknown_step(0)))
            await self.record.tell(tx, unknown, Entry("comment_unknown", words, raw))
            return unknown

    async def _look(self, row: FirstCommentRow) -> FirstCommentRow:
        """One look at an unknown outcome, and what follows from it."""
        found = await self._read(row)
        if found is not None and found.comment_ref:
            return await self.record.posted(row, found.comment_ref, FOUND)
        now = self.record.clock.now()
        again = now + self.timings.unknown_step(row.looks + 1)
        async with self.record.database.transaction() as tx:
            row = kept(await store.mark_looked(tx, row, again, answered=found is not None))
        since = row.unknown_since or now
        if found is None:
            return await self.record.unconfirmed(row) if now - since > self.timings.horizon else row
        if now - since < self.timings.settle or row.answers < SETTLE_READS:
            return row
        if found.doubtful or row.sends >= MAX_SENDS:
            return await self.record.unconfirmed(row)
        words = Text(N_("The first comment is not under the post. We send it once more."))
        return await self.record.step(
            row, CommentState.WAITING, entry=Entry("comment_soft_no", words), next_check_at=now
        )

    async def _read(self, row: FirstCommentRow) -> Look | None:
        """What the post shows; None when it could not be read, which proves nothing (I9)."""
        try:
            found = await self._find(row, await self.accounts.access(row.account_id))
        except (PlatformError, AccountUnavailable) as error:
            raw = error.raw if isinstance(error, PlatformError) else str(error)
        else:
            raw = "too many comments"
            if found is not None:
                return found
        if row.looks == row.answers:
            words = Text(N_("The comments could not be read; we keep looking."))
            async with self.record.database.transaction() as tx:
                await self.record.tell(tx, row, Entry("comment_unreadable", words, raw))
        return None

    async def _find(self, row: FirstCommentRow, access: Access) -> Look | None:
        async with self.record.database.transaction() as tx:
            account = await self.accounts.get(tx, row.workspace_id, row.account_id)
        since = (row.armed_at or row.wanted_at) - self.timings.link_slack
        reader = self.platforms[row.platform].reader
        return await look(reader, access, row, account.username if account else "", since)
