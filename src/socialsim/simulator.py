"""One simulator as an ASGI application: platforms, control plane and pages put together."""

import asyncio
import logging

from starlette.types import Receive, Scope, Send

from socialsim.control.app import control_app
from socialsim.core import Core
from socialsim.kernel.dispatch import Dispatcher
from socialsim.ui.app import pages_app

PERMALINKS = {"www.instagram.com": ("/p/", "/reel/")}
_log = logging.getLogger("socialsim")


class Simulator:
    """Serves a :class:`Core`. Give it to a server, or to a client's in-process ASGI transport."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self._dispatcher = Dispatcher(core.services, core.hosts, control_app(core), pages_app(core), PERMALINKS)
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
            self._timers = asyncio.ensure_future(self.core.services.timers.run())

    async def close(self) -> None:
        """End the timers and let go of files and connections."""
        if self._timers is not None:
            self._timers.cancel()
            await asyncio.gather(self._timers, return_exceptions=True)
            self._timers = None
        await self.core.services.close()

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
