"""Connecting an account in a real browser, through the platform's own dialog, in the looks that people have."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import new_key
from huntaze.kit.db import Database
from huntaze.kit.text import Text
from huntaze.platforms.errors import Reconnect
from socialsim.testing import MAYA, SimulatorHandle, simulator
from tests.accounts.house import House, open_house
from tests.browser.chromium import Look, Watched, looks, watched_page

TOM = "9001000000000004"
SUBSCRIBE = "POST /{page}/subscribed_apps"


@pytest.fixture(scope="module")
def sim() -> Iterator[SimulatorHandle]:
    """The platform."""
    with simulator(seed=5) as handle:
        yield handle


@pytest_asyncio.fixture(scope="module")
async def house(database: Database, sim: SimulatorHandle) -> AsyncIterator[House]:
    """The served pages."""
    clock = ManualClock(datetime.fromtimestamp(sim.now(), UTC))
    async with open_house(database, clock, new_key(), sim) as opened:
        yield opened


@pytest.mark.parametrize("look", looks(), ids=lambda look: look.name)
async def test_connecting_through_the_dialog_has_no_fault_in_any_look(
    browser: Browser, house: House, look: Look
) -> None:
    house.sim.reset()
    workspace_id = await house.workspace()
    async with house.browser(workspace_id, language=look.locale) as person:
        cookies = dict(person.client.cookies)
        async with watched_page(browser, f"{house.url}/accounts", look, cookies=cookies) as watched:
            page = watched.page
            await _perfect(watched, "accounts-empty")
            await page.locator("main a[href='/platforms/connect/instagram']").click()
            await _perfect(watched, "connect-instagram")
            await page.locator("a[href='/api/auth/instagram']").click()
            await page.get_by_text("Continue as Maya").click()
            await page.locator("button[value=continue]").click()
            await expect(page.locator(".choices input[name=account]")).to_have_count(2)
            await page.locator(".choices input[name=account]").first.check()
            await _perfect(watched, "accounts-choose")
            house.sim.add_fault({"where": "before", "what": "status", "status": 500, "match": {"endpoint": SUBSCRIBE}})
            await page.locator(".choices input[name=account]").last.check()
            await page.locator("main button[type=submit]").click()
            await expect(page.locator(".account")).to_have_count(2)
            await house.run_jobs()
            await _trouble(house, workspace_id)
            await page.reload()
            await _perfect(watched, "accounts")
            await page.locator(".account a[href$=disconnect]").first.click()
            await _perfect(watched, "accounts-disconnect")
            assert [fault for fault in await watched.faults() if house.sim.url not in fault] == []


@pytest.mark.parametrize("look", looks(), ids=lambda look: look.name)
async def test_the_ways_that_lead_nowhere_have_no_fault_in_any_look(browser: Browser, house: House, look: Look) -> None:
    house.sim.reset()
    workspace_id = await house.workspace()
    async with house.browser(workspace_id, language=look.locale) as person:
        cookies = dict(person.client.cookies)
        async with watched_page(browser, f"{house.url}/accounts", look, cookies=cookies) as watched:
            await watched.page.goto(f"{house.url}/api/auth/instagram/callback?code=x&state=y")
            await _perfect(watched, "accounts-refused")
            await person.choose_page(user_id=TOM, decline=["instagram_manage_comments"])
            await watched.page.goto(f"{house.url}{person.choice}")
            await expect(watched.page.locator(".unusable")).to_have_count(1)
            await _perfect(watched, "accounts-nothing")
            await person.choose_page(user_id=MAYA, decline=["instagram_content_publish"])
            await watched.page.goto(f"{house.url}{person.choice}")
            await _perfect(watched, "accounts-limited")


async def _perfect(watched: Watched, name: str) -> None:
    await watched.shoot(name)
    assert await watched.axe() == []
    assert await watched.sideways() == []


async def _trouble(house: House, workspace_id: object) -> None:
    """One of the two accounts needs a person."""
    async with house.database.transaction() as tx:
        rows = await tx.fetch("SELECT id FROM account WHERE workspace_id = $1 ORDER BY username DESC", workspace_id)
    dead = Reconnect(
        Text("The sign-in has expired or was withdrawn."), Text("Connect the account again."), platform="instagram"
    )
    await house.accounts.needs_reconnect(rows[0]["id"], dead)
