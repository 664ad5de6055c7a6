"""The simulator as a whole: reset, seed, clock, knobs, fault rules, apps, snapshot."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from socialsim.control.bodies import ClockMove, Endpoints, FaultRules, NewApp, Reset, answer, read
from socialsim.core import Core, Snapshot
from socialsim.kernel.clock import iso
from socialsim.kernel.config import merged
from socialsim.kernel.faults import FaultRule
from socialsim.meta.model import App
from socialsim.meta.seed import Scenario
from socialsim.tiktok.seed import TikTokScenario


class Desk:
    """Reset, seed, clock, knobs, fault rules, apps, snapshot."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def endpoints(self) -> Endpoints:
        """What it answers."""
        return [
            ("/_sim", {"GET": self.index}),
            ("/_sim/reset", {"POST": self.reset}),
            ("/_sim/seed", {"POST": self.seed}),
            ("/_sim/clock", {"GET": self.clock, "POST": self.move_clock}),
            ("/_sim/config", {"GET": self.config, "POST": self.configure}),
            ("/_sim/faults", {"GET": self.faults, "POST": self.add_faults, "DELETE": self.clear_faults}),
            ("/_sim/faults/{id}", {"DELETE": self.remove_fault}),
            ("/_sim/apps", {"GET": self.apps, "POST": self.put_app}),
            ("/_sim/snapshot", {"GET": self.snapshot, "PUT": self.restore}),
        ]

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
        self._core.reset(body.seed, empty=body.empty, at=body.at)
        return await self.index(request)

    async def seed(self, request: Request) -> Response:
        """Add people and accounts."""
        raw = await read(request, dict[str, object])
        on_tiktok = msgspec.convert(raw.pop("tiktok", {}), TikTokScenario)
        made = self._core.meta.seeder.scenario(msgspec.convert(raw, Scenario))
        creators = self._core.tiktok.seeder.scenario(on_tiktok)
        return answer({"userId": made[-1].user_id if made else "", "accounts": made, "creators": creators})

    async def clock(self, request: Request) -> Response:
        """The virtual time."""
        clock = self._core.services.clock
        epoch = clock.epoch()
        return answer({"now": iso(epoch), "epoch": epoch, "offset": clock.offset, "stands": clock.stands})

    async def move_clock(self, request: Request) -> Response:
        """Stop, jump, run, and wait until what became due is done."""
        move = await read(request, ClockMove)
        services = self._core.services
        clock = services.clock
        if move.at is not None or move.stands:
            clock.stop(move.at)
        if move.stands is False:
            clock.run()
        if move.offset is not None:
            clock.set_offset(move.offset)
        if move.advance is not None:
            clock.advance(move.advance)
        if move.settle:
            await services.timers.settle()
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
        """Make an app, or change what is named of a known one."""
        body = await read(request, NewApp)
        app = self._core.meta.world.apps.setdefault(body.id, App(body.id, body.secret, body.name))
        named = await read(request, dict[str, object])
        for name, key in zip(NewApp.__struct_fields__, NewApp.__struct_encode_fields__, strict=True):
            if key in named:
                setattr(app, name, getattr(body, name))
        return answer(app, 201)

    async def snapshot(self, request: Request) -> Response:
        """The whole state."""
        return answer(self._core.snapshot())

    async def restore(self, request: Request) -> Response:
        """Put a state back."""
        self._core.restore(await read(request, Snapshot))
        return await self.index(request)
