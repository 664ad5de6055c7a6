"""Codes and tokens: making, exchanging, inspecting, ending them (instagram.md §1.3, §1.5, §1.6)."""

import base64
from urllib.parse import urlsplit

from socialsim.kernel.services import Services
from socialsim.meta import errors
from socialsim.meta.access import Actor, Context, app_by_secret, authorise, check_token
from socialsim.meta.errors import GraphError, bad_parameter
from socialsim.meta.model import App, Code, Grant, Page, Token, World

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def redirect_allowed(registered: list[str] | None, redirect_uri: str) -> bool:
    """Character by character against the registered list; an app without a list takes loopback and https (§1.1)."""
    if registered is not None:
        return redirect_uri in registered
    if not redirect_uri.isprintable() or " " in redirect_uri:
        return False
    try:
        parts = urlsplit(redirect_uri)
    except ValueError:
        return False
    host = parts.hostname or ""
    loopback = host in _LOOPBACK or host.endswith(".localhost")
    return parts.scheme == "https" or (parts.scheme == "http" and loopback)


def grant_permissions(
    services: Services,
    world: World,
    app: App,
    user_id: str,
    answers: dict[str, bool],
    page_ids: list[str] | None,
) -> Grant:
    """Store the answers of a dialog; the data-access clock starts again (§1.5)."""
    until = services.clock.epoch() + services.config.data_access_lifetime
    grant = world.grant(app.id, user_id)
    if grant is None:
        grant = Grant(app.id, user_id, {"public_profile": "granted"}, page_ids, until)
        world.grants[f"{app.id}/{user_id}"] = grant
    grant.permissions.update({name: "granted" if ticked else "declined" for name, ticked in answers.items()})
    grant.page_ids = page_ids
    grant.data_access_expires_at = until
    return grant


def new_code(services: Services, world: World, app: App, user_id: str, redirect_uri: str) -> Code:
    """A code that lives about an hour."""
    value = "AQ" + services.mint.opaque("code", 180)
    code = Code(value, app.id, user_id, redirect_uri, services.clock.epoch() + services.config.code_lifetime)
    world.codes[value] = code
    return code


def user_token(services: Services, world: World, app_id: str, user_id: str, *, long_lived: bool) -> Token:
    """A user token, 1 to 2 h or about 60 days long."""
    config = services.config
    now = services.clock.epoch()
    lifetime = config.long_token_lifetime if long_lived else config.short_token_lifetime
    value = "EAAJ" + services.mint.opaque("token", 160)
    token = Token(value, app_id, user_id, now, now + lifetime, long_lived=long_lived)
    world.tokens[value] = token
    return token


def page_token(context: Context, page: Page, user: Token) -> Token:
    """The Page's token for this person; without an end if the person's own is long-lived (§1.3)."""
    if user.page_id:
        return user
    return page_token_for(context.services, context.world, page, user)


def page_token_for(services: Services, world: World, page: Page, user: Token) -> Token:
    """As :func:`page_token`, outside a call."""
    key = f"{user.app_id}/{user.user_id}/{page.id}/{user.long_lived}"
    known = world.tokens.get(world.page_tokens.get(key, ""))
    if known is not None and known.dead is None and (user.long_lived or known.expires_at == user.expires_at):
        return known
    value = "EAAJ" + services.mint.opaque("token", 170)
    expires_at = 0.0 if user.long_lived else user.expires_at
    token = Token(value, user.app_id, user.user_id, user.issued_at, expires_at, page.id, user.long_lived)
    world.tokens[value] = token
    world.page_tokens[key] = value
    return token


async def access_token(context: Context, _: str) -> object:
    """``/oauth/access_token`` in its three forms: code, long-lived exchange, app token."""
    params = context.call.params
    app = app_by_secret(context.world, *_client(context))
    match params.get("grant_type", "authorization_code"):
        case "client_credentials":
            return {"access_token": f"{app.id}|{app.secret}", "token_type": "bearer"}
        case "fb_exchange_token":
            return _exchange(context, app, context.parameter("fb_exchange_token"))
        case "authorization_code":
            return _redeem(context, app, context.parameter("code"), context.parameter("redirect_uri"))
        case other:
            raise bad_parameter(f"Unknown grant_type {other}")


def _client(context: Context) -> tuple[str, str]:
    """Id and secret of the app: parameters, or the Basic header of OAuth libraries, which is not in the sheet."""
    scheme, _, word = context.call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic" and not context.call.params.get("client_id"):
        try:
            name, _, secret = base64.b64decode(word, validate=True).decode().partition(":")
        except ValueError:
            raise GraphError(errors.CLIENT_UNKNOWN) from None
        return name, secret
    return context.parameter("client_id"), context.parameter("client_secret")


def _redeem(context: Context, app: App, value: str, redirect_uri: str) -> object:
    code = context.world.codes.get(value)
    if code is None or code.app_id != app.id or code.account_id:
        raise GraphError(errors.CODE_INVALID)
    if code.used:
        raise GraphError(errors.CODE_USED)
    if context.call.at >= code.expires_at:
        raise GraphError(errors.CODE_EXPIRED)
    if code.redirect_uri != redirect_uri:
        raise GraphError(errors.CODE_REDIRECT)
    code.used = True
    token = user_token(context.services, context.world, app.id, code.user_id, long_lived=False)
    context.record("token.issued", account_id=token.user_id, object_id=app.id)
    return _token_answer(token)


