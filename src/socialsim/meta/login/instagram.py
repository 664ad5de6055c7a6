"""Instagram Login: what an app asks for, what an account allows, codes and tokens (instagram.md §2)."""

import hashlib
from urllib.parse import urlencode, urlsplit

from socialsim.kernel.services import Services
from socialsim.meta.login.tokens import redirect_allowed
from socialsim.meta.model import Account, App, Code, Grant, Token, World
from socialsim.meta.scopes import INSTAGRAM_BASIC, INSTAGRAM_PERMISSIONS

DEAD_SCOPES = frozenset(
    {
        "business_basic",
        "business_content_publish",
        "business_manage_comments",
        "business_manage_messages",
        "business_manage_insights",
    }
)
"""The names of before 27 January 2025 (§2.1)."""


class AuthorizeRequest:
    """The query of the authorisation window, checked."""

    def __init__(self, world: World, params: dict[str, str]) -> None:
        self.params = params
        self.app = world.instagram_app(params.get("client_id", ""))
        self.redirect_uri = params.get("redirect_uri", "")
        self.problem = self._problem()

    def _problem(self) -> str:
        if self.app is None:
            return "Invalid platform app: this is not the Instagram app ID of any app."
        if not self.redirect_uri or not redirect_allowed(self.app.instagram_redirect_uris, self.redirect_uri):
            return "Invalid redirect_uri: it has to be equal to a registered one, character by character."
        if self.params.get("response_type") != "code":
            return "Invalid response_type: it has to be code."
        asked = self.scopes()
        dead = [name for name in asked if name in DEAD_SCOPES]
        if dead:
            return f"Invalid Scopes: {', '.join(dead)}. These names ended on 27 January 2025."
        unknown = [name for name in asked if name not in INSTAGRAM_PERMISSIONS]
        if unknown:
            return f"Invalid Scopes: {', '.join(unknown)}."
        if INSTAGRAM_BASIC not in asked:
            return f"Invalid Scopes: {INSTAGRAM_BASIC} is required."
        return ""

    def scopes(self) -> list[str]:
        """What is asked for; commas or spaces."""
        return list(dict.fromkeys(self.params.get("scope", "").replace(",", " ").split()))

    def back(self, values: dict[str, str]) -> str:
        """The redirect, ``state`` unchanged, with the odd fragment that a client has to strip (§2.1)."""
        if "state" in self.params:
            values = {**values, "state": self.params["state"]}
        joiner = "&" if urlsplit(self.redirect_uri).query else "?"
        tail = "" if "error" in values else "#_"
        return f"{self.redirect_uri}{joiner}{urlencode(values)}{tail}"


def denial() -> dict[str, str]:
    """What a cancelled authorisation brings back (§2.1)."""
    return {
        "error": "access_denied",
        "error_reason": "user_denied",
        "error_description": "The user denied your request",
    }


def consent(services: Services, world: World, request: AuthorizeRequest, account: Account, ticked: list[str]) -> str:
    """Store the answers; gives the address to return to. What was unticked is not told there."""
    assert request.app is not None
    answers = {name: name == INSTAGRAM_BASIC or name in ticked for name in request.scopes()}
    allow(world, request.app, account, answers)
    value = "AQ" + services.mint.opaque("instagram-code", 140)
    ends = services.clock.epoch() + services.config.code_lifetime
    world.codes[value] = Code(value, request.app.id, account.id, request.redirect_uri, ends, account_id=account.id)
    return request.back({"code": value})


def allow(world: World, app: App, account: Account, answers: dict[str, bool]) -> Grant:
    """What the account allows the app; no data-access clock is documented for this login."""
    grant = world.grants.setdefault(f"{app.id}/{account.id}", Grant(app.id, account.id, {}, None, 0.0))
    grant.permissions.update({name: "granted" if ticked else "declined" for name, ticked in answers.items()})
    scoped_id(world, app.id, account.id)
    return grant


def scoped_id(world: World, app_id: str, account_id: str) -> str:
    """The account's id towards one app: another number for each app, never the one in webhooks (§2.3)."""
    digest = hashlib.sha256(f"{app_id}/{account_id}".encode()).digest()
    value = f"1020{int.from_bytes(digest[:8]) % 10**13:013d}"
    world.scoped[value] = account_id
    return value


def instagram_token(services: Services, world: World, app_id: str, account_id: str, *, long_lived: bool) -> Token:
    """A token of one account: 1 hour, or 60 days long."""
    config, now = services.config, services.clock.epoch()
    lifetime = config.long_token_lifetime if long_lived else config.instagram.short_token_lifetime
    value = "IGAA" + services.mint.opaque("instagram-token", 160)
    token = Token(value, app_id, account_id, now, now + lifetime, long_lived=long_lived, account_id=account_id)
    world.tokens[value] = token
    return token
