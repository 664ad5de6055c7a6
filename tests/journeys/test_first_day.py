"""The first day: connect, publish a picture, a carousel and a reel, hear from followers."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from uuid import UUID

import httpx2
from PIL import Image
from playwright.async_api import Browser, expect

from tests.browser.chromium import watched_page
from tests.fixtures import media
from tests.journeys import steps
from tests.journeys.conftest import DESK, at_desk
from tests.journeys.house import MAYA_ACCOUNTS, House, Person
from tests.support.waiting import eventually

MAYA_REF = MAYA_ACCOUNTS[0]
LONG = "First light over the bay, and the whole studio smells of salt and coffee. " * 3 + "#printmaking @roue.libre"


async def test_an_owner_connects_through_the_dialog_and_sees_followers_without_a_reload(
    browser: Browser, house: House
) -> None:
    person = await house.person()
    async with watched_page(browser, await house.link(person), DESK) as watched:
        page = watched.page
        await expect(page.get_by_text("Start here")).to_be_visible()
        await steps.connect_maya(page, house.url)
        await steps.accounts_appear(page, house.url, ("@atelier.maya", "@roue.libre"))
        assert await watched.faults() == []


async def test_a_picture_goes_out_and_the_open_page_says_so(
    browser: Browser, house: House, maya: Person, photos: list[Path]
) -> None:
    async with at_desk(browser, house, maya) as watched:
        page = watched.page
        await steps.compose(page, house.url, "@atelier.maya", photos[:1], LONG)
        await expect(page.get_by_text(f"{len(LONG)} of 2,200")).to_be_visible()
        await expect(page.get_by_text("Hashtags 1/30")).to_be_visible()
        phone = page.locator(".phone")
        await expect(phone.locator("[data-preview=caption]")).to_contain_text("more")
        await expect(phone.locator("[data-preview=handle]").first).to_have_text("atelier.maya")
        await steps.press_publish(page)
        await steps.becomes(page, "Published")
        for gone in ("Publish now", "Cancel the post", "Edit"):
            await expect(page.get_by_role("main").get_by_text(gone, exact=True).filter(visible=True)).to_have_count(0)
        sent = house.sim.get(f"/_sim/truth/media?accountId={MAYA_REF}")
        assert any(one["caption"] == LONG for one in sent["media"])
        assert await watched.faults() == []


async def test_what_is_left_of_the_quota_follows_the_accounts_that_are_ticked(
    browser: Browser, house: House, maya: Person
) -> None:
    async with at_desk(browser, house, maya, "/posts/new") as watched:
        account = watched.page.get_by_role("checkbox", name="@atelier.maya")
        line = watched.page.get_by_text(re.compile(r"@atelier\.maya: \d+ of \d+ posts left"))
        await expect(line).to_be_visible()
        await account.uncheck()
        await expect(line).to_have_count(0)
        await account.check()
        await expect(line).to_be_visible()
        await account.uncheck()
        await expect(line).to_have_count(0)
        assert await watched.faults() == []


async def test_a_carousel_arrives_in_the_order_that_the_arrows_gave_it(
    browser: Browser, house: House, maya: Person, photos: list[Path]
) -> None:
    async with at_desk(browser, house, maya) as watched:
        page = watched.page
        await steps.compose(page, house.url, "@atelier.maya", photos, "Three proofs")
        await steps.strip(page).last.get_by_role("button").first.focus()
        await page.keyboard.press("Alt+ArrowLeft")
        await page.keyboard.press("Alt+ArrowLeft")
        await expect(page.locator("[data-announce]")).to_have_text("three.jpg is now 1 of 3.")
        post_id = await steps.press_publish(page)
        await steps.becomes(page, "Published")
        assert await _heights(house, post_id) == [1100, 1080, 1090], "three, one, two"
        assert await watched.faults() == []


async def test_a_video_goes_out_as_a_reel(browser: Browser, house: House, maya: Person, tmp_path: Path) -> None:
    clip = tmp_path / "reel.mp4"
    clip.write_bytes(media.mp4(4.0, 540, 960))
    async with at_desk(browser, house, maya) as watched:
        page = watched.page
        await steps.compose(page, house.url, "@atelier.maya", [clip], "Studio tour")
        await steps.press_publish(page)
        await steps.becomes(page, "Published")
        assert [one["kind"] for one in house.sim.containers(MAYA_REF)][-1] == "REELS"
        assert await watched.faults() == []


async def test_a_follower_comments_and_the_open_post_page_shows_it(
    browser: Browser, house: House, maya: Person, photos: list[Path]
) -> None:
    words = "très beau 😍👩🏽‍🎨 Which paper?"
    async with at_desk(browser, house, maya) as watched:
        page = watched.page
        await steps.compose(page, house.url, "@atelier.maya", photos[:1], "Pulling the first proofs")
        await steps.press_publish(page)
        await steps.becomes(page, "Published")
        comments, media_ref = await steps.comments_of(page)
        await steps.stays(page)
        follower = await page.context.new_page()
        await steps.follower_comments(follower, house.sim.url, media_ref, "lena.draws", words)
        known = "SELECT username, text FROM comment WHERE workspace_id = $1 AND media_ref = $2"
        stored = await eventually(lambda: house.rows(known, maya.workspace_id, media_ref))
        assert stored == [{"username": "lena.draws", "text": words}]
        await expect(comments).to_contain_text(words, timeout=steps.SOON_MS)
        await expect(comments).to_contain_text("@lena.draws")
        await steps.stayed(page)
        assert await watched.faults() == []


async def _heights(house: House, post_id: str) -> list[int]:
    """How tall the pictures of a published carousel are, in the network's order: it tells them apart."""
    rows = await house.rows("SELECT media_ref FROM publication WHERE post_id = $1", UUID(post_id))
    token = house.sim.tokens()["pages"][0]["pageToken"]
    asked = {"fields": "media_url", "access_token": token}
    async with httpx2.AsyncClient(trust_env=False) as network:
        answer = await network.get(f"{house.sim.graph_url}/v26.0/{rows[0]['media_ref']}/children", params=asked)
        pictures = [await network.get(child["media_url"]) for child in answer.json()["data"]]
    return [Image.open(BytesIO(picture.content)).height for picture in pictures]
