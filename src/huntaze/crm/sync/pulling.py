"""The steps of a sync: list posts until known ground, read recent ones again that lie behind it, follow comments,
ask about what is missing. Each step is one request, then one transaction that stores what came and how far we are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from huntaze import outbox
from huntaze.accounts import AccountRow, Accounts, CallKind, Wait
from huntaze.crm import cadence, store, sync_store
from huntaze.crm.service import Mirror
from huntaze.crm.sync.held import Held, Spared
from huntaze.crm.sync.reconcile import Reconcile
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.platforms.contract import Access, MediaItem, Opening, Page, Reader

_EVER = timedelta(days=365 * 30)


class Pulling:
    """One account, from where its sync stands to the end. Raises ``NotOurs``, ``Spared``, ``PlatformError``."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        accounts: Accounts,
        mirror: Mirror,
        held: Held,
        account: AccountRow,
        reader: Reader,
        access: Access,
        zone: str,
    ) -> None:
        self.database = database
        self.clock = clock
        self.accounts = accounts
        self.mirror = mirror
        self.reconcile = Reconcile(mirror)
        self.held = held
        self.account = account
        self.reader = reader
        self.access = access
        self.zone = zone
        self._mine = (account.workspace_id, account.id)
        self._asked = False

    async def run(self) -> None:
        """Every step that is left."""
        if not self.held.listed:
            await self._list()
        await self._read_recent()
        while await self._follow():
            pass
        while await self._ask_missing():
            pass
        await self._finish()

    # --- listing ------------------------------------------------------------------------------------------------

    async def _list(self) -> None:
        """Pages of posts, newest first; the first comes with the account and its stories."""
        size = cadence.PAGE
        if not self.held.cursor:
            asked_at = await self._ready()
            opening = await self.reader.opening(self.access, size)
            async with self.database.transaction() as tx:
                await self._keep_account(tx, opening, asked_at)
                await self._keep_page(tx, opening.page, asked_at)
            size = opening.page.limit or size
        if self.held.row.whole and size == cadence.PAGE:
            size = cadence.WHOLE_PAGE
        while not self.held.listed:
            asked_at = await self._ready()
            page = await self.reader.media(self.access, self.held.cursor, size)
            async with self.database.transaction() as tx:
                await self._keep_page(tx, page, asked_at)
            size = page.limit or size

    async def _keep_account(self, tx: Connection, opening: Opening, asked_at: datetime) -> None:
        profile = opening.profile
        await store.upsert_profile(tx, *self._mine, profile, asked_at)
        day = asked_at.astimezone(ZoneInfo(self.zone)).date()
        await sync_store.keep_figure(tx, *self._mine, day, profile, asked_at)
        await self.mirror.keep_media(tx, *self._mine, opening.stories)
        await sync_store.settle_stories(tx, *self._mine, asked_at)

    async def _keep_page(self, tx: Connection, page: Page, asked_at: datetime) -> None:
        """A page and how far the listing is with it."""
        refs = [item.media_ref for item in page.items]
        known = await store.places(tx, *self._mine, refs)
        await self._keep_items(tx, page.items, asked_at)
        oldest = min((item.published_at for item in page.items), default=None)
        listed = not page.cursor
        if page.cursor and not self.held.row.whole and oldest is not None and refs[-1] in known:
            listed = cadence.to_read_alone(await self._recent(tx, oldest), asked_at) is not None
        await self.held.move(tx, page.cursor, oldest, listed=listed)
        await self.tell(tx)

    async def _keep_items(self, tx: Connection, items: Sequence[MediaItem], asked_at: datetime) -> None:
        await self.mirror.keep_media(tx, *self._mine, items)
        await self.reconcile.listed(tx, self.account, items, asked_at, whole=self.held.row.whole)
        await self.mirror.tell_media(tx, *self._mine, "")

    async def _recent(self, tx: Connection, before: datetime) -> list[cadence.RecentRow]:
        """Recent posts behind the listing, which stands at ``before``."""
        since, begun = self.clock.now() - cadence.REACH, self.held.row.started_at
        recent = await sync_store.recent_unread(tx, *self._mine, since, begun)
        return [row for row in recent if row.published_at < before]

    # --- behind the listing -------------------------------------------------------------------------------------

    async def _read_recent(self) -> None:
        """Posts behind known ground whose time has come, each a call, many in one request."""
        while self.held.cursor and self.held.oldest_at is not None:
            async with self.database.transaction() as tx:
                recent = await self._recent(tx, self.held.oldest_at)
            now = self.clock.now()
            refs = [row.media_ref for row in recent if cadence.due(row, now)][: self.reader.together]
            if not refs:
                return
            asked_at = await self._ready()
            found = await self.reader.media_items(self.access, refs)
            there = [item for item in found.values() if item is not None]
            async with self.database.transaction() as tx:
                await self._keep_items(tx, there, asked_at)
                gone = sorted(ref for ref, item in found.items() if item is None)
                await self.reconcile.gone(tx, self.account, gone, len(refs), asked_at)
                await self.held.step(tx)
            if len(there) < len(refs):
                return

    async def _follow(self) -> bool:
        """One page of each of many lists of comments; False when none is left."""
        async with self.database.transaction() as tx:
            lists = await sync_store.open_lists(tx, *self._mine, self.reader.together)
        if not lists:
            return False
        asked_at = await self._ready()
        found = await self.reader.more(self.access, lists)
        async with self.database.transaction() as tx:
            await self.reconcile.followed(tx, self.account, found, asked_at)
            await self.held.step(tx)
            for ref in sorted({more.asked.media_ref for more in found}):
                await self.mirror.tell_media(tx, *self._mine, ref)
        return True

    async def _ask_missing(self) -> bool:
        """Whether comments that no list brings are there; False when there is nothing to ask."""
        async with self.database.transaction() as tx:
            refs = await sync_store.missing_comments(tx, *self._mine, self.reader.together)
        if not refs:
            return False
        asked_at = await self._ready()
        there = await self.reader.comments_there(self.access, refs)
        async with self.database.transaction() as tx:
            await sync_store.judge_comments(tx, *self._mine, there, asked_at)
            await self.held.step(tx)
            await self.mirror.tell_media(tx, *self._mine, "")
        return True

    # --- the end ------------------------------------------------------------------------------------------------

    async def _finish(self) -> None:
        """Nothing is left: what the listing passed over is gone, and the next sync has its time."""
        now = self.clock.now()
        async with self.database.transaction() as tx:
            newest = await sync_store.newest_published(tx, *self._mine)
            night = cadence.next_night(self.account.id, self.zone, now)
            await self.held.finish(tx, cadence.next_sync(newest, now), night)
            since = await self._listed_since(tx, now)
            if since is not None:
                await sync_store.remove_unseen(tx, self.held.row, now, since)
            await self.tell(tx)
            await self.mirror.tell_media(tx, *self._mine, "")

    async def _listed_since(self, tx: Connection, now: datetime) -> datetime | None:
        """From when on the listing brought every post: from ever, if it came to its end and brought as many as the
        account counts; lists reach back 10,000 posts only (§4.2)."""
        if not self.held.cursor:
            profile = await store.profile(tx, *self._mine)
            counted = profile.media_count if profile else None
            if counted is not None and await sync_store.listed_count(tx, self.held.row) >= counted:
                return now - _EVER
        return self.held.oldest_at

    async def tell(self, tx: Connection) -> None:
        """The sync of the account is further."""
        workspace_id, account_id = self._mine
        await outbox.tell(
            tx, workspace_id=workspace_id, topic="sync.changed", ref=str(account_id), account_id=account_id,
            at=self.clock.now(),
        )  # fmt: skip

    async def _ready(self) -> datetime:
        """Wait for nobody: hold the sync long enough for a call, and be sure that the platform's allowance is not to
        be spared. The moment of asking. Raises ``NotOurs``, ``Spared``."""
        await self.held.extend()
        answer = await self.accounts.governor.allow(CallKind.SYNC, *self._mine)
        now = self.clock.now()
        if isinstance(answer, Wait):
            raise Spared(answer.until)
        if answer.pause and self._asked:
            raise Spared(now + answer.pause)
        self._asked = True
        return now
