"""Work on comments for requests: what may be done, asking for it, deciding about it. The worker's door is ``tasks``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from uuid import UUID

from huntaze.accounts import AccountRow, Accounts
from huntaze.crm import CommentFilter, CommentRow, MediaRow, Own, threads
from huntaze.identity import Actor
from huntaze.inbox import rules, store
from huntaze.inbox.errors import TooLate, UnderWay, UnknownComment
from huntaze.inbox.model import FACES, WRITTEN, DeedRow, allows
from huntaze.inbox.record import DeedRecord
from huntaze.inbox.rules import Subject
from huntaze.inbox.send import wake
from huntaze.inbox.views import CommentView, ThreadView
from huntaze.kit.clock import Clock
from huntaze.kit.cursors import Place
from huntaze.kit.db import Connection, Database, UniqueViolation
from huntaze.kit.jobs import Jobs
from huntaze.kit.text import N_, Text
from huntaze.once import CallAction, CallState, Entry
from huntaze.platforms.contract import CommentDeed
from huntaze.platforms.registry import Platforms

REPLIES_SHOWN = 40
"""Of each thread in a list, the newest."""

AtCommit = Callable[[Connection, DeedRow], Awaitable[None]]


class CommentWork:
    """The front door of the room."""

    def __init__(self, database: Database, clock: Clock, platforms: Platforms, accounts: Accounts, jobs: Jobs) -> None:
        self.database = database
        self.clock = clock
        self.platforms = platforms
        self.accounts = accounts
        self.jobs = jobs
        self.record = DeedRecord(clock, accounts)

    # --- asking -------------------------------------------------------------------------------------------------

    async def ask(
        self,
        actor: Actor,
        comment_id: UUID,
        deed: CommentDeed,
        text: str = "",
        *,
        form_key: str | None = None,
        at_commit: AtCommit | None = None,
    ) -> DeedRow:
        """Have something done with a comment; it is under way when this returns. ``form_key``: what was asked with it
        before is given again. Raises ``InboxError``."""
        try:
            async with self.database.transaction() as tx:
                known = await store.of_form(tx, actor.workspace_id, form_key) if form_key else None
                row = known or await self._asked(tx, actor, comment_id, deed, _tidy(text), form_key)
                if at_commit is not None:
                    await at_commit(tx, row)
                return row
        except UniqueViolation:
            raise UnderWay from None

    async def _asked(
        self, tx: Connection, actor: Actor, comment_id: UUID, deed: CommentDeed, text: str, form_key: str | None
    ) -> DeedRow:
        now = self.clock.now()
        subject = await self._subject(tx, actor.workspace_id, comment_id)
        rules.check(subject, deed, text, now)
        if any(row.open and row.deed is deed and row.text == text for row in subject.deeds):
            raise UnderWay
        entry = Entry("asked", Text(N_("%(who)s asked for it."), {"who": actor.name}))
        row: DeedRow | None
        if deed is CommentDeed.PRIVATE_REPLY and (before := await self._private_before(tx, subject)) is not None:
            row = await store.ask_again(tx, before, now, [CallState.FAILED], text, actor.name)
        else:
            row = await store.insert(tx, _new(subject, deed, text, actor, form_key), now)
        if row is None:
            raise UnderWay
        await self.record.tell(tx, row, entry, actor.name)
        await wake(tx, self.jobs, row.id)
        return row

    async def _private_before(self, tx: Connection, subject: Subject) -> DeedRow | None:
        """The private answer that failed before; a comment has one only, put away or not."""
        comment = subject.comment
        return await store.private_reply_of(tx, comment.workspace_id, comment.account_id, comment.comment_ref)

    async def retry(self, actor: Actor, deed_id: UUID, *, looked: bool = False) -> DeedRow:
        """Again, what is known to have failed; with ``looked`` what is unconfirmed, kept as evidence (I10). Raises
        ``InboxError``."""
        action, kind, words = CallAction.RETRY, "retry", N_("%(who)s wants it done again.")
        if looked:
            action, kind = CallAction.RETRY_LOOKED, "looked"
            words = N_("%(who)s looked: it is not done. Do it again.")
        try:
            async with self.database.transaction() as tx:
                row = await self._open(tx, actor, deed_id, action)
                subject = await self._subject(tx, actor.workspace_id, row.comment_id, but=row.id)
                now = self.clock.now()
                rules.check(subject, row.deed, row.text, now)
                again = await store.ask_again(tx, row, now, FACES.that_allow(action), row.text, actor.name)
                changed = await self._told(tx, again, Entry(kind, Text(words, {"who": actor.name})), actor)
                await wake(tx, self.jobs, changed.id)
                return changed
        except UniqueViolation:
            raise UnderWay from None

    async def there(self, actor: Actor, deed_id: UUID) -> DeedRow:
        """A person saw that it was done. Raises ``InboxError``."""
        words = Text(N_("%(who)s looked: it is done."), {"who": actor.name})
        async with self.database.transaction() as tx:
            row = await self._open(tx, actor, deed_id, CallAction.CONFIRM)
            confirmed = await store.WRITES.confirm(tx, row, FACES.that_allow(CallAction.CONFIRM))
            changed = await self._told(tx, confirmed, Entry("confirmed", words), actor)
            await self.record.reflect(tx, changed)
            return changed

    async def dismiss(self, actor: Actor, deed_id: UUID) -> DeedRow:
        """A person has seen that it failed. Raises ``InboxError``."""
        words = Text(N_("%(who)s put it away."), {"who": actor.name})
        async with self.database.transaction() as tx:
            row = await self._open(tx, actor, deed_id, CallAction.DISMISS)
            dismissed = await store.dismiss(tx, row, self.clock.now(), FACES.that_allow(CallAction.DISMISS))
            return await self._told(tx, dismissed, Entry("dismissed", words), actor)

    async def _open(self, tx: Connection, actor: Actor, deed_id: UUID, action: CallAction) -> DeedRow:
        row = await store.lock(tx, actor.workspace_id, deed_id)
        if row is None:
            raise UnknownComment
        if not allows(row, action):
            raise TooLate
        return row

    async def _told(self, tx: Connection, row: DeedRow | None, entry: Entry, actor: Actor) -> DeedRow:
        if row is None:
            raise TooLate
        await self.record.tell(tx, row, entry, actor.name)
        return row

    async def forget_person(self, tx: Connection, workspace_id: UUID, platform: str, person_ref: str) -> int:
        """Forget what was done with the comments of a person; how many rows held them."""
        return await store.forget_person(tx, workspace_id, platform, person_ref)

    # --- reading ------------------------------------------------------------------------------------------------

    async def own(self, tx: Connection, workspace_id: UUID) -> tuple[Own, ...]:
        """By what the comments of the live accounts themselves are known."""
        return tuple(_own(row) for row in await self.accounts.list_accounts(tx, workspace_id))

    async def deed(self, workspace_id: UUID, deed_id: UUID) -> DeedRow | None:
        """One thing that was asked for."""
        async with self.database.transaction() as tx:
            return await store.get(tx, workspace_id, deed_id)

    async def view(self, workspace_id: UUID, comment_id: UUID) -> CommentView | None:
        """One comment with all that was done with it, step by step; None when there is none."""
        async with self.database.transaction() as tx:
            row = await threads.comment(tx, workspace_id, comment_id)
            if row is None:
                return None
            (view,) = await self._views(tx, workspace_id, [row])
            lines = await store.lines(tx, workspace_id, [one.id for one in view.subject.deeds])
        return CommentView(view.subject, view.permitted, lines)

    async def comments(
        self, workspace_id: UUID, wanted: CommentFilter, before: Place | None, limit: int
    ) -> list[CommentView]:
        """Comments and replies one by one, newest first."""
        async with self.database.transaction() as tx:
            rows = await threads.comments(tx, workspace_id, wanted, before, limit)
            return await self._views(tx, workspace_id, rows)

    async def threads(
        self, workspace_id: UUID, wanted: CommentFilter, before: Place | None, limit: int
    ) -> list[ThreadView]:
        """Threads, that with the newest word first."""
        async with self.database.transaction() as tx:
            last = await threads.threads(tx, workspace_id, wanted, before, limit)
            return await self._threads(tx, workspace_id, last)

    async def thread(self, workspace_id: UUID, account_id: UUID, comment_ref: str) -> ThreadView | None:
        """The thread in which a comment stands; None when nothing of it is there."""
        async with self.database.transaction() as tx:
            row = await threads.comment_named(tx, workspace_id, account_id, comment_ref)
            found = await self._threads(tx, workspace_id, [row]) if row is not None else []
        return found[0] if found and found[0].said else None

    async def _threads(self, tx: Connection, workspace_id: UUID, last: Sequence[CommentRow]) -> list[ThreadView]:
        said = await threads.spoken_in(tx, workspace_id, [threads.thread_of(row) for row in last], REPLIES_SHOWN)
        rows = [row for group in said.values() for row in group]
        views = {view.comment.id: view for view in await self._views(tx, workspace_id, rows)}
        return [
            ThreadView(
                last=row,
                said=[views[one.id] for one in said[threads.thread_of(row)]],
                cut=len(said[threads.thread_of(row)]) > REPLIES_SHOWN,
            )
            for row in last
        ]

    async def _views(self, tx: Connection, workspace_id: UUID, rows: Sequence[CommentRow]) -> list[CommentView]:
        """Comments with what decides about them, in a few reads for all."""
        accounts = await self._accounts(tx, workspace_id, {row.account_id for row in rows})
        media = await threads.media_of(tx, workspace_id, rows)
        deeds: dict[UUID, list[DeedRow]] = {row.id: [] for row in rows}
        for deed in await store.of_comments(tx, workspace_id, list(deeds)):
            deeds[deed.comment_id].append(deed)
        now = self.clock.now()
        subjects = [
            self._about(row, accounts.get(row.account_id), media.get((row.account_id, row.media_ref)), deeds[row.id])
            for row in rows
        ]
        return [CommentView(one, rules.permissions(one, now)) for one in subjects]

    async def _accounts(self, tx: Connection, workspace_id: UUID, wanted: Collection[UUID]) -> dict[UUID, AccountRow]:
        """These accounts, also disconnected ones."""
        found = {row.id: row for row in await self.accounts.list_accounts(tx, workspace_id)}
        for account_id in sorted(set(wanted) - found.keys()):
            row = await self.accounts.get(tx, workspace_id, account_id)
            if row is not None:
                found[account_id] = row
        return found

    async def _subject(self, tx: Connection, workspace_id: UUID, comment_id: UUID, but: UUID | None = None) -> Subject:
        """A comment with what decides about it, without the deed ``but``. Raises ``UnknownComment``."""
        row = await threads.comment(tx, workspace_id, comment_id)
        if row is None:
            raise UnknownComment
        account = await self.accounts.get(tx, workspace_id, row.account_id)
        media = await threads.media_of(tx, workspace_id, [row])
        deeds = [one for one in await store.of_comments(tx, workspace_id, [comment_id]) if one.id != but]
        return self._about(row, account, media.get((row.account_id, row.media_ref)), deeds)

    def _about(
        self, row: CommentRow, account: AccountRow | None, media: MediaRow | None, deeds: Sequence[DeedRow]
    ) -> Subject:
        known = account is not None and account.platform in self.platforms
        platform = self.platforms[account.platform] if account is not None and known else None
        return Subject(row, account, media, platform, account is not None and _own(account).wrote(row), deeds)


def _own(account: AccountRow) -> Own:
    return Own(account.id, account.account_ref, account.username)


def _new(subject: Subject, deed: CommentDeed, text: str, actor: Actor, form_key: str | None) -> store.NewDeed:
    comment = subject.comment
    return store.NewDeed(
        workspace_id=comment.workspace_id,
        account_id=comment.account_id,
        platform=subject.account.platform if subject.account else "",
        comment_id=comment.id,
        comment_ref=comment.comment_ref,
        thread_ref=comment.parent_ref or comment.comment_ref,
        media_ref=comment.media_ref,
        person_ref=comment.person_ref,
        commented_at=comment.created_at,
        kind=deed.value,
        text=text if deed in WRITTEN else "",
        asked_by=actor.name,
        form_key=form_key,
    )


def _tidy(text: str) -> str:
    """As people mean it: forms send line ends of two characters."""
    return text.replace("\r\n", "\n").strip()
