"""Being somebody at a login window: through it without a browser, or tokens at once."""

from starlette.requests import Request
from starlette.responses import Response

from socialsim.control.bodies import Endpoints, Login, Tokens, answer, read
from socialsim.core import Core
from socialsim.meta.login.instagram import scoped_id
from socialsim.meta.login.tokens import granted
from socialsim.meta.platform import code_of
from socialsim.meta.seed import DEFAULT_APP_ID, DEFAULT_INSTAGRAM_APP_ID


class Logins:
    """``POST /_sim/login`` and ``/_sim/tokens``, with Facebook or with Instagram."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def endpoints(self) -> Endpoints:
        """What it answers."""
        return [("/_sim/login", {"POST": self.login}), ("/_sim/tokens", {"POST": self.tokens})]

    async def login(self, request: Request) -> Response:
        """Go through the window; gives the address the browser would be sent to."""
        body = await read(request, Login)
        location = self._with_instagram(body) if body.with_ == "instagram" else self._with_facebook(body)
        return answer({"location": location, "code": code_of(location)})

    def _with_facebook(self, body: Login) -> str:
        meta = self._core.meta
        params = {**_asked(body, DEFAULT_APP_ID), "auth_type": body.auth_type, "config_id": body.config_id}
        if body.cancel:
            return meta.cancelled_login(params)
        return meta.login(params, body.user_id, body.decline, body.page_ids)

    def _with_instagram(self, body: Login) -> str:
        hand, params = self._core.meta.instagram, _asked(body, DEFAULT_INSTAGRAM_APP_ID)
        if body.cancel:
            return hand.cancelled_login(params)
        return hand.login(params, body.account_id, body.decline)

    async def tokens(self, request: Request) -> Response:
        """Long-lived tokens without any login."""
        body = await read(request, Tokens)
        meta = self._core.meta
        if body.with_ == "facebook":
            token = meta.connect(body.user_id, body.app_id, body.scopes, body.page_ids)
            return answer({"userToken": token.value, "expiresAt": token.expires_at, "pages": meta.page_tokens(token)})
        app = meta.world.apps[body.app_id or DEFAULT_APP_ID]
        token = meta.instagram.connect(app, body.account_id, body.scopes)
        return answer(
            {
                "token": token.value,
                "expiresAt": token.expires_at,
                "userId": token.account_id,
                "scopedId": scoped_id(meta.world, app.id, token.account_id),
                "permissions": granted(meta.world.grant(app.id, token.account_id)),
            }
        )


def _asked(body: Login, app_id: str) -> dict[str, str]:
    """The query of the window."""
    params = {
        "client_id": body.client_id or app_id,
        "redirect_uri": body.redirect_uri,
        "scope": body.scope,
        "response_type": body.response_type,
    }
    return params if body.state is None else {**params, "state": body.state}
