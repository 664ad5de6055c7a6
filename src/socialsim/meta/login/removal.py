"""Taking back what was allowed: single permissions, or the whole app (instagram.md §1.6, §7)."""

from socialsim.kernel.services import Services
from socialsim.meta import errors
from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError
from socialsim.meta.login.instagram import scoped_id
from socialsim.meta.login.tokens import end_tokens
from socialsim.meta.model import Account, App, World
from socialsim.meta.webhooks.compliance import Callbacks


async def revoke(context: Context, user_id: str, permission: str = "") -> object:
    """``DELETE /{user}/permissions[/{name}]``; without a name the deauthorize callback fires."""
    actor = context.actor
    if actor.grant is not None and actor.grant.user_id != user_id:
        raise GraphError(errors.NOT_VISIBLE)
    grant = context.world.grant(actor.app.id, user_id)
    if grant is None:
        raise GraphError(errors.NOT_VISIBLE)
    if permission:
        grant.permissions.pop(permission, None)
    else:
        remove_app(context.services, context.world, actor.app, user_id)
    context.record("permission.revoked", account_id=user_id, object_id=actor.app.id, text=permission)
    return {"success": True}


def remove_app(services: Services, world: World, app: App, user_id: str, *, ask_deletion: bool = False) -> None:
    """The person, or the account of Instagram Login, removed the app.

    The grant goes, tokens die with 190/458, webhooks of that login end, the app's callbacks are called.
    """
    grant = world.grants.pop(f"{app.id}/{user_id}", None)
    end_tokens(world, user_id, 458, app_id=app.id)
    account = world.accounts.get(user_id)
    if account is not None:
        account.subscribed.pop(app.id, None)
    else:
        for page_id in world.people[user_id].roles:
            world.pages[page_id].subscribed.pop(app.id, None)
    if grant is not None:
        seen_as, secret = _towards(services, world, app, account) if account else (user_id, app.secret)
        Callbacks(services).removed(app, seen_as, secret, ask_deletion=ask_deletion)


def _towards(services: Services, world: World, app: App, account: Account) -> tuple[str, str]:
    """The id the app knows the account by, and the secret that signs (§7: try both)."""
    by_meta = services.config.instagram.signed_with == "meta"
    return scoped_id(world, app.id, account.id), app.secret if by_meta else app.instagram_secret
