"""Accounts and their sealed tokens as rows. The only SQL of the room."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from huntaze.accounts.model import (
    GOOD,
    AccountRow,
    AppCredentialRow,
    BudgetRow,
    GrantRow,
    QuotaRow,
    StateRow,
    TokenRow,
)
from huntaze.kit import db
from huntaze.kit.db import Connection, Queries
from huntaze.kit.json_value import JsonValue
from huntaze.platforms.contract import Allowance, Quota, Usage

Q = Queries(__package__)


# --- apps ---------------------------------------------------------------------------------------------------------


async def app_credentials(connection: Connection, platform: str) -> list[AppCredentialRow]:
    """The apps entered in the UI for a platform."""
    return await db.fetch(connection, Q.app_credentials, AppCredentialRow, platform)


async def claim_app_credential(connection: Connection, new_id: UUID, platform: str, login: str, at: datetime) -> UUID:
    """The id of the one row for this login."""
    found = await db.fetch_value(connection, Q.claim_app_credential, UUID, new_id, platform, login, at)
    if found is None:
        raise db.NoSuchRow("claim_app_credential")
    return found


async def set_app_credential(connection: Connection, row_id: UUID, app_id: str, secret: bytes) -> None:
    """Fill in the app."""
    await db.execute(connection, Q.set_app_credential, row_id, app_id, secret)


async def app_webhook_is(
    connection: Connection, platform: str, app_id: str, callback_url: str, verify_hash: bytes
) -> bool:
    """Whether this app already sends its webhooks there."""
    return bool(await db.fetch_value(connection, Q.app_webhook_is, bool, platform, app_id, callback_url, verify_hash))


async def set_app_webhook(
    connection: Connection, platform: str, app_id: str, callback_url: str, verify_hash: bytes, at: datetime
) -> None:
    """Remember where this app sends its webhooks."""
    await db.execute(connection, Q.set_app_webhook, platform, app_id, callback_url, verify_hash, at)


# --- signing in ---------------------------------------------------------------------------------------------------


async def add_state(
    connection: Connection,
    workspace_id: UUID,
    state: StateRow,
    state_hash: bytes,
    *,
    platform: str,
    person_id: UUID,
    session_hash: bytes,
    at: datetime,
) -> None:
    """A sign-in begins."""
    await db.execute(
        connection,
        Q.add_state,
        workspace_id,
        state_hash,
        person_id,
        session_hash,
        platform,
        state.login,
        state.account_id,
        state.redirect_uri,
        at,
    )


async def take_state(
    connection: Connection,
    workspace_id: UUID,
    state_hash: bytes,
    *,
    platform: str,
    person_id: UUID,
    session_hash: bytes,
    at: datetime,
    not_before: datetime,
) -> StateRow | None:
    """Use a state once; None when it is not this session's, used, or begun before ``not_before``."""
    return await db.fetch_optional(
        connection,
        Q.take_state,
        StateRow,
        workspace_id,
        state_hash,
        session_hash,
        person_id,
        platform,
        at,
        not_before,
    )


async def drop_states(connection: Connection, before: datetime) -> int:
    """Forget sign-ins that began earlier."""
    return await db.execute(connection, Q.drop_states, before)


# --- grants -------------------------------------------------------------------------------------------------------


async def add_grant(connection: Connection, workspace_id: UUID, grant: GrantRow, at: datetime) -> None:
    """What a person has just allowed, sealed."""
    await db.execute(
        connection,
        Q.add_grant,
        workspace_id,
        grant.id,
        grant.platform,
        grant.login,
        grant.user_ref,
        grant.token,
        grant.refresh_token,
        grant.scopes,
        grant.declined,
        grant.issued_at,
        grant.expires_at,
        grant.data_access_expires_at,
        grant.account_id,
        grant.refresh_at,
        at,
    )


async def grant_anywhere(connection: Connection, grant_id: UUID) -> GrantRow | None:
    """One grant, over or not."""
    return await db.fetch_optional(connection, Q.grant, GrantRow, grant_id)


