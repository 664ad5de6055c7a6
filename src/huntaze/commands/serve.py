"""`huntaze serve`: pages, API and webhooks, with a worker in the same process if wished."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

import uvicorn
import uvloop

from huntaze.commands.failure import CommandFailed
from huntaze.commands.inside import built
from huntaze.commands.readiness import ready_database
from huntaze.kit.log import configure_logging, get_logger
from huntaze.kit.memory import settle
from huntaze.settings import Settings
from huntaze.wiring import House, web_app, worker

log = get_logger(__name__)

_OPEN_REQUESTS_END_WITHIN = 2
_IDLE_CONNECTIONS_KEPT = 75
_BACKLOG = 2048


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to serve; None: as the settings say. `owner_link`: print a link while there is no owner."""

    host: str | None = None
    port: int | None = None
    with_worker: bool = False
    owner_link: bool = True


def run(given: Settings, wanted: Wanted) -> int:
    """Serve until SIGTERM or SIGINT. Raises CommandFailed for a taken port, a database that stays away or lacks
    migrations, and a front end that was never built."""
    configure_logging(given.local.log_level, sys.stderr)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _quietly)
    with (
        _listen(wanted.host or given.local.host, given.local.port if wanted.port is None else wanted.port) as listening,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_serve(given, wanted, listening))
    return 0


async def _serve(given: Settings, wanted: Wanted, listening: socket.socket) -> None:
    await ready_database(given.database_url.reveal())
    house = await built(given)
    try:
        server = _Server(_config(house), asyncio.get_running_loop(), house.closing)
        settle()
        serving = [asyncio.create_task(server.serve(sockets=[listening]))]
        if wanted.with_worker:
            serving.append(asyncio.create_task(worker(house).run(house.closing)))
        log.info("serving", address="http://{}:{}".format(*listening.getsockname()[:2]), worker=wanted.with_worker)
        if wanted.owner_link:
            await _invite_owner(house)
        # Whichever part ends first, the other is not left alone
        await asyncio.wait(serving, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        house.closing.set()
        await asyncio.gather(*serving)
    finally:
        await house.close()


def _config(house: House) -> uvicorn.Config:
    proxies = [str(network) for network in house.settings.trusted_proxies]
    return uvicorn.Config(
        web_app(house),
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=_OPEN_REQUESTS_END_WITHIN,
        timeout_keep_alive=_IDLE_CONNECTIONS_KEPT,
        backlog=_BACKLOG,
    )


class _Server(uvicorn.Server):
    """Tells the house of the signal at once: open streams and waiting requests end, and a worker beside it leaves."""

    def __init__(self, config: uvicorn.Config, loop: asyncio.AbstractEventLoop, closing: asyncio.Event) -> None:
        super().__init__(config)
        self._tell: Callable[[], object] = lambda: loop.call_soon_threadsafe(closing.set)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called in the signal handler."""
        self._tell()
        super().handle_exit(sig, frame)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise CommandFailed(
            f"cannot listen on {host}:{port}: {error.strerror}", "choose another --port (HUNTAZE_PORT) or --host"
        ) from None
    return listening


async def _invite_owner(house: House) -> None:
    if await house.identity.people.owner() is None:
        link = await house.identity.owner_link(house.settings.public_url)
        print(f"Nobody owns this installation yet. Make the owner here, within an hour:\n  {link}", flush=True)


def _quietly(number: int, frame: FrameType | None) -> None:
    """uvicorn raises the signal again once it has ended; that is no error here."""
