"""Somebody asks for an account to be read whole now: `POST /api/v1/accounts/{id}/sync`, the button, the command."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from huntaze.accounts import AccountRow, Accounts
from huntaze.crm.service import Mirror
from huntaze.identity import Actor, Identity
from huntaze.kit.db import Database
from huntaze.kit.problems import not_found
from huntaze.kit.shapes import Shape

VERB = "media.write"


class SyncAsked(Shape):
    """A whole reading was asked for. How far it is stands in the account's `sync`, at `statusUrl`."""

    account_id: UUID
    asked_at: datetime
    status_url: str


class Asking:
    """Has accounts read whole, soon."""

    def __init__(self, database: Database, accounts: Accounts, mirror: Mirror) -> None:
        self.database = database
        self.accounts = accounts
        self.mirror = mirror

    async def ask(self, workspace_id: UUID, account_id: UUID | None = None) -> list[AccountRow]:
        """One live account of a workspace, or all of them; those that are read now."""
        async with self.database.transaction() as tx:
            live = await self.accounts.list_accounts(tx, workspace_id)
            asked = [account for account in live if account_id in (None, account.id)]
            for account in asked:
                await self.mirror.start_sync(tx, workspace_id, account.id)
        return asked


def sync_router(asking: Asking, identity: Identity) -> APIRouter:
    """``/v1/accounts/{account_id}/sync``."""
    api = APIRouter(prefix="/v1/accounts", tags=["accounts"])

    @api.post("/{account_id}/sync", status_code=202, summary="Read an account whole, soon")
    async def sync(
        account_id: UUID, actor: Annotated[Actor, Depends(identity.require(VERB))], response: Response
    ) -> SyncAsked:
        """What happens every night: its profile, every post and story, what comments changed, what is gone. A worker
        does it, as the platform's allowance permits; asking twice is asking once."""
        if not await asking.ask(actor.workspace_id, account_id):
            raise not_found()
        status_url = f"/api/v1/accounts/{account_id}"
        response.headers["location"] = status_url
        return SyncAsked(account_id=account_id, asked_at=asking.mirror.clock.now(), status_url=status_url)

    return api


def sync_routes(asking: Asking, identity: Identity) -> list[Route]:
    """The button of the accounts page."""

    async def sync(request: Request, actor: Actor) -> RedirectResponse:
        if not await asking.ask(actor.workspace_id, request.path_params["account"]):
            raise HTTPException(404)
        return RedirectResponse("/accounts", status_code=303)

    return [identity.page_route("/accounts/{account:uuid}/sync", VERB, sync, methods=("POST",), name="account-sync")]
