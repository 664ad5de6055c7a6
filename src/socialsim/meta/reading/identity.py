"""Who a token of Instagram Login belongs to: two ids and a type (instagram.md §2.3)."""

from socialsim.meta.access import Context
from socialsim.meta.fields import Field, parse
from socialsim.meta.login.instagram import scoped_id
from socialsim.meta.model import Account
from socialsim.meta.reading.accounts import ACCOUNT
from socialsim.meta.reading.projection import Table, project


def _own_id(context: Context, account: Account, field: Field) -> object:
    return scoped_id(context.world, context.actor.app.id, account.id)


def _type(context: Context, account: Account, field: Field) -> object:
    return account.type.title() if context.services.config.instagram.mixed_case_type else account.type


OWN_ACCOUNT: Table[Account] = {
    **ACCOUNT,
    "id": _own_id,
    "user_id": lambda c, a, f: a.id,
    "account_type": _type,
}


async def account(context: Context, account_id: str) -> object:
    """``GET /me`` or ``/{ig}`` on graph.instagram.com."""
    found = context.account(account_id)
    fields = parse(context.call.params.get("fields") or "id")
    if not any(field.name == "id" for field in fields):
        fields = (*fields, Field("id"))
    node = project(context, found, "IGUser", OWN_ACCOUNT, fields)
    wrapped = context.services.config.instagram.wrapped_me and context.call.path.rstrip("/").endswith("/me")
    return {"data": [node]} if wrapped else node
