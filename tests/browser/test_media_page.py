"""The media pages in the looks that people have: dropping a file, the grid, one file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Database
from huntaze.kit.http import irreversible_client, platform_client
from huntaze.platforms.instagram import Instagram, InstagramUrls
from huntaze.platforms.registry import Platforms
from tests.browser.chromium import Look, looks, watched_page
from tests.fixtures import media
from tests.library import ground
from tests.library.ground import add
from tests.library.house import House, open_house


@pytest_asyncio.fixture(scope="module")
async def house(
    database: Database, key_ring: KeyRing, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A served library, still empty."""
    home: Path = tmp_path_factory.mktemp("media-page")
    clock = ManualClock()
    shelf = ground.library(database, clock, key_ring, home)
    async with platform_client() as client, irreversible_client() as once:
        instagram = Instagram(client, once, InstagramUrls(), "v26.0", clock)
        async with open_house(shelf, clock, key_ring, Platforms({"instagram": instagram})) as opened:
            yield opened


@pytest.mark.parametrize("look", looks(), ids=lambda look: look.name)
async def test_the_media_pages_have_no_fault_in_any_look(
    browser: Browser, house: House, look: Look, tmp_path: Path
) -> None:
    cookies = dict(house.browser.cookies)
    async with watched_page(browser, f"{house.address}/media", look, cookies=cookies) as watched:
        page = watched.page
        await watched.shoot("media-before")
        photo = tmp_path / f"plage-{look.name}.jpg"
        photo.write_bytes(media.jpeg(1080, 1350, seed=len(look.name)))
        before = await page.locator("#media-grid .tile").count()
        await page.locator("media-dropzone input[type=file]").set_input_files(photo)
        await expect(page.locator("#media-grid .tile")).to_have_count(before + 1)
        clip = await add(house.shelf, house.workspace_id, media.mp4(3.0, 360, 640), "coulisses.mp4")
        await add(house.shelf, house.workspace_id, media.png(1200, 800, seed=9), "un nom de fichier assez long.png")
        await page.reload()
        await watched.shoot("media")
        assert await watched.axe() == []
        assert await watched.sideways() == []
        for asset_id in (clip.id, await page.locator("#media-grid .tile").last.get_attribute("id")):
            await page.goto(f"{house.address}/media/{str(asset_id).removeprefix('asset-')}")
            await watched.shoot(f"media-{'one' if asset_id == clip.id else 'photo'}")
            assert await watched.axe() == []
            assert await watched.sideways() == []
        assert await watched.faults() == []
