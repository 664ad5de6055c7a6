"""One house for each module, with a platform beside it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from socialsim.testing import SimulatorHandle, simulator
from tests.journeys.house import House, opened


@pytest.fixture(scope="module")
def sim() -> Iterator[SimulatorHandle]:
    """The platform, a process of its own: its log and its secrets are not ours."""
    with simulator(seed=11, process=True) as handle:
        yield handle


@pytest_asyncio.fixture(scope="module")
async def house(dsn: str, sim: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The product as it is built for real."""
    async with opened(dsn, tmp_path_factory.mktemp("house"), sim) as started:
        yield started
