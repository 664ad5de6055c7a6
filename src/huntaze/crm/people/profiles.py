"""Who people are: the platform shows their profile from their first direct message on (instagram.md §5.2).

The message is stored and told by then; a profile that cannot be had costs nothing but the profile.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from huntaze import outbox
from huntaze.accounts import AccountRow, Accounts, AccountUnavailable, CallKind, Wait
from huntaze.crm.keeping import people_store
from huntaze.crm.service import Mirror
from huntaze.kit.clock import Clock
from huntaze.kit.db import Database
from huntaze.kit.jobs import RetryLater
from huntaze.kit.log import get_logger
from huntaze.platforms.contract import Access, PeopleReader
from huntaze.platforms.errors import Later, PlatformError, Reconnect, UnknownOutcome
from huntaze.platforms.registry import Platforms

log = get_logger(__name__)

AT_ONCE = 25
"""Profiles asked for by one job, each a call."""
AGAIN = timedelta(minutes=1)
REFUSED = timedelta(days=7)
"""How long somebody is left alone whose profile the platform does not show."""
_PROBLEM = 300
"""Characters."""


class Profiles:
    """Asks who people are."""

    def __init__(
        self, database: Database, clock: Clock, platforms: Platforms, accounts: Accounts, mirror: Mirror
    ) -> None:
        self.database = database
        self.clock = clock
        self.platforms = platforms
        self.accounts = accounts
        self.mirror = mirror

    async def run(self, workspace_id: UUID, account_id: UUID) -> None:
        """Those of an account who wrote and of whom little is known, the last to write first."""
        async with self.database.transaction() as tx:
            account = await self.accounts.get(tx, workspace_id, account_id)
            refs = await people_store.bare_people(tx, workspace_id, account_id, self.clock.now(), AT_ONCE)
        reader = self.platforms[account.platform].people if account else None
        if account is None or reader is None or not refs:
            return
        try:
            access = await self.accounts.access(account_id)
            for ref in refs:
                await self._ask(account, reader, access, ref)
        except (AccountUnavailable, Reconnect) as error:
            log.info("profiles_not_read", account=str(account_id), why=type(error).__name__)
            return
        if len(refs) == AT_ONCE:
            async with self.database.transaction() as tx:
                await self.mirror.ask_profiles(tx, workspace_id, account_id)

    async def _ask(self, account: AccountRow, reader: PeopleReader, access: Access, ref: str) -> None:
        """One of them. Raises ``RetryLater`` while the platform is in trouble, ``Reconnect`` when nobody can be had."""
        answer = await self.accounts.governor.allow(CallKind.READ_MESSAGES, account.workspace_id, account.id)
        if isinstance(answer, Wait):
            raise RetryLater(answer.until - self.clock.now())
        try:
            profile = await reader.person(access, ref)
        except (Later, UnknownOutcome) as error:
            raise RetryLater((error.after if isinstance(error, Later) else None) or AGAIN) from error
        except Reconnect:
            raise
        except PlatformError as error:
            next_at = self.clock.now() + REFUSED
            async with self.database.transaction() as tx:
                await people_store.set_profile_problem(
                    tx, account.workspace_id, account.id, ref, str(error.message)[:_PROBLEM], next_at
                )
            return
        now = self.clock.now()
        async with self.database.transaction() as tx:
            person_id = await people_store.set_profile(tx, account.workspace_id, account.id, profile, now)
            if person_id is not None:
                await outbox.tell(
                    tx,
                    workspace_id=account.workspace_id,
                    topic="person.changed",
                    ref=str(person_id),
                    account_id=account.id,
                    at=now,
                )
