"""A house in which the examples of the documents are tried."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from socialsim.testing import SimulatorHandle, simulator
from tests.journeys.house import House, opened


@pytest.fixture(scope="module")
def sim() -> Iterator[SimulatorHandle]:
    """The platform."""
    with simulator(seed=6) as handle:
        yield handle


@pytest_asyncio.fixture(scope="module")
async def house(dsn: str, sim: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The whole product."""
    async with opened(dsn, tmp_path_factory.mktemp("docs"), sim) as started:
        yield started
