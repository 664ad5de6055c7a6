"""What opens on /_parts, in the looks that people have; the page itself is one of all pages."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from huntaze.kit.clock import ManualClock
from tests.browser.chromium import Look, looks, watched_page
from tests.support.serving import serving
from tests.ui.viewers import gallery_app

NOW = datetime(2026, 11, 22, 9, 42, tzinfo=UTC)


@pytest_asyncio.fixture(scope="module")
async def address() -> AsyncIterator[str]:
    """The served page of components."""
    async with serving(gallery_app(ManualClock(NOW))) as base:
        yield f"{base}/_parts"


@pytest.mark.parametrize("look", looks(), ids=lambda look: look.name)
async def test_what_opens_on_the_parts_page_has_no_fault_in_any_look(
    browser: Browser, address: str, look: Look
) -> None:
    async with watched_page(browser, address, look) as watched:
        opener = "more-menu" if look.phone else "person-menu"
        await watched.page.locator(f'[popovertarget="{opener}"]').click()
        assert await watched.axe() == []
        await watched.page.keyboard.press("Escape")
        await watched.page.locator('[commandfor="example-confirm"]:visible').first.click()
        assert await watched.axe() == []
        assert await watched.faults() == []
