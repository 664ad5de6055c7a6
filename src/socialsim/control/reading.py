"""Acting as the audience beyond comments, and switching what an account or a medium is."""

from starlette.requests import Request
from starlette.responses import Response

from socialsim.control.bodies import Body, Endpoints, answer, read
from socialsim.core import Core
from socialsim.meta.community.crowd import Crowd

_DEEDS = {"save": "saved", "share": "shared", "repost": "reposted"}


class AboutAct(Body):
    """mention, tag, invite: ``username`` publishes something about the account, or comments under ``mediaId``."""

    account_id: str
    username: str
    text: str = ""
    media_id: str = ""


class MediaAct(Body):
    """save, share, repost; ``accept`` for the answer of an invited collaborator."""

    media_id: str
    username: str
    accept: bool = True


class AdCommentAct(Body):
    """``POST /_sim/act/comment-ad``."""

    media_id: str
    username: str
    text: str
    ad_id: str = "120200000000000001"


class LiveAct(Body):
    """``POST /_sim/act/live``: an account goes on air, or its ``mediaId`` goes off."""

    account_id: str = ""
    media_id: str = ""


class MediaSwitch(Body):
    """``POST /_sim/act/media``: what is given is changed."""

    media_id: str
    likes_hidden: bool | None = None
    claimed: bool | None = None
    on_facebook: bool | None = None
    age_gated: bool | None = None


class AccountSwitch(Body):
    """``POST /_sim/act/account``: what is given is changed. ``silenced`` are the people it has restricted."""

    account_id: str
    followers: int | None = None
    country: str | None = None
    age_gated: bool | None = None
    has_shop: bool | None = None
    silenced: list[str] | None = None
    professional_since: float | None = None
    """Epoch seconds."""


class Reading:
    """The POSTs of ``/_sim/act`` that the reading side is about."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def endpoints(self) -> Endpoints:
        """What it answers."""
        deeds: Endpoints = [(f"/_sim/act/{deed}", {"POST": self.deed}) for deed in _DEEDS]
        return [
            *deeds,
            ("/_sim/act/mention", {"POST": self.mention}),
            ("/_sim/act/tag", {"POST": self.tag}),
            ("/_sim/act/invite", {"POST": self.invite}),
            ("/_sim/act/answer-invite", {"POST": self.answer_invite}),
            ("/_sim/act/comment-ad", {"POST": self.comment_ad}),
            ("/_sim/act/live", {"POST": self.live}),
            ("/_sim/act/media", {"POST": self.media}),
            ("/_sim/act/account", {"POST": self.account}),
        ]

    @property
    def _crowd(self) -> Crowd:
        return self._core.meta.crowd

    def _request_id(self) -> str:
        return f"act-{self._core.services.mint.number('act')}"

    async def mention(self, request: Request) -> Response:
        """Somebody names the account: in a caption, or in a comment under a medium."""
        body = await read(request, AboutAct)
        if body.media_id:
            made = self._crowd.comments_about(
                body.account_id, body.media_id, body.username, body.text, self._request_id()
            )
            return answer({"mediaId": body.media_id, "commentId": made.id}, 201)
        media = self._crowd.posts_about(body.account_id, body.username, body.text, self._request_id(), tagging=False)
        return answer({"mediaId": media.id}, 201)

    async def tag(self, request: Request) -> Response:
        """Somebody publishes a picture with the account's tag on it."""
        body = await read(request, AboutAct)
        media = self._crowd.posts_about(body.account_id, body.username, body.text, self._request_id(), tagging=True)
        return answer({"mediaId": media.id}, 201)

    async def invite(self, request: Request) -> Response:
        """Somebody publishes and invites the account as a collaborator."""
        body = await read(request, AboutAct)
        media = self._crowd.invites(body.account_id, body.username, body.text, self._request_id())
        return answer({"mediaId": media.id}, 201)

    async def answer_invite(self, request: Request) -> Response:
        """Somebody whom the account invited accepts or declines."""
        body = await read(request, MediaAct)
        self._crowd.answers(body.media_id, body.username, accept=body.accept, request_id=self._request_id())
        return answer({"success": True})

    async def comment_ad(self, request: Request) -> Response:
        """Somebody writes under the advertisement made of a post: two webhooks."""
        body = await read(request, AdCommentAct)
        made = self._crowd.comments_ad(body.media_id, body.ad_id, body.username, body.text, self._request_id())
        return answer({"id": made.id, "authorId": made.author_id}, 201)

    async def live(self, request: Request) -> Response:
        """A broadcast begins or ends."""
        body = await read(request, LiveAct)
        if body.media_id:
            self._crowd.stops(body.media_id, self._request_id())
            return answer({"mediaId": body.media_id})
        return answer({"mediaId": self._crowd.goes_live(body.account_id, self._request_id()).id}, 201)

    async def deed(self, request: Request) -> Response:
        """Somebody saves, shares or reposts."""
        body = await read(request, MediaAct)
        deed = _DEEDS[request.url.path.rpartition("/")[2]]
        return answer({"count": self._crowd.does(deed, body.media_id, body.username, self._request_id())}, 201)

    async def media(self, request: Request) -> Response:
        """Likes hidden, claimed by a rights holder, shared to Facebook, age-gated."""
        body = await read(request, MediaSwitch)
        media = self._core.meta.world.media[body.media_id]
        media.likes_hidden = _or(body.likes_hidden, media.likes_hidden)
        media.claimed = _or(body.claimed, media.claimed)
        media.on_facebook = _or(body.on_facebook, media.on_facebook)
        media.age_gated = _or(body.age_gated, media.age_gated)
        return answer({"success": True})

    async def account(self, request: Request) -> Response:
        """Followers, country, age gate, shop, restricted people, since when it is professional."""
        body = await read(request, AccountSwitch)
        account = self._core.meta.world.accounts[body.account_id]
        account.followers = account.followers if body.followers is None else body.followers
        account.country = account.country if body.country is None else body.country
        account.age_gated = _or(body.age_gated, account.age_gated)
        account.has_shop = _or(body.has_shop, account.has_shop)
        account.silenced = account.silenced if body.silenced is None else body.silenced
        since = body.professional_since
        account.professional_since = account.professional_since if since is None else since
        return answer({"success": True})


def _or(given: bool | None, before: bool) -> bool:
    return before if given is None else given
