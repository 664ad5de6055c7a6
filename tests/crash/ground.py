"""Killed processes and what they leave: workers forked from a server that has everything loaded."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from huntaze.kit.crypto import new_key
from huntaze.publishing.store import overdue
from socialsim.testing import SimulatorHandle
from tests.crash import process
from tests.crash import wiring as crash
from tests.platforms.made_up.known import HOSTS, made_up
from tests.platforms.made_up.server import MadeUpServer
from tests.publishing.ground import Ground, open_ground
from tests.support.rooms import environ_of
from tests.support.waiting import eventually

TIME_SCALE = 0.01
_FORKING = multiprocessing.get_context("forkserver")
Servers = Mapping[str, MadeUpServer]


@contextmanager
def platforms() -> Iterator[Servers]:
    """The made-up platforms, each on its own port."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(MadeUpServer.running(host)) for name, host in HOSTS.items()}


def fork(name: str, environ: Mapping[str, str]) -> BaseProcess:
    """A process of `tests.crash.process`, from the server that has everything loaded."""
    _FORKING.set_forkserver_preload(["tests.crash.process"])
    started = _FORKING.Process(target=process.run, args=(name, dict(environ)), daemon=True)
    started.start()
    return started


def environ_for(settings: Mapping[str, str], servers: Servers, scale: float) -> dict[str, str]:
    """What the processes of a house with these settings are to know, the made-up platforms among it."""
    return {
        "PATH": os.environ["PATH"],
        **settings,
        crash.SCALE: str(scale),
        crash.PLATFORMS: " ".join(f"{name}={server.base_url}" for name, server in servers.items()),
    }


class Workers:
    """Starts worker processes of one house."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = dict(environ)
        """The settings of the house for a process of its own."""

    @contextmanager
    def worker(self, kill_at: str = "") -> Iterator[BaseProcess]:
        """A worker; with ``kill_at`` it dies there as by `kill -9`."""
        environ = self.environ | ({"HUNTAZE_KILL_AT": kill_at} if kill_at else {})
        started = fork("worker", environ)
        try:
            yield started
        finally:
            started.kill()
            started.join()


@asynccontextmanager
async def open_house(
    home: Path, dsn: str, sim: SimulatorHandle, servers: Servers, *, scale: float = TIME_SCALE, accounts: int = 0
) -> AsyncIterator[tuple[Ground, Workers]]:
    """A house without a worker of its own, and the way to start workers for it."""
    key = new_key()
    known = {name: made_up(name, server.base_url) for name, server in servers.items()}
    async with open_ground(
        home,
        dsn,
        sim,
        timings=crash.timings(scale),
        accounts=accounts,
        with_worker=False,
        more_platforms=known,
        key=key,
    ) as ground:
        settings = environ_of(dsn, home, ground.url, key, sim, ground.house.settings.urls.facebook_graph)
        yield ground, Workers(environ_for(settings, servers, scale))


async def died(worker: BaseProcess, seconds: float = 25.0) -> int | None:
    """The exit code of a worker that is to die by itself; -9 when its checkpoint was reached, None when it was not."""

    async def ended() -> bool:
        return not worker.is_alive()

    with contextlib.suppress(AssertionError):
        await eventually(ended, seconds=seconds, every=0.05)
    return worker.exitcode


async def stuck(ground: Ground) -> int:
    """Publications that nobody looks after (docs/understand/publishing.md)."""
    async with ground.rows() as tx:
        return await overdue(tx, ground.house.clock.now() - timedelta(minutes=5))


def say(words: str) -> None:
    """A line of the run, for whoever reads it with -s."""
    print(words, file=sys.stderr)
