"""A valid call for every endpoint of Meta that gives, lengthens or takes tokens, or switches webhooks."""

from collections.abc import Mapping
from urllib.parse import urlencode

from socialsim.testing import MAYA, SimulatorHandle
from tests.socialsim.parts import IG, PAGE
from tests.socialsim.staging import APP_TOKEN, BACK, FACEBOOK, INSTAGRAM, Recipe, Shot, Stage


def _dialog(stage: Stage, host: str) -> Shot:
    form: dict[str, str | list[str]] = {
        "client_id": stage.sim.app_id,
        "redirect_uri": BACK,
        "scope": "instagram_basic",
        "user": MAYA,
        "permission": ["instagram_basic"],
        "page": [PAGE],
        "action": "continue",
    }
    return Shot("POST", stage.url(host, "v26.0/dialog/oauth"), "consent.given", form=form)


def _window(stage: Stage, host: str) -> Shot:
    scope = "instagram_business_basic"
    query = {
        "client_id": SimulatorHandle.instagram_app_id,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": scope,
    }
    form: dict[str, str | list[str]] = {"account": IG, "permission": [scope], "action": "allow"}
    return Shot("POST", f"{stage.url(host, 'oauth/authorize')}?{urlencode(query)}", "consent.given", form=form)


def _code(method: str) -> Recipe:
    def shot(stage: Stage, host: str) -> Shot:
        _, code = stage.sim.login(BACK, scope="instagram_basic")
        values = {
            "client_id": stage.sim.app_id,
            "client_secret": stage.sim.app_secret,
            "redirect_uri": BACK,
            "code": code,
        }
        url = stage.url(host, "oauth/access_token")
        if method == "GET":
            return Shot("GET", f"{url}?{urlencode(values)}", "token.issued")
        return Shot("POST", url, "token.issued", form=values)

    return shot


def _instagram_code(stage: Stage, host: str) -> Shot:
    _, code = stage.sim.instagram_login(BACK)
    form = {
        "client_id": SimulatorHandle.instagram_app_id,
        "client_secret": SimulatorHandle.instagram_app_secret,
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "code": code,
    }
    return Shot("POST", stage.url(host, "oauth/access_token"), "token.issued", form=form)


def _instagram_exchange(stage: Stage, host: str) -> Shot:
    short = stage.made(_instagram_code(stage, "api.instagram.com"), "access_token")
    values = {
        "grant_type": "ig_exchange_token",
        "client_secret": SimulatorHandle.instagram_app_secret,
        "access_token": short,
    }
    return Shot("GET", f"{stage.url(host, 'access_token')}?{urlencode(values)}", "token.issued")


def _instagram_refresh(stage: Stage, host: str) -> Shot:
    token = stage.token(INSTAGRAM)
    stage.sim.post("/_sim/clock", {"advance": 86400 * 2})
    values = {"grant_type": "ig_refresh_token", "access_token": token}
    return Shot("GET", f"{stage.url(host, 'refresh_access_token')}?{urlencode(values)}", "token.issued")


def _revoke(stage: Stage, host: str) -> Shot:
    url = stage.url(host, f"{MAYA}/permissions/instagram_basic")
    return Shot(
        "DELETE", url, "permission.revoked", headers={"authorization": f"Bearer {stage.sim.tokens()['userToken']}"}
    )


def _app_subscription(stage: Stage, host: str) -> Shot:
    form = {"object": "instagram", "callback_url": stage.hook, "fields": "comments", "verify_token": "v"}
    url = f"{stage.url(host, stage.sim.app_id)}/subscriptions?access_token={APP_TOKEN}"
    return Shot("POST", url, "subscription.changed", form=form)


def _app_unsubscription(stage: Stage, host: str) -> Shot:
    stage.fire(_app_subscription(stage, host))
    url = f"{stage.url(host, stage.sim.app_id)}/subscriptions?object=instagram&access_token={APP_TOKEN}"
    return Shot("DELETE", url, "subscription.changed")


def _switch(method: str, node: str) -> Recipe:
    def shot(stage: Stage, host: str) -> Shot:
        fields = {"subscribed_fields": "comments" if node == IG else "feed"} if method == "POST" else {}
        return stage.graph(method, host, f"{node}/subscribed_apps", "subscription.changed", **fields)

    return shot


RECIPES: Mapping[str, Mapping[str, Recipe]] = {
    FACEBOOK: {
        "GET /oauth/access_token": _code("GET"),
        "POST /oauth/access_token": _code("POST"),
        "DELETE /{user}/permissions": _revoke,
        "POST /{app}/subscriptions": _app_subscription,
        "DELETE /{app}/subscriptions": _app_unsubscription,
        "POST /{page}/subscribed_apps": _switch("POST", PAGE),
        "DELETE /{page}/subscribed_apps": _switch("DELETE", PAGE),
    },
    INSTAGRAM: {
        "GET /access_token": _instagram_exchange,
        "GET /refresh_access_token": _instagram_refresh,
        "POST /{ig}/subscribed_apps": _switch("POST", IG),
        "DELETE /{ig}/subscribed_apps": _switch("DELETE", IG),
    },
    "api.instagram.com": {"POST /oauth/access_token": _instagram_code},
    "www.instagram.com": {"POST /oauth/authorize": _window},
    "www.facebook.com": {"POST /dialog/oauth": _dialog},
}
