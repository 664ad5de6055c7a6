"""All rooms as `wiring` joins them, without a worker: a test runs the jobs when it wants, by a clock of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import msgspec
import uvicorn

from huntaze import wiring
from huntaze.accounts import AccountRow
from huntaze.identity import Actor
from huntaze.identity.rights import OWNER, VERBS
from huntaze.kit.clock import ManualClock
from huntaze.kit.jobs import Payload, Task
from huntaze.platforms.contract import Denied
from huntaze.settings import Settings
from socialsim.testing import MAYA, SimulatorHandle


@dataclass(frozen=True)
class Rooms:
    """What a test holds."""

    house: wiring.House
    clock: ManualClock
    sim: SimulatorHandle
    environ: Mapping[str, str]
    tasks: Mapping[str, Task]

    async def owner(self, name: str = "Maya", locale: str = "en") -> Actor:
        """The owner of a new workspace."""
        identity = self.house.identity
        workspace_id = await identity.create_workspace(name, "Europe/Paris", locale)
        person_id = await identity.create_person(workspace_id, name, f"{workspace_id}@example.org")
        return Actor(workspace_id, person_id, None, name, OWNER, VERBS, locale, "Europe/Paris", b"-", name)

    async def connect(self, actor: Actor, *refs: str, user_id: str = MAYA) -> list[AccountRow]:
        """Accounts connected through dialog and callback; all live ones of the workspace, by reference."""
        accounts = self.house.accounts
        asked = {key: one[0] for key, one in parse_qs(urlsplit(await self._dialog(actor)).query).items()}
        location, _ = await asyncio.to_thread(
            self.sim.login, asked["redirect_uri"], scope=asked["scope"], state=asked["state"], user_id=user_id
        )
        answer = {key: one[0] for key, one in parse_qs(urlsplit(location).query).items()}
        outcome = await accounts.callback(actor, "instagram", answer)
        assert not isinstance(outcome, Denied)
        await accounts.connect(actor, outcome.grant_id, set(refs))
        async with self.house.database.transaction() as tx:
            rows = await accounts.list_accounts(tx, actor.workspace_id)
        return sorted(rows, key=lambda row: row.account_ref)

    async def _dialog(self, actor: Actor) -> str:
        return await self.house.accounts.start(actor, "instagram", "facebook")

    async def run(self, name: str) -> None:
        """Run a periodic task once."""
        await self.tasks[name].handle({})

    async def jobs(self, name: str) -> list[Payload]:
        """The waiting wake-ups of a name, taken out of the queue."""
        rows = await self.rows("DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING id, payload", name)
        return [
            dict(msgspec.json.decode(bytes(row["payload"]))["payload"])
            for row in sorted(rows, key=lambda row: int(row["id"]))
        ]

    async def work(self, *names: str) -> None:
        """Run the waiting jobs of these names, and those that they make, until none waits."""
        while True:
            waiting = [(name, payload) for name in names for payload in await self.jobs(name)]
            if not waiting:
                return
            for name, payload in waiting:
                await self.tasks[name].handle(payload)

    async def rows(self, sql: str, *args: object) -> list[Mapping[str, Any]]:
        """What PostgreSQL says."""
        async with self.house.database.transaction() as tx:
            return [dict(row) for row in await tx.fetch(sql, *args)]

    async def value(self, sql: str, *args: object) -> Any:
        """The one value that PostgreSQL says."""
        async with self.house.database.transaction() as tx:
            return await tx.fetchval(sql, *args)


def environ_of(dsn: str, home: Path, url: str, key: str, sim: SimulatorHandle, graph: str = "") -> dict[str, str]:
    """The settings of a house that speaks to a simulator, at ``graph`` if that is given; also for processes of their
    own."""
    return {
        "HUNTAZE_HOME": str(home),
        "DATABASE_URL": dsn,
        "TOKEN_ENCRYPTION_KEY": key,
        "PUBLIC_URL": url,
        "FACEBOOK_GRAPH_URL": graph or sim.graph_url,
        "FACEBOOK_DIALOG_URL": sim.dialog_url,
        "FACEBOOK_UPLOAD_URL": sim.upload_url,
        "FACEBOOK_APP_ID": sim.app_id,
        "FACEBOOK_APP_SECRET": sim.app_secret,
    }


@asynccontextmanager
async def rooms(environ: Mapping[str, str], sim: SimulatorHandle) -> AsyncIterator[Rooms]:
    """Every room on this migrated database, at the hour of the simulator."""
    clock = ManualClock(datetime.fromtimestamp(sim.now(), UTC))
    house = await wiring.build(Settings.load(environ, None), clock=clock)
    try:
        yield Rooms(house, clock, sim, environ, {task.name: task for task in wiring.tasks(house)})
    finally:
        await house.close()


@asynccontextmanager
async def served(house: wiring.House, listening: socket.socket) -> AsyncIterator[str]:
    """The web process of a house, in this process; its address."""
    config = uvicorn.Config(wiring.web_app(house), log_level="warning", timeout_graceful_shutdown=1, ws="none")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started:
            if serving.done():
                raise RuntimeError("the house did not start")
            await asyncio.sleep(0.01)
        yield "http://{}:{}".format(*listening.getsockname()[:2])
    finally:
        house.closing.set()
        server.should_exit = True
        await serving


def ids(rows: Sequence[AccountRow]) -> list[UUID]:
    """Of accounts."""
    return [row.id for row in rows]
