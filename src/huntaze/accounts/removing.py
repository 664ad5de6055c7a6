"""The platform tells that our right to act for an account is gone already (tiktok.md §6.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from huntaze.accounts import store
from huntaze.accounts.model import RECONNECT, write_note
from huntaze.accounts.tools import Tools, log
from huntaze.kit.db import Connection
from huntaze.kit.text import N_, Text
from huntaze.platforms.contract import AuthorizationRemoved, RemovalReason

_GONE = Text(N_("Our right to act for this account is gone."))
_REASONS: Mapping[RemovalReason, Text] = {
    RemovalReason.DISCONNECTED: Text(N_("The app's rights were taken away in the platform's app.")),
    RemovalReason.ACCOUNT_DELETED: Text(N_("The account was deleted at the platform.")),
    RemovalReason.AGE_CHANGED: Text(N_("The age of the account's owner was changed at the platform.")),
    RemovalReason.BANNED: Text(N_("The platform has banned the account.")),
    RemovalReason.REVOKED: Text(N_("The app's rights were taken away by the developer.")),
}
_REMEDY = Text(N_("Connect the account again, if it is still there. Nothing goes out for it until then."))


class Removing:
    """The account waits for somebody who connects it again; until then nothing is tried with it."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def take(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, events: Sequence[AuthorizationRemoved]
    ) -> None:
        """Part of the caller's transaction. What is older than the present sign-in is passed over."""
        account = await store.account_of(tx, workspace_id, account_id)
        if account is None or account.disconnected_at is not None:
            return
        grant = await store.grant_anywhere(tx, account.grant_id)
        newest = max(events, key=lambda event: event.at)
        if grant is None or grant.issued_at > newest.at:
            return
        if await store.set_health(tx, account_id, RECONNECT, write_note(_REASONS.get(newest.reason, _GONE), _REMEDY)):
            await self._tools.tell_changed(tx, workspace_id, account_id, RECONNECT)
        log.warning("authorization_removed", account_id=str(account_id), reason=newest.reason.value)
