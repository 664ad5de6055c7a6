"""What goes wrong, and that a person is told why and what to do, with nothing lost."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, FileChooser, Page, expect

from tests.browser.chromium import Look
from tests.journeys import steps
from tests.journeys.conftest import at_desk
from tests.journeys.house import House, Person
from tests.support.waiting import eventually

PUBLISH = "POST /{ig}/media_publish"
PREPARE = "POST /{ig}/media"
LATER = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}T18:30"


async def test_a_caption_too_long_is_refused_with_words_at_its_field_and_nothing_is_lost(
    browser: Browser, house: House, maya: Person, photos: list[Path]
) -> None:
    words = "z" * 2201
    async with at_desk(browser, house, maya) as watched:
        page = watched.page
        await steps.compose(page, house.url, "@atelier.maya", photos[:1], words)
        await expect(page.locator("[data-check=caption-length]")).to_have_attribute("data-state", "block")
        await page.get_by_role("button", name="Publish", exact=True).click()
        told = page.get_by_role("main").get_by_role("link", name=re.compile("caption", re.I)).first
        await expect(told).to_be_visible()
        caption = page.get_by_label("Caption")
        await expect(caption).to_have_value(words)
        await expect(caption).to_have_attribute("aria-invalid", "true")
        await expect(caption).to_have_accessible_description(re.compile("2,?201 of 2,?200"))
        await expect(steps.strip(page)).to_have_count(1)
        await expect(page.get_by_role("checkbox", name="@atelier.maya")).to_be_checked()
        planned = "SELECT 1 FROM publication WHERE workspace_id = $1 AND state <> 'DRAFT'"
        assert await house.rows(planned, maya.workspace_id) == []


async def test_what_the_platform_refuses_is_told_on_home_and_goes_out_when_tried_again(
    browser: Browser, house: House, maya: Person, photos: list[Path]
) -> None:
    refused = {"where": "before", "what": "error", "code": 36003, "subcode": 2207009, "times": 1}
    house.sim.add_fault({**refused, "match": {"endpoint": PREPARE}})
    async with at_desk(browser, house, maya) as watched:
        page = watched.page
        await steps.compose(page, house.url, "@atelier.maya", photos[:1], "Packing orders")
        post_id = await steps.press_publish(page)
        await steps.becomes(page, "Failed")
        reason = page.get_by_role("main").locator(".banner").first
        await expect(reason).to_contain_text(re.compile("aspect|shape|ratio", re.I))
        said = (await reason.inner_text()).split("\n")[0]
        await page.goto(house.url)
        await expect(page.get_by_role("main")).to_contain_text("Packing orders")
        await expect(page.get_by_role("main")).to_contain_text(said)
        await page.goto(f"{house.url}/posts/{post_id}")
        await steps.press(page, "Try again")
        await steps.becomes(page, "Published")
        assert await watched.faults() == []


async def test_declining_in_the_dialog_leads_back_with_words(browser: Browser, house: House) -> None:
    async with at_desk(browser, house, await house.person(), "/platforms/connect/instagram") as watched:
        page = watched.page
        await page.get_by_role("link", name="Continue with Facebook").click()
        await page.get_by_text("Continue as Maya Le Goff").click()
        await page.get_by_role("button", name="Cancel").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Instagram was not connected")
        await expect(page.get_by_role("link", name="Try again")).to_be_visible()
        await page.goto(page.url)
        await expect(page.get_by_role("heading", level=1)).to_have_text("This sign-in was refused")


async def test_a_personal_account_is_named_with_what_to_change(browser: Browser, house: House) -> None:
    async with at_desk(browser, house, await house.person(), "/platforms/connect/instagram") as watched:
        page = watched.page
        await page.get_by_role("link", name="Continue with Facebook").click()
        await page.get_by_text("Continue as Tom Keller").click()
        await page.get_by_role("button", name="Continue as Tom").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("No account can be connected yet")
        await expect(page.get_by_role("main")).to_contain_text(re.compile("personal", re.I))
        await expect(page.get_by_role("link", name="What is needed")).to_be_visible()


async def test_a_permission_left_out_is_named_and_only_that_function_is_off(browser: Browser, house: House) -> None:
    async with at_desk(browser, house, await house.person(), "/platforms/connect/instagram") as watched:
        page = watched.page
        await page.get_by_role("link", name="Continue with Facebook").click()
        await page.get_by_text("Continue as Maya Le Goff").click()
        await page.locator("input[value=instagram_manage_comments]").uncheck()
        await page.get_by_role("button", name="Continue as Maya").click()
        await expect(page.get_by_text("instagram_manage_comments")).to_be_visible()
        await expect(page.get_by_role("link", name="Ask again")).to_be_visible()
        await steps.choose_accounts(page, ["@atelier.maya"])
        card = page.locator("[id^=account-]", has_text="@atelier.maya").first
        await expect(card).to_contain_text("Limited")
        await expect(card).to_contain_text(re.compile("comment", re.I))


async def test_an_ended_session_leads_to_the_sign_in_and_back(browser: Browser, house: House, maya: Person) -> None:
    async with at_desk(browser, house, maya, "/posts?show=drafts") as watched:
        await house.rows("DELETE FROM session WHERE person_id = $1 RETURNING 1", maya.id)
        await watched.page.reload()
        await expect(watched.page.get_by_role("heading", level=1)).to_have_text("Sign in")
        assert "next=%2Fposts%3Fshow%3Ddrafts" in watched.page.url


async def test_a_planned_post_is_moved_to_now_and_another_is_cancelled(
    browser: Browser, house: House, maya: Person, photos: list[Path]
) -> None:
    async with at_desk(browser, house, maya) as watched:
        page = watched.page
        await _plan(page, house, photos[:1], "Sunday light")
        await steps.press(page, "Publish now")
        await steps.becomes(page, "Published")
        await _plan(page, house, photos[1:2], "Never mind")
        await page.get_by_role("button", name="Cancel the post").click()
        await page.get_by_role("button", name="Keep it").click()
        await expect(steps.status(page)).to_have_text("Scheduled")
        await page.get_by_role("button", name="Cancel the post").click()
        await steps.press(page, "Cancel it")
        await expect(steps.status(page)).to_have_text("Cancelled")
        await expect(page.get_by_role("button", name="Publish now")).to_have_count(0)


async def _plan(page: Page, house: House, photos: list[Path], caption: str) -> None:
    await steps.compose(page, house.url, "@atelier.maya", photos, caption)
    await page.get_by_label("When").fill(LATER)
    await page.locator("[data-main]").click()
    await page.wait_for_url(re.compile(r"/posts/[0-9a-f-]{36}$"))
    await expect(steps.status(page)).to_have_text("Scheduled")
    await expect(page.get_by_role("main")).to_contain_text("6:30")


async def test_a_draft_saves_itself_and_is_there_after_a_reload(
    browser: Browser, house: House, maya: Person, photos: list[Path]
) -> None:
    async with at_desk(browser, house, maya) as watched:
        page = watched.page
        await steps.compose(page, house.url, "@atelier.maya", photos[:2], "Half a thought")
        await page.wait_for_url(re.compile(r"/posts/[0-9a-f-]{36}/edit$"))
        await expect(page.locator("[data-save-state]")).to_contain_text("Saved")
        await page.reload()
        await expect(page.get_by_label("Caption")).to_have_value("Half a thought")
        await expect(steps.strip(page)).to_have_count(2)
        await steps.press_publish(page)
        await steps.becomes(page, "Published")
        rows = await house.rows("SELECT 1 FROM post WHERE workspace_id = $1", maya.workspace_id)
        assert len(rows) == 1, "the draft became the post"


async def test_publishing_while_the_draft_is_being_saved_leaves_one_post(
    browser: Browser, house: House, maya: Person, photos: list[Path]
) -> None:
    async with at_desk(browser, house, maya) as watched:
        page = watched.page
        await steps.compose(page, house.url, "@atelier.maya", photos[:1], "Quick hands")
        await page.get_by_label("Caption").press("Control+s")
        await page.get_by_label("Caption").press("Control+Enter")
        await page.wait_for_url(re.compile(r"/posts/[0-9a-f-]{36}$"))
        await steps.becomes(page, "Published")
        rows = await house.rows("SELECT 1 FROM post WHERE workspace_id = $1", maya.workspace_id)
        assert len(rows) == 1, "no draft is left beside the post"


async def test_disconnecting_says_what_happens_and_holds_what_was_planned(
    browser: Browser, house: House, maya: Person, photos: list[Path]
) -> None:
    async with at_desk(browser, house, maya) as watched:
        page = watched.page
        await _plan(page, house, photos[:1], "For next month")
        post_url = page.url
        await page.goto(f"{house.url}/accounts")
        await page.get_by_role("main").get_by_role("link", name="Disconnect").first.click()
        await expect(page.get_by_role("main")).to_contain_text("1 post is scheduled for it. It will be held")
        await page.get_by_role("button", name="Disconnect @atelier.maya").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Accounts")
        held = "SELECT 1 FROM publication WHERE workspace_id = $1 AND state = 'HELD'"
        await eventually(lambda: house.rows(held, maya.workspace_id))
        await page.goto(post_url)
        await expect(steps.status(page)).to_have_text("On hold")
        await page.goto(house.url)
        await expect(page.get_by_role("main")).to_contain_text("No account is connected@atelier.maya")
        await expect(page.get_by_text("Start here")).to_have_count(0)


async def test_without_javascript_a_post_is_composed_and_published_by_plain_forms(
    browser: Browser, house: House, maya: Person, photos: list[Path]
) -> None:
    async with at_desk(browser, house, maya, "/media", scripts=False) as watched:
        page = watched.page
        await page.locator("noscript input[type=file], form[enctype] input[type=file]").first.set_input_files(photos[0])
        await page.get_by_role("button", name="Upload").click()
        await page.locator("#media-grid a").first.click()
        await page.get_by_role("link", name="Use in a post").click()
        await page.get_by_label("Caption").fill("By hand")
        await page.get_by_role("button", name="Publish", exact=True).click()
        await page.wait_for_url(re.compile(r"/posts/[0-9a-f-]{36}$"))
        for _ in range(100):
            if await steps.status(page).inner_text() == "Published":
                break
            await page.reload()
        await expect(steps.status(page)).to_have_text("Published")


async def test_a_post_goes_out_with_the_keyboard_alone(
    browser: Browser, house: House, maya: Person, photos: list[Path]
) -> None:
    """From Home: `n`, Tab to each field, Ctrl+Enter. Only the system's own file dialog is answered for the person."""
    await house.asset(maya, photos[0].read_bytes(), "one.jpg")
    async with at_desk(browser, house, maya) as watched:
        page = watched.page
        asked: asyncio.Future[FileChooser] = asyncio.get_running_loop().create_future()
        page.on("filechooser", lambda chooser: asked.set_result(chooser))
        await page.keyboard.press("n")
        await page.wait_for_url("**/posts/new")
        await _tab_to(page, "input[name=account]")
        if not await page.locator("input[name=account]").is_checked():
            await page.keyboard.press("Space")
        await _tab_to(page, "textarea[data-caption]")
        await page.keyboard.type("No mouse in this house")
        await _tab_to(page, "input[type=file]")
        await page.keyboard.press("Enter")
        await (await asyncio.wait_for(asked, 15)).set_files(photos[0])
        await expect(steps.strip(page)).to_have_count(1, timeout=steps.SOON_MS)
        await page.keyboard.press("Control+Enter")
        await page.wait_for_url(re.compile(r"/posts/[0-9a-f-]{36}$"))
        await steps.becomes(page, "Published")


async def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(60):
        if await page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"Tab never comes to {selector}")


_ENGLISH = re.compile(
    r"\b(Home|Media library|Settings|New post|Published|Followers|Following|Scheduled|Failed|Save|Cancel|Edit|Caption|"
    r"Choose|Account|Connected|Reconnect|Disconnect|Comments|Before publishing|Publish now|Try again|Synced|ago)\b"
)


async def test_in_french_no_english_word_is_left_and_numbers_are_french(
    browser: Browser, house: House, photos: list[Path]
) -> None:
    person = await house.person(locale="fr")
    await house.connect(person)
    async with at_desk(browser, house, person, "/posts/new", Look("light", 1440, "fr")) as watched:
        page = watched.page
        await page.locator("textarea[data-caption]").fill("x" * 1234)
        await expect(page.get_by_text(re.compile("1[\u202f\xa0]234 sur 2[\u202f\xa0]200"))).to_be_visible()
        left = {}
        for path in ("/posts/new", "/", "/posts", "/media", "/accounts", "/settings", "/settings/keys"):
            await page.goto(house.url + path)
            words = _ENGLISH.findall(await page.inner_text("body"))
            left[path] = sorted(set(words) - {"Instagram"})
        assert {path: words for path, words in left.items() if words} == {}
