"""Opening an account's token for those who act for it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from huntaze.accounts import store
from huntaze.accounts.errors import AccountsError, AccountUnavailable
from huntaze.accounts.model import GOOD, RECONNECT, AccountRow, GrantRow, TokenRow, write_note
from huntaze.accounts.refreshing import Refreshing
from huntaze.accounts.schedule import CHECK_EASILY, CHECK_SOON
from huntaze.accounts.tools import Tools, log
from huntaze.kit.crypto import SealBroken
from huntaze.kit.text import N_, Text
from huntaze.platforms.contract import Access
from huntaze.platforms.errors import PlatformError

_TOO_NEAR_THE_END = timedelta(minutes=5)


class Opening:
    """The one way to a token. Nobody else opens one."""

    def __init__(self, tools: Tools, refreshing: Refreshing) -> None:
        self._tools = tools
        self._refreshing = refreshing

    async def access(self, account_id: UUID) -> Access:
        """The right to act for an account, refreshed first if its end is minutes away.

        Raises ``AccountUnavailable`` with the reason and the remedy. Opens short transactions of its own.
        """
        account, token, grant = await self._rows(account_id)
        if _ends_now(grant, self._tools):
            try:
                await self._refreshing.refresh(grant.id)
            except (PlatformError, AccountsError) as error:
                log.warning("access_refresh_failed", account_id=str(account_id), reason=str(error))
            account, token, grant = await self._rows(account_id)
        app = await self._tools.apps.app(account.platform, account.login)
        if app is None:
            raise AccountUnavailable(
                account,
                Text(N_("This network is switched off: no developer app is set up.")),
                Text(N_("Whoever runs this server enters the app's id and secret.")),
            )
        try:
            acting = self._tools.vault.open_account_token(token)
            granted = self._tools.vault.open_grant(grant).token
        except SealBroken:
            log.error("seal_broken", table="account", row=str(account_id))
            raise _broken(account) from None
        fallback = granted if granted != acting else None
        return Access(app, account.account_ref, acting, fallback, account.page_ref)

    async def needs_reconnect(self, account_id: UUID, error: PlatformError) -> None:
        """The platform said that a person must act. The account stops working and says why; its neighbours of the
        same sign-in are looked at soon, and so is it: a platform out of order says the same for a while (T8). One
        that was found well within the hour waits for the daily check, else it would come and go all day."""
        now = self._tools.clock.now()
        async with self._tools.database.transaction() as tx:
            account = await store.account_anywhere(tx, account_id)
            if account is None or account.disconnected_at is not None:
                return
            if account.checked_at is None or now - account.checked_at > CHECK_EASILY:
                await store.check_soon(tx, account.grant_id, now + CHECK_SOON)
            if await store.set_health(tx, account_id, RECONNECT, write_note(error.message, error.remedy)):
                await self._tools.tell_changed(tx, account.workspace_id, account_id, RECONNECT)
        log.warning("account_needs_reconnect", account_id=str(account_id), code=error.code, subcode=error.subcode)

    async def _rows(self, account_id: UUID) -> tuple[AccountRow, TokenRow, GrantRow]:
        async with self._tools.database.transaction() as tx:
            account = await store.account_anywhere(tx, account_id)
            token = await store.token_of(tx, account_id)
            grant = await store.grant_anywhere(tx, account.grant_id) if account else None
        if account is None or token is None or grant is None:
            raise not_connected(account)
        if account.health != GOOD:
            note = account.note
            raise AccountUnavailable(
                account,
                note.reason if note else Text(N_("This account must be connected again.")),
                note.remedy if note else Text(N_("Open Accounts and press Reconnect.")),
            )
        return account, token, grant


def _ends_now(grant: GrantRow, tools: Tools) -> bool:
    return grant.expires_at is not None and grant.expires_at - tools.clock.now() <= _TOO_NEAR_THE_END


def not_connected(account: AccountRow | None) -> AccountUnavailable:
    """Nobody can act for it."""
    return AccountUnavailable(
        account, Text(N_("This account is not connected.")), Text(N_("Connect it on the page Accounts."))
    )


def _broken(account: AccountRow) -> AccountUnavailable:
    return AccountUnavailable(
        account,
        Text(N_("The kept token cannot be opened with the present keys.")),
        Text(N_("Put the earlier key back into TOKEN_ENCRYPTION_KEY, or connect the account again.")),
    )
