"""What a person does with Huntaze, as steps in a browser; they walk through a test's house and through a real demo."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Locator, Page, expect

from tests.support.waiting import eventually

SOON_MS = 15_000
"""How long a step may take on a busy machine before it counts as stuck."""
_POST = re.compile(r"/posts/([0-9a-f-]{36})$")


async def connect_maya(page: Page, url: str) -> None:
    """From the empty Home through Facebook's dialog to both of Maya's accounts, connected."""
    await page.goto(url)
    await page.get_by_role("main").get_by_role("link", name="Connect Instagram").click()
    await page.get_by_role("link", name="Continue with Facebook").click()
    await page.get_by_text("Continue as Maya Le Goff").click()
    await page.get_by_role("button", name="Continue as Maya").click()
    await choose_accounts(page, ("@atelier.maya", "@roue.libre"))


async def choose_accounts(page: Page, names: Sequence[str]) -> None:
    """Tick these on the page of choices, and connect them."""
    for name in names:
        await page.get_by_role("checkbox", name=name).check()
    await page.get_by_role("main").get_by_role("button", name="Connect", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Accounts")


async def accounts_appear(page: Page, url: str, names: Sequence[str]) -> None:
    """Home's cards fill with followers by themselves."""
    await page.goto(url)
    await stays(page)
    for name in names:
        card = page.locator("[id^=account-card-]", has_text=name)
        await expect(card).to_have_text(re.compile(r"Followers\s*\d"), timeout=SOON_MS)
    await stayed(page)


async def compose(page: Page, url: str, account: str, files: Sequence[Path], caption: str) -> None:
    """A new post in the composer, ready to be sent."""
    await page.goto(f"{url}/posts/new")
    await page.get_by_role("checkbox", name=account).check()
    await add_files(page, files)
    await page.get_by_label("Caption").fill(caption)


async def add_files(page: Page, files: Sequence[Path]) -> None:
    """Through the button of the dropzone and the system's own file dialog."""
    items = strip(page)
    before = await items.count()
    for place, file in enumerate(files, before + 1):
        async with page.expect_file_chooser() as choosing:
            await page.get_by_text("Choose files").click()
        await (await choosing.value).set_files(file)
        await expect(items).to_have_count(place, timeout=SOON_MS)


def strip(page: Page) -> Locator:
    """The files of the composer, in order."""
    return page.locator(".strip-item")


async def press_publish(page: Page) -> str:
    """Press the main button; the id of the post whose page comes."""
    await page.get_by_role("button", name="Publish", exact=True).click()
    await page.wait_for_url(_POST)
    return post_id(page)


def post_id(page: Page) -> str:
    """Of the post page that is open."""
    found = _POST.search(page.url)
    assert found, page.url
    return found[1]


def status(page: Page) -> Locator:
    """The state of the post at the head of its page."""
    return page.locator(f".post-status-{post_id(page)}").first


async def press(page: Page, name: str) -> None:
    """Press a button of the post page and wait for the page that it leads to: the same address, loaded again."""
    await stays(page)
    await page.get_by_role("main").get_by_role("button", name=name, exact=True).click()
    await eventually(lambda: _is_another(page), every=0.05)


async def _is_another(page: Page) -> bool:
    """Whether a document that was not marked is there, whole. (Between two of them there is none to ask.)"""
    try:
        return bool(await page.evaluate("window.__marked !== true && document.readyState === 'complete'"))
    except PlaywrightError:
        return False


async def becomes(page: Page, word: str) -> None:
    """The open post page says so, without being loaded again."""
    await stays(page)
    try:
        await expect(status(page)).to_have_text(word, timeout=SOON_MS)
    except AssertionError:
        raise AssertionError(f"not {word}: " + await page.get_by_role("main").inner_text()) from None
    await stayed(page)


async def comments_of(page: Page) -> tuple[Locator, str]:
    """The comments of the open post page, and the network's id of what they are on."""
    found = page.locator("[id^=comments-][aria-live]")
    await expect(found).to_be_visible(timeout=SOON_MS)
    return found, str(await found.get_attribute("id")).removeprefix("comments-")


async def follower_comments(page: Page, simulator: str, media_ref: str, username: str, text: str) -> None:
    """A follower writes under the post, on the network's own page."""
    await page.goto(f"{simulator}/media/{media_ref}")
    await page.get_by_label("Username").first.fill(username)
    await page.get_by_label("Comment", exact=True).fill(text)
    await page.get_by_role("button", name="Post comment").click()
    await expect(page.get_by_text(text)).to_be_visible()


async def stays(page: Page) -> None:
    """Mark the page, to tell later that it is still the same."""
    await page.evaluate("window.__marked = true")


async def stayed(page: Page) -> None:
    """Fail if the page was loaded again since it was marked."""
    assert await page.evaluate("window.__marked === true"), "the page was loaded again"
