"""Routes of ``/_sim``."""

from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from socialsim.control.acting import Acting
from socialsim.control.bodies import Endpoint, Endpoints, answer
from socialsim.control.deletions import Deletions
from socialsim.control.desk import Desk
from socialsim.control.files import Files
from socialsim.control.inbox import InboxHand
from socialsim.control.limits import LimitsDesk
from socialsim.control.logins import Logins
from socialsim.control.reading import Reading
from socialsim.control.tiktok import TikTokHand
from socialsim.control.tiktok_posting import PostingHand
from socialsim.control.truth import Truth
from socialsim.control.webhooks import WebhookPage
from socialsim.core import Core


def control_app(core: Core) -> ASGIApp:
    """The control plane of one simulator."""
    table: Endpoints = [*endpoints(core), ("/_sim/static/{name}", {"GET": static})]
    routes = [_route(path, methods) for path, methods in table]
    return Starlette(
        routes=routes,
        exception_handlers={
            msgspec.ValidationError: _refused,
            msgspec.DecodeError: _refused,
            KeyError: _missing,
            ValueError: _refused,
        },
    )


def endpoints(core: Core) -> Endpoints:
    """Everything below ``/_sim``. ``Acting`` comes last: its ``/_sim/act/{deed}`` takes what is left."""
    hands = (
        Desk(core),
        Truth(core),
        Files(core),
        Logins(core),
        Deletions(core),
        LimitsDesk(core),
        InboxHand(core),
        WebhookPage(core),
        PostingHand(core),
        Reading(core),
        TikTokHand(core),
        Acting(core),
    )
    return [endpoint for hand in hands for endpoint in hand.endpoints()]


def _route(path: str, methods: dict[str, Endpoint]) -> Route:
    async def serve(request: Request) -> Response:
        return await methods[request.method if request.method != "HEAD" else "GET"](request)

    return Route(path, serve, methods=list(methods))


async def _refused(request: Request, error: Exception) -> Response:
    return answer({"error": str(error)}, 422)


async def _missing(request: Request, error: Exception) -> Response:
    return answer({"error": f"there is no {error.args[0] if error.args else 'such thing'}"}, 404)


STATIC = Path(__file__).parent.parent / "ui" / "static"


async def static(request: Request) -> Response:
    """Style sheets and icons."""
    name = request.path_params["name"]
    path = STATIC / name
    if "/" in name or not path.is_file():
        raise KeyError(name)
    return FileResponse(path, headers={"cache-control": "max-age=300"})
