"""Switching webhooks on: for the app with a handshake, for the account through its Page (instagram.md §6.1, §6.2)."""

from socialsim.meta import errors
from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError, Problem, bad_parameter
from socialsim.meta.listed import names
from socialsim.meta.model import App, Page, Subscription
from socialsim.meta.webhooks.page_fields import SILENT

INSTAGRAM_FIELDS = frozenset(
    {
        "comments",
        "live_comments",
        "mentions",
        "story_insights",
        "messages",
        "message_echoes",
        "message_edit",
        "message_edits",
        "message_reactions",
        "messaging_postbacks",
        "messaging_referral",
        "messaging_seen",
        "messaging_handover",
        "messaging_optins",
        "messaging_policy_enforcement",
        "response_feedback",
        "standby",
    }
)
PAGE_FIELDS = (
    INSTAGRAM_FIELDS
    | SILENT
    | {
        "feed",
        "mention",
        "message_reads",
        "messaging_referrals",
        "messaging_handovers",
    }
)
"""The SDK knows Page names only, Instagram's page speaks of its own: both are taken (§6.1 ⚠)."""
_FIELDS_OF = {"instagram": INSTAGRAM_FIELDS, "page": PAGE_FIELDS}
_CALLBACK_FAILED = Problem(2200, None, "(#2200) Callback verification failed")
_APP_TOKEN_NEEDED = Problem(15, None, "(#15) This method must be called with an app access token")
_PAGE_TOKEN_NEEDED = Problem(210, None, "(#210) A page access token is required to request this resource.")


def _app(context: Context, app_id: str) -> App:
    actor = context.actor
    if actor.token is not None or actor.app.id != app_id:
        raise GraphError(_APP_TOKEN_NEEDED)
    return actor.app


async def subscribe_app(context: Context, app_id: str) -> object:
    """``POST /{app}/subscriptions``: asks the callback first, stores only what answered rightly."""
    app = _app(context, app_id)
    params = context.call.params
    product = context.parameter("object")
    if product not in _FIELDS_OF:
        raise bad_parameter("socialsim: only object=instagram and object=page are simulated")
    fields = names(params, "fields")
    unknown = [name for name in fields if name not in _FIELDS_OF[product]]
    if unknown or not fields:
        raise bad_parameter(f"Invalid fields: {', '.join(unknown) or 'none given'}")
    url, verify_token = context.parameter("callback_url"), params.get("verify_token", "")
    await _handshake(context, url, verify_token)
    app.subscriptions[product] = Subscription(
        url, verify_token, fields, include_values=params.get("include_values", "true").lower() in {"true", "1"}
    )
    context.record("subscription.changed", account_id="", object_id=app.id, text=",".join(fields))
    return {"success": True}


async def _handshake(context: Context, url: str, verify_token: str) -> None:
    challenge = str(10**9 + int(context.services.mint.opaque("challenge", 12), 36) % 10**9)
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
    status, text = await context.services.postman.ask(url, query)
    if status != 200 or text.strip() != challenge:
        reason = f"HTTP status {status}" if status != 200 else "the challenge was not returned"
        raise GraphError(_CALLBACK_FAILED, f"{_CALLBACK_FAILED.message}: {reason}")


async def app_subscriptions(context: Context, app_id: str) -> object:
    """``GET /{app}/subscriptions``."""
    app = _app(context, app_id)
    return {
        "data": [
            {
                "object": name,
                "callback_url": subscription.callback_url,
                "active": subscription.active,
                "fields": [{"name": field, "version": "v26.0"} for field in subscription.fields],
            }
            for name, subscription in app.subscriptions.items()
        ]
    }


async def unsubscribe_app(context: Context, app_id: str) -> object:
    """``DELETE /{app}/subscriptions``: an object, or some of its fields."""
    app = _app(context, app_id)
    params = context.call.params
    for name in [params["object"]] if params.get("object") else list(app.subscriptions):
        subscription = app.subscriptions.get(name)
        dropped = set(names(params, "fields"))
        if subscription is not None and dropped:
            subscription.fields = [field for field in subscription.fields if field not in dropped]
        if subscription is not None and (not dropped or not subscription.fields):
            del app.subscriptions[name]
    context.record("subscription.changed", account_id="", object_id=app.id)
    return {"success": True}


def _page(context: Context, page_id: str) -> Page:
    page = context.page(page_id)
    if context.scoped_page != page.id:
        raise GraphError(_PAGE_TOKEN_NEEDED)
    context.need("pages_manage_metadata")
    if not context.person.roles.get(page.id):
        raise GraphError(errors.PAGE_ROLE)
    return page


async def subscribe_page(context: Context, page_id: str) -> object:
    """``POST /{page}/subscribed_apps``."""
    page = _page(context, page_id)
    context.parameter("subscribed_fields")
    fields = names(context.call.params, "subscribed_fields")
    unknown = [name for name in fields if name not in PAGE_FIELDS]
    if unknown:
        raise bad_parameter(f"Param subscribed_fields must be one of the known fields - got {', '.join(unknown)}")
    page.subscribed[context.actor.app.id] = fields
    context.record("subscription.changed", account_id=page.instagram_id, object_id=page.id, text=",".join(fields))
    return {"success": True}


async def page_subscriptions(context: Context, page_id: str) -> object:
    """``GET /{page}/subscribed_apps``."""
    page = _page(context, page_id)
    apps = context.world.apps
    return {
        "data": [
            {"id": app_id, "name": apps[app_id].name, "category": "Business", "subscribed_fields": fields}
            for app_id, fields in page.subscribed.items()
        ]
    }


async def unsubscribe_page(context: Context, page_id: str) -> object:
    """``DELETE /{page}/subscribed_apps``."""
    page = _page(context, page_id)
    page.subscribed.pop(context.actor.app.id, None)
    context.record("subscription.changed", account_id=page.instagram_id, object_id=page.id)
    return {"success": True}
