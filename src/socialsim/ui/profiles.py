"""An Instagram account as its followers see it: grid, reels, stories."""

from itertools import islice

import htpy as h
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from socialsim.core import Core
from socialsim.meta.model import Account, Media, World
from socialsim.ui.frame import Visit
from socialsim.ui.health import Connections
from socialsim.ui.pieces import Sheet, avatar, badge, count, duration, empty, icon, network, newest, pager, tabs
from socialsim.ui.tiles import tile

_GRID = 30
STORY_SECONDS = 86400.0


class Profiles:
    """``/accounts/{id}`` and its tabs."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[Route]:
        """What it serves."""
        return [
            Route("/accounts/{id}", self.feed),
            Route("/accounts/{id}/reels", self.reels),
            Route("/accounts/{id}/stories", self.stories),
        ]

    async def feed(self, request: Request) -> Response:
        """Everything that was posted, newest first."""
        visit, account = self._of(request)
        world = self._core.meta.world
        sheet = newest(account.timeline, visit.sheet, _GRID)
        tiles = [tile(world, world.media[media_id]) for _, media_id in sheet.items]
        return self._page(
            visit,
            account,
            "",
            h.h2(".hidden")["Posts"],
            h.div("#feed.feed", data_live=True)[tiles] if tiles else _nothing("post"),
            pager(sheet, visit.path, {}),
        )

    async def reels(self, request: Request) -> Response:
        """Only the reels."""
        visit, account = self._of(request)
        world = self._core.meta.world
        first = (visit.sheet - 1) * _GRID
        of_kind = (m for _, i in reversed(account.timeline) if (m := world.media[i]).product == "REELS")
        found = list(islice(of_kind, first, first + _GRID + 1))
        more = len(found) > _GRID
        sheet = Sheet(found[:_GRID], visit.sheet, visit.sheet + more, len(found))
        return self._page(
            visit,
            account,
            "reels",
            h.h2(".hidden")["Reels"],
            h.div("#feed.feed.upright", data_live=True)[(tile(world, reel, tall=True) for reel in sheet.items)]
            if sheet.items
            else _nothing("reel"),
            pager(sheet, visit.path, {}),
        )

    async def stories(self, request: Request) -> Response:
        """Those that can be seen now, and those that are over."""
        visit, account = self._of(request)
        world, now = self._core.meta.world, visit.now
        running = [world.media[i] for at, i in reversed(account.stories) if at > now - STORY_SECONDS]
        sheet = newest(account.stories[: len(account.stories) - len(running)], visit.sheet, _GRID)
        past = [world.media[media_id] for _, media_id in sheet.items]
        return self._page(
            visit,
            account,
            "stories",
            h.section("#running", data_live=True)[h.h2["Seen now"], _stories(world, running, now)],
            bool(past)
            and h.section[
                h.h2["Archive"],
                h.div(".feed.upright.faded")[(tile(world, story, tall=True, note="Over") for story in past)],
                pager(sheet, visit.path, {}),
            ],
        )

    def _of(self, request: Request) -> tuple[Visit, Account]:
        return Visit.of(self._core, request), self._core.meta.world.accounts[request.path_params["id"]]

    def _page(self, visit: Visit, account: Account, tab: str, *content: h.Node) -> Response:
        return visit.page(
            account.name, profile(self._core, account, visit.now), account_tabs(self._core, account, tab), content
        )


def profile(core: Core, account: Account, now: float) -> h.Renderable:
    """The head of every page of an account."""
    running = any(at > now - STORY_SECONDS for at, _ in account.stories[-1:])
    health = Connections(core, now).of(account)
    return h.div(".profile")[
        h.div(class_=["ring", running and "running"])[avatar(account.picture, 96)],
        h.div(".about")[
            h.div(".title")[h.h1[account.name], badge(health.words, health.tone)],
            h.p(".soft.handle")[network("instagram"), f"@{account.username}"],
            h.p(".counts")[
                h.span[h.strong[count(len(account.timeline))], " posts"],
                h.span[h.strong[count(account.followers)], " followers"],
                h.span[h.strong[count(account.follows)], " following"],
            ],
            account.biography and h.p(".bio")[account.biography],
            account.website and h.p(".soft")[account.website],
            h.p(".ids.soft")[h.span["Account ", h.code[account.id]], _page_of(core, account)],
        ],
    ]


def _page_of(core: Core, account: Account) -> h.Node:
    page = core.meta.world.pages.get(account.page_id)
    return page is not None and h.span[f"Page {page.name} ", h.code[page.id]]


def account_tabs(core: Core, account: Account, here: str) -> h.Renderable:
    """Posts, reels, stories, inbox."""
    base = f"/accounts/{account.id}"
    return tabs(
        account.name,
        (
            (base, "Posts", "grid", here == ""),
            (f"{base}/reels", "Reels", "reel", here == "reels"),
            (f"{base}/stories", "Stories", "story", here == "stories"),
            (f"{base}/inbox", "Inbox", "inbox", here == "inbox"),
        ),
    )


def _nothing(kind: str) -> h.Renderable:
    words = ["A client posts with ", h.code["POST /{ig}/media"], " and ", h.code["POST /{ig}/media_publish"], "."]
    return h.div("#feed", data_live=True)[empty(f"No {kind} yet", words)]


def _stories(world: World, running: list[Media], now: float) -> h.Node:
    if not running:
        words = ["A story can be seen for 24 hours. A client posts one with ", h.code["media_type=STORIES"], "."]
        return empty("No story at the moment", words)
    return h.div(".feed.upright")[
        (
            tile(world, story, tall=True, note=f"{duration(story.timestamp + STORY_SECONDS - now)} left")
            for story in running
        )
    ]


def story_time(media: Media, now: float) -> h.Renderable:
    """How much of its 24 hours is left."""
    left = media.timestamp + STORY_SECONDS - now
    words = f"Can be seen for another {duration(left)}" if left > 0 else "Over; only its owner still sees it"
    return h.div(".story-time")[
        h.p[icon("story"), words],
        h.progress(max="24", value=f"{max(0.0, left / 3600):.2f}", aria_label="Hours left of this story"),
    ]
