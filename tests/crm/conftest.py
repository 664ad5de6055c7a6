"""A simulator, and all rooms without a worker: a test runs the jobs itself."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from huntaze.kit.crypto import new_key
from socialsim.testing import SimulatorHandle, simulator
from tests.support.rooms import Rooms, environ_of, rooms, served

PUBLIC_URL = "http://127.0.0.1:8420"


@pytest.fixture(scope="package")
def sim() -> Iterator[SimulatorHandle]:
    """One platform for this folder."""
    with simulator(seed=7) as handle:
        yield handle


@pytest_asyncio.fixture(scope="module")
async def opened(dsn: str, sim: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rooms]:
    """The rooms of this module."""
    environ = environ_of(dsn, tmp_path_factory.mktemp("home"), PUBLIC_URL, new_key(), sim)
    async with rooms(environ, sim) as here:
        yield here


@pytest_asyncio.fixture(scope="module")
async def url(opened: Rooms) -> AsyncIterator[str]:
    """The house's web process."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with served(opened.house, listening) as address:
            yield address


@pytest_asyncio.fixture
async def here(opened: Rooms) -> Rooms:
    """The rooms, with nothing mirrored and a platform as it was in the beginning."""
    opened.sim.reset()
    opened.sim.clear_faults()
    opened.sim.delete("/_sim/calls")
    opened.clock.set(datetime.fromtimestamp(opened.sim.now(), UTC))
    async with opened.house.database.transaction() as tx:
        await tx.execute(
            "TRUNCATE account, account_profile, platform_media, people, comment, sync_cursor, domain_event, pgqueuer,"
            " conversation, message_reaction, mention, erased_person, conversation_pull,"
            " intake_event, app_budget, comment_reading, open_list, missing_comment, account_figure, push_day CASCADE"
        )
    return opened
