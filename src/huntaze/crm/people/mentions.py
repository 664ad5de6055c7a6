"""What was written where somebody named an account: only the place is pushed, the words are asked for (§6.7).

The mention is stored and told by then. Its author is known by name alone: the platform does not tell their id (§4.3).
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from huntaze import outbox
from huntaze.accounts import AccountRow, Accounts, AccountUnavailable, CallKind, Wait
from huntaze.crm.keeping import people_store
from huntaze.crm.people_model import MentionRow
from huntaze.kit.clock import Clock
from huntaze.kit.db import Database
from huntaze.kit.jobs import RetryLater
from huntaze.kit.log import get_logger
from huntaze.platforms.contract import FoundMention
from huntaze.platforms.errors import Later, PlatformError, UnknownOutcome
from huntaze.platforms.registry import Platforms

log = get_logger(__name__)

AGAIN = timedelta(minutes=1)
_PROBLEM = 300
"""Characters."""


class Mentions:
    """Asks for the words."""

    def __init__(self, database: Database, clock: Clock, platforms: Platforms, accounts: Accounts) -> None:
        self.database = database
        self.clock = clock
        self.platforms = platforms
        self.accounts = accounts

    async def run(self, workspace_id: UUID, account_id: UUID, mention_id: UUID) -> None:
        """One mention, unless it was asked for before."""
        async with self.database.transaction() as tx:
            account = await self.accounts.get(tx, workspace_id, account_id)
            row = await people_store.mention(tx, workspace_id, mention_id)
        if account is None or row is None or row.asked_at is not None:
            return
        answer = await self.accounts.governor.allow(CallKind.OTHER, workspace_id, account_id)
        if isinstance(answer, Wait):
            raise RetryLater(answer.until - self.clock.now())
        try:
            found = await self._ask(account, row)
        except (Later, UnknownOutcome) as error:
            raise RetryLater((error.after if isinstance(error, Later) else None) or AGAIN) from error
        except (AccountUnavailable, PlatformError) as error:
            await self._keep(row, None, str(error)[:_PROBLEM])
            return
        await self._keep(row, found)

    async def _ask(self, account: AccountRow, row: MentionRow) -> FoundMention | None:
        people = self.platforms[account.platform].people
        if people is None:
            return None
        access = await self.accounts.access(account.id)
        return await people.mention(access, row.media_ref, row.comment_ref)

    async def _keep(self, row: MentionRow, found: FoundMention | None, problem: str = "") -> None:
        now = self.clock.now()
        async with self.database.transaction() as tx:
            if found is None:
                await people_store.set_mention_problem(tx, row.workspace_id, row.id, problem, now)
                return
            await people_store.set_mention(tx, row.workspace_id, row.id, found, now)
            await outbox.tell(
                tx,
                workspace_id=row.workspace_id,
                topic="mention.changed",
                ref=str(row.id),
                account_id=row.account_id,
                at=now,
            )
