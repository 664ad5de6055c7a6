"""A real Chromium for tests: found, started, and its pages watched for whatever a person would not forgive."""

import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypedDict
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

ROOT = Path(__file__).parent.parent.parent
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = ROOT / "screenshots"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What a page does not need to be looked at: a process for the graphics, and one kept ready for each next page
    "--in-process-gpu",
    "--disable-software-rasterizer",
    "--renderer-process-limit=1",
)
# Every rule of WCAG 2.0 to 2.2, levels A and AA, and axe's best practice.
_AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
_VIOLATIONS = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
_RUN_AXE = """async (tags) => {
  const result = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
  const tell = (rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")} — ${node.failureSummary}`);
  return result.violations.flatMap(tell);
}"""
_SIDEWAYS = """() => [...document.querySelectorAll("body *")]
  .filter((element) => element.checkVisibility())
  .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((element) => `${element.tagName.toLowerCase()}.${element.className}`).slice(0, 5)"""

PATIENCE_MS = 10_000
ColorScheme = Literal["light", "dark"]


class Cookie(TypedDict):
    """A cookie for the address under test."""

    name: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at a page."""

    theme: ColorScheme
    width: int
    locale: Literal["en", "fr"]

    @property
    def name(self) -> str:
        """For file names and test ids."""
        return f"{self.theme}-{self.width}-{self.locale}"

    @property
    def phone(self) -> bool:
        """Whether it is a phone: touch, and the bar at the bottom."""
        return self.width < 768


ALL_LOOKS = [
    Look(theme, width, locale) for theme in ("light", "dark") for width in (1440, 390) for locale in ("en", "fr")
]
QUICK_LOOKS = [Look("light", 1440, "en"), Look("dark", 390, "fr")]


def in_all_looks() -> bool:
    """Whether HUNTAZE_ALL_LOOKS is set (prove, screenshots)."""
    return bool(os.environ.get("HUNTAZE_ALL_LOOKS"))


def looks() -> list[Look]:
    """All eight when they are asked for, else the two that differ most."""
    return ALL_LOOKS if in_all_looks() else QUICK_LOOKS


def find_chromium() -> str | None:
    """HUNTAZE_CHROMIUM, else the system's, else None for Playwright's own."""
    named = os.environ.get("HUNTAZE_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser of our own, closed at the end; a test that asks for one is skipped on a machine without."""
    async with async_playwright() as playwright:
        program = find_chromium() or playwright.chromium.executable_path
        if shutil.which(program) is None:
            pytest.skip("there is no Chromium here; name one with HUNTAZE_CHROMIUM")
        browser = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Watched:
    """An open page and everything it complained of."""

    page: Page
    look: Look
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Collect console messages, uncaught errors and failed requests."""
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("requestfailed", self._on_failed)

    def _on_console(self, message: ConsoleMessage) -> None:
        self.complaints.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _on_failed(self, request: Request) -> None:
        # A stream that is left open, and a picture of a page one leaves, end as aborted; that is no fault.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.url} {request.failure}")

    async def faults(self) -> list[str]:
        """What went wrong so far: console, errors, and what the content security policy refused."""
        return self.complaints + [f"csp: {each}" for each in await self.page.evaluate("window.__violations")]

    async def axe(self) -> list[str]:
        """Accessibility violations of the page as it stands now.

        axe is evaluated through the debugger, so that the page's policy stays in force.
        """
        await self.page.evaluate(AXE.read_text())
        found: list[str] = await self.page.evaluate(_RUN_AXE, _AXE_TAGS)
        return found

    async def sideways(self, width: int = 320) -> list[str]:
        """What sticks out at this width, if the page can be scrolled sideways; the look's own width is restored."""
        size = self.page.viewport_size or {"width": self.look.width, "height": 900}
        await self.page.set_viewport_size({"width": width, "height": 800})
        root = "document.documentElement"
        scrolls = await self.page.evaluate(f"{root}.scrollWidth > {root}.clientWidth")
        found: list[str] = await self.page.evaluate(_SIDEWAYS) if scrolls else []
        await self.page.set_viewport_size(size)
        return found if not scrolls else found or ["the page"]

    async def shoot(self, name: str, *, full: bool = True) -> None:
        """Take a picture into ./screenshots (ignored by git), if all looks are asked for."""
        if not in_all_looks():
            return
        SCREENSHOTS.mkdir(exist_ok=True)
        await self.page.evaluate("scrollTo(0, 0)")
        path = SCREENSHOTS / f"{name}-{self.look.name}.png"
        await self.page.screenshot(path=path, full_page=full, animations="disabled")


@asynccontextmanager
async def watched_page(
    browser: Browser, address: str, look: Look, *, cookies: Mapping[str, str] | None = None, scripts: bool = True
) -> AsyncIterator[Watched]:
    """A fresh, watched page at `address` in one look; the content security policy is never bypassed."""
    context = await browser.new_context(
        viewport={"width": look.width, "height": 844 if look.phone else 900},
        color_scheme=look.theme,
        locale={"en": "en-GB", "fr": "fr-FR"}[look.locale],
        timezone_id="Europe/Paris",
        has_touch=look.phone,
        reduced_motion="reduce",
        java_script_enabled=scripts,
        bypass_csp=False,
    )
    try:
        context.set_default_timeout(PATIENCE_MS)
        await context.add_init_script(_VIOLATIONS)
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))
        await context.add_cookies(
            [{"name": name, "value": value, "url": origin} for name, value in (cookies or {}).items()]
        )
        watched = Watched(await context.new_page(), look)
        watched.watch()
        await watched.page.goto(address, wait_until="load")
        yield watched
    finally:
        await context.close()
