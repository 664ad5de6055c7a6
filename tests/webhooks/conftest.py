"""One simulator and one served house for each module; an empty intake for each test."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx2
import pytest
import pytest_asyncio

from huntaze.kit.crypto import new_key
from socialsim.testing import SimulatorHandle, simulator
from tests.support.rooms import Rooms, environ_of, rooms, served
from tests.webhooks.deliveries import signed
from tests.webhooks.forgeries import environ_of_apps

PATH = "/api/webhooks/instagram"


@dataclass(frozen=True)
class Door:
    """The door of a served house, and whoever knocks."""

    rooms: Rooms
    url: str
    client: httpx2.AsyncClient

    async def post(self, body: bytes, path: str = PATH, secret: str | None = None) -> int:
        """A delivery signed with the app's secret; the status."""
        headers = signed(body, secret or self.rooms.sim.app_secret)
        return (await self.client.post(path, content=body, headers=headers)).status_code

    async def stored(self) -> list[tuple[str, str, str]]:
        """(account, kind, state) of what is in the table, in order."""
        rows = await self.rooms.rows("SELECT account_ref, kind, state FROM intake_event ORDER BY id")
        return [(str(row["account_ref"]), str(row["kind"]), str(row["state"])) for row in rows]

    async def drain(self) -> None:
        """What the worker does."""
        await self.rooms.run("webhooks.drain")

    def metric(self, name: str) -> float:
        """A figure of the web process as operators see it."""
        text = self.rooms.house.metrics.render()[0].decode()
        return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


@pytest.fixture(scope="package")
def sim() -> Iterator[SimulatorHandle]:
    """One platform for this folder."""
    with simulator(seed=5) as handle:
        yield handle


@pytest_asyncio.fixture(scope="module")
async def open_door(dsn: str, sim: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    """The house of this module."""
    sim.reset()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = "http://{}:{}".format(*listening.getsockname()[:2])
        environ = environ_of(dsn, tmp_path_factory.mktemp("home"), url, new_key(), sim) | environ_of_apps(sim)
        async with (
            rooms(environ, sim) as here,
            served(here.house, listening),
            httpx2.AsyncClient(base_url=url, trust_env=False, verify=False, timeout=20) as client,
        ):
            yield Door(here, url, client)


@pytest_asyncio.fixture
async def door(open_door: Door) -> Door:
    """The door, and nothing behind it yet."""
    async with open_door.rooms.house.database.transaction() as tx:
        await tx.execute("TRUNCATE intake_event, comment, people, domain_event, pgqueuer, account CASCADE")
    return open_door
