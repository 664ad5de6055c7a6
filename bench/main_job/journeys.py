"""The main job as a person does it, in Chromium, on the real `huntaze demo`: each journey is walked or it is not."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Page, expect

from bench.demo import Demo
from bench.figure import Figure, Ground, Measured
from huntaze.kit.db import connect
from huntaze.kit.json_value import JsonValue
from huntaze.kit.postgres import running_dsn
from tests.browser.chromium import Look, Watched, chromium, watched_page
from tests.fixtures import media
from tests.journeys import steps

ACCOUNT = "@atelier.maya"
SAID = "très beau 😍👩🏽‍🎨 Which paper?"
CAPTION = "First light over the bay, and the whole studio smells of salt and coffee. #printmaking"


@dataclass
class Walk:
    """One person at one screen, for all journeys."""

    demo: Demo
    watched: Watched
    files: Path
    published: dict[str, str] = field(default_factory=dict)
    """Post ids by kind."""

    @property
    def page(self) -> Page:
        """The open page."""
        return self.watched.page

    def photo(self, seed: int) -> Path:
        """A picture on the person's disk."""
        path = self.files / f"photo-{seed}.jpg"
        path.write_bytes(media.jpeg(1080, 1350, seed=seed))
        return path

    async def publish(self, kind: str, files: list[Path], caption: str) -> None:
        """Through the composer, until the open page says Published and has the network's address."""
        await steps.compose(self.page, self.demo.url, ACCOUNT, files, caption)
        self.published[kind] = await steps.press_publish(self.page)
        await steps.becomes(self.page, "Published")
        await expect(self.page.get_by_role("link", name="Open on Instagram").first).to_be_visible(timeout=steps.SOON_MS)


async def connect_accounts(walk: Walk) -> None:
    """From the empty Home through the dialog to two cards with followers."""
    await steps.connect_maya(walk.page, walk.demo.url)
    await steps.accounts_appear(walk.page, walk.demo.url, (ACCOUNT, "@roue.libre"))


async def publish_image(walk: Walk) -> None:
    """One picture."""
    await walk.publish("image", [walk.photo(1)], CAPTION)


async def publish_carousel(walk: Walk) -> None:
    """Three pictures."""
    await walk.publish("carousel", [walk.photo(seed) for seed in (2, 3, 4)], "Pulling the first proofs")


async def publish_reel(walk: Walk) -> None:
    """A video."""
    clip = walk.files / "tour.mp4"
    clip.write_bytes(media.mp4(4.0, 540, 960))
    await walk.publish("reel", [clip], "Studio tour")


async def follower_comments(walk: Walk) -> None:
    """A follower writes; the webhook brings it to the mirror, and the open page shows it."""
    page = walk.page
    await page.goto(f"{walk.demo.url}/posts/{walk.published['image']}")
    comments, media_ref = await steps.comments_of(page)
    await steps.stays(page)
    follower = await page.context.new_page()
    await steps.follower_comments(follower, walk.demo.simulator, media_ref, "lena.draws", SAID)
    await follower.close()
    await expect(comments).to_contain_text(SAID, timeout=steps.SOON_MS)
    await steps.stayed(page)
    stored = await _stored(walk.demo.home, media_ref)
    assert stored == [("lena.draws", SAID, "push")], stored


async def nothing_went_wrong(walk: Walk) -> None:
    """The console was empty and the policy unbroken all the way; every post went out once."""
    assert await walk.watched.faults() == []
    for kind, post_id in walk.published.items():
        await walk.page.goto(f"{walk.demo.url}/posts/{post_id}")
        await expect(steps.status(walk.page), kind).to_have_text("Published")


JOURNEYS: tuple[Callable[[Walk], Awaitable[None]], ...] = (
    connect_accounts,
    publish_image,
    publish_carousel,
    publish_reel,
    follower_comments,
    nothing_went_wrong,
)


def journeys(ground: Ground) -> Measured:
    """How many journeys were walked to their end."""
    told = asyncio.run(_walk(ground.demo(), ground.scratch))
    passed = sum(one["ok"] is True for one in told.values())
    return Measured(passed, n=len(JOURNEYS), seed=ground.seed, detail={"journeys": dict(told)})


async def _walk(demo: Demo, scratch: Path) -> dict[str, Mapping[str, JsonValue]]:
    told: dict[str, Mapping[str, JsonValue]] = {}
    async with _at(demo, scratch) as walk:
        for journey in JOURNEYS:
            began = time.monotonic()
            why = ""
            try:
                await journey(walk)
            except Exception as error:
                why = f"{type(error).__name__}: {error}"[:400]
            seconds = round(time.monotonic() - began, 2)
            told[journey.__name__] = {"ok": not why, "s": seconds} | ({"why": why} if why else {})
    return told


@asynccontextmanager
async def _at(demo: Demo, scratch: Path) -> AsyncIterator[Walk]:
    """The owner, signed in by a one-time link at a desk."""
    files = scratch / "journeys"
    files.mkdir()
    link = await asyncio.to_thread(demo.owner_link)
    async with chromium() as browser, watched_page(browser, link, Look("light", 1440, "en")) as watched:
        yield Walk(demo, watched, files)


async def _stored(home: Path, media_ref: str) -> list[tuple[str, str, str]]:
    """The comments of a post as PostgreSQL has them."""
    dsn = running_dsn(home)
    assert dsn is not None, "the demo's PostgreSQL is not running"
    connection = await connect(dsn)
    try:
        rows = await connection.fetch("SELECT username, text, source FROM comment WHERE media_ref = $1", media_ref)
        return [(row["username"], row["text"], row["source"]) for row in rows]
    finally:
        await connection.close()


FIGURES = (Figure("journeys", journeys, target=len(JOURNEYS), op="==", needs_chromium=True),)
