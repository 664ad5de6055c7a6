"""A whole installation whose processes may be killed: PostgreSQL, one web process and one worker, each started again by
`tend`; a simulator in this process, whose world may be read."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from bench.figure import Ground
from huntaze.kit.crypto import new_key
from huntaze.kit.db import connect
from huntaze.kit.migrate import upgrade
from huntaze.kit.postgres import EmbeddedPostgres
from socialsim.core import Core
from socialsim.meta.community.comments import add_comment, follower_id
from socialsim.meta.model import Comment
from socialsim.server import SimulatorServer
from socialsim.testing import SimulatorHandle
from tests.support.processes import free_port
from tests.support.rooms import environ_of, rooms

PATH = "/api/webhooks/instagram"
MEDIA = 4
"""Posts of each account, under which people comment."""
FANS = 997
"""Different people, of whom each account knows some."""
_KEPT = ("PATH", "PYTHONPATH")
_START_SECONDS = 60.0
_STEP = 0.25


@dataclass(frozen=True, slots=True)
class Platform:
    """The simulator and its world."""

    core: Core
    handle: SimulatorHandle

    def comment(self, accounts: Sequence[str], count: int) -> list[Comment]:
        """So many comments of the audience, spread over these accounts' posts; the platform's own record of them.
        Nobody asks the simulator meanwhile."""
        services, world = self.core.services, self.core.meta.world
        media = [one for one in world.media.values() if one.account_id in set(accounts) and not one.parent_id]
        made = []
        for number in range(count):
            post, name = media[number % len(media)], f"fan{number % FANS}"
            author = follower_id(services, world, post.account_id, name)
            text, at = f"n\u00b0 {number} tr\u00e8s beau \U0001f60d", services.clock.epoch()
            made.append(add_comment(services, world, post, author, name, text, at))
        return made

    def account_of(self, comment: Comment) -> str:
        """Under whose post it stands."""
        return self.core.meta.world.media[comment.media_id].account_id


@contextlib.contextmanager
def platform(seed: int) -> Iterator[Platform]:
    """A simulator in a thread of this process."""
    ready = threading.Event()
    core = Core(seed)
    server = SimulatorServer(core, "127.0.0.1", 0, on_ready=lambda url: ready.set())
    thread = threading.Thread(target=server.run, name="socialsim", daemon=True)
    thread.start()
    try:
        if not ready.wait(_START_SECONDS):
            raise RuntimeError("the simulator did not start")
        handle = SimulatorHandle(server.url)
        try:
            yield Platform(core, handle)
        finally:
            handle.close()
    finally:
        server.stop()
        thread.join(_START_SECONDS)


class Machine:
    """PostgreSQL, web and worker of one installation."""

    def __init__(self, ground: Ground, home: Path, environ: Mapping[str, str], postgres: EmbeddedPostgres) -> None:
        self.home = home
        self.postgres = postgres
        self.dsn = environ["DATABASE_URL"]
        self.url = environ["PUBLIC_URL"]
        self.environ = environ
        port = self.url.rpartition(":")[2]
        run = [ground.python, "-m", "huntaze"]
        self._commands = {
            "web": [*run, "serve", "--host", "127.0.0.1", "--port", port, "--no-owner-link"],
            "worker": [*run, "work"],
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        """Start ``web`` or ``worker``, and wait until the web process answers."""
        for name in names:
            with (self.home / f"{name}.log").open("ab") as out:
                self._running[name] = subprocess.Popen(
                    self._commands[name],
                    env={name: os.environ[name] for name in _KEPT if name in os.environ} | dict(self.environ),
                    stdout=out,
                    stderr=out,
                    cwd=self.home,
                )
        if "web" in names:
            until(self._answers, _START_SECONDS, "the web process answers")

    def kill(self, name: str) -> None:
        """-9 to ``web``, ``worker`` or ``postgres``."""
        if name == "postgres":
            assert self.postgres.pid is not None
            os.kill(self.postgres.pid, 9)
            self.postgres.stop()
            return
        self._running[name].kill()
        self._running[name].wait()

    def tend(self) -> None:
        """Start again whatever is gone."""
        if self.postgres.pid is None:
            self.postgres.start()
        gone = [name for name, process in self._running.items() if process.poll() is not None]
        self.start(*gone)

    def stop(self) -> None:
        """End web and worker."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def rows(self, sql: str, *args: object) -> list[Mapping[str, Any]]:
        """What the database answers."""
        return asyncio.run(self._rows(sql, args))

    async def _rows(self, sql: str, args: Sequence[object]) -> list[Mapping[str, Any]]:
        connection = await connect(self.dsn)
        try:
            return [dict(row) for row in await connection.fetch(sql, *args)]
        finally:
            await connection.close()

    def pending(self) -> int:
        """Events that wait to be worked on."""
        return int(self.rows("SELECT count(*) AS count FROM intake_event WHERE state = 'pending'")[0]["count"])

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/healthz", trust_env=False, timeout=5).status_code < 500
        except httpx2.HTTPError:
            return False


@contextlib.contextmanager
def machine(ground: Ground, name: str, here: Platform) -> Iterator[Machine]:
    """An installation that nobody runs yet, with its database up."""
    home = ground.scratch / name
    (home / "home").mkdir(parents=True)
    postgres = EmbeddedPostgres(home / "postgres")
    dsn = postgres.start()
    installation: Machine | None = None
    try:
        asyncio.run(upgrade(dsn))
        environ = environ_of(dsn, home / "home", f"http://127.0.0.1:{free_port()}", new_key(), here.handle)
        installation = Machine(ground, home, environ, postgres)
        yield installation
    finally:
        if installation is not None:
            installation.stop()
        postgres.stop()


def connected(installation: Machine, here: Platform, count: int) -> list[str]:
    """Connect so many new accounts with their posts, and mirror these; the platform's ids of the accounts."""
    made = here.handle.seed({"accounts": count, "media": MEDIA, "comments": 0})
    refs = [str(one["accountId"]) for one in made["accounts"]]
    asyncio.run(_connect(installation, here, str(made["userId"]), refs))
    return refs


async def _connect(installation: Machine, here: Platform, user_id: str, refs: Sequence[str]) -> None:
    async with rooms(installation.environ, here.handle) as house:
        await house.connect(await house.owner(), *refs, user_id=user_id)
        await house.run("outbox.deliver")
        await house.work("crm.sync")
        await house.jobs("crm.pictures")  # thrown away: what opens pictures is not measured


def until(so: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for it. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not so():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(_STEP)
