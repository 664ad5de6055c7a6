"""Reading conversations again: what push did not bring is filled in, at night and whenever somebody asks.

One call a job, a second apart: the platform takes two a second for an account (instagram.md §5.1). A job stores its
page and makes the next one in the same transaction, so that a reading goes on after any crash where it stood.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from huntaze.accounts import AccountRow, Accounts, AccountUnavailable, CallKind, Wait
from huntaze.crm.keeping import people_store
from huntaze.crm.service import CONVERSATIONS, Mirror
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.jobs import Jobs, RetryLater
from huntaze.kit.log import get_logger
from huntaze.platforms.contract import ConversationPage
from huntaze.platforms.errors import Later, PlatformError, UnknownOutcome
from huntaze.platforms.registry import Platforms

log = get_logger(__name__)

APART = timedelta(seconds=1)
AGAIN = timedelta(minutes=1)
OVERLAP = timedelta(hours=1)
"""How much further back than the last reading: clocks differ."""
EVERY = timedelta(days=1)


class Conversations:
    """The worker's side of it."""

    def __init__(
        self, database: Database, clock: Clock, platforms: Platforms, accounts: Accounts, mirror: Mirror, jobs: Jobs
    ) -> None:
        self.database = database
        self.clock = clock
        self.platforms = platforms
        self.accounts = accounts
        self.mirror = mirror
        self.jobs = jobs

    async def start_all(self) -> None:
        """Every connected account is read again."""
        async with self.database.transaction() as tx:
            for row in await people_store.pulls(tx):
                await self.mirror.start_conversations(tx, row.workspace_id, row.account_id)

    async def run(self, payload: Mapping[str, str]) -> None:
        """One page of an account, from ``cursor``; the next one follows unless what comes is older than ``since``."""
        workspace_id, account_id = UUID(payload["workspace"]), UUID(payload["account"])
        async with self.database.transaction() as tx:
            account = await self.accounts.get(tx, workspace_id, account_id)
        if account is None:
            return
        answer = await self.accounts.governor.allow(CallKind.READ_MESSAGES, workspace_id, account_id)
        if isinstance(answer, Wait):
            raise RetryLater(answer.until - self.clock.now())
        read_at = self.clock.now()
        try:
            page = await self._ask(account, payload["cursor"])
        except (Later, UnknownOutcome) as error:
            raise RetryLater((error.after if isinstance(error, Later) else None) or AGAIN) from error
        except (AccountUnavailable, PlatformError) as error:
            # Messages are a permission of their own: without it the account works on, so nothing is said of its health.
            log.info("conversations_not_read", account=str(account_id), why=type(error).__name__)
            await self._finish(account, str(error))
            return
        async with self.database.transaction() as tx:
            told_since = account.connected_at
            await self.mirror.keep_conversations(tx, workspace_id, account_id, page.items, told_since, read_at)
            if not await self._go_on(tx, payload, page):
                await people_store.finish_pull(tx, workspace_id, account_id, self.clock.now())

    async def _ask(self, account: AccountRow, cursor: str) -> ConversationPage:
        people = self.platforms[account.platform].people
        if people is None:
            return ConversationPage((), "")
        return await people.conversations(await self.accounts.access(account.id), cursor)

    async def _go_on(self, tx: Connection, payload: Mapping[str, str], page: ConversationPage) -> bool:
        """A job for the next page, if what is there may be new."""
        since = datetime.fromisoformat(payload["since"]) - OVERLAP
        if not page.cursor or any(one.updated_at < since for one in page.items):
            return False
        onward = {**payload, "cursor": page.cursor}
        key = f"{CONVERSATIONS}:{payload['account']}:{page.cursor}"
        await self.jobs.enqueue(tx, CONVERSATIONS, onward, delay=APART, dedupe=key)
        return True

    async def _finish(self, account: AccountRow, problem: str) -> None:
        async with self.database.transaction() as tx:
            await people_store.finish_pull(tx, account.workspace_id, account.id, self.clock.now(), problem)
