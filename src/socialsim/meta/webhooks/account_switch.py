"""Switching an account's webhooks on with Instagram Login: ``/{ig}/subscribed_apps`` (instagram.md §6.1)."""

from socialsim.meta.access import Context
from socialsim.meta.errors import bad_parameter
from socialsim.meta.listed import names
from socialsim.meta.webhooks.subscriptions import INSTAGRAM_FIELDS

_FACEBOOK_LOGIN_ONLY = frozenset({"mentions", "story_insights"})


async def subscribe(context: Context, account_id: str) -> object:
    """``POST``: without this nothing arrives. Which fields are told is the app's subscription, not this list."""
    account = context.account(account_id)
    fields = names(context.call.params, "subscribed_fields")
    unknown = [name for name in fields if name not in INSTAGRAM_FIELDS or name in _FACEBOOK_LOGIN_ONLY]
    if unknown or not fields:
        wrong = ", ".join(unknown) or "nothing"
        raise bad_parameter(f"Param subscribed_fields must be one of the known fields - got {wrong}")
    account.subscribed[context.actor.app.id] = fields
    context.record("subscription.changed", account_id=account.id, object_id=account.id, text=",".join(fields))
    return {"success": True}


async def subscriptions(context: Context, account_id: str) -> object:
    """``GET``: this app, if it is switched on."""
    account, app = context.account(account_id), context.actor.app
    fields = account.subscribed.get(app.id)
    return {"data": [] if fields is None else [{"id": app.instagram_id, "name": app.name, "subscribed_fields": fields}]}


async def unsubscribe(context: Context, account_id: str) -> object:
    """``DELETE``."""
    account = context.account(account_id)
    account.subscribed.pop(context.actor.app.id, None)
    context.record("subscription.changed", account_id=account.id, object_id=account.id)
    return {"success": True}
