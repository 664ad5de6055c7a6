"""Posts that come again: a rule of RFC 5545 from which ordinary posts are made, some weeks ahead, each exactly once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import islice, takewhile
from uuid import UUID

from huntaze import outbox
from huntaze.accounts import AccountRow
from huntaze.identity import Actor
from huntaze.kit.db import Connection
from huntaze.kit.ids import new_id
from huntaze.kit.text import N_, Text
from huntaze.library import Asset
from huntaze.once import Entry
from huntaze.publishing import schedule_store, store
from huntaze.publishing.advance import wake
from huntaze.publishing.errors import Conflict, Duplicate, TooLate, invalid
from huntaze.publishing.model import PostDraft, PublicationRow, content_hash
from huntaze.publishing.plan import FAR, is_video, plan_at
from huntaze.publishing.rules import BadRule, Occurrence, Rule, parts_of
from huntaze.publishing.schedule_model import OccurrenceRow, OccurrenceView, RecurrenceRow, RecurrenceView
from huntaze.publishing.service import Publishing
from huntaze.publishing.states import BEFORE_ARMED, State, post_state
from huntaze.publishing.twins import hold_twin

AtCommit = Callable[[Connection, RecurrenceView], Awaitable[None]]
"""Something that must be written in the transaction that makes a recurrence (an idempotency key's answer)."""


class Guard(Enum):
    """What the content guard does with a post that would be the twin of another."""

    REFUSE = auto()
    ALLOW = auto()
    HOLD = auto()
    """Nobody is there to be refused: of a post planned by hand, the twin waits and asks."""

    @classmethod
    def of(cls, draft: PostDraft) -> Guard:
        """What somebody asks for who writes the rule."""
        return cls.ALLOW if draft.allow_duplicate else cls.REFUSE


MAKE = "publishing.make"
HORIZON = timedelta(days=35)
"""How far ahead posts are made: five weeks, so that a month is always full."""
MOST_AHEAD = 200
"""Posts of one rule within the horizon."""
BATCH = 200


@dataclass(frozen=True, slots=True)
class Making:
    """What the posts of one recurrence are made of, as it is now."""

    row: RecurrenceRow
    accounts: tuple[AccountRow, ...]
    assets: tuple[Asset, ...]

    @property
    def content(self) -> bytes:
        """What the content guard compares."""
        return content_hash(self.row.caption, [asset.sha256 or b"" for asset in self.assets])

    @property
    def has_video(self) -> bool:
        """Whether preparing takes long."""
        return is_video(self.row.draft().type, [asset.kind for asset in self.assets])


class Recurring:
    """The front door of recurring posts; a worker comes in by ``sweep`` and ``make``."""

    def __init__(self, publishing: Publishing) -> None:
        self.publishing = publishing
        self.database = publishing.database
        self.clock = publishing.clock

    # --- asking -------------------------------------------------------------------------------------------------

    async def view(self, workspace_id: UUID, recurrence_id: UUID) -> RecurrenceView | None:
        """A recurrence with the posts made of it that are still to come."""
        async with self.database.transaction() as tx:
            row = await schedule_store.recurrence(tx, workspace_id, recurrence_id)
            return None if row is None else await self._view(tx, row)

    async def recent(self, workspace_id: UUID, before: UUID | None, limit: int) -> list[RecurrenceRow]:
        """Newest first, before an id."""
        async with self.database.transaction() as tx:
            return await schedule_store.list_recurrences(tx, workspace_id, before, limit)

    # --- changing -----------------------------------------------------------------------------------------------

    async def create(
        self, actor: Actor, rule: Rule, draft: PostDraft, at_commit: AtCommit | None = None
    ) -> RecurrenceView:
        """A new recurrence with the posts of its next weeks. Raises ``PublishingError``; then nothing is stored."""
        now = self.clock.now()
        refuse_strange(rule, now)
        async with self.database.transaction() as tx:
            await self.publishing.admit(tx, actor.workspace_id, draft)
            row = await schedule_store.insert_recurrence(
                tx, actor.workspace_id, new_id(now), rule, draft, actor.name, now
            )
            row = await self._make(tx, row, now, Guard.of(draft))
            view = await self._view(tx, row)
            if at_commit is not None:
                await at_commit(tx, view)
            return view

    async def edit(
        self, actor: Actor, recurrence_id: UUID, rule: Rule, draft: PostDraft, version: int | None
    ) -> RecurrenceView | None:
        """Other times or content: of what is not sent and still to come, posts are kept, changed, cancelled, made."""
        now = self.clock.now()
        async with self.database.transaction() as tx:
            old = await schedule_store.lock_recurrence(tx, actor.workspace_id, recurrence_id)
            if old is None:
                return None
            if old.cancelled_at is not None:
                raise TooLate
            if version is not None and version != old.version:
                raise Conflict
            if rule != old.times:
                refuse_strange(rule, now if rule.start != old.times.start else old.created_at)
            await self.publishing.admit(tx, actor.workspace_id, draft)
            row = await schedule_store.update_recurrence(tx, old, rule, draft, now)
            await self._follow(tx, actor, row, now, guarded=not draft.allow_duplicate)
            row = await self._make(tx, row, now, Guard.of(draft))
            return await self._view(tx, row)

    async def cancel(self, actor: Actor, recurrence_id: UUID) -> RecurrenceView | None:
        """No post more: what is made and not sent is cancelled, also what waits for a person."""
        now = self.clock.now()
        words = Text(N_("%(who)s cancelled the recurring post."), {"who": actor.name})
        async with self.database.transaction() as tx:
            row = await schedule_store.lock_recurrence(tx, actor.workspace_id, recurrence_id)
            if row is None:
                return None
            for one in await schedule_store.occurrences(tx, row, row.created_at):
                await self._withdraw(tx, actor, one, Entry("cancelled", words))
            return await self._view(tx, await schedule_store.cancel_recurrence(tx, row, now))

    async def leave_out(self, actor: Actor, recurrence_id: UUID, local: datetime) -> RecurrenceView | None:
        """An exception: the post of that time on the wall is not made, or cancelled. Raises ``TooLate`` once sent."""
        now = self.clock.now()
        words = Text(N_("%(who)s left this time of the recurring post out."), {"who": actor.name})
        async with self.database.transaction() as tx:
            row = await schedule_store.lock_recurrence(tx, actor.workspace_id, recurrence_id)
            if row is None:
                return None
            if not row.times.means(local):
                raise invalid(
                    "localTime",
                    N_("This is no time of the recurring post."),
                    N_("Name one of its times on the wall of its zone, without an offset."),
                )
            for one in await schedule_store.occurrences(tx, row, row.created_at):
                if one.local_time == local.isoformat() and not await self._withdraw(
                    tx, actor, one, Entry("cancelled", words)
                ):
                    raise TooLate
            return await self._view(tx, await schedule_store.add_exception(tx, row, local.isoformat(), now))

    # --- the worker ---------------------------------------------------------------------------------------------

    async def sweep(self) -> None:
        """Wake for each recurrence whose next occurrence has come near: one that fails stops no other."""
        async with self.database.transaction() as tx:
            for recurrence_id in await schedule_store.due_recurrences(tx, self.clock.now(), BATCH):
                payload = {"recurrence": str(recurrence_id)}
                await self.publishing.jobs.enqueue(tx, MAKE, payload, dedupe=f"{MAKE}:{recurrence_id}")

    async def make(self, recurrence_id: UUID) -> None:
        """The posts that have come near, each once; harmless when there is nothing to do. What came near while no
        worker was there is made too: a post that is late asks a person, and so does the twin of one planned by hand."""
        now = self.clock.now()
        async with self.database.transaction() as tx:
            row = await schedule_store.due_recurrence(tx, recurrence_id, now)
            if row is not None:
                await self._make(tx, row, now, Guard.HOLD)

    # --- inside -------------------------------------------------------------------------------------------------

    async def _make(self, tx: Connection, row: RecurrenceRow, now: datetime, guard: Guard) -> RecurrenceRow:
        until = max(now + HORIZON, row.made_until)
        near = list(takewhile(lambda one: one.at <= until, islice(row.times.after(row.made_until), MOST_AHEAD)))
        there = {one.at for one in await schedule_store.occurrences(tx, row, row.made_until)}
        making = await self._making(tx, row)
        for one in near:
            if one.at not in there:
                await self._make_post(tx, making, one, now, guard)
        for account in making.accounts:
            if account.disconnected_at is not None:
                await self.publishing.hold_account(tx, row.workspace_id, account.id)
        made_until = near[-1].at if len(near) == MOST_AHEAD else until
        following = next(row.times.after(made_until), None)
        return await schedule_store.made(tx, row, made_until, following.at - HORIZON if following else None)

    async def _making(self, tx: Connection, row: RecurrenceRow) -> Making:
        found = [await self.publishing.accounts.get(tx, row.workspace_id, one) for one in row.account_ids]
        assets = await self.publishing.library.assets(tx, row.workspace_id, row.draft().asset_ids)
        return Making(row, tuple(one for one in found if one is not None), tuple(assets))

    async def _make_post(self, tx: Connection, making: Making, one: Occurrence, now: datetime, guard: Guard) -> None:
        row, content, post_id = making.row, making.content, new_id(now)
        planned = plan_at(one.at, now, making.has_video, self.publishing.timings)
        await store.insert_post(tx, row.workspace_id, post_id, row.draft(one.at), row.author, now)
        await schedule_store.insert_occurrence(tx, row, one, post_id)
        states = []
        for account in making.accounts:
            asks = await self._asks(tx, row, account, content, one.at, post_id, guard)
            publication_id = new_id(now)
            await store.insert_publication(
                tx, row.workspace_id, publication_id, post_id, account.id, account.platform, State.SCHEDULED, planned,
                content, now,
            )  # fmt: skip
            if asks:
                await hold_twin(tx, self.clock, row.workspace_id, post_id, publication_id)
            else:
                await wake(tx, self.publishing.jobs, publication_id, (planned[2] or now) - now)
            states.append(State.HELD if asks else State.SCHEDULED)
        await self._tell(tx, row.workspace_id, post_id, post_state(states), row.author)

    async def _asks(
        self, tx: Connection, row: RecurrenceRow, account: AccountRow, content: bytes, at: datetime, post_id: UUID,
        guard: Guard,
    ) -> bool:  # fmt: skip
        """Whether a new post has to wait for a person. Raises ``Duplicate`` where a person is there."""
        if guard is Guard.REFUSE:
            twin = await store.twin(tx, row.workspace_id, account.id, content, at, post_id)
            if twin is not None:
                raise Duplicate(str(twin))
        if guard is not Guard.HOLD:
            return False
        return await schedule_store.planned_twin(tx, row.workspace_id, account.id, content, at) is not None

    async def _follow(self, tx: Connection, actor: Actor, row: RecurrenceRow, now: datetime, *, guarded: bool) -> None:
        """What was made by the rule as it was: the posts whose time stays are changed, the others are cancelled."""
        words = Text(N_("%(who)s changed the recurring post."), {"who": actor.name})
        existing = await schedule_store.occurrences(tx, row, now)
        last = max((one.at for one in existing), default=now)
        wanted = {one.at for one in takewhile(lambda one: one.at <= last, row.times.after(now))}
        for one in existing:
            if one.at in wanted and await self._rewrite(tx, actor, row, one, now, guarded=guarded):
                continue
            if await self._withdraw(tx, actor, one, Entry("cancelled", words)):
                await schedule_store.delete_occurrence(tx, row, one.at)

    async def _rewrite(
        self, tx: Connection, actor: Actor, row: RecurrenceRow, one: OccurrenceRow, now: datetime, *, guarded: bool
    ) -> bool:
        """New content for a post that is not sent; one that is stays as it is. A time that a person gave it stays, and
        so does a draft. False for a cancelled one: only exceptions leave a time out, so it is made anew."""
        post = await store.lock_post(tx, row.workspace_id, one.post_id)
        rows = await store.publications(tx, row.workspace_id, [one.post_id])
        state = post_state(each.now_state for each in rows)
        if post is None or state is State.CANCELLED:
            return False
        if all(each.now_state in (*BEFORE_ARMED, State.CANCELLED) for each in rows):
            due = max((each.due_at for each in rows if each.due_at is not None and each.due_at > now), default=one.at)
            draft = replace(row.draft(due), draft=state is State.DRAFT, allow_duplicate=not guarded)
            await self.publishing.rewrite(tx, actor, post, draft)
        return True

    async def _withdraw(self, tx: Connection, actor: Actor, one: OccurrenceRow, entry: Entry) -> bool:
        """Cancel the post of an occurrence; False when some of it is sent or may be."""
        await store.lock_post(tx, actor.workspace_id, one.post_id)
        rows = await store.publications(tx, actor.workspace_id, [one.post_id])
        gone = [await self._gone(tx, each, entry) for each in rows]
        state = post_state(each.now_state for each in await store.publications(tx, actor.workspace_id, [one.post_id]))
        if rows and all(each.now_state is State.CANCELLED for each in rows):
            return True
        await self._tell(tx, actor.workspace_id, one.post_id, state, actor.name)
        return all(gone)

    async def _gone(self, tx: Connection, row: PublicationRow, entry: Entry) -> bool:
        if row.now_state is State.CANCELLED:
            return True
        return row.now_state in BEFORE_ARMED and await self.publishing.withdraw(tx, row, entry)

    async def _view(self, tx: Connection, row: RecurrenceRow) -> RecurrenceView:
        coming = await schedule_store.occurrences(tx, row, self.clock.now())
        rows = await store.publications(tx, row.workspace_id, [one.post_id for one in coming])
        states: dict[UUID, list[State]] = {}
        for each in rows:
            states.setdefault(each.post_id, []).append(each.now_state)
        return RecurrenceView(
            row, tuple(OccurrenceView(one, post_state(states.get(one.post_id, ()))) for one in coming)
        )

    async def _tell(self, tx: Connection, workspace_id: UUID, post_id: UUID, state: State, who: str) -> None:
        await outbox.tell(
            tx,
            workspace_id=workspace_id,
            topic="post.changed",
            ref=str(post_id),
            body={"state": state.value},
            actor=who,
            at=self.clock.now(),
        )


def refuse_strange(rule: Rule, now: datetime) -> None:
    """Raise ``Invalid`` for a rule that cannot be followed, never happens, begins far away, or asks for too much."""
    try:
        parts_of(rule.text)
    except BadRule as error:
        raise invalid(
            "rule",
            N_("This is no rule that can be followed: %(part)s"),
            N_("Daily, weekly, monthly and yearly rules of RFC 5545 can, such as FREQ=WEEKLY;BYDAY=MO,TH;COUNT=10."),
            {"part": str(error)},
        ) from None
    if abs(rule.start - now.replace(tzinfo=None)) > FAR:
        raise invalid("startsAt", N_("This time is more than a year away."), N_("Choose a time within a year."))
    begin = next(rule.after(now), None) if rule.happens() else None
    if begin is None:
        raise invalid("rule", N_("This rule has no time to come."), N_("Look at its start, its days and its end."))
    too_much = next(islice(rule.after(begin.at), MOST_AHEAD - 1, None), None)
    if too_much is not None and too_much.at <= begin.at + HORIZON:
        raise invalid(
            "rule",
            N_("This rule asks for more than %(count)d posts in five weeks."),
            N_("Let it happen less often."),
            {"count": MOST_AHEAD},
        )
