"""Acting as a person at the dialog, as a Facebook user elsewhere, or as the audience."""

from starlette.requests import Request
from starlette.responses import Response

from socialsim.control.bodies import CommentAct, Endpoints, LikeAct, Login, PersonAct, ReplyAct, Tokens, answer, read
from socialsim.core import Core
from socialsim.meta.platform import code_of


class Acting:
    """The POSTs of ``/_sim/login``, ``/_sim/tokens`` and ``/_sim/act``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def endpoints(self) -> Endpoints:
        """What it answers."""
        return [
            ("/_sim/login", {"POST": self.login}),
            ("/_sim/tokens", {"POST": self.tokens}),
            ("/_sim/act/comment", {"POST": self.comment}),
            ("/_sim/act/reply", {"POST": self.reply}),
            ("/_sim/act/like", {"POST": self.like}),
            ("/_sim/act/{deed}", {"POST": self.person}),
        ]

    def _request_id(self) -> str:
        return f"act-{self._core.services.mint.number('act')}"

    async def login(self, request: Request) -> Response:
        """Go through the dialog; gives the address the browser would be sent to."""
        body = await read(request, Login)
        meta = self._core.meta
        params = {
            "client_id": body.client_id,
            "redirect_uri": body.redirect_uri,
            "scope": body.scope,
            "response_type": body.response_type,
            "auth_type": body.auth_type,
            "config_id": body.config_id,
        }
        if body.state is not None:
            params["state"] = body.state
        if body.cancel:
            location = meta.cancelled_login(params)
        else:
            location = meta.login(params, body.user_id, body.decline, body.page_ids)
        return answer({"location": location, "code": code_of(location)})

    async def tokens(self, request: Request) -> Response:
        """Long-lived tokens without any login."""
        body = await read(request, Tokens)
        meta = self._core.meta
        token = meta.connect(body.user_id, body.app_id, body.scopes, body.page_ids)
        return answer({"userToken": token.value, "expiresAt": token.expires_at, "pages": meta.page_tokens(token)})

    async def comment(self, request: Request) -> Response:
        """A follower comments."""
        body = await read(request, CommentAct)
        made = self._core.meta.follower_comments(body.media_id, body.username, body.text, self._request_id())
        return answer({"id": made.id, "authorId": made.author_id}, 201)

    async def reply(self, request: Request) -> Response:
        """A follower answers a comment."""
        body = await read(request, ReplyAct)
        made = self._core.meta.follower_replies(body.comment_id, body.username, body.text, self._request_id())
        return answer({"id": made.id, "authorId": made.author_id}, 201)

    async def like(self, request: Request) -> Response:
        """A follower likes a post."""
        body = await read(request, LikeAct)
        likes = self._core.meta.follower_likes(body.media_id, body.username, self._request_id())
        return answer({"likes": likes}, 201)

    async def person(self, request: Request) -> Response:
        """change-password, log-out, checkpoint, remove-app, lose-role."""
        body = await read(request, PersonAct)
        meta = self._core.meta
        match request.path_params["deed"]:
            case "change-password":
                meta.change_password(body.user_id)
            case "log-out":
                meta.log_out(body.user_id)
            case "checkpoint":
                meta.checkpoint(body.user_id, on=body.on)
            case "remove-app":
                meta.remove_app(body.user_id, body.app_id)
            case "lose-role":
                meta.lose_role(body.user_id, body.page_id)
            case other:
                raise KeyError(other)
        return answer({"success": True})
