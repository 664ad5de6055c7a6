"""Every page in the looks that people have: no accessibility fault, nothing in the console, no sideways scrolling."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from socialsim.testing import SimulatorHandle, simulator
from tests.browser.all_pages import Album, Place, album, faults_of, look_around, page_routes
from tests.browser.chromium import Look, in_all_looks, looks, watched_page
from tests.journeys.house import opened
from tests.support.databases import Databases
from tests.support.serving import serving

DESK = Look("light", 1440, "en")
_SPOILT = """<!doctype html><html lang="en"><title>Spoilt</title>
<main><h1>Spoilt</h1><img src="data:,"><div style="width:900px">wide</div><script>alert(1)</script></main></html>"""


@pytest.fixture(scope="module")
def sim() -> Iterator[SimulatorHandle]:
    """The platform."""
    with simulator(seed=4, process=True) as handle:
        yield handle


@pytest_asyncio.fixture(scope="module")
async def pages(
    databases: Databases, dsn: str, sim: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Album]:
    """A house in which every page has something to show, and an empty one."""
    async with (
        databases.fresh() as nobody,
        opened(nobody, tmp_path_factory.mktemp("unowned"), sim, dev=True) as unowned,
        opened(dsn, tmp_path_factory.mktemp("pages"), sim) as house,
    ):
        yield await album(house, unowned)


@pytest.mark.parametrize("look", looks(), ids=lambda look: look.name)
async def test_no_page_has_a_fault(browser: Browser, pages: Album, look: Look) -> None:
    assert "\n".join(await look_around(browser, pages, look, shoot=in_all_looks())) == ""


async def test_every_page_route_is_looked_at(pages: Album) -> None:
    assert len(list(page_routes(pages.house.app))) >= 15
    assert len({place.name for place in pages.places}) == len(pages.places)


async def test_faults_are_seen(browser: Browser) -> None:
    policy = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}

    async def spoilt(_request: Request) -> Response:
        return HTMLResponse(_SPOILT, headers=policy)

    async def bare(_request: Request) -> Response:
        return HTMLResponse("<!doctype html><title>Bare</title>")

    routes = [Route("/spoilt", spoilt), Route("/bare", bare)]
    async with serving(Starlette(routes=routes)) as url, watched_page(browser, url, DESK) as watched:
        found = "\n".join(await faults_of(watched, Place("spoilt", f"{url}/spoilt")))
        for fault in ("axe: image-alt", "sideways at 320: div", "csp: script-src", "console error"):
            assert fault in found, fault
        found = "\n".join(await faults_of(watched, Place("bare", f"{url}/bare", status=404)))
        for fault in ("answered 200, not 404", "no content security policy", "axe: html-has-lang"):
            assert fault in found, fault