async def grant_of(connection: Connection, workspace_id: UUID, grant_id: UUID) -> GrantRow | None:
    """A grant of the workspace that is not over."""
    return await db.fetch_optional(connection, Q.grant_of, GrantRow, workspace_id, grant_id)


async def grants_of(connection: Connection, workspace_id: UUID) -> list[GrantRow]:
    """The grants behind the workspace's live accounts."""
    return await db.fetch(connection, Q.grants_of, GrantRow, workspace_id)


async def lock_grant(connection: Connection, workspace_id: UUID, grant_id: UUID) -> GrantRow | None:
    """A grant that is not over, held until the transaction ends."""
    return await db.fetch_optional(connection, Q.lock_grant, GrantRow, workspace_id, grant_id)


async def lease_refresh(connection: Connection, grant_id: UUID, now: datetime, until: datetime) -> GrantRow | None:
    """Take a due refresh; None when it is not due, over, or somebody else's."""
    return await db.fetch_optional(connection, Q.lease_refresh, GrantRow, grant_id, now, until)


async def keep_refreshed(connection: Connection, grant: GrantRow) -> bool:
    """Write what a refresh brought; False when the lease was lost to somebody else meanwhile."""
    return bool(
        await db.execute(
            connection,
            Q.keep_refreshed,
            grant.id,
            grant.fence,
            grant.token,
            grant.refresh_token,
            grant.scopes,
            grant.declined,
            grant.issued_at,
            grant.expires_at,
            grant.data_access_expires_at,
            grant.refresh_at,
            grant.refresh_tries,
        )
    )


async def keep_inspected(connection: Connection, grant: GrantRow) -> None:
    """What the platform says of the grant now."""
    await db.execute(
        connection,
        Q.keep_inspected,
        grant.id,
        grant.scopes,
        grant.declined,
        grant.expires_at,
        grant.data_access_expires_at,
    )


async def postpone_refresh(connection: Connection, grant: GrantRow, again_at: datetime | None) -> bool:
    """A refresh failed; False when the lease was lost meanwhile."""
    return bool(await db.execute(connection, Q.postpone_refresh, grant.id, grant.fence, again_at))


async def due_refreshes(connection: Connection, now: datetime, limit: int) -> list[UUID]:
    """Grants whose refresh is due, the most urgent first."""
    return await db.fetch_values(connection, Q.due_refreshes, UUID, now, limit)


async def note_days(connection: Connection, grant_id: UUID, days: int | None) -> None:
    """How near the end the last notice was."""
    await db.execute(connection, Q.note_days, grant_id, days)


async def lease_checks(connection: Connection, now: datetime, again_at: datetime, limit: int) -> list[UUID]:
    """Take the grants whose health check is due."""
    return await db.fetch_values(connection, Q.lease_checks, UUID, now, again_at, limit)


async def check_soon(connection: Connection, grant_id: UUID, at: datetime) -> None:
    """Have the grant looked at, at ``at`` at the latest."""
    await db.execute(connection, Q.check_soon, grant_id, at)


async def set_check(connection: Connection, grant_id: UUID, at: datetime) -> None:
    """When the grant is looked at next."""
    await db.execute(connection, Q.set_check, grant_id, at)


async def end_grants_of_user(
    connection: Connection, platform: str, user_ref: str, at: datetime, before: datetime | None
) -> list[UUID]:
    """Every grant of a person (made ``before``) is over, its tokens wiped; which."""
    return await db.fetch_values(connection, Q.end_grants_of_user, UUID, platform, user_ref, at, before)


async def ask_revoke(connection: Connection, workspace_id: UUID, grant_id: UUID, at: datetime) -> None:
    """The grant's rights are to be taken away at the platform."""
    await db.execute(connection, Q.ask_revoke, workspace_id, grant_id, at)


async def lease_revoke(connection: Connection, grant_id: UUID, now: datetime, again_at: datetime) -> GrantRow | None:
    """Take a due revocation."""
    return await db.fetch_optional(connection, Q.lease_revoke, GrantRow, grant_id, now, again_at)


