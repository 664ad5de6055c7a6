"""Looking after connected accounts: do they still work, are their live events on, what was left behind."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from huntaze.accounts import schedule, store
from huntaze.accounts.access import Opening
from huntaze.accounts.errors import AccountsError, AccountUnavailable
from huntaze.accounts.model import RECONNECT, AccountRow, GrantRow, write_note
from huntaze.accounts.refreshing import Refreshing
from huntaze.accounts.tools import Tools, log
from huntaze.kit.db import Connection
from huntaze.kit.text import N_, Text, write_text
from huntaze.platforms.contract import Access, Discovery, FoundAccount, Grant
from huntaze.platforms.errors import PlatformError, Reconnect

_AT_ONCE = 20

NOT_REACHED = write_note(
    Text(N_("The sign-in does not reach this account any more.")),
    Text(N_("Its role, its Page or its permission was taken away. Ask for it, then connect the account again.")),
)


class Health:
    """Every part is idempotent and driven by rows, so a lost job or a killed worker loses nothing."""

    def __init__(self, tools: Tools, opening: Opening, refreshing: Refreshing) -> None:
        self._tools = tools
        self._opening = opening
        self._refreshing = refreshing

    async def sweep(self) -> None:
        """Check the grants that are due, switch live events on where they are to be, clear what was left."""
        now = self._tools.clock.now()
        async with self._tools.database.transaction() as tx:
            await store.drop_states(tx, now - schedule.STATES_KEPT)
            await store.wipe_left_grants(tx, now, now - schedule.CHOICE_OPEN)
            grants = await store.lease_checks(tx, now, now + schedule.CHECK_RETRY, _AT_ONCE)
            accounts = await store.due_webhooks(tx, now, _AT_ONCE)
        for grant_id in grants:
            await self.check(grant_id)
        for account_id in accounts:
            await self.subscribe(account_id)

    async def check(self, grant_id: UUID) -> None:
        """Look at every account behind a grant: reachable, its name, its functions, its token.

        A platform that is out of order changes nothing (T8): only a definite answer does.
        """
        async with self._tools.database.transaction() as tx:
            grant = await store.grant_anywhere(tx, grant_id)
        if grant is None or grant.revoked_at is not None or await self._refreshing.blocked_until(grant) is not None:
            return
        try:
            app = await self._tools.app(grant.platform, grant.login)
            keeper = self._tools.login(grant.platform, grant.login)
            seen = await keeper.inspect(app, self._tools.open_grant(grant))
            found = await keeper.discover(app, seen)
        except Reconnect as error:
            await self._dead(grant, error)
            return
        except (PlatformError, AccountsError) as error:
            log.warning("health_check_failed", grant_id=str(grant_id), reason=str(error))
            return
        await self._note(grant, seen, found)

    async def subscribe(self, account_id: UUID) -> bool:
        """Switch an account's live events on; a failure is shown, tried again, and costs the connection nothing."""
        try:
            access = await self._opening.access(account_id)
        except AccountUnavailable:
            return False
        async with self._tools.database.transaction() as tx:
            account = await store.account_anywhere(tx, account_id)
        if account is None:
            return False
        keeper = self._tools.login(account.platform, account.login)
        try:
            await self._subscribe_app(account, access)
            await keeper.subscribe(access)
        except PlatformError as error:
            await self._not_subscribed(account, error)
            return False
        now = self._tools.clock.now()
        async with self._tools.database.transaction() as tx:
            if await store.webhooks_on(tx, account.id, now, now + schedule.WEBHOOKS_EVERY):
                await self._tools.tell_changed(tx, account.workspace_id, account.id, "webhooks")
        return True

    async def _subscribe_app(self, account: AccountRow, access: Access) -> None:
        """The app itself, once for each address; the platform calls our webhook during this."""
        tools = self._tools
        url, token = tools.addresses.webhook_url(account.platform), tools.apps.verify_token(account.platform)
        mark = hashlib.sha256(token.reveal().encode()).digest()
        async with tools.database.transaction() as tx:
            if await store.app_webhook_is(tx, account.platform, access.app.app_id, url, mark):
                return
        await tools.login(account.platform, account.login).subscribe_app(access.app, url, token)
        async with tools.database.transaction() as tx:
            await store.set_app_webhook(tx, account.platform, access.app.app_id, url, mark, tools.clock.now())

    async def _not_subscribed(self, account: AccountRow, error: PlatformError) -> None:
        again_at = self._tools.clock.now() + schedule.webhooks_retry(account.webhooks_tries)
        async with self._tools.database.transaction() as tx:
            await store.webhooks_failed(tx, account.id, write_note(error.message, error.remedy), again_at)
            await self._tools.tell_changed(tx, account.workspace_id, account.id, "webhooks")
        log.warning("webhooks_not_on", account_id=str(account.id), reason=str(error), again_at=str(again_at))

    async def _dead(self, grant: GrantRow, error: Reconnect) -> None:
        now = self._tools.clock.now()
        async with self._tools.database.transaction() as tx:
            if await store.lock_grant(tx, grant.workspace_id, grant.id) is None:
                return
            for account in await store.accounts_of_grant(tx, grant.id):
                if await store.set_health(tx, account.id, RECONNECT, write_note(error.message, error.remedy)):
                    await self._tools.tell_changed(tx, account.workspace_id, account.id, RECONNECT)
            await store.set_check(tx, grant.id, now + schedule.CHECK_EVERY)

    async def _note(self, before: GrantRow, seen_grant: Grant, found: Discovery) -> None:
        now = self._tools.clock.now()
        reached = {account.account_ref: account for account in found.accounts}
        async with self._tools.database.transaction() as tx:
            grant = await store.lock_grant(tx, before.workspace_id, before.id)
            if grant is None or grant.fence != before.fence:
                return
            grant = replace(
                grant,
                scopes=sorted(seen_grant.scopes),
                declined=sorted(seen_grant.declined),
                expires_at=seen_grant.expires_at,
                data_access_expires_at=seen_grant.data_access_expires_at,
            )
            await store.keep_inspected(tx, grant)
            for account in await store.accounts_of_grant(tx, grant.id):
                seen = reached.get(account.account_ref)
                if seen is None:
                    changed = await store.set_health(tx, account.id, RECONNECT, NOT_REACHED)
                else:
                    changed = await self._seen(tx, account, seen, now)
                if changed:
                    await self._tools.tell_changed(tx, account.workspace_id, account.id, "health")
            await self._refreshing.notice(tx, grant)
            await store.set_check(tx, grant.id, now + schedule.CHECK_EVERY)

    async def _seen(self, tx: Connection, account: AccountRow, seen: FoundAccount, now: datetime) -> bool:
        """Whether anything is different from what we showed."""
        told = replace(
            account,
            username=seen.username or account.username,
            name=seen.name,
            page_ref=seen.page_ref,
            page_name=seen.page_name,
            functions_off=[write_text(text) for text in seen.off],
        )
        token = self._tools.vault.seal_account_token(seen.token, account.workspace_id, account.id)
        await store.refresh_account(tx, told, token, now)
        well_again = await store.set_good(tx, account.id)
        return well_again or told != account
