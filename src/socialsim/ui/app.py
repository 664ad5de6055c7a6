"""Routes of the pages."""

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

if TYPE_CHECKING:
    from socialsim.simulator import Simulator


def pages_app(simulator: "Simulator") -> ASGIApp:
    """The pages of one simulator."""

    async def home(request: Request) -> Response:
        return PlainTextResponse("socialsim")

    return Starlette(routes=[Route("/", home)])