async def due_revokes(connection: Connection, now: datetime, limit: int) -> list[UUID]:
    """Grants whose revocation is due."""
    return await db.fetch_values(connection, Q.due_revokes, UUID, now, limit)


async def wipe_grant(connection: Connection, grant_id: UUID, at: datetime) -> None:
    """The grant is over; no token stays."""
    await db.execute(connection, Q.wipe_grant, grant_id, at)


async def wipe_left_grants(connection: Connection, now: datetime, made_before: datetime) -> int:
    """Wipe the grants that no account uses any more or ever did."""
    return await db.execute(connection, Q.wipe_left_grants, now, made_before)


async def wipe_replaced_grants(connection: Connection, workspace_id: UUID, grant: GrantRow, at: datetime) -> None:
    """The person signed in again by ``grant``: their earlier grants here that no account uses are over."""
    await db.execute(
        connection,
        Q.wipe_replaced_grants,
        workspace_id,
        grant.platform,
        grant.login,
        grant.user_ref,
        grant.id,
        at,
    )


async def user_chooses(connection: Connection, grant: GrantRow) -> bool:
    """Whether the person of ``grant`` has another sign-in open."""
    return bool(
        await db.fetch_value(connection, Q.user_chooses, bool, grant.platform, grant.login, grant.user_ref, grant.id)
    )


async def user_in_use(connection: Connection, grant: GrantRow) -> bool:
    """Whether a live account of any workspace lives by this person's rights."""
    return bool(await db.fetch_value(connection, Q.user_in_use, bool, grant.platform, grant.login, grant.user_ref))


# --- accounts -----------------------------------------------------------------------------------------------------


async def claim_account(
    connection: Connection, workspace_id: UUID, new_id: UUID, grant: GrantRow, account_ref: str, at: datetime
) -> AccountRow:
    """The one row of this account here, held until the transaction ends."""
    return await db.fetch_one(
        connection,
        Q.claim_account,
        AccountRow,
        workspace_id,
        new_id,
        grant.platform,
        grant.login,
        account_ref,
        grant.id,
        at,
    )


async def fill_account(
    connection: Connection, workspace_id: UUID, account: AccountRow, token: bytes, at: datetime
) -> AccountRow:
    """The account is connected by ``account.grant_id`` from now on."""
    return await db.fetch_one(
        connection,
        Q.fill_account,
        AccountRow,
        workspace_id,
        account.id,
        account.login,
        account.username,
        account.name,
        account.kind,
        account.page_ref,
        account.page_name,
        token,
        account.grant_id,
        account.functions_off,
        at,
    )


async def account_of(connection: Connection, workspace_id: UUID, account_id: UUID) -> AccountRow | None:
    """One account of the workspace, live or not."""
    return await db.fetch_optional(connection, Q.account, AccountRow, workspace_id, account_id)


async def account_anywhere(connection: Connection, account_id: UUID) -> AccountRow | None:
    """One account, live or not."""
    return await db.fetch_optional(connection, Q.account_anywhere, AccountRow, account_id)


async def accounts(connection: Connection, workspace_id: UUID) -> list[AccountRow]:
    """The workspace's live accounts."""
    return await db.fetch(connection, Q.accounts, AccountRow, workspace_id)


async def accounts_by_ref(connection: Connection, platform: str, account_ref: str) -> list[AccountRow]:
    """Who connected this account, in every workspace."""
    return await db.fetch(connection, Q.accounts_by_ref, AccountRow, platform, account_ref)


async def accounts_of_grant(connection: Connection, grant_id: UUID) -> list[AccountRow]:
    """The live accounts behind a grant."""
    return await db.fetch(connection, Q.accounts_of_grant, AccountRow, grant_id)


async def token_of(connection: Connection, account_id: UUID) -> TokenRow | None:
    """A live account's sealed token."""
    return await db.fetch_optional(connection, Q.token_of, TokenRow, account_id)


