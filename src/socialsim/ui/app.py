"""Routes of the pages and what their forms do."""

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from socialsim.core import Core
from socialsim.kernel.faults import FaultRule, Match
from socialsim.ui import desks, feeds

_PERMALINKS = ("/p", "/reel", "/www.instagram.com/p", "/www.instagram.com/reel")


def pages_app(core: Core) -> ASGIApp:
    """The pages of one simulator."""
    look, act = Looking(core), Doing(core)
    routes = [
        Route("/", look.accounts),
        Route("/accounts/{id}", look.feed),
        Route("/media/{id}", look.medium),
        Route("/media/{id}/comments", act.comment, methods=["POST"]),
        Route("/media/{id}/like", act.like, methods=["POST"]),
        Route("/comments/{id}/replies", act.reply, methods=["POST"]),
        Route("/calls", look.calls),
        Route("/webhooks", look.webhooks),
        Route("/controls", look.controls),
        Route("/controls/clock", act.clock, methods=["POST"]),
        Route("/controls/faults", act.add_fault, methods=["POST"]),
        Route("/controls/faults/remove", act.remove_fault, methods=["POST"]),
        *(
            Route(f"{prefix}/{kind}/{{code}}/", look.permalink)
            for prefix in ("", "/www.instagram.com")
            for kind in ("p", "reel")
        ),
    ]
    return Starlette(
        routes=routes,
        exception_handlers={KeyError: _missing, ValueError: _refused, msgspec.ValidationError: _refused},
    )


async def _missing(request: Request, error: Exception) -> Response:
    return PlainTextResponse("There is no such thing here.", 404)


async def _refused(request: Request, error: Exception) -> Response:
    return PlainTextResponse(str(error), 422)


class Looking:
    """GET."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def _now(self) -> float:
        return self._core.services.clock.epoch()

    async def accounts(self, request: Request) -> Response:
        """All accounts."""
        return feeds.accounts_page(self._core.meta.world, self._now())

    async def feed(self, request: Request) -> Response:
        """One account."""
        world = self._core.meta.world
        return feeds.feed_page(world, world.accounts[request.path_params["id"]], self._now())

    async def medium(self, request: Request) -> Response:
        """One medium."""
        world = self._core.meta.world
        return feeds.media_page(world, world.media[request.path_params["id"]], self._now())

    async def permalink(self, request: Request) -> Response:
        """What ``permalink`` points at."""
        world = self._core.meta.world
        media = world.media[world.shortcodes[request.path_params["code"]]]
        return feeds.media_page(world, world.media[media.parent_id or media.id], self._now())

    async def calls(self, request: Request) -> Response:
        """The transcript."""
        return desks.calls_page(self._core.services.calls)

    async def webhooks(self, request: Request) -> Response:
        """Deliveries."""
        return desks.webhooks_page(list(self._core.services.postman.log.values()))

    async def controls(self, request: Request) -> Response:
        """Clock and faults."""
        return desks.controls_page(self._core.services.clock, self._core.services.faults)


class Doing:
    """POST: each does its thing and shows the page again."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def _request_id(self) -> str:
        return f"act-{self._core.services.mint.number('act')}"

    async def comment(self, request: Request) -> Response:
        """A follower comments."""
        username, text = await _words(request)
        media_id = request.path_params["id"]
        self._core.meta.follower_comments(media_id, username, text, self._request_id())
        return RedirectResponse(f"/media/{media_id}", 303)

    async def reply(self, request: Request) -> Response:
        """A follower replies."""
        username, text = await _words(request)
        comment = self._core.meta.follower_replies(request.path_params["id"], username, text, self._request_id())
        return RedirectResponse(f"/media/{comment.media_id}", 303)

    async def like(self, request: Request) -> Response:
        """A follower likes."""
        media_id = request.path_params["id"]
        self._core.meta.follower_likes(media_id, "somebody", self._request_id())
        return RedirectResponse(f"/media/{media_id}", 303)

    async def clock(self, request: Request) -> Response:
        """Jump ahead."""
        async with request.form() as form:
            self._core.services.clock.advance(float(str(form["advance"])))
        return RedirectResponse("/controls", 303)

    async def add_fault(self, request: Request) -> Response:
        """Arm a rule."""
        async with request.form() as form:
            values = {key: str(value) for key, value in form.items()}
        rule = msgspec.convert(
            {
                "what": values.get("what", "reset"),
                "where": values.get("where", "before"),
                "times": int(values.get("times") or 1),
                "seconds": float(values.get("seconds") or 0),
                "code": int(values.get("code") or 1),
            },
            FaultRule,
        )
        rule.match = Match(endpoint=values.get("endpoint", "").strip())
        services = self._core.services
        services.faults.add(rule, services.clock.epoch())
        return RedirectResponse("/controls", 303)

    async def remove_fault(self, request: Request) -> Response:
        """Disarm a rule."""
        async with request.form() as form:
            self._core.services.faults.remove(str(form["id"]))
        return RedirectResponse("/controls", 303)


async def _words(request: Request) -> tuple[str, str]:
    async with request.form() as form:
        username, text = str(form.get("username", "")).strip().lstrip("@"), str(form.get("text", "")).strip()
    if not username or not text:
        raise ValueError("A username and a text are needed.")
    return username, text
