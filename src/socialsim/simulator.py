"""One simulator: kernel, platforms, control plane and pages put together as an ASGI application."""

import asyncio
import logging
from pathlib import Path

import msgspec
from msgspec import Struct
from starlette.types import Receive, Scope, Send

from socialsim.kernel.config import Config
from socialsim.kernel.dispatch import Dispatcher
from socialsim.kernel.ids import Mint
from socialsim.kernel.ledger import TruthRow
from socialsim.kernel.pictures import Gallery
from socialsim.kernel.services import Services
from socialsim.kernel.wire import Host
from socialsim.meta.model import World
from socialsim.meta.platform import AbsentHost, Meta

_log = logging.getLogger("socialsim")

ABSENT_HOSTS = (
    "rupload.facebook.com",
    "graph.instagram.com",
    "api.instagram.com",
    "open.tiktokapis.com",
    "www.tiktok.com",
)


class Snapshot(Struct, rename="camel"):
    """The whole state as one JSON value. Bytes of fetched media are not in it."""

    seed: int
    offset: float
    counters: dict[str, int]
    config: Config
    truth: list[TruthRow]
    world: World


class Simulator:
    """Holds the parts; ``reset`` and ``restore`` replace the world behind the hosts."""

    def __init__(self, seed: int = 1, media_folder: Path | None = None) -> None:
        from socialsim.control.app import control_app
        from socialsim.ui.app import pages_app

        self.services = Services(seed, media_folder)
        self.gallery = Gallery()
        self.hosts: dict[str, Host] = {name: AbsentHost(name) for name in ABSENT_HOSTS}
        self.meta = self._new_meta(World())
        self._seed_world(empty=False)
        self._dispatcher = Dispatcher(self.services, self.hosts, control_app(self), pages_app(self))
        self._timers: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI. The timers start with the first request if no lifespan did."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        self.start()
        try:
            await self._dispatcher(scope, receive, send)
        except ConnectionResetError:
            raise
        except Exception:
            _log.exception("%s %s broke", scope.get("method"), scope.get("path"))
            raise

    def start(self) -> None:
        """Let time pass: webhook retries and late commits run from now on."""
        if self._timers is None:
            self._timers = asyncio.ensure_future(self.services.timers.run())

    async def close(self) -> None:
        """End the timers and let go of files and connections."""
        if self._timers is not None:
            self._timers.cancel()
            await asyncio.gather(self._timers, return_exceptions=True)
            self._timers = None
        await self.services.close()

    def reset(self, seed: int | None = None, *, empty: bool = False) -> None:
        """Forget everything; the default world again, or only the default app."""
        self.services.restart(self.services.seed if seed is None else seed)
        self.meta = self._new_meta(World())
        self._seed_world(empty=empty)

    def snapshot(self) -> Snapshot:
        """The state now."""
        services = self.services
        return Snapshot(
            services.seed,
            services.clock.offset,
            services.mint.counters,
            services.config,
            services.ledger.rows,
            self.meta.world,
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a state. Waiting webhook retries of before are dropped."""
        services = self.services
        services.restart(snapshot.seed)
        services.clock.set_offset(snapshot.offset)
        services.mint = Mint(snapshot.seed, dict(snapshot.counters))
        services.config = snapshot.config
        services.ledger.rows.extend(snapshot.truth)
        self.meta = self._new_meta(snapshot.world)

    def save(self, path: Path) -> None:
        """Write the snapshot beside the file, then rename: never half a state."""
        partial = path.with_suffix(path.suffix + ".part")
        partial.write_bytes(msgspec.json.encode(self.snapshot()))
        partial.replace(path)

    def load(self, path: Path) -> None:
        """Restore from a file."""
        self.restore(msgspec.json.decode(path.read_bytes(), type=Snapshot))

    def _new_meta(self, world: World) -> Meta:
        meta = Meta(self.services, world)
        self.hosts.update(meta.hosts)
        return meta

    def _seed_world(self, *, empty: bool) -> None:
        self.meta.seeder.default_app()
        if not empty:
            self.meta.seeder.cast()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return