async def tokens_of_grant(connection: Connection, grant_id: UUID) -> list[TokenRow]:
    """The sealed tokens of a grant's live accounts, held until the transaction ends."""
    return await db.fetch(connection, Q.tokens_of_grant, TokenRow, grant_id)


async def set_token(connection: Connection, account_id: UUID, token: bytes) -> None:
    """The account acts with another token from now on."""
    await db.execute(connection, Q.set_token, account_id, token)


async def set_health(connection: Connection, account_id: UUID, health: str, note: Mapping[str, JsonValue]) -> bool:
    """A live account's health; False when nothing changed."""
    return bool(await db.execute(connection, Q.set_health, account_id, health, note))


async def set_good(connection: Connection, account_id: UUID) -> bool:
    """The account works; False when that was known."""
    return await set_health(connection, account_id, GOOD, {})


async def refresh_account(connection: Connection, account: AccountRow, token: bytes, at: datetime) -> None:
    """What a health check saw."""
    await db.execute(
        connection,
        Q.refresh_account,
        account.id,
        account.username,
        account.name,
        account.page_ref,
        account.page_name,
        account.functions_off,
        token,
        at,
    )


async def due_webhooks(connection: Connection, now: datetime, limit: int) -> list[UUID]:
    """Accounts whose live events are to be switched on."""
    return await db.fetch_values(connection, Q.due_webhooks, UUID, now, limit)


async def webhooks_on(connection: Connection, account_id: UUID, at: datetime, again_at: datetime) -> bool:
    """Live events are on; False when the account is gone."""
    return bool(await db.execute(connection, Q.webhooks_on, account_id, at, again_at))


async def webhooks_failed(
    connection: Connection, account_id: UUID, note: Mapping[str, JsonValue], again_at: datetime
) -> bool:
    """Live events could not be switched on; False when the account is gone."""
    return bool(await db.execute(connection, Q.webhooks_failed, account_id, note, again_at))


async def leave_account(
    connection: Connection, workspace_id: UUID, account_id: UUID, note: Mapping[str, JsonValue], at: datetime
) -> AccountRow | None:
    """Disconnect a live account and wipe its token; None when it is not live."""
    return await db.fetch_optional(connection, Q.leave_account, AccountRow, workspace_id, account_id, at, note)


# --- budgets ------------------------------------------------------------------------------------------------------


async def keep_usage(connection: Connection, usage: Usage, regain_at: datetime | None, at: datetime) -> None:
    """An allowance as it was told at ``at``, unless something newer is known."""
    if usage.scope is Allowance.APP:
        facts = (usage.platform, usage.ref, usage.percent, regain_at, at)
        await db.execute(connection, Q.keep_app_usage, *facts)
    else:
        scope = usage.scope.value
        await db.execute(connection, Q.keep_usage, usage.platform, usage.ref, scope, usage.percent, regain_at, at)


async def budgets(connection: Connection, workspace_id: UUID, account_id: UUID) -> list[BudgetRow]:
    """What was told of an account's allowances."""
    return await db.fetch(connection, Q.budgets, BudgetRow, workspace_id, account_id)


async def app_budget(connection: Connection, platform: str, app_id: str) -> list[BudgetRow]:
    """What was told of an app's allowance; nothing yet is no row."""
    return await db.fetch(connection, Q.app_budget, BudgetRow, platform, app_id)


async def keep_quota(connection: Connection, workspace_id: UUID, account_id: UUID, quota: Quota, at: datetime) -> None:
    """How much an account may still publish."""
    await db.execute(connection, Q.keep_quota, workspace_id, account_id, quota.used, quota.total, quota.period, at)


async def quotas(connection: Connection, workspace_id: UUID, account_ids: Collection[UUID]) -> dict[UUID, QuotaRow]:
    """What is known of these accounts' quotas, by account."""
    rows = await db.fetch(connection, Q.quotas, QuotaRow, workspace_id, list(account_ids))
    return {row.account_id: row for row in rows}
