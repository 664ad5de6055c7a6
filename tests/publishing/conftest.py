"""One house for all stories of this folder: each story has an account of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from socialsim.testing import SimulatorHandle, simulator
from tests.publishing.ground import QUICK, Ground, open_ground, strange_steps
from tests.support.databases import Databases

ACCOUNTS = 80


@pytest.fixture(scope="package")
def simulated() -> Iterator[SimulatorHandle]:
    """The simulator of this folder."""
    with simulator(seed=5) as handle:
        handle.configure(QUICK)
        yield handle


@pytest_asyncio.fixture(scope="package")
async def opened(
    databases: Databases, simulated: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    """The house of this folder."""
    home: Path = tmp_path_factory.mktemp("publishing")
    async with (
        databases.fresh() as dsn,
        open_ground(home, dsn, simulated, accounts=ACCOUNTS) as ground,
    ):
        yield ground
        assert await strange_steps(ground) == set()


@pytest.fixture
def ground(opened: Ground) -> Ground:
    """The house, with no fault left from another story."""
    opened.sim.clear_faults()
    opened.sim.configure(QUICK)
    return opened
