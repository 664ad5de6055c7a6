"""All rooms of the pages in one application."""

from collections.abc import Sequence
from typing import Protocol

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from socialsim.core import Core
from socialsim.ui.clock_room import ClockRoom
from socialsim.ui.creators import Creators
from socialsim.ui.drafts import Drafts
from socialsim.ui.fault_room import FaultRoom
from socialsim.ui.forms import values_of
from socialsim.ui.frame import THEME_COOKIE, Visit, pulse
from socialsim.ui.home import Home
from socialsim.ui.hooks import Webhooks
from socialsim.ui.inbox import Inboxes
from socialsim.ui.people_room import People
from socialsim.ui.pieces import heading, link_button
from socialsim.ui.posts import Posts
from socialsim.ui.profiles import Profiles
from socialsim.ui.requests_room import Requests
from socialsim.ui.timeline import Timeline

_YEAR = 31_536_000


class Room(Protocol):
    """A group of pages."""

    def routes(self) -> Sequence[Route]:
        """What it serves."""
        ...


def pages_app(core: Core) -> ASGIApp:
    """The pages of one simulator."""
    frame = Frame(core)
    rooms: tuple[Room, ...] = (
        Home(core),
        Timeline(core),
        Profiles(core),
        Posts(core),
        Inboxes(core),
        Creators(core),
        Drafts(core),
        Requests(core),
        Webhooks(core),
        FaultRoom(core),
        ClockRoom(core),
        People(core),
        frame,
    )
    return Starlette(
        routes=[route for room in rooms for route in room.routes()],
        exception_handlers={
            KeyError: frame.missing,
            HTTPException: frame.http,
            ValueError: frame.refused,
            msgspec.ValidationError: frame.refused,
        },
    )


class Frame:
    """What belongs to no room: the theme, the pulse, and the pages for what went wrong."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[Route]:
        """What it serves."""
        return [Route("/pulse", self.pulse), Route("/theme", self.theme, methods=["POST"])]

    async def pulse(self, request: Request) -> Response:
        """Another text whenever something happened; ``live.js`` asks for it."""
        return PlainTextResponse(pulse(self._core), headers={"cache-control": "no-store"})

    async def theme(self, request: Request) -> Response:
        """Light, dark, or as the system has it."""
        form = await values_of(request)
        back = form.get("back", "/")
        response = RedirectResponse(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/", 303)
        response.set_cookie(THEME_COOKIE, form.get("theme", ""), max_age=_YEAR, samesite="lax", httponly=True)
        return response

    async def missing(self, request: Request, error: Exception) -> Response:
        """404."""
        return self._wrong(request, 404, "There is no such thing here", "It may have been deleted, or the world reset.")

    async def http(self, request: Request, error: Exception) -> Response:
        """What the router refuses."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == 404:
            return await self.missing(request, error)
        return self._wrong(request, status, "That does not go", str(getattr(error, "detail", "")))

    async def refused(self, request: Request, error: Exception) -> Response:
        """422."""
        return self._wrong(request, 422, "That was not understood", str(error)[:300])

    def _wrong(self, request: Request, status: int, title: str, words: str) -> Response:
        visit = Visit.of(self._core, request)
        return visit.page(title, heading(title, words), link_button("/", "Home", "home"), status=status)
