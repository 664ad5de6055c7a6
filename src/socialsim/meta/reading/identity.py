"""Who a token of Instagram Login belongs to: two ids and a type (instagram.md §2.3)."""

import hashlib

from socialsim.meta.access import Context
from socialsim.meta.fields import Field, parse
from socialsim.meta.model import Account, World
from socialsim.meta.reading.accounts import ACCOUNT
from socialsim.meta.reading.projection import Table, project


def scoped_id(world: World, app_id: str, account_id: str) -> str:
    """The account's id towards one app: another number for each app, never the one in webhooks."""
    digest = hashlib.sha256(f"{app_id}/{account_id}".encode()).digest()
    value = f"1020{int.from_bytes(digest[:8]) % 10**13:013d}"
    world.scoped[value] = account_id
    return value


def _own_id(context: Context, account: Account, field: Field) -> object:
    return scoped_id(context.world, context.actor.app.id, account.id)


OWN_ACCOUNT: Table[Account] = {
    **ACCOUNT,
    "id": _own_id,
    "user_id": lambda c, a, f: a.id,
    "account_type": lambda c, a, f: a.type,
}


async def account(context: Context, account_id: str) -> object:
    """``GET /me`` or ``/{ig}`` on graph.instagram.com."""
    found = context.account(account_id)
    fields = parse(context.call.params.get("fields") or "id")
    if not any(field.name == "id" for field in fields):
        fields = (*fields, Field("id"))
    return project(context, found, "IGUser", OWN_ACCOUNT, fields)