def _exchange(context: Context, app: App, value: str) -> object:
    token = context.world.tokens.get(value)
    if token is None or token.app_id != app.id or token.page_id or token.account_id:
        raise GraphError(errors.TOKEN_INVALID)
    check_token(context.world, token, context.call.at)
    config = context.services.config
    if not token.long_lived or config.exchange_extends:
        token = user_token(context.services, context.world, app.id, token.user_id, long_lived=True)
        if config.exchange_expiry != "given":
            token.expires_at = 0.0
        context.record("token.issued", account_id=token.user_id, object_id=app.id)
    return _token_answer(token, now=context.call.at, tells_zero=config.exchange_expiry == "zero")


def _token_answer(token: Token, now: float | None = None, *, tells_zero: bool = False) -> object:
    """Without an end by time ``expires_in`` is missing or 0: never to be added to the present (§1.3)."""
    answer: dict[str, object] = {"access_token": token.value, "token_type": "bearer"}
    if token.expires_at:
        answer["expires_in"] = round(token.expires_at - (token.issued_at if now is None else now))
    elif tells_zero:
        answer["expires_in"] = 0
    return answer


async def debug_token(context: Context, _: str) -> object:
    """``/debug_token``: who, what, until when; a dead token still answers 200, one of Instagram is unknown (§1.5)."""
    asking = authorise(context.world, context.call)
    text = context.parameter("input_token")
    app_id, bar, secret = text.partition("|")
    if bar:
        app = app_by_secret(context.world, app_id, secret)
        return {"data": {"app_id": app.id, "type": "APP", "application": app.name, "is_valid": True, "scopes": []}}
    token = context.world.tokens.get(text)
    if token is None or token.account_id:
        error = {"code": 190, "message": errors.TOKEN_INVALID.message}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    if token.app_id != asking.app.id:
        raise bad_parameter("The App_id in the input_token did not match the Viewing App")
    return {"data": _inspection(context, asking, token)}


def _inspection(context: Context, asking: Actor, token: Token) -> dict[str, object]:
    grant = context.world.grant(token.app_id, token.user_id)
    data: dict[str, object] = {
        "app_id": token.app_id,
        "type": "PAGE" if token.page_id else "USER",
        "application": asking.app.name,
        "data_access_expires_at": int(grant.data_access_expires_at) if grant else 0,
        "expires_at": int(token.expires_at),
        "is_valid": True,
        "scopes": granted(grant),
        "granular_scopes": _granular(context.world, grant, token) if grant else [],
        "user_id": token.user_id,
    }
    if token.long_lived:
        data["issued_at"] = int(token.issued_at)
    if token.page_id:
        data["profile_id"] = token.page_id
    try:
        check_token(context.world, token, context.call.at)
    except GraphError as error:
        problem = error.problem
        data["is_valid"] = False
        data["error"] = {"code": problem.code, "message": str(error), "subcode": problem.subcode}
    return data


def granted(grant: Grant | None) -> list[str]:
    """Names of the permissions in force."""
    return [name for name, status in grant.permissions.items() if status == "granted"] if grant else []


def _granular(world: World, grant: Grant, token: Token) -> list[dict[str, object]]:
    """Without ``target_ids`` a permission holds for all (§1.4)."""
    if grant.page_ids is None:
        return [{"scope": name} for name in granted(grant) if name != "public_profile"]
    pages = [world.pages[page_id] for page_id in grant.page_ids if page_id in world.pages]
    instagrams = [page.instagram_id for page in pages if page.instagram_id]
    portfolios = sorted({page.portfolio_id for page in pages if page.portfolio_id})
    out: list[dict[str, object]] = []
    for name in granted(grant):
        if name.startswith("pages_"):
            out.append({"scope": name, "target_ids": [page.id for page in pages]})
        elif name.startswith("instagram_"):
            out.append({"scope": name, "target_ids": instagrams})
        elif name == "business_management":
            out.append({"scope": name, "target_ids": portfolios})
    return out


async def permissions(context: Context, _: str) -> object:
    """``GET /me/permissions``; a Page token has no such field (§0.1)."""
    grant = context.actor.grant
    if grant is None or context.scoped_page:
        raise bad_parameter("Tried accessing nonexisting field (permissions) on node type (Page)")
    return {"data": [{"permission": name, "status": status} for name, status in grant.permissions.items()]}


def end_tokens(world: World, user_id: str, subcode: int, *, app_id: str = "", page_id: str = "") -> None:
    """Kill a person's living tokens with a subcode of §8.3; narrowed by app or Page."""
    for token in world.tokens.values():
        theirs = token.user_id == user_id and token.dead is None
        if theirs and app_id in {"", token.app_id} and page_id in {"", token.page_id}:
            token.dead = subcode
