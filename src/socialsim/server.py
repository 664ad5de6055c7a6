"""Serving a simulator over HTTP: one process, one loop, uvicorn."""

import logging
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from socialsim.core import Core
from socialsim.kernel.wire import CUT_EXTENSION
from socialsim.simulator import Simulator


class CuttableProtocol(HttpToolsProtocol):
    """Hands the transport to the application, so that a fault rule can really cut the connection."""

    def on_message_begin(self) -> None:
        """Called by the parser for each request."""
        super().on_message_begin()
        self.scope["extensions"] = {CUT_EXTENSION: self.transport}  # type: ignore[dict-item]


class _AnnouncedServer(uvicorn.Server):
    """Tells when it answers."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        self._on_ready()


class SimulatorServer:
    """A simulator bound to an address. ``port`` 0 takes a free one."""

    def __init__(self, core: Core, host: str, port: int, on_ready: Callable[[str], None]) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((host, port))
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}"
        core.services.home = self.url
        # A broken multipart body is the client's affair: it gets its answer, the terminal no warning
        logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
        config = uvicorn.Config(
            Simulator(core),
            http=CuttableProtocol,
            ws="none",
            lifespan="on",
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=0,
            timeout_keep_alive=75,
        )
        self._server = _AnnouncedServer(config, lambda: on_ready(self.url))

    def run(self) -> None:
        """Serve until :meth:`stop`."""
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """End soon; open requests are cut. May be called from any thread."""
        self._server.should_exit = True


def serve(host: str, port: int, seed: int, state: Path | None) -> None:
    """Run in the foreground until SIGTERM or SIGINT; with ``state`` the world survives."""
    core = Core(seed, state.with_suffix(state.suffix + ".media") if state else None)
    if state is not None and state.exists():
        core.load(state)
    server = SimulatorServer(core, host, port, on_ready=lambda url: print(f"socialsim: ready on {url}", flush=True))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _quietly)
    server.run()
    if state is not None:
        core.save(state)


def _quietly(number: int, frame: FrameType | None) -> None:
    """uvicorn raises the signal again once it has ended; that is no error here."""
