"""The custom elements, as hands and keyboards meet them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest_asyncio
from htpy import Node, p
from playwright.async_api import Browser, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from huntaze.kit.clock import ManualClock
from huntaze.ui import parts
from huntaze.ui.assets import Assets, static_route
from huntaze.ui.gallery import gallery_routes
from huntaze.ui.gallery_composer import composer_example
from huntaze.ui.headers import SecurityHeaders
from huntaze.ui.htmx import partial, swap
from huntaze.ui.i18n import _, number
from huntaze.ui.page import html, page
from huntaze.ui.stream import Change, live_route
from huntaze.ui.viewer import Viewer
from tests.browser.chromium import Look, Watched, watched_page
from tests.support.serving import serving
from tests.ui.viewers import viewer

NOW = datetime(2026, 11, 22, 9, 42, tzinfo=UTC)
DESK = Look("light", 1440, "en")
PHONE = Look("light", 390, "en")
CAPTIONS = [
    "Short.",
    "First line\nsecond",
    "\n\nlate \n",
    "word " * 40,
    "é" * 130,
    "🙂" * 130,
    "z" * 125 + " end",
    "a " * 62 + "bcd",
    "",
]


class Stage:
    """A small product around the elements: a composer that saves, a form that swaps, a stream."""

    def __init__(self) -> None:
        self.saved: list[dict[str, str]] = []
        self.changes: asyncio.Queue[Change] = asyncio.Queue()
        self.answer = 200

    async def _viewer_of(self, request: Request) -> Viewer:
        language = "fr" if "fr" in request.headers.get("accept-language", "") else "en"
        return viewer(language, path=request.url.path, live_url="/live")

    async def _read(self, _workspace_id: str, _after: str | None) -> AsyncGenerator[Change, None]:
        while True:
            yield await self.changes.get()

    async def _render(self, _viewer: Viewer, change: Change) -> Node:
        return partial("#state", p(id="state")[_("Published"), " ", number(int(change.subject))])

    async def _save(self, request: Request) -> Response:
        form = await request.form()
        self.saved.append(
            {name: str(value) for name, value in form.items()} | {"token": request.headers["x-csrf-token"]}
        )
        return JSONResponse({"version": "2", "url": "/posts/7"}, status_code=self.answer)

    async def _composer(self, request: Request) -> Response:
        seen = await self._viewer_of(request)
        with seen.speaking():
            return html(page(seen, "Compose", composer_example(seen, NOW, save_url="/save")))

    async def _plain(self, request: Request) -> Response:
        seen = await self._viewer_of(request)
        with seen.speaking():
            acting = parts.action_form(seen, "/act", "Act", attrs=swap(post="/act", target="#state"))
            return html(page(seen, "Plain", p(id="state")["Waiting"], acting))

    async def _act(self, request: Request) -> Response:
        seen = await self._viewer_of(request)
        with seen.speaking():
            if self.answer >= 400:
                return html(p["never shown"], status=self.answer)
            form = await request.form()
            said = f"Done {form['csrf_token']} {request.headers['x-csrf-token']}"
            return html([p(id="state")[said], parts.toast_partial("Saved")])

    def app(self) -> SecurityHeaders:
        """The served app."""
        return SecurityHeaders(
            Starlette(
                routes=[
                    static_route(Assets.load()),
                    live_route(self._read, self._viewer_of, self._render, closing=asyncio.Event()),
                    Route("/save", self._save, methods=["POST"]),
                    Route("/act", self._act, methods=["POST"]),
                    Route("/plain", self._plain),
                    Route("/posts/new", self._composer),
                    Route("/posts", self._plain),
                    *gallery_routes(self._viewer_of, ManualClock(NOW)),
                ]
            )
        )


@pytest_asyncio.fixture
async def stage() -> Stage:
    """Nothing saved yet."""
    return Stage()


@pytest_asyncio.fixture
async def base(stage: Stage) -> AsyncIterator[str]:
    """Where it is served."""
    async with serving(stage.app()) as address:
        yield address


@asynccontextmanager
async def opened(browser: Browser, address: str, look: Look = DESK, *, scripts: bool = True) -> AsyncIterator[Watched]:
    """A page that must end without a fault."""
    async with watched_page(browser, address, look, scripts=scripts) as watched:
        yield watched
        if scripts:
            assert await watched.faults() == []


async def test_the_phone_and_the_counters_follow_what_is_written(browser: Browser, base: str) -> None:
    async with opened(browser, f"{base}/posts/new") as watched:
        screen = watched.page
        await screen.fill("#caption", "word " * 40 + "#a #b @c")
        await expect(screen.locator('[data-counter="hashtags"]')).to_have_text("Hashtags 2/30")
        await expect(screen.locator('[data-counter="mentions"]')).to_have_text("Mentions 1/20")
        await expect(screen.locator('[data-preview="caption"]')).to_have_text(
            f"atelier.maya {('word ' * 25).strip()}… more"
        )
        await screen.fill("#caption", "x" * 2201)
        await expect(screen.locator('[data-counter="characters"]')).to_have_text("2,201 of 2,200")
        await expect(screen.locator('[data-check="caption-length"]')).to_have_attribute("data-state", "block")
        await expect(screen.get_by_role("link", name="The caption is too long")).to_be_visible()


async def test_the_media_say_what_a_post_is(browser: Browser, base: str) -> None:
    async with opened(browser, f"{base}/posts/new") as watched:
        screen = watched.page
        kind, shape = screen.locator("[data-media-kind]"), screen.locator(".phone")
        await expect(kind).to_have_text("Carousel")
        for _picture in range(2):
            await screen.locator("[data-remove]").first.click()
        await expect(kind).to_have_text("Photo")
        await expect(shape).to_have_attribute("data-shape", "feed")
        video = "(item) => { item.dataset.kind = 'video'; item.dispatchEvent(new Event('input', {bubbles: true})); }"
        await screen.locator(".strip-item").evaluate(video)
        await expect(kind).to_have_text("Reel")
        await expect(shape).to_have_attribute("data-shape", "reel")


async def test_browser_and_server_cut_a_caption_at_the_same_place(browser: Browser, base: str) -> None:
    async with opened(browser, f"{base}/posts/new") as watched:
        for caption in CAPTIONS:
            await watched.page.fill("#caption", caption)
            shown, hidden = parts.cut_caption(caption)
            text = await watched.page.locator('[data-preview="caption"]').text_content()
            assert text == f"atelier.maya {shown}" + ("… more" if hidden else "")


async def test_a_draft_saves_itself_and_gets_its_own_address(browser: Browser, base: str, stage: Stage) -> None:
    async with opened(browser, f"{base}/posts/new") as watched:
        await watched.page.fill("#caption", "Kept")
        await watched.page.keyboard.press("Control+s")
        await expect(watched.page.locator("[data-save-state]")).to_contain_text("Saved")
        await expect(watched.page).to_have_url(f"{base}/posts/7")
    assert (stage.saved[0]["caption"], stage.saved[0]["token"]) == ("Kept", "token")


async def test_another_persons_save_is_told_and_not_overwritten(browser: Browser, base: str, stage: Stage) -> None:
    stage.answer = 409
    async with watched_page(browser, f"{base}/posts/new", DESK) as watched:
        await watched.page.fill("#caption", "Mine")
        await watched.page.keyboard.press("Control+s")
        await expect(watched.page.locator("[data-save-state]")).to_contain_text("Someone else saved this post")
        await expect(watched.page.locator("#caption")).to_have_value("Mine")


async def test_pictures_are_sent_ordered_by_keys_and_removed(browser: Browser, base: str) -> None:
    async with opened(browser, f"{base}/posts/new") as watched:
        screen = watched.page
        await screen.set_input_files("#files", {"name": "new.jpg", "mimeType": "image/jpeg", "buffer": b"picture"})
        items = screen.locator(".strip-item")
        await expect(items).to_have_count(4)
        await expect(screen.locator(".upload")).to_have_count(0)
        await items.nth(3).locator("input[type=text]").focus()
        await screen.keyboard.press("Alt+ArrowLeft")
        await expect(items.nth(2)).to_have_attribute("data-asset", "new")
        await expect(screen.locator("[data-announce]")).to_have_text("example.jpg is now 3 of 4.")
        await items.nth(0).drag_to(items.nth(1))
        await expect(items.nth(1)).to_have_attribute("data-asset", "1")
        await expect(screen.locator('[data-preview="media"] > img')).to_have_attribute("src", "/_parts/picture-5.svg")
        await screen.get_by_role("button", name="Remove blue.jpg").click()
        await expect(screen.locator(".phone-page")).to_have_text("1/3")
        assert await screen.locator(".strip-place").all_text_contents() == ["1", "2", "3"]


async def test_a_form_is_swapped_with_its_token_and_a_toast(browser: Browser, base: str) -> None:
    async with opened(browser, f"{base}/plain") as watched:
        await watched.page.get_by_role("button", name="Act").click()
        await expect(watched.page.locator("#state")).to_have_text("Done token token")
        toast = watched.page.locator(".toast")
        await expect(toast).to_have_text("Saved")
        await toast.get_by_role("button", name="Close").click()
        await expect(toast).to_have_count(0)


async def test_a_failure_is_said_and_the_page_stays_as_it_was(browser: Browser, base: str, stage: Stage) -> None:
    stage.answer = 500
    async with watched_page(browser, f"{base}/plain", DESK) as watched:
        await watched.page.get_by_role("button", name="Act").click()
        await expect(watched.page.locator(".toast")).to_contain_text("Nothing you typed is lost")
        await expect(watched.page.locator("#state")).to_have_text("Waiting")


async def test_a_change_arrives_by_itself_in_the_language_of_each_tab(
    browser: Browser, base: str, stage: Stage
) -> None:
    async with opened(browser, f"{base}/plain", Look("light", 1440, "fr")) as watched:
        await stage.changes.put(Change("1", "publication.changed", "48210"))
        await expect(watched.page.locator("#state")).to_have_text("Publié 48\u202f210")


async def test_keys_lead_everywhere_and_can_be_switched_off(browser: Browser, base: str) -> None:
    async with opened(browser, f"{base}/plain") as watched:
        screen = watched.page
        await screen.keyboard.press("Control+k")
        await screen.keyboard.type("post")
        assert await screen.locator("#palette [data-href]:visible").all_text_contents() == ["Posts", "New post"]
        await screen.keyboard.press("Enter")
        await expect(screen).to_have_url(f"{base}/posts")
        await screen.keyboard.press("n")
        await expect(screen).to_have_url(f"{base}/posts/new")
        await screen.keyboard.press("?")
        await screen.get_by_text("Single keys work").click()
        await screen.keyboard.press("Escape")
        await screen.keyboard.press("g")
        await screen.keyboard.press("o")
        await expect(screen).to_have_url(f"{base}/posts/new")


async def test_the_theme_changes_at_once_and_stays(browser: Browser, base: str) -> None:
    async with opened(browser, f"{base}/plain") as watched:
        screen = watched.page
        await screen.get_by_role("button", name="Your menu").click()
        await screen.get_by_role("button", name="Dark").click()
        await expect(screen.locator("html")).to_have_attribute("data-theme", "dark")
        cookies = await screen.context.cookies()
        assert [cookie.get("value") for cookie in cookies] == ["dark"]


async def test_on_a_phone_the_new_post_is_under_the_thumb_and_the_rest_behind_more(browser: Browser, base: str) -> None:
    async with opened(browser, f"{base}/plain", PHONE) as watched:
        screen = watched.page
        bar = screen.get_by_role("navigation")
        assert await bar.locator(".bar-link").count() == 5
        await screen.get_by_role("button", name="More").click()
        await expect(screen.locator("#more-menu").get_by_role("link", name="Accounts")).to_be_visible()
        await screen.keyboard.press("Escape")
        await bar.get_by_role("link", name="New post").click()
        await expect(screen).to_have_url(f"{base}/posts/new")


async def test_without_scripts_everything_is_still_there(browser: Browser, base: str) -> None:
    async with opened(browser, f"{base}/_parts", DESK, scripts=False) as watched:
        screen = watched.page
        await expect(screen.get_by_role("link", name="First light over the bay")).to_be_visible()
        await expect(screen.get_by_role("button", name="Apply")).to_be_visible()
        await screen.get_by_role("button", name="Ask first").click()
        await expect(screen.get_by_role("dialog")).to_contain_text("Disconnect @atelier.maya?")


async def test_the_keyboard_reaches_the_page_in_reading_order(browser: Browser, base: str) -> None:
    async with opened(browser, f"{base}/plain") as watched:
        screen = watched.page
        order = []
        for _time in range(9):
            await screen.keyboard.press("Tab")
            order.append(str(await screen.evaluate("document.activeElement.innerText.split('\\n').at(0).trim()")))
        assert order[:3] == ["Skip to the page", "Huntaze", "New post"]
        assert order[3:9] == ["Home", "Posts", "Media", "Accounts", "Settings", "M"]
