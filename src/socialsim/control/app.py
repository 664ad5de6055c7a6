"""Routes of ``/_sim``."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from socialsim.control.acting import Acting
from socialsim.control.bodies import ClockMove, FaultRules, NewApp, Reset, answer, read
from socialsim.control.files import Files
from socialsim.control.truth import Truth
from socialsim.core import Core, Snapshot
from socialsim.kernel.clock import iso
from socialsim.kernel.config import merged
from socialsim.kernel.faults import FaultRule
from socialsim.meta.model import App
from socialsim.meta.seed import Scenario

Endpoint = Callable[[Request], Awaitable[Response]]


def control_app(core: Core) -> ASGIApp:
    """The control plane of one simulator."""
    desk, truth, acting, files = Desk(core), Truth(core), Acting(core), Files(core)
    table: list[tuple[str, dict[str, Endpoint]]] = [
        ("/_sim", {"GET": desk.index}),
        ("/_sim/reset", {"POST": desk.reset}),
        ("/_sim/seed", {"POST": desk.seed}),
        ("/_sim/clock", {"GET": desk.clock, "POST": desk.move_clock}),
        ("/_sim/config", {"GET": desk.config, "POST": desk.configure}),
        ("/_sim/faults", {"GET": desk.faults, "POST": desk.add_faults, "DELETE": desk.clear_faults}),
        ("/_sim/faults/{id}", {"DELETE": desk.remove_fault}),
        ("/_sim/apps", {"GET": desk.apps, "POST": desk.put_app}),
        ("/_sim/snapshot", {"GET": desk.snapshot, "PUT": desk.restore}),
        ("/_sim/truth", {"GET": truth.rows}),
        ("/_sim/truth/containers", {"GET": truth.containers}),
        ("/_sim/truth/media", {"GET": truth.media}),
        ("/_sim/truth/comments", {"GET": truth.comments}),
        ("/_sim/calls", {"GET": truth.calls, "DELETE": truth.clear_calls}),
        ("/_sim/calls/log", {"GET": truth.transcript}),
        ("/_sim/deliveries", {"GET": truth.deliveries}),
        ("/_sim/accounts", {"GET": truth.accounts}),
        ("/_sim/people", {"GET": truth.people}),
        ("/_sim/login", {"POST": acting.login}),
        ("/_sim/tokens", {"POST": acting.tokens}),
        ("/_sim/act/comment", {"POST": acting.comment}),
        ("/_sim/act/reply", {"POST": acting.reply}),
        ("/_sim/act/like", {"POST": acting.like}),
        ("/_sim/act/{deed}", {"POST": acting.person}),
        ("/_sim/pictures/{name}", {"GET": files.picture}),
        ("/_sim/videos/{name}", {"GET": files.video}),
        ("/_sim/media/{name}", {"GET": files.media}),
        ("/_sim/static/{name}", {"GET": static}),
    ]
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


class Desk:
    """Reset, seed, clock, knobs, fault rules, apps, snapshot."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def index(self, request: Request) -> Response:
        """What there is."""
        services = self._core.services
        return answer(
            {
                "name": "socialsim",
                "home": services.home,
                "seed": services.seed,
                "now": iso(services.clock.epoch()),
                "hosts": sorted(self._core.hosts),
                "accounts": len(self._core.meta.world.accounts),
                "truth": len(services.ledger.rows),
            }
        )

    async def reset(self, request: Request) -> Response:
        """Forget everything."""
        body = await read(request, Reset)
        self._core.reset(body.seed, empty=body.empty)
        return await self.index(request)

    async def seed(self, request: Request) -> Response:
        """Add people and accounts."""
        scenario = await read(request, Scenario)
        made = self._core.meta.seeder.scenario(scenario)
        return answer({"userId": made[-1].user_id if made else "", "accounts": made})

    async def clock(self, request: Request) -> Response:
        """The virtual time."""
        clock = self._core.services.clock
        epoch = clock.epoch()
        return answer({"now": iso(epoch), "epoch": epoch, "offset": clock.offset})

    async def move_clock(self, request: Request) -> Response:
        """Jump."""
        move = await read(request, ClockMove)
        clock = self._core.services.clock
        if move.offset is not None:
            clock.set_offset(move.offset)
        if move.advance is not None:
            clock.advance(move.advance)
        return await self.clock(request)

    async def config(self, request: Request) -> Response:
        """The knobs."""
        return answer(self._core.services.config)

    async def configure(self, request: Request) -> Response:
        """Lay a change over the knobs."""
        services = self._core.services
        services.config = merged(services.config, await read(request, dict[str, object]))
        return answer(services.config)

    async def faults(self, request: Request) -> Response:
        """The armed rules."""
        return answer({"rules": self._core.services.faults.listed()})

    async def add_faults(self, request: Request) -> Response:
        """Arm one rule or several."""
        services = self._core.services
        raw = await read(request, dict[str, object])
        rules = msgspec.convert(raw, FaultRules).rules if "rules" in raw else [msgspec.convert(raw, FaultRule)]
        return answer({"rules": [services.faults.add(rule, services.clock.epoch()) for rule in rules]}, 201)

    async def clear_faults(self, request: Request) -> Response:
        """Disarm all."""
        self._core.services.faults.clear()
        return answer({"rules": []})

    async def remove_fault(self, request: Request) -> Response:
        """Disarm one."""
        if not self._core.services.faults.remove(request.path_params["id"]):
            raise KeyError(request.path_params["id"])
        return await self.faults(request)

    async def apps(self, request: Request) -> Response:
        """Developer apps, with their secrets: they are made up."""
        return answer({"apps": list(self._core.meta.world.apps.values())})

    async def put_app(self, request: Request) -> Response:
        """Make an app, or change one and keep its subscriptions."""
        body = await read(request, NewApp)
        apps = self._core.meta.world.apps
        known = apps.get(body.id)
        apps[body.id] = App(
            body.id,
            body.secret,
            body.name,
            body.redirect_uris,
            body.require_proof,
            body.live,
            body.login_configs,
            known.subscriptions if known else {},
        )
        return answer(apps[body.id], 201)

    async def snapshot(self, request: Request) -> Response:
        """The whole state."""
        return answer(self._core.snapshot())

    async def restore(self, request: Request) -> Response:
        """Put a state back."""
        self._core.restore(await read(request, Snapshot))
        return await self.index(request)
