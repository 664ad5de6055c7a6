"""`/api/v1/accounts`: the connected accounts for programs, read only. Connecting belongs to a browser."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from huntaze.accounts.model import AccountRow, BudgetRow, GrantRow, QuotaRow
from huntaze.accounts.neighbours import Mirrored, Neighbours
from huntaze.accounts.service import Accounts
from huntaze.accounts.standing import standing
from huntaze.identity import Actor, Identity
from huntaze.kit import sheets
from huntaze.kit.problems import not_found
from huntaze.kit.shapes import Shape


class NoteShape(Shape):
    """Why, and what to do."""

    reason: str
    remedy: str


class ProfileShape(Shape):
    """An account as its platform showed it at `seenAt`. Null: the platform did not say. `pictureAssetId` is our own
    copy of its picture."""

    biography: str
    website: str
    followers: int | None
    following: int | None
    media_count: int | None
    picture_asset_id: UUID | None
    seen_at: datetime


class SyncShape(Shape):
    """How far the mirror of an account is. `finishedAt` null: it is being read just now. `nextAt` null: it stands still
    until a person acts. `problem` says why the last try ended early."""

    started_at: datetime
    finished_at: datetime | None
    next_at: datetime | None
    problem: str | None


class AccountShape(Shape):
    """A connected account. `health` says whether it can be used, `standing` what its owner is told. `profile` and
    `sync` are null until the account has been read for the first time."""

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
    profile: ProfileShape | None
    sync: SyncShape | None


class UsageShape(Shape):
    """How much of an allowance of calls is used, as the platform last told it; what it does not tell is not here.
    `app` is shared by every account of the developer app. From 75 % syncs go slowly, at 80 % they stop, at 90 %
    everything but publishing stops; at 100 % the platform refuses calls, perhaps until `regainAt`."""

    scope: Literal["account", "sign_in", "messages", "app"]
    percent: float
    regain_at: datetime | None
    told_at: datetime


class QuotaShape(Shape):
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


class AccountList(Shape):
    """Every live account of the workspace."""

    items: list[AccountShape]


_COLUMNS = (
    "id", "platform", "accountRef", "username", "name", "standing", "followers", "following", "mediaCount", "biography",
    "website", "seenAt", "connectedAt",
)  # fmt: skip


def router(accounts: Accounts, identity: Identity, neighbours: Neighbours) -> APIRouter:
    """``/v1/accounts``."""
    api = APIRouter(prefix="/v1", tags=["accounts"])
    reader = Annotated[Actor, Depends(identity.require("accounts.read"))]

    async def shown(workspace_id: UUID) -> list[AccountShape]:
        async with accounts.database.transaction() as tx:
            rows = await accounts.list_accounts(tx, workspace_id)
            grants = await accounts.grants_behind(tx, workspace_id)
        mirrored = await neighbours.mirrored(workspace_id, [row.id for row in rows])
        now = accounts.clock.now()
        return [_shape(row, grants.get(row.grant_id), mirrored.get(row.id), now) for row in rows]

    @api.get("/accounts", summary="The connected accounts, with their profiles and how far their mirrors are")
    async def list_accounts(actor: reader) -> AccountList:
        return AccountList(items=await shown(actor.workspace_id))

    @api.get("/accounts.csv", response_class=Response, summary="The connected accounts as a CSV file")
    async def export(actor: reader) -> Response:
        file = _file(await shown(actor.workspace_id))
        return Response(file, media_type=sheets.MEDIA_TYPE, headers=sheets.attachment("accounts.csv"))

    @api.get("/accounts/{account_id}", summary="One connected account, with its usage and its publishing quota")
    async def one_account(account_id: UUID, actor: reader) -> AccountDetail:
        async with accounts.database.transaction() as tx:
            row = await accounts.get(tx, actor.workspace_id, account_id)
            grants = await accounts.grants_behind(tx, actor.workspace_id)
        if row is None or row.disconnected_at is not None:
            raise not_found()
        mirrored = await neighbours.mirrored(actor.workspace_id, [account_id])
        quotas = await accounts.quotas.fresh(actor.workspace_id, [account_id])
        usage = await accounts.governor.told(actor.workspace_id, account_id)
        known = _shape(row, grants.get(row.grant_id), mirrored.get(row.id), accounts.clock.now())
        return AccountDetail(
            **dict(known), usage=[_usage(told) for told in usage], quota=_quota(quotas.get(account_id))
        )

    return api


def _file(shapes: Sequence[AccountShape]) -> str:
    """The accounts as a CSV file; what is not known is empty."""
    rows = [one.model_dump(mode="json", by_alias=True) for one in shapes]
    told = [row | (row["profile"] or {}) for row in rows]
    cells = [["" if row.get(name) is None else str(row[name]) for name in _COLUMNS] for row in told]
    return sheets.header_line(_COLUMNS) + sheets.lines(cells)


def _shape(row: AccountRow, grant: GrantRow | None, mirrored: Mirrored | None, now: datetime) -> AccountShape:
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
            "profile": _profile(mirrored),
            "sync": _sync(mirrored),
        }
    )


def _profile(mirrored: Mirrored | None) -> ProfileShape | None:
    seen = mirrored.seen if mirrored else None
    if seen is None:
        return None
    return ProfileShape(
        biography=seen.biography,
        website=seen.website,
        followers=seen.followers,
        following=seen.following,
        media_count=seen.media_count,
        picture_asset_id=seen.picture_id,
        seen_at=seen.seen_at,
    )


def _sync(mirrored: Mirrored | None) -> SyncShape | None:
    syncing = mirrored.syncing if mirrored else None
    if syncing is None:
        return None
    return SyncShape(
        started_at=syncing.started_at,
        finished_at=syncing.finished_at,
        next_at=syncing.next_at,
        problem=syncing.problem or None,
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
