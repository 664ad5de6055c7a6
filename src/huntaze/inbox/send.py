"""What was asked to be done with a comment, as calls that are made once (I11).

Answers and private answers cannot be taken back. To hide, show or delete twice does no harm: reading the comment proves
how it stands.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from huntaze.accounts import AccountRow, Accounts, CallKind, Throttled, Wait
from huntaze.inbox import store
from huntaze.inbox.look import look
from huntaze.inbox.model import VISIBILITY, DeedRow
from huntaze.inbox.record import DeedRecord
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.jobs import Jobs
from huntaze.kit.text import N_, Text
from huntaze.once import Entry, Errand, Harmless, Look, Refusal, Sayings
from huntaze.platforms.contract import Access, CommentDeed, Commenter
from huntaze.platforms.errors import Unsupported
from huntaze.platforms.registry import Platforms

DEED = "inbox.deed"
HOUR = timedelta(hours=1)

SAYINGS = Sayings(
    sending=Text(N_("We sent it to the network.")),
    done=Text(N_("It is done.")),
    unreadable=Text(N_("It could not be looked up; we keep looking.")),
    not_there=Text(N_("It is not there. We send it once more.")),
    missed=Refusal(
        "missed",
        Text(N_("It could not be done within an hour.")),
        Text(N_("Nothing was sent. Try again, or do it in the network's app.")),
    ),
    unconfirmed=Refusal(
        "unconfirmed",
        Text(N_("Nobody can tell whether this was done.")),
        Text(N_("Look in the network's app: say that it is done, or that it is not and do it again.")),
    ),
)
HARMLESS = Harmless(
    again=Text(N_("The comment is as it was. We ask once more.")),
    not_taken=Refusal(
        "not_taken",
        Text(N_("The network answered, but the comment is as it was.")),
        Text(N_("Try again later, or do it in the network's app.")),
    ),
)
TOO_OLD = Refusal(
    "window_over",
    Text(N_("The time for a private reply is over.")),
    Text(N_("Reply under the comment: the person may write to you then.")),
)
NO_COMMENTS = Refusal(
    "no_comments", Text(N_("This network takes no comments from here.")), Text(N_("Do it in the network's own app."))
)


class Deeds(Errand[DeedRow]):
    """Answers, private answers, hiding, showing and deleting."""

    name = "deed"
    writes = store.WRITES
    sayings = SAYINGS

    def __init__(self, database: Database, clock: Clock, platforms: Platforms, accounts: Accounts, jobs: Jobs) -> None:
        self.database = database
        self.clock = clock
        self.platforms = platforms
        self.accounts = accounts
        self.jobs = jobs
        self.record = DeedRecord(clock, accounts)

    async def wake(self, tx: Connection, call_id: UUID, delay: timedelta) -> None:
        """A wake-up."""
        await wake(tx, self.jobs, call_id, delay)

    async def tell(self, tx: Connection, row: DeedRow, entry: Entry | None) -> None:
        """A line of the deed's course and its event."""
        await self.record.tell(tx, row, entry)

    async def reflect(self, tx: Connection, row: DeedRow) -> None:
        """What a deed that is done changes in the mirror."""
        await self.record.reflect(tx, row)

    def request(self, row: DeedRow) -> tuple[str, ...]:
        """What is done, with which comment, in which words."""
        return row.kind, row.comment_ref, row.text

    async def refusal(self, row: DeedRow) -> Refusal | None:
        """A network without comments, and a private answer has its time."""
        commenter = self.platforms[row.platform].commenter
        if commenter is None:
            return NO_COMMENTS
        private, end = row.deed is CommentDeed.PRIVATE_REPLY, row.commented_at + commenter.rules.private_within
        return TOO_OLD if private and self.clock.now() > end else None

    def harmless(self, row: DeedRow) -> Harmless | None:
        """Hiding, showing and deleting."""
        return HARMLESS if row.deed in VISIBILITY else None

    async def may_call(self, row: DeedRow) -> None:
        """Raises ``Throttled`` while the platform takes no such calls, or an hour's private answers are used up
        (instagram.md §5.1)."""
        if row.deed is not CommentDeed.PRIVATE_REPLY:
            await self.accounts.may_publish(row.workspace_id, row.account_id)
            return
        answer = await self.accounts.governor.allow(CallKind.MESSAGE, row.workspace_id, row.account_id)
        if isinstance(answer, Wait):
            raise Throttled(answer.until)
        async with self.database.transaction() as tx:
            sends = await store.private_sends(tx, row, self.clock.now() - HOUR)
        most = self._commenter(row).rules.private_an_hour
        if most and len(sends) >= most:
            raise Throttled(sends[-most] + HOUR)

    async def send(self, row: DeedRow, access: Access) -> str:
        """The one request; the id of what it made, if anything."""
        commenter = self._commenter(row)
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

    async def look(self, row: DeedRow, account: AccountRow, access: Access, since: datetime) -> Look:
        """What the platform and the mirror show of it."""
        return await look(self.database, self.clock, self._commenter(row), access, account, row, since)

    async def used_up(self, row: DeedRow, access: Access) -> bool:
        """One private answer a comment: a request of which nobody knew has taken it, if the comment is still there."""
        return (await self._commenter(row).seen(access, row.comment_ref, row.media_ref)).there

    def _commenter(self, row: DeedRow) -> Commenter:
        commenter = self.platforms[row.platform].commenter
        if commenter is None:
            raise Unsupported(NO_COMMENTS.message, NO_COMMENTS.remedy, platform=row.platform, code=NO_COMMENTS.code)
        return commenter


async def wake(tx: Connection, jobs: Jobs, deed_id: UUID, delay: timedelta = timedelta(0)) -> None:
    """A wake-up for a deed."""
    payload, wait = {"deed": str(deed_id)}, max(delay, timedelta(0))
    await jobs.enqueue(tx, DEED, payload, delay=wait, dedupe=f"{DEED}:{deed_id}")
