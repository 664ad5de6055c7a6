"""`/api/v1/accounts`: the connected accounts for programs, read only. Connecting belongs to a browser."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from huntaze.accounts.model import AccountRow, BudgetRow, GrantRow, QuotaRow
from huntaze.accounts.service import Accounts
from huntaze.accounts.standing import standing
from huntaze.identity import Actor, Identity
from huntaze.kit.problems import not_found


class _Shape(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class NoteShape(_Shape):
    """Why, and what to do."""

    reason: str
    remedy: str


class AccountShape(_Shape):
    """A connected account. `health` says whether it can be used, `standing` what its owner is told."""

    id: UUID
    platform: str
    login: str
    account_ref: str
    username: str
    name: str
    health: Literal["good", "reconnect", "disconnected"]
    standing: Literal["good", "reconnect", "ends_soon", "limited", "no_events", "starting"]
    note: NoteShape | None
    functions_off: list[str]
    live_events_since: datetime | None
    sign_in_ends_at: datetime | None
    data_access_ends_at: datetime | None
    checked_at: datetime | None
    connected_at: datetime


class UsageShape(_Shape):
    """How much of an allowance of calls is used, as the platform last told it; what it does not tell is not here.
    `app` is shared by every account of the developer app. From 75 % syncs go slowly, at 80 % they stop, at 90 %
    everything but publishing stops; at 100 % the platform refuses calls, perhaps until `regainAt`."""

    scope: Literal["account", "sign_in", "messages", "app"]
    percent: float
    regain_at: datetime | None
    told_at: datetime


class QuotaShape(_Shape):
    """How many posts may go out in a rolling period. `total` and `left` are null where the platform does not say."""

    used: int
    total: int | None
    left: int | None
    period_seconds: int
    told_at: datetime


class AccountDetail(AccountShape):
    """A connected account with what it may still do. `quota` is null where the platform has not been asked yet."""

    usage: list[UsageShape]
    quota: QuotaShape | None


class AccountList(_Shape):
    """Every live account of the workspace."""

    items: list[AccountShape]


def router(accounts: Accounts, identity: Identity) -> APIRouter:
    """``/v1/accounts``."""
    api = APIRouter(prefix="/v1/accounts", tags=["accounts"])
    require = Depends(identity.require("accounts.read"))

    @api.get("", summary="The connected accounts")
    async def list_accounts(actor: Annotated[Actor, require]) -> AccountList:
        async with accounts.database.transaction() as tx:
            rows = await accounts.list_accounts(tx, actor.workspace_id)
            grants = await accounts.grants_behind(tx, actor.workspace_id)
        now = accounts.clock.now()
        return AccountList(items=[_shape(row, grants.get(row.grant_id), now) for row in rows])

    @api.get("/{account_id}", summary="One connected account, with its usage and its publishing quota")
    async def one_account(account_id: UUID, actor: Annotated[Actor, require]) -> AccountDetail:
        async with accounts.database.transaction() as tx:
            row = await accounts.get(tx, actor.workspace_id, account_id)
            grants = await accounts.grants_behind(tx, actor.workspace_id)
        if row is None or row.disconnected_at is not None:
            raise not_found()
        quotas = await accounts.quotas.fresh(actor.workspace_id, [account_id])
        usage = await accounts.governor.told(actor.workspace_id, account_id)
        known = _shape(row, grants.get(row.grant_id), accounts.clock.now())
        return AccountDetail(
            **dict(known), usage=[_usage(told) for told in usage], quota=_quota(quotas.get(account_id))
        )

    return api


def _shape(row: AccountRow, grant: GrantRow | None, now: datetime) -> AccountShape:
    stands = standing(row, grant, now)
    note = stands.note
    return AccountShape.model_validate(
        {
            "id": row.id,
            "platform": row.platform,
            "login": row.login,
            "account_ref": row.account_ref,
            "username": row.username,
            "name": row.name,
            "health": row.health,
            "standing": stands.code,
            "note": {"reason": str(note.reason), "remedy": str(note.remedy)} if note else None,
            "functions_off": [str(text) for text in row.off],
            "live_events_since": row.webhooks_at,
            "sign_in_ends_at": grant.expires_at if grant else None,
            "data_access_ends_at": grant.data_access_expires_at if grant else None,
            "checked_at": row.checked_at,
            "connected_at": row.connected_at,
        }
    )


def _usage(told: BudgetRow) -> UsageShape:
    return UsageShape.model_validate(
        {"scope": told.scope, "percent": told.percent, "regain_at": told.regain_at, "told_at": told.told_at}
    )


def _quota(quota: QuotaRow | None) -> QuotaShape | None:
    if quota is None:
        return None
    return QuotaShape(
        used=quota.used,
        total=quota.total,
        left=quota.left,
        period_seconds=round(quota.period.total_seconds()),
        told_at=quota.told_at,
    )
