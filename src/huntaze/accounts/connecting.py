"""Signing in at a platform and choosing accounts: start → callback → discovery → connect."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from huntaze.accounts import schedule, store
from huntaze.accounts.errors import GrantGone, NothingChosen, StateRefused
from huntaze.accounts.model import (
    DISCONNECTED,
    AccountRow,
    Connected,
    GrantRow,
    PendingGrant,
    StateRow,
)
from huntaze.accounts.tools import Tools, log
from huntaze.identity import Actor, Forbidden
from huntaze.kit.db import Connection
from huntaze.kit.ids import new_id
from huntaze.kit.text import N_, Text, write_text
from huntaze.outbox import tell
from huntaze.platforms.contract import Denied, Discovery, FoundAccount, Grant, Unusable

SUBSCRIBE = "accounts.subscribe"
_STATE_BYTES = 32


class Connecting:
    """Each step is one transaction; the platform is asked between them."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def start(self, actor: Actor, platform: str, login: str, *, account_id: UUID | None, ask_again: bool) -> str:
        """The dialog's address, with a state that only this browser session can bring back, once, for ten minutes.

        Raises ``SwitchedOff``, ``Forbidden`` for an API key, ``LookupError`` for an unknown platform or login.
        """
        tools = self._tools
        keeper = tools.login(platform, login)
        app = await tools.app(platform, login)
        person_id, session_hash = _session_of(actor)
        state = secrets.token_urlsafe(_STATE_BYTES)
        row = StateRow(actor.workspace_id, login, account_id, tools.addresses.redirect_uris[platform])
        async with tools.database.transaction() as tx:
            await store.add_state(
                tx,
                actor.workspace_id,
                row,
                _hash(state),
                platform=platform,
                person_id=person_id,
                session_hash=session_hash,
                at=tools.clock.now(),
            )
        return keeper.authorize_url(app, row.redirect_uri, state, ask_again=ask_again)

    async def callback(self, actor: Actor, platform: str, query: Mapping[str, str]) -> PendingGrant | Denied:
        """What came back from the dialog. Nothing is stored unless the state is ours, fresh and unused.

        Raises ``StateRefused``, ``SwitchedOff``, and ``PlatformError`` when the code cannot be exchanged.
        """
        measures = self._tools.measures
        try:
            state = await self._take_state(actor, platform, query.get("state", ""))
        except StateRefused:
            measures.oauth(platform, "refused")
            raise
        denied = self._tools.login(platform, state.login).denied(query)
        if denied is not None:
            measures.oauth(platform, "denied")
            return denied
        try:
            grant = await self._exchange(platform, state, query["code"])
        except Exception:
            measures.oauth(platform, "failed")
            raise
        pending = await self._keep(actor, platform, state, grant)
        measures.oauth(platform, "partial" if pending.partial else "granted")
        return pending

    async def grant(self, workspace_id: UUID, grant_id: UUID) -> GrantRow:
        """A grant that accounts may still be chosen from. Raises ``GrantGone``."""
        async with self._tools.database.transaction() as tx:
            row = await store.grant_of(tx, workspace_id, grant_id)
        if row is None:
            raise GrantGone
        return row

    async def discovery(self, workspace_id: UUID, grant_id: UUID) -> Discovery:
        """Every account behind the grant, as the platform tells it now. Raises ``GrantGone``, ``PlatformError``."""
        row = await self.grant(workspace_id, grant_id)
        app = await self._tools.app(row.platform, row.login)
        return await self._tools.login(row.platform, row.login).discover(app, self._tools.open_grant(row))

    async def connect(
        self, actor: Actor, grant_id: UUID, account_refs: Collection[str], take_over: Collection[str]
    ) -> Connected:
        """Connect the chosen accounts. One that another person of the platform connected is refused unless it is
        among ``take_over``; connecting an account again keeps its row. Raises ``NothingChosen``, ``GrantGone``.
        """
        found = await self.discovery(actor.workspace_id, grant_id)
        chosen = [account for account in found.accounts if account.account_ref in account_refs]
        if not chosen:
            raise NothingChosen
        async with self._tools.database.transaction() as tx:
            grant = await store.lock_grant(tx, actor.workspace_id, grant_id)
            if grant is None:
                raise GrantGone
            await store.set_check(tx, grant.id, self._tools.clock.now() + schedule.CHECK_EVERY)
            # In one order, so that two people who connect the same accounts do not wait for each other in a ring.
            outcomes = [
                await self._connect_one(tx, actor, grant, account, take_over=account.account_ref in take_over)
                for account in sorted(chosen, key=lambda account: account.account_ref)
            ]
            await store.wipe_replaced_grants(tx, actor.workspace_id, grant, self._tools.clock.now())
        connected = tuple(outcome for outcome in outcomes if isinstance(outcome, AccountRow))
        for account in connected:
            self._tools.measures.oauth(account.platform, "connected")
            log.info("account_connected", account_id=str(account.id), platform=account.platform)
        return Connected(connected, tuple(outcome for outcome in outcomes if isinstance(outcome, Unusable)))

    async def _take_state(self, actor: Actor, platform: str, state: str) -> StateRow:
        person_id, session_hash = _session_of(actor)
        now = self._tools.clock.now()
        async with self._tools.database.transaction() as tx:
            row = await store.take_state(
                tx,
                actor.workspace_id,
                _hash(state),
                platform=platform,
                person_id=person_id,
                session_hash=session_hash,
                at=now,
                not_before=now - schedule.STATE_LIVES,
            )
        if row is None or row.redirect_uri != self._tools.addresses.redirect_uris[platform]:
            raise StateRefused
        return row

    async def _exchange(self, platform: str, state: StateRow, code: str) -> Grant:
        app = await self._tools.app(platform, state.login)
        return await self._tools.login(platform, state.login).exchange(app, state.redirect_uri, code)

    async def _keep(self, actor: Actor, platform: str, state: StateRow, grant: Grant) -> PendingGrant:
        now = self._tools.clock.now()
        empty = GrantRow(
            id=new_id(now),
            workspace_id=actor.workspace_id,
            platform=platform,
            login=state.login,
            user_ref=grant.user_ref,
            token=b"",
            refresh_token=None,
            scopes=[],
            declined=[],
            issued_at=grant.issued_at,
            expires_at=None,
            data_access_expires_at=None,
            account_id=state.account_id,
            refresh_at=None,
            refresh_tries=0,
            lease_until=None,
            fence=0,
            noticed_days=None,
            revoke_tries=0,
            revoked_at=None,
        )
        due = schedule.refresh_at(grant.issued_at, grant.expires_at)
        async with self._tools.database.transaction() as tx:
            await store.add_grant(tx, actor.workspace_id, self._tools.vault.seal_grant(empty, grant, due), now)
        return PendingGrant(empty.id, bool(grant.declined))

    async def _connect_one(
        self, tx: Connection, actor: Actor, grant: GrantRow, found: FoundAccount, *, take_over: bool
    ) -> AccountRow | Unusable:
        now = self._tools.clock.now()
        row = await store.claim_account(tx, grant.workspace_id, new_id(now), grant, found.account_ref, now)
        if row.health != DISCONNECTED and not take_over and await self._is_anothers(tx, row, grant):
            return Unusable(
                found.username,
                Text(N_("Another person connected this account here.")),
                Text(N_("To use your sign-in for it from now on, tick “replace” beside it and connect again.")),
            )
        filled = replace(
            row,
            login=grant.login,
            username=found.username,
            name=found.name,
            kind=found.kind,
            page_ref=found.page_ref,
            page_name=found.page_name,
            grant_id=grant.id,
            functions_off=[write_text(text) for text in found.off],
        )
        token = self._tools.vault.seal_account_token(found.token, row.workspace_id, row.id)
        account = await store.fill_account(tx, grant.workspace_id, filled, token, now)
        await tell(
            tx,
            workspace_id=account.workspace_id,
            topic="account.connected",
            ref=str(account.id),
            account_id=account.id,
            body={"platform": account.platform, "username": account.username, "again": row.connected_at < now},
            actor=actor.name,
            at=now,
        )
        await self._tools.jobs.enqueue(tx, SUBSCRIBE, {"account": str(account.id)}, dedupe=f"{SUBSCRIBE}:{account.id}")
        return account

    async def _is_anothers(self, tx: Connection, row: AccountRow, grant: GrantRow) -> bool:
        present = await store.grant_anywhere(tx, row.grant_id)
        return present is not None and (present.login, present.user_ref) != (grant.login, grant.user_ref)


def _session_of(actor: Actor) -> tuple[UUID, bytes]:
    """Connecting belongs to a browser session: the state is bound to it."""
    if actor.person_id is None or actor.session_hash is None:
        raise Forbidden("accounts.connect")
    return actor.person_id, actor.session_hash


def _hash(state: str) -> bytes:
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).digest()
