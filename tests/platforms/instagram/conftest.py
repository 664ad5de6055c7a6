"""The simulator, and Instagram's client on it over real HTTP."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from huntaze.kit.clock import SystemClock
from huntaze.kit.http import Timeouts, irreversible_client, platform_client
from huntaze.kit.secret import Secret
from huntaze.platforms.contract import Access, App
from huntaze.platforms.instagram import Instagram, InstagramUrls
from socialsim.testing import SimulatorHandle, simulator
from tests.platforms.instagram.world import MAYA_ACCOUNT, MAYA_PAGE

IMPATIENT = Timeouts(connect=5.0, read=0.5, write=5.0, pool=5.0)


@pytest.fixture(scope="package")
def simulated() -> Iterator[SimulatorHandle]:
    """One simulator for all tests of this folder."""
    with simulator(seed=7) as handle:
        yield handle


@pytest.fixture
def sim(simulated: SimulatorHandle) -> SimulatorHandle:
    """The simulator with its default people, where every container is ready at once."""
    simulated.reset()
    simulated.configure({"ready": {"default": 0.0, "IMAGE": 0.0, "CAROUSEL_ITEM": 0.0, "CAROUSEL": 0.0, "REELS": 0.0}})
    return simulated


@pytest.fixture
def app(sim: SimulatorHandle) -> App:
    """The developer app that the simulator knows."""
    return App(sim.app_id, Secret(sim.app_secret))


@pytest_asyncio.fixture(scope="package")
async def instagram(simulated: SimulatorHandle) -> AsyncIterator[Instagram]:
    """The platform over the simulator."""
    async with talking_to(simulated, Timeouts()) as instagram:
        yield instagram


@pytest_asyncio.fixture(scope="package")
async def impatient(simulated: SimulatorHandle) -> AsyncIterator[Instagram]:
    """The same, waiting half a second for an answer: for answers that do not come."""
    async with talking_to(simulated, IMPATIENT) as instagram:
        yield instagram


@asynccontextmanager
async def talking_to(simulated: SimulatorHandle, timeouts: Timeouts) -> AsyncIterator[Instagram]:
    urls = InstagramUrls(graph=simulated.graph_url, dialog=simulated.dialog_url)
    async with platform_client(timeouts) as client, irreversible_client(timeouts) as once:
        yield Instagram(client, once, urls, "v26.0", SystemClock())


@pytest.fixture
def access(sim: SimulatorHandle, app: App) -> Access:
    """The right to act for Maya's first account, without going through the dialog."""
    tokens = sim.tokens()
    page_token = next(page["pageToken"] for page in tokens["pages"] if page["pageId"] == MAYA_PAGE)
    return Access(app, MAYA_ACCOUNT, Secret(page_token), Secret(tokens["userToken"]), MAYA_PAGE)
