"""API keys over the API itself. Only a browser session may: a key makes no keys."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from huntaze.identity.model import Actor, KeyRow
from huntaze.identity.service import Identity
from huntaze.kit.problems import not_found
from huntaze.kit.shapes import Shape


class NewKey(Shape):
    """A key to make."""

    name: str = Field(min_length=1, max_length=100)
    scopes: list[str] = Field(min_length=1, max_length=20)


class KeyBody(Shape):
    """A key without its secret."""

    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class MadeKey(Shape):
    """A key just made; ``key`` is never shown again."""

    id: UUID
    key: str


def router(identity: Identity) -> APIRouter:
    """``/v1/keys``."""
    api = APIRouter(prefix="/v1/keys", tags=["keys"])
    require = Depends(identity.require("keys.write"))

    @api.get("", summary="The workspace's API keys")
    async def list_keys(actor: Annotated[Actor, require]) -> list[KeyBody]:
        return [_shown(row) for row in await identity.keys.all(actor.workspace_id)]

    @api.post("", status_code=201, summary="Make an API key; its text is in this answer only")
    async def make_key(body: NewKey, actor: Annotated[Actor, require]) -> MadeKey:
        key_id, text = await identity.create_key(actor.workspace_id, body.name.strip(), body.scopes)
        return MadeKey(id=key_id, key=text)

    @api.delete("/{key_id}", status_code=204, summary="Revoke an API key at once")
    async def revoke_key(key_id: UUID, actor: Annotated[Actor, require]) -> None:
        if not await identity.revoke_key(actor.workspace_id, key_id):
            raise not_found()

    return api


def _shown(row: KeyRow) -> KeyBody:
    return KeyBody(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        scopes=row.scopes,
        created_at=row.created_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )
