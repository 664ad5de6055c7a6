"""Disconnecting: the account stops at once, its rights are taken away at the platform, its tokens are wiped."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huntaze.accounts import schedule, store
from huntaze.accounts.errors import AccountsError
from huntaze.accounts.model import AccountRow, GrantRow, write_note
from huntaze.accounts.tools import Tools, log
from huntaze.identity import Actor
from huntaze.kit.db import Connection
from huntaze.kit.text import N_, Text
from huntaze.outbox import tell
from huntaze.platforms.errors import PlatformError

REVOKE = "accounts.revoke"
_AT_ONCE = 20

_BY_US = write_note(
    Text(N_("You disconnected this account.")), Text(N_("Connect it again whenever you like; what it had is kept."))
)
_AT_PLATFORM = write_note(
    Text(N_("The app's rights were taken away at the platform.")),
    Text(N_("Connect it again whenever you like; what it had is kept.")),
)


class Leaving:
    """The account's own token goes in the first transaction; the grant's stays sealed until it is revoked."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def disconnect(self, actor: Actor, account_id: UUID) -> AccountRow | None:
        """Disconnect; None when it is not a live account of the workspace. The platform is asked by a job."""
        now = self._tools.clock.now()
        async with self._tools.database.transaction() as tx:
            # Everybody locks the grant before its accounts, so that nobody waits for another in a ring.
            known = await store.account_of(tx, actor.workspace_id, account_id)
            if known is None:
                return None
            grant = await store.lock_grant(tx, actor.workspace_id, known.grant_id)
            account = await store.leave_account(tx, actor.workspace_id, account_id, _BY_US, now)
            if account is None:
                return None
            await self._tell(tx, account, actor.name)
            if grant is not None and not await store.accounts_of_grant(tx, grant.id):
                await self._let_go(tx, grant)
        log.info("account_disconnected", account_id=str(account.id), platform=account.platform)
        return account

    async def forget_user(self, platform: str, user_ref: str, before: datetime | None = None) -> int:
        """The person took our rights away at the platform (instagram.md §7): every account of theirs is disconnected,
        in all workspaces, and every token wiped; how many accounts. What they granted after ``before`` stays."""
        now, gone = self._tools.clock.now(), 0
        async with self._tools.database.transaction() as tx:
            for grant_id in await store.end_grants_of_user(tx, platform, user_ref, now, before):
                for account in await store.accounts_of_grant(tx, grant_id):
                    if await store.leave_account(tx, account.workspace_id, account.id, _AT_PLATFORM, now):
                        await self._tell(tx, account, platform)
                        gone += 1
        return gone

    async def sweep(self) -> None:
        """Revoke what is due."""
        async with self._tools.database.transaction() as tx:
            due = await store.due_revokes(tx, self._tools.clock.now(), _AT_ONCE)
        for grant_id in due:
            await self.revoke(grant_id)

    async def revoke(self, grant_id: UUID) -> None:
        """Take the rights away at the platform, then wipe the tokens. After a day of failures they are wiped anyway.

        The platform takes away all rights of a person at once, so a grant whose person is still needed is only wiped.
        """
        tools, now = self._tools, self._tools.clock.now()
        async with tools.database.transaction() as tx:
            grant = await store.grant_anywhere(tx, grant_id)
            if grant is None:
                return
            again_at = now + schedule.revoke_retry(grant.revoke_tries)
            grant = await store.lease_revoke(tx, grant_id, now, again_at)
            if grant is None:
                return
            if await store.user_in_use(tx, grant):
                await store.wipe_grant(tx, grant.id, now)
                return
            if await store.user_chooses(tx, grant) and grant.revoke_tries < schedule.REVOKE_TRIES:
                return
        try:
            app = await tools.app(grant.platform, grant.login)
            await tools.login(grant.platform, grant.login).revoke(app, tools.open_grant(grant))
        except (PlatformError, AccountsError) as error:
            log.warning("revoke_failed", grant_id=str(grant_id), tries=grant.revoke_tries, reason=str(error))
            if grant.revoke_tries < schedule.REVOKE_TRIES:
                return
        async with tools.database.transaction() as tx:
            await store.wipe_grant(tx, grant.id, tools.clock.now())

    async def _let_go(self, tx: Connection, grant: GrantRow) -> None:
        now = self._tools.clock.now()
        if await store.user_in_use(tx, grant):
            await store.wipe_grant(tx, grant.id, now)
            return
        await store.ask_revoke(tx, grant.workspace_id, grant.id, now)
        await self._tools.jobs.enqueue(tx, REVOKE, {"grant": str(grant.id)}, dedupe=f"{REVOKE}:{grant.id}")

    async def _tell(self, tx: Connection, account: AccountRow, actor: str) -> None:
        await tell(
            tx,
            workspace_id=account.workspace_id,
            topic="account.disconnected",
            ref=str(account.id),
            account_id=account.id,
            body={"platform": account.platform, "username": account.username},
            actor=actor,
            at=self._tools.clock.now(),
        )
