"""The facts of the dashboard: each account with its numbers, its sync, its newest posts; what needs a person; what
goes out next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huntaze.accounts import AccountRow, Accounts, GrantRow, Standing, standing
from huntaze.crm import MediaRow, Mirror, ProfileRow, SyncRow
from huntaze.kit.clock import Clock
from huntaze.kit.db import Database
from huntaze.publishing import Around, PostView, Publishing, State, Surroundings

RECENT = 3
"""Posts of ours on a card."""
PICTURES = 6
"""Pictures of the feed on a card."""
LISTED = 6
"""Posts that need a person, and posts that go out next."""
ATTENTION = (State.UNCONFIRMED, State.FAILED, State.HELD)
COMING = (State.SCHEDULED, State.PREPARING, State.PREPARED, State.ARMED, State.SENT, State.UNKNOWN, State.RECONCILING)


@dataclass(frozen=True, slots=True)
class Posts:
    """Posts with what is shown around them."""

    views: Sequence[PostView]
    around: Around


@dataclass(frozen=True, slots=True)
class AccountCard:
    """Everything that one account card shows. ``waiting``: posts that have not gone out yet."""

    account: AccountRow
    standing: Standing
    profile: ProfileRow | None
    sync: SyncRow | None
    media: Sequence[MediaRow]
    posts: Posts
    waiting: int
    now: datetime


class Cards:
    """Gathers account cards from accounts, mirror and publishing."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        accounts: Accounts,
        mirror: Mirror,
        publishing: Publishing,
        surroundings: Surroundings,
    ) -> None:
        self.database = database
        self.clock = clock
        self.accounts = accounts
        self.mirror = mirror
        self.publishing = publishing
        self.surroundings = surroundings

    async def all(self, workspace_id: UUID) -> list[AccountCard]:
        """Every connected account of a workspace, those that need a person first."""
        async with self.database.transaction() as tx:
            accounts = [
                row for row in await self.accounts.list_accounts(tx, workspace_id) if row.disconnected_at is None
            ]
            grants = await self.accounts.grants_behind(tx, workspace_id)
        cards = [await self._card(account, grants.get(account.grant_id)) for account in accounts]
        return sorted(cards, key=lambda card: card.standing.code == "good")

    async def gone(self, workspace_id: UUID) -> list[str]:
        """The names of the accounts that were connected once."""
        async with self.database.transaction() as tx:
            spans = await self.accounts.spans(tx, workspace_id)
        return sorted({one.username for one in spans if one.until is not None})

    async def one(self, workspace_id: UUID, account_id: UUID) -> AccountCard | None:
        """One account's card; None when it is not connected."""
        async with self.database.transaction() as tx:
            account = await self.accounts.get(tx, workspace_id, account_id)
            grants = await self.accounts.grants_behind(tx, workspace_id)
        if account is None or account.disconnected_at is not None:
            return None
        return await self._card(account, grants.get(account.grant_id))

    async def attention(self, workspace_id: UUID) -> Posts:
        """Posts that wait for a person, newest first."""
        return await self._with_around(
            workspace_id, await self.publishing.recent(workspace_id, None, ATTENTION, LISTED)
        )

    async def coming(self, workspace_id: UUID) -> Posts:
        """Posts on their way, the next due first."""
        return await self._with_around(workspace_id, await self.publishing.coming(workspace_id, COMING, LISTED))

    async def _with_around(self, workspace_id: UUID, views: Sequence[PostView]) -> Posts:
        return Posts(views, await self.surroundings.of_posts(workspace_id, views))

    async def _card(self, account: AccountRow, grant: GrantRow | None) -> AccountCard:
        posts = await self._with_around(
            account.workspace_id, await self.publishing.of_account(account.workspace_id, account.id, RECENT)
        )
        now = self.clock.now()
        async with self.database.transaction() as tx:
            return AccountCard(
                account=account,
                standing=standing(account, grant, now),
                profile=await self.mirror.profile(tx, account.workspace_id, account.id),
                sync=(await self.mirror.syncs(tx, account.workspace_id)).get(account.id),
                media=await self.mirror.media(tx, account.workspace_id, account.id, PICTURES),
                posts=posts,
                waiting=await self.publishing.waiting(tx, account.workspace_id, account.id),
                now=now,
            )
