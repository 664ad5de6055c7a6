"""One house for each module of stories, with a simulator and a browser beside it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from socialsim.testing import SimulatorHandle, simulator
from tests.browser.chromium import Look, Watched, chromium, watched_page
from tests.fixtures import media
from tests.journeys.house import House, Person, opened

DESK = Look("light", 1440, "en")


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def sim() -> Iterator[SimulatorHandle]:
    """The platform, a process of its own."""
    with simulator(seed=3, process=True) as handle:
        yield handle


@pytest_asyncio.fixture(scope="module")
async def house(dsn: str, sim: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The whole product on this module's database."""
    async with opened(dsn, tmp_path_factory.mktemp("house"), sim) as started:
        yield started


@pytest_asyncio.fixture
async def maya(house: House) -> Person:
    """An owner with one connected account."""
    house.sim.clear_faults()
    person = await house.person()
    await house.connect(person)
    return person


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Three pictures on the person's own disk."""
    made = []
    for seed, name in enumerate(("one", "two", "three")):
        path = tmp_path / f"{name}.jpg"
        path.write_bytes(media.jpeg(1080, 1080 + 10 * seed, seed=seed))
        made.append(path)
    return made


@asynccontextmanager
async def at_desk(
    browser: Browser, house: House, person: Person, path: str = "/", look: Look = DESK, *, scripts: bool = True
) -> AsyncIterator[Watched]:
    """The person at a page of the house, signed in."""
    cookies = await house.cookies(person)
    async with watched_page(browser, house.url + path, look, cookies=cookies, scripts=scripts) as watched:
        yield watched
