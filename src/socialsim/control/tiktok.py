"""TikTok's part of the control plane: apps, creators, posts, logging in, and acting as creator or audience."""

from urllib.parse import parse_qsl, urlsplit

from msgspec import field
from starlette.requests import Request
from starlette.responses import Response

from socialsim.control.bodies import Body, Endpoints, answer, read
from socialsim.core import Core
from socialsim.tiktok.login.grants import union_id_of
from socialsim.tiktok.model import Creator, Post, Removal
from socialsim.tiktok.platform import TikTok
from socialsim.tiktok.portal import ClientChange, CreatorChange
from socialsim.tiktok.seed import DEFAULT_CLIENT_KEY

_FIRST = "7100000000000000001"


class TikTokLogin(Body):
    """``POST /_sim/tiktok/login``: the query of the consent page, and what the creator decides."""

    redirect_uri: str
    creator_id: str = _FIRST
    client_key: str = DEFAULT_CLIENT_KEY
    scope: str = "user.info.basic"
    state: str | None = None
    response_type: str = "code"
    code_challenge: str = ""
    code_challenge_method: str = ""
    decline: list[str] = field(default_factory=list)
    cancel: bool = False


class TikTokTokens(Body):
    """``POST /_sim/tiktok/tokens``: all scopes of the app if none are named."""

    creator_id: str = _FIRST
    client_key: str = ""
    scopes: list[str] = field(default_factory=list)


class TikTokAct(Body):
    """``POST /_sim/tiktok/act/{deed}``: each deed takes what it needs."""

    creator_id: str = ""
    post_id: str = ""
    client_key: str = ""
    """Of disconnect; empty: every app."""
    username: str = "someone"
    text: str = ""
    reason: Removal = 1
    on: bool = True
    times: int = 1


class TikTokHand:
    """``/_sim/tiktok``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def endpoints(self) -> Endpoints:
        """What it answers."""
        return [
            ("/_sim/tiktok/clients", {"GET": self.clients, "POST": self.put_client}),
            ("/_sim/tiktok/creators", {"GET": self.creators, "POST": self.put_creator}),
            ("/_sim/tiktok/posts", {"GET": self.posts}),
            ("/_sim/tiktok/login", {"POST": self.login}),
            ("/_sim/tiktok/tokens", {"POST": self.tokens}),
            ("/_sim/tiktok/act/{deed}", {"POST": self.act}),
        ]

    @property
    def _tiktok(self) -> TikTok:
        """Anew each time: a reset replaces it."""
        return self._core.tiktok

    async def clients(self, request: Request) -> Response:
        """Developer apps, with their secrets: they are made up."""
        return answer({"clients": list(self._tiktok.world.clients.values())})

    async def put_client(self, request: Request) -> Response:
        """Make an app or change one; 422 for what the developer portal refuses."""
        return answer(self._tiktok.portal.put_client(await read(request, ClientChange)), 201)

    async def creators(self, request: Request) -> Response:
        """Accounts, with how each app knows them."""
        return answer({"creators": [self._shown(creator) for creator in self._tiktok.world.creators.values()]})

    async def put_creator(self, request: Request) -> Response:
        """Make an account or change its settings."""
        return answer(self._shown(self._tiktok.portal.put_creator(await read(request, CreatorChange))), 201)

    async def posts(self, request: Request) -> Response:
        """Posts of one creator or of all, whoever may see them, oldest first."""
        world, now = self._tiktok.world, self._core.services.clock.epoch()
        wanted = request.query_params.get("creatorId", "")
        creators = [self._tiktok.creator(wanted)] if wanted else list(world.creators.values())
        posts = [world.posts[post_id] for creator in creators for _, post_id in creator.posts]
        return answer({"posts": [{"post": post, "public": world.is_public(post, now)} for post in posts]})

    async def login(self, request: Request) -> Response:
        """Go through the consent page; gives the address the browser would be sent to."""
        body = await read(request, TikTokLogin)
        params = {
            "client_key": body.client_key,
            "response_type": body.response_type,
            "scope": body.scope,
            "redirect_uri": body.redirect_uri,
        }
        if body.state is not None:
            params["state"] = body.state
        if body.code_challenge:
            params["code_challenge"] = body.code_challenge
            params["code_challenge_method"] = body.code_challenge_method
        location = self._tiktok.login(params, body.creator_id, body.decline, cancel=body.cancel)
        returned = dict(parse_qsl(urlsplit(location).query))
        return answer({"location": location, "code": returned.get("code", "")})

    async def tokens(self, request: Request) -> Response:
        """A pair of tokens without any login."""
        body = await read(request, TikTokTokens)
        tiktok = self._tiktok
        token, refresh = tiktok.connect(body.creator_id, body.client_key, body.scopes)
        client, creator = tiktok.client(body.client_key), tiktok.creator(body.creator_id)
        grant = tiktok.world.grant(client.key, creator.id)
        assert grant is not None
        return answer(
            {
                "accessToken": token.value,
                "expiresAt": token.expires_at,
                "refreshToken": refresh.value,
                "refreshExpiresAt": refresh.expires_at,
                "openId": grant.open_id,
                "unionId": union_id_of(self._core.services, client, creator),
                "scopes": token.scopes,
            }
        )

    async def act(self, request: Request) -> Response:
        """One deed; 404 for an unknown one, creator or post."""
        body = await read(request, TikTokAct)
        deed = request.path_params["deed"]
        if deed in {"make-private", "make-public", "delete-post", "like", "comment", "share", "watch"}:
            if not body.post_id and deed.startswith("make-"):
                creator = self._tiktok.present(body.creator_id)
                self._tiktok.hands.set_account_private(creator, private=deed == "make-private")
                return answer({"success": True})
            return answer(self._with_post(deed, self._tiktok.post(body.post_id), body))
        return answer(self._with_creator(deed, self._tiktok.present(body.creator_id), body))

    def _with_post(self, deed: str, post: Post, body: TikTokAct) -> dict[str, object]:
        hands = self._tiktok.hands
        match deed:
            case "like":
                return {"likes": hands.like(post, body.username)}
            case "comment":
                return {"comments": hands.comment(post, body.username, body.text)}
            case "share":
                return {"shares": hands.share(post, body.username)}
            case "watch":
                return {"views": hands.watch(post, body.times)}
            case "delete-post":
                hands.delete(post)
            case "make-private":
                hands.make_private(post)
            case _:
                hands.make_public(post)
        return {"success": True}

    def _with_creator(self, deed: str, creator: Creator, body: TikTokAct) -> dict[str, object]:
        hands = self._tiktok.hands
        match deed:
            case "disconnect":
                keys = [body.client_key] if body.client_key else list(self._tiktok.world.clients)
                ended = [hands.disconnect(creator, self._tiktok.client(key), body.reason) for key in keys]
                return {"ended": sum(ended)}
            case "follow":
                return {"followers": hands.follow(creator, body.username)}
            case "ban":
                hands.ban_from_posting(creator, on=body.on)
            case "ban-account":
                hands.leave(creator, 4)
            case "delete-account":
                hands.leave(creator, 2)
            case "change-age":
                hands.leave(creator, 3)
            case _:
                raise KeyError(deed)
        return {"success": True}

    def _shown(self, creator: Creator) -> dict[str, object]:
        world, now = self._tiktok.world, self._core.services.clock.epoch()
        grants = [grant for grant in world.grants.values() if grant.creator_id == creator.id]
        public = sum(world.is_public(world.posts[post_id], now) for _, post_id in creator.posts)
        return {"creator": creator, "grants": grants, "posts": len(creator.posts), "publicPosts": public}
