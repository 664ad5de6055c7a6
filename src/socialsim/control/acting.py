"""Acting as a person elsewhere on Facebook or Instagram, or as the audience."""

from starlette.requests import Request
from starlette.responses import Response

from socialsim.control.bodies import CommentAct, Endpoints, LikeAct, PersonAct, ReplyAct, answer, read
from socialsim.core import Core


class Acting:
    """The POSTs of ``/_sim/act``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def endpoints(self) -> Endpoints:
        """What it answers."""
        return [
            ("/_sim/act/comment", {"POST": self.comment}),
            ("/_sim/act/reply", {"POST": self.reply}),
            ("/_sim/act/like", {"POST": self.like}),
            ("/_sim/act/{deed}", {"POST": self.person}),
        ]

    def _request_id(self) -> str:
        return f"act-{self._core.services.mint.number('act')}"

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
                meta.remove_app(body.user_id, body.app_id, ask_deletion=body.ask_deletion)
            case "lose-role":
                meta.lose_role(body.user_id, body.page_id)
            case other:
                raise KeyError(other)
        return answer({"success": True})
