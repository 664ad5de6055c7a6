"""api.instagram.com, and the two calls that lengthen a token on graph.instagram.com (instagram.md §2.2)."""

import hmac

from socialsim.kernel.faults import FaultRule
from socialsim.kernel.services import Services
from socialsim.kernel.wire import Answer, Call, Route, json_answer
from socialsim.meta import errors
from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError, Problem, bad_parameter
from socialsim.meta.login.instagram import instagram_token, scoped_id
from socialsim.meta.login.tokens import granted
from socialsim.meta.model import App, Token, World

_TOO_YOUNG = Problem(100, None, "(#100) The access token must be at least 24 hours old to be refreshed.")
_NOT_LONG = Problem(100, None, "(#100) Only a long-lived access token can be refreshed.")
_NOT_SHORT = Problem(100, None, "(#100) Only a short-lived access token can be exchanged.")
_CODE_UNKNOWN = "Matching code was not found or was already used"
_CODE_REDIRECT = (
    "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the "
    "OAuth dialog request"
)


class _Refused(Exception):
    """An error in this host's own words."""


class InstagramTokenHost:
    """api.instagram.com: a code becomes a short-lived token. Its errors are not those of a Graph API."""

    takes_bytes = 0
    endpoints = ("POST /oauth/access_token",)

    def __init__(self, services: Services, world: World) -> None:
        self._services = services
        self._world = world

    def route(self, call: Call) -> Route:
        """See :class:`socialsim.kernel.wire.Host`."""
        if [part for part in call.path.split("/") if part] == ["oauth", "access_token"]:
            return Route(f"{call.method} /oauth/access_token", lambda: self._access_token(call))
        return Route(f"{call.method} /", self._absent)

    def error(self, rule: FaultRule) -> Answer:
        """See :class:`socialsim.kernel.wire.Host`."""
        return _refusal(rule.message, rule.status or 400)

    async def _absent(self) -> Answer:
        return _refusal("Sorry, this page isn't available: not simulated", 404)

    async def _access_token(self, call: Call) -> Answer:
        try:
            if call.method != "POST":
                raise _Refused("Unsupported request method")
            app = self._app(call.params)
            token = self._redeem(call, app)
        except _Refused as refused:
            return _refusal(str(refused), 400)
        return json_answer(self._answer(token))

    def _app(self, params: dict[str, str]) -> App:
        """The app by its Instagram app id and secret: the Meta ones are other numbers (§0.1)."""
        app = self._world.instagram_app(params.get("client_id", ""))
        if app is None:
            raise _Refused("Invalid platform app")
        if not hmac.compare_digest(app.instagram_secret.encode(), params.get("client_secret", "").encode()):
            raise _Refused("Error validating client secret")
        if params.get("grant_type") != "authorization_code":
            raise _Refused("Invalid grant_type: authorization_code is expected")
        return app

    def _redeem(self, call: Call, app: App) -> Token:
        code = self._world.codes.get(call.params.get("code", ""))
        if code is None or code.app_id != app.id or not code.account_id or code.used:
            raise _Refused(_CODE_UNKNOWN)
        if call.at >= code.expires_at:
            raise _Refused("This authorization code has expired")
        if code.redirect_uri != call.params.get("redirect_uri", ""):
            raise _Refused(_CODE_REDIRECT)
        if self._world.grant(app.id, code.account_id) is None:
            raise _Refused("The user has not authorized the application")
        code.used = True
        token = instagram_token(self._services, self._world, app.id, code.account_id, long_lived=False)
        self._services.ledger.write(
            "meta",
            "token.issued",
            account_id=token.account_id,
            object_id=app.id,
            request_id=call.request_id,
            source="api",
        )
        return token

    def _answer(self, token: Token) -> object:
        names = granted(self._world.grant(token.app_id, token.account_id))
        if self._services.config.instagram.token_answer == "flat":  # noqa: S105  the shape of an answer
            return {"access_token": token.value, "user_id": _number(token.account_id), "permissions": names}
        user_id = scoped_id(self._world, token.app_id, token.account_id)
        return {"data": [{"access_token": token.value, "user_id": user_id, "permissions": ",".join(names)}]}


def _number(account_id: str) -> int | str:
    """As seen live, a number beyond 2^53."""
    return int(account_id) if account_id.isdecimal() else account_id


def _refusal(message: str, status: int) -> Answer:
    return json_answer({"error_type": "OAuthException", "code": status, "error_message": message}, status)


# --- graph.instagram.com -----------------------------------------------------------------------------------------


async def exchange(context: Context, _: str) -> object:
    """``GET /access_token``: a short-lived token becomes one of 60 days; the secret is needed."""
    token = _asked(context, "ig_exchange_token")
    secret = context.parameter("client_secret")
    if not hmac.compare_digest(context.actor.app.instagram_secret.encode(), secret.encode()):
        raise GraphError(errors.SECRET_WRONG)
    if token.long_lived:
        raise GraphError(_NOT_SHORT)
    return _lengthened(context, token)


async def refresh(context: Context, _: str) -> object:
    """``GET /refresh_access_token``: 60 more days for a living long-lived token that is a day old; no secret."""
    token, config = _asked(context, "ig_refresh_token"), context.services.config.instagram
    if not token.long_lived:
        raise GraphError(_NOT_LONG)
    context.need("instagram_basic")
    if context.call.at < token.issued_at + config.refresh_after:
        raise GraphError(_TOO_YOUNG)
    answer = _lengthened(context, token)
    if not config.old_token_lives:
        token.dead = 467
    return {**answer, "permissions": ",".join(granted(context.actor.grant))}


def _asked(context: Context, grant_type: str) -> Token:
    """The token of the call; both paths are documented without a version."""
    if context.version and not context.services.config.instagram.versioned_lengthening:
        raise GraphError(errors.UNKNOWN_PATH)
    if context.parameter("grant_type") != grant_type:
        raise bad_parameter(f"grant_type must be {grant_type}")
    token = context.actor.token
    assert token is not None
    return token


def _lengthened(context: Context, token: Token) -> dict[str, object]:
    long = instagram_token(context.services, context.world, token.app_id, token.account_id, long_lived=True)
    context.record("token.issued", account_id=token.account_id, object_id=token.app_id)
    lifetime = round(long.expires_at - long.issued_at)
    return {"access_token": long.value, "token_type": "bearer", "expires_in": lifetime}
