"""Posts as people and programs handle them: check, create, edit, move, cancel, retry, read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from huntaze import outbox
from huntaze.accounts import Accounts
from huntaze.identity import Actor
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.ids import new_id
from huntaze.kit.jobs import Jobs
from huntaze.kit.text import N_, Text
from huntaze.library import Asset, Library
from huntaze.once import Entry, problem
from huntaze.platforms.contract import Limits, PostContent
from huntaze.platforms.registry import Platforms
from huntaze.publishing import first_comments, store
from huntaze.publishing.advance import wake
from huntaze.publishing.errors import (
    Conflict,
    Duplicate,
    Fault,
    Invalid,
    TooLate,
    UnknownPost,
    UnsupportedType,
    invalid,
)
from huntaze.publishing.first_comments import check_first_comment
from huntaze.publishing.material import AccountFindings, Material
from huntaze.publishing.model import (
    HeldReason,
    PostDraft,
    PostRow,
    PostView,
    PublicationRow,
    Seen,
    brief_view,
    content_hash,
    draft_of,
    link_owner,
)
from huntaze.publishing.outcome import confirm
from huntaze.publishing.plan import UNPLANNED, Plan, is_video, plan
from huntaze.publishing.record import MISSED_PROBLEM, tell_publication, write_evidence
from huntaze.publishing.schedule_store import leave_out_post
from huntaze.publishing.slots import placed
from huntaze.publishing.states import BEFORE_ARMED, Action, State, allows
from huntaze.publishing.timings import Timings

GONE = (
    Text(N_("The account was disconnected.")),
    Text(N_("Connect it again and the post goes on by itself, or cancel it.")),
)

AtCommit = Callable[[Connection, PostView], Awaitable[None]]
"""Something that must be written in the transaction that makes a post (an idempotency key's answer)."""

CHANGEABLE = (*BEFORE_ARMED, State.FAILED, State.CANCELLED)
"""What an edit may touch. A cancelled publication is taken up again when its account is chosen again."""


class Publishing:
    """The front door of publishing for requests; the worker's door is ``tasks``."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        timings: Timings,
        platforms: Platforms,
        accounts: Accounts,
        library: Library,
        jobs: Jobs,
    ) -> None:
        self.database = database
        self.clock = clock
        self.timings = timings
        self.platforms = platforms
        self.accounts = accounts
        self.library = library
        self.jobs = jobs

    # --- asking -------------------------------------------------------------------------------------------------

    async def check(self, workspace_id: UUID, draft: PostDraft) -> list[AccountFindings]:
        """What each network would say to this draft, without asking it."""
        async with self.database.transaction() as tx:
            return self._check(draft, await self._material(tx, workspace_id, draft))

    async def rehearse(self, actor: Actor, draft: PostDraft, unseen: Sequence[Asset] = ()) -> None:
        """Everything that ``create`` checks, storing nothing. ``unseen``: stand-ins for files that are not here yet.
        Raises ``PublishingError``."""
        now = self.clock.now()
        async with self.database.transaction() as tx:
            material = await self._material(tx, actor.workspace_id, draft, unseen)
            await self._plan(tx, actor.workspace_id, new_id(now), draft, material, now)

    def limits(self, platforms: Iterable[str]) -> Limits:
        """The limits of the first of these networks, or of the first network there is."""
        named = next(iter(platforms), None)
        return (self.platforms[named] if named else next(iter(self.platforms))).limits

    async def view(self, workspace_id: UUID, post_id: UUID) -> PostView | None:
        """A post with its publications, sends and timeline."""
        async with self.database.transaction() as tx:
            post = await store.find_post(tx, workspace_id, post_id)
            return None if post is None else await self._view(tx, post)

    async def recent(
        self, workspace_id: UUID, before: UUID | None, states: Sequence[State] | None, limit: int
    ) -> list[PostView]:
        """Posts newest first; without their timelines."""
        async with self.database.transaction() as tx:
            posts = await store.list_posts(tx, workspace_id, before, states, limit)
            return await self._briefly(tx, workspace_id, posts)

    async def of_account(self, workspace_id: UUID, account_id: UUID, limit: int) -> list[PostView]:
        """The newest posts of one account."""
        async with self.database.transaction() as tx:
            posts = await store.list_account_posts(tx, workspace_id, account_id, limit)
            return await self._briefly(tx, workspace_id, posts)

    async def coming(self, workspace_id: UUID, states: Sequence[State], limit: int) -> list[PostView]:
        """Posts with a publication in one of ``states``, the next due first."""
        async with self.database.transaction() as tx:
            posts = await store.list_coming_posts(tx, workspace_id, states, limit)
            return await self._briefly(tx, workspace_id, posts)

    async def waiting(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> int:
        """How many posts of an account still wait to go out (said before it is disconnected)."""
        return await store.waiting_count(tx, workspace_id, account_id)

    # --- changing -----------------------------------------------------------------------------------------------

    async def create(self, actor: Actor, draft: PostDraft, at_commit: AtCommit | None = None) -> PostView:
        """A draft, or a post that goes out at its time. Raises ``PublishingError``; then nothing is stored."""
        now = self.clock.now()
        async with self.database.transaction() as tx:
            material = await self._material(tx, actor.workspace_id, draft)
            draft = await placed(tx, actor.workspace_id, draft, now)
            post_id = new_id(now)
            await store.insert_post(tx, actor.workspace_id, post_id, draft, actor.name, now)
            await self._publications(tx, actor.workspace_id, post_id, draft, material, now)
            view = await self._view(tx, await store.post(tx, actor.workspace_id, post_id))
            await self._tell(tx, actor, view)
            if at_commit is not None:
                await at_commit(tx, view)
            return view

    async def edit(self, actor: Actor, post_id: UUID, draft: PostDraft, version: int | None = None) -> PostView:
        """New content, accounts or time. What was prepared is abandoned on record and never armed."""
        async with self.database.transaction() as tx:
            post = await self._lock(tx, actor, post_id)
            if version is not None and version != post.version:
                raise Conflict
            return await self.rewrite(tx, actor, post, draft)

    async def rewrite(self, tx: Connection, actor: Actor, post: PostRow, draft: PostDraft) -> PostView:
        """``edit`` of a locked post in the caller's transaction."""
        now = self.clock.now()
        material = await self._material(tx, actor.workspace_id, draft)
        existing = await store.publications(tx, actor.workspace_id, [post.id])
        cancelled = bool(existing) and all(row.now_state is State.CANCELLED for row in existing)
        if cancelled or any(row.now_state not in CHANGEABLE for row in existing):
            raise TooLate
        await store.update_post(tx, actor.workspace_id, post.id, draft, now)
        await self._replace(tx, actor, post.id, draft, material, existing, now)
        view = await self._view(tx, await store.post(tx, actor.workspace_id, post.id))
        await self._tell(tx, actor, view)
        return view

    async def move(self, actor: Actor, post_id: UUID, due_at: datetime | None) -> PostView:
        """Another time for everything of the post that is not armed yet (None: now)."""
        words = Text(N_("%(who)s moved it."), {"who": actor.name})
        return await self._replan(actor, post_id, Action.MOVE, State.SCHEDULED, due_at, Entry("moved", words))

    async def cancel(self, actor: Actor, post_id: UUID) -> PostView:
        """Nothing of the post that is not armed yet will go out."""
        words = Text(N_("%(who)s cancelled it."), {"who": actor.name})
        return await self._replan(actor, post_id, Action.CANCEL, State.CANCELLED, None, Entry("cancelled", words))

    async def retry(
        self, actor: Actor, post_id: UUID, publication_id: UUID | None = None, *, looked: bool = False
    ) -> PostView:
        """Again, what failed; with ``looked`` also what is unconfirmed, kept as evidence (I10)."""
        if looked:
            words = Text(N_("%(who)s looked at the account: it is not there. Send it again."), {"who": actor.name})
            return await self._replan(
                actor, post_id, Action.RETRY_LOOKED, State.SCHEDULED, None, Entry("looked", words), publication_id
            )
        words, action = Text(N_("%(who)s tries again."), {"who": actor.name}), Action.RETRY
        return await self._replan(actor, post_id, action, State.SCHEDULED, None, Entry("retry", words), publication_id)

    async def confirm(
        self, actor: Actor, post_id: UUID, publication_id: UUID | None = None, seen: Seen | None = None
    ) -> PostView:
        """A person saw it on the platform: what is unconfirmed is published, as ``seen`` if they point at it."""
        async with self.database.transaction() as tx:
            post = await self._lock(tx, actor, post_id)
            rows = await store.publications(tx, actor.workspace_id, [post_id])
            unconfirmed = _chosen(rows, Action.CONFIRM, publication_id)
            if not unconfirmed:
                raise TooLate
            for row in unconfirmed:
                await confirm(tx, self.clock, self.library, row, actor.name, seen)
            view = await self._view(tx, post)
            await self._tell(tx, actor, view)
            return view

    async def admit(self, tx: Connection, workspace_id: UUID, draft: PostDraft) -> None:
        """Raise what ``create`` would raise for the content of this draft, whatever its time."""
        self._refuse(draft, await self._material(tx, workspace_id, draft))

    async def withdraw(self, tx: Connection, row: PublicationRow, entry: Entry) -> bool:
        """Cancel one publication in the caller's transaction; False when it is armed or further."""
        try:
            await self._change(tx, row, State.CANCELLED, UNPLANNED, row.content_hash, BEFORE_ARMED, entry)
        except TooLate:
            return False
        return True

    async def hold_account(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        """The account was disconnected: what is not armed yet waits for a person."""
        trouble = problem(HeldReason.DISCONNECTED.value, *GONE)
        held = await store.hold_account(tx, workspace_id, account_id, HeldReason.DISCONNECTED.value, trouble)
        for row in held:
            await self._tell_held(tx, row, Entry("held", GONE[0]))

    async def release_account(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        """The account works again: what is not too late goes on. Nothing happens while it does not."""
        account = await self.accounts.get(tx, workspace_id, account_id)
        if account is None or not account.stands:
            return
        reasons = (HeldReason.DISCONNECTED.value, HeldReason.RECONNECT.value)
        now, grace = self.clock.now(), self.timings.grace
        for row in await store.release_account(tx, workspace_id, account_id, now, grace, MISSED_PROBLEM, reasons):
            await self._tell_held(tx, row, Entry("released", Text(N_("The account works again."))))
            if row.next_check_at is not None:
                await wake(tx, self.jobs, row.id, row.next_check_at - now)

    # --- inside -------------------------------------------------------------------------------------------------

    async def _material(
        self, tx: Connection, workspace_id: UUID, draft: PostDraft, unseen: Sequence[Asset] = ()
    ) -> Material:
        accounts = [await self.accounts.get(tx, workspace_id, account_id) for account_id in draft.account_ids]
        if any(account is None or account.disconnected_at is not None for account in accounts):
            raise invalid(
                "accountIds", N_("One of these accounts is not connected."), N_("Choose a connected account.")
            )
        found = {asset.id: asset for asset in (*unseen, *await self.library.assets(tx, workspace_id, draft.asset_ids))}
        assets = [found.get(asset_id) for asset_id in draft.asset_ids]
        if any(asset is None for asset in assets):
            raise invalid("media", N_("One of these files does not exist."), N_("Upload it again."))
        return Material(
            tuple(account for account in accounts if account is not None),
            tuple(asset for asset in assets if asset is not None),
        )

    def _check(self, draft: PostDraft, material: Material) -> list[AccountFindings]:
        facts = tuple(asset.facts for asset in material.assets)
        content = PostContent(draft.type, draft.caption, facts, draft.location_id, has_cover=draft.cover_id is not None)
        return [
            AccountFindings(
                account, (*network.check(content), *check_first_comment(draft.first_comment, draft.type, network))
            )
            for account in material.accounts
            for network in [self.platforms[account.platform]]
        ]

    def _refuse(self, draft: PostDraft, material: Material) -> None:
        """Raise for what no network would take, before anything is stored."""
        if not material.accounts:
            raise invalid("accountIds", N_("No account is chosen."), N_("Choose at least one account."))
        for account in material.accounts:
            if draft.type not in self.platforms[account.platform].limits.types:
                raise UnsupportedType(
                    Text(N_("This kind of post is not offered here: %(type)s."), {"type": draft.type.value}),
                    Text(N_("Choose an image, a carousel or a reel.")),
                )
        waiting = [asset for asset in material.assets if asset.state != "ready"]
        if waiting:
            raise invalid(
                "media", N_("A file is not ready or was refused."), N_("Wait until it is ready or replace it.")
            )
        faults = tuple(
            Fault(one.field, one.message, one.remedy, one.file)
            for checked in self._check(draft, material)
            for one in checked.errors
        )
        if faults:
            raise Invalid(faults[0].message, faults[0].remedy, faults)

    async def _publications(
        self,
        tx: Connection,
        workspace_id: UUID,
        post_id: UUID,
        draft: PostDraft,
        material: Material,
        now: datetime,
        already: Sequence[UUID] = (),
    ) -> None:
        """One publication for each account that has none yet."""
        planned, content = await self._plan(tx, workspace_id, post_id, draft, material, now)
        state = State.DRAFT if draft.draft else State.SCHEDULED
        for account in material.accounts:
            if account.id in already:
                continue
            publication_id = new_id(now)
            await store.insert_publication(
                tx, workspace_id, publication_id, post_id, account.id, account.platform, state, planned, content, now
            )
            await self._wake(tx, publication_id, planned, now)

    async def _plan(
        self,
        tx: Connection,
        workspace_id: UUID,
        post_id: UUID,
        draft: PostDraft,
        material: Material,
        now: datetime,
    ) -> tuple[Plan, bytes]:
        """When it goes out and what the content guard compares; refuses what may not be planned."""
        content = content_hash(draft.caption, [asset.sha256 or b"" for asset in material.assets])
        if draft.draft:
            return (draft.due_at, None, None), content
        self._refuse(draft, material)
        planned = plan(draft.due_at, now, is_video(draft.type, material.kinds), self.timings)
        if not draft.allow_duplicate:
            for account in material.accounts:
                twin = await store.twin(tx, workspace_id, account.id, content, planned[0] or now, post_id)
                if twin is not None:
                    raise Duplicate(str(twin))
        return planned, content

    async def _replace(
        self,
        tx: Connection,
        actor: Actor,
        post_id: UUID,
        draft: PostDraft,
        material: Material,
        existing: Sequence[PublicationRow],
        now: datetime,
    ) -> None:
        """The publications of an edited post: kept, added, or gone with their account."""
        planned, content = await self._plan(tx, actor.workspace_id, post_id, draft, material, now)
        state = State.DRAFT if draft.draft else State.SCHEDULED
        await store.delete_drafts(tx, actor.workspace_id, post_id, draft.account_ids)
        words = Text(N_("%(who)s edited it."), {"who": actor.name})
        for row in existing:
            if row.account_id in draft.account_ids:
                target, when = state, planned
            elif row.now_state in (State.DRAFT, State.CANCELLED):
                continue
            else:
                target, when = State.CANCELLED, UNPLANNED
            entry = None if row.now_state is State.DRAFT and target is State.DRAFT else Entry("edited", words)
            await self._change(tx, row, target, when, content, CHANGEABLE, entry)
        await self._publications(
            tx, actor.workspace_id, post_id, draft, material, now, [row.account_id for row in existing]
        )

    async def _replan(
        self,
        actor: Actor,
        post_id: UUID,
        action: Action,
        target: State,
        due_at: datetime | None,
        entry: Entry,
        publication_id: UUID | None = None,
    ) -> PostView:
        now = self.clock.now()
        async with self.database.transaction() as tx:
            if target is State.CANCELLED:
                await leave_out_post(tx, actor.workspace_id, post_id)
            post = await self._lock(tx, actor, post_id)
            rows = await store.publications(tx, actor.workspace_id, [post_id])
            allowed = _chosen(rows, action, publication_id)
            if not allowed:
                raise TooLate
            planned = await self._plan_again(tx, actor, post, allowed, target, due_at, now)
            for row in allowed:
                await self._change(tx, row, target, planned, row.content_hash, (row.now_state,), entry)
            view = await self._view(tx, post)
            await self._tell(tx, actor, view)
            return view

    async def _plan_again(
        self,
        tx: Connection,
        actor: Actor,
        post: PostRow,
        rows: Sequence[PublicationRow],
        target: State,
        due_at: datetime | None,
        now: datetime,
    ) -> Plan:
        """The new plan of rows that exist. A draft that is sent is checked like a new post."""
        if target is not State.SCHEDULED:
            return UNPLANNED
        known = all(row.now_state is not State.DRAFT for row in rows)
        draft = replace(draft_of(post, [row.account_id for row in rows]), due_at=due_at, allow_duplicate=known)
        material = await self._material(tx, actor.workspace_id, draft)
        planned, _ = await self._plan(tx, actor.workspace_id, post.id, draft, material, now)
        return planned

    async def _change(
        self,
        tx: Connection,
        row: PublicationRow,
        target: State,
        planned: Plan,
        content: bytes,
        allowed: Sequence[State],
        entry: Entry | None,
    ) -> None:
        """One publication to a new plan: what was prepared is abandoned, its links die."""
        now = self.clock.now()
        if not await store.replan(tx, row, target, planned, content, allowed):
            raise TooLate
        await store.abandon_artefacts(tx, row, now)
        await self.library.revoke_links(tx, row.workspace_id, link_owner(row))
        if entry is not None:
            await write_evidence(tx, self.clock, row.workspace_id, row.id, row.attempt, entry)
        await self._wake(tx, row.id, planned, now)

    async def _tell_held(self, tx: Connection, row: PublicationRow, entry: Entry) -> None:
        await write_evidence(tx, self.clock, row.workspace_id, row.id, row.attempt, entry)
        await tell_publication(tx, self.clock, row.workspace_id, row.post_id, row.account_id, row.id, row.state)

    async def _wake(self, tx: Connection, publication_id: UUID, planned: Plan, now: datetime) -> None:
        if planned[2] is not None:
            await wake(tx, self.jobs, publication_id, planned[2] - now)

    async def _lock(self, tx: Connection, actor: Actor, post_id: UUID) -> PostRow:
        post = await store.lock_post(tx, actor.workspace_id, post_id)
        if post is None:
            raise UnknownPost
        return post

    async def _view(self, tx: Connection, post: PostRow) -> PostView:
        rows = await store.publications(tx, post.workspace_id, [post.id])
        ids = [row.id for row in rows]
        return PostView(
            post,
            tuple(rows),
            tuple(await store.attempts(tx, post.workspace_id, ids)),
            tuple(await store.evidence(tx, post.workspace_id, ids)),
            tuple(await first_comments.of_publications(tx, post.workspace_id, ids)),
        )

    async def _briefly(self, tx: Connection, workspace_id: UUID, posts: Sequence[PostRow]) -> list[PostView]:
        rows = await store.publications(tx, workspace_id, [post.id for post in posts])
        said = await first_comments.of_publications(tx, workspace_id, [row.id for row in rows])
        return [brief_view(post, rows, said) for post in posts]

    async def _tell(self, tx: Connection, actor: Actor, view: PostView) -> None:
        await outbox.tell(
            tx,
            workspace_id=actor.workspace_id,
            topic="post.changed",
            ref=str(view.post.id),
            body={"state": view.state.value},
            actor=actor.name,
            at=self.clock.now(),
        )


def _chosen(rows: Sequence[PublicationRow], action: Action, publication_id: UUID | None) -> list[PublicationRow]:
    """What an action is meant for: one publication, or every one that allows it."""
    return [row for row in rows if allows(row.now_state, action) and publication_id in (None, row.id)]
