"""Sign in, create the owner and make a key, in the looks that people have."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser

from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Database
from tests.browser.chromium import Look, Watched, looks, watched_page
from tests.identity.house import PASSWORD, House, house
from tests.support.serving import serving

LOOKS = pytest.mark.parametrize("look", looks(), ids=lambda look: look.name)


@asynccontextmanager
async def open_house(database: Database, clock: ManualClock, ring: KeyRing) -> AsyncIterator[tuple[House, str]]:
    """An empty house on a port of its own, over http as on one's own machine."""
    await database.pool.execute("TRUNCATE workspace, person, sign_in_link, sign_in_failure CASCADE")
    local = house(database, clock, ring, public_url="http://127.0.0.1")
    async with serving(local.app) as base:
        yield local, base


async def without_fault(watched: Watched, name: str) -> None:
    await watched.shoot(name)
    assert await watched.axe() == []
    assert await watched.sideways() == []
    assert await watched.faults() == []


@LOOKS
async def test_the_first_owner_is_made_and_told_how_good_the_password_is(
    browser: Browser, database: Database, clock: ManualClock, key_ring: KeyRing, look: Look
) -> None:
    async with open_house(database, clock, key_ring) as (local, base):
        link = await local.identity.owner_link(base)
        async with watched_page(browser, link, look) as watched:
            page = watched.page
            assert await page.locator("#zone").input_value() == "Europe/Paris", "the zone one is in is offered"
            said = page.locator("[data-strength]")
            judged = []
            for password in ("short", "aaaaaaaaaaaa", "heron river", PASSWORD):
                await page.fill("#password", password)
                judged.append(await said.get_attribute("data-strength"))
            assert judged == ["short", "weak", "fair", "strong"]
            await without_fault(watched, "identity-owner")
            await page.fill("#name", "Maya Laurent")
            await page.fill("#email", "maya@example.com")
            await page.fill("#password", "maya laurent")
            await page.locator("main form button.primary").click()
            await page.locator("#errors").wait_for()
            await watched.shoot("identity-owner-refused")
            assert await watched.axe() == []
            await page.fill("#password", PASSWORD)
            await page.locator("main form button.primary").click()
            await page.wait_for_url(f"{base}/")


@LOOKS
async def test_signing_in_says_what_is_wrong_and_until_when_it_is_locked(
    browser: Browser, database: Database, clock: ManualClock, key_ring: KeyRing, look: Look
) -> None:
    async with open_house(database, clock, key_ring) as (local, base):
        async with watched_page(browser, f"{base}/sign-in", look) as watched:
            await without_fault(watched, "identity-sign-in-unowned")
        await local.owner("Maya Laurent", "maya@example.com")
        async with watched_page(browser, f"{base}/sign-in", look) as watched:
            await without_fault(watched, "identity-sign-in")
            page = watched.page
            for _ in range(5):
                await page.fill("#login", "maya@example.com")
                await page.fill("#password", "not this one")
                await page.locator("main form button.primary").click()
                await page.locator(".banner").wait_for()
                if await page.locator(".banner.warn").count() == 0:
                    await watched.shoot("identity-sign-in-wrong")
            await page.locator(".banner.warn").wait_for()
            await watched.shoot("identity-sign-in-locked")
            assert await watched.axe() == []
            assert await watched.sideways() == []


@LOOKS
async def test_a_key_is_made_copied_and_revoked(
    browser: Browser, database: Database, clock: ManualClock, key_ring: KeyRing, look: Look
) -> None:
    async with open_house(database, clock, key_ring) as (local, base):
        workspace_id, person_id = await local.owner("Maya Laurent", "maya@example.com")
        for name, scopes in (("Old script", ["posts.read"]), ("Shop", ["posts.read", "posts.write", "media.write"])):
            key_id, _text = await local.identity.create_key(workspace_id, name, scopes)
        await local.identity.revoke_key(workspace_id, key_id)
        link = await local.identity.person_link(person_id, base)
        async with watched_page(browser, link, look) as watched:
            page = watched.page
            await page.goto(f"{base}/settings/keys")
            await without_fault(watched, "identity-keys")
            await page.fill("#name", "Website")
            await page.locator("main form button.primary").click()
            made = page.locator("#made-key")
            assert (await made.input_value()).startswith("hz_")
            await without_fault(watched, "identity-key-made")
            await page.locator("[commandfor^=revoke-]").first.click()
            await watched.shoot("identity-key-revoke", full=False)
            await page.locator("dialog[open] button.danger").click()
            await page.locator(f"text={'Revoked keys' if look.locale == 'en' else 'Clés révoquées'}").first.wait_for()


@LOOKS
async def test_error_pages_have_no_fault(
    browser: Browser, database: Database, clock: ManualClock, key_ring: KeyRing, look: Look
) -> None:
    async with (
        open_house(database, clock, key_ring) as (_local, base),
        watched_page(browser, f"{base}/sign-in/link/{'x' * 43}", look) as watched,
    ):
        await watched.shoot("identity-link-spent")
        await watched.page.goto(f"{base}/no-such-page")
        await watched.shoot("identity-404")
        assert await watched.axe() == []
        assert await watched.sideways() == []
