"""How many calls the mirror costs, as the platform counts them: each part of a batch is one (instagram.md §8.1).

An account of 1,000 posts: pictures, reels, videos and carousels; 600 without a comment, 350 with 1 to 20, 50 with 200,
of which 20 are replies. The least that can be asked for:

    ceil(posts / 100) * kinds                      pages of posts (§4.2) with their first 50 comments, each with its
                                                   first 50 replies (§4.3), and with the figures of one kind: a post
                                                   that is asked for another kind's comes without any (§4.4), so each
                                                   page once for each kind; the first comes with the account itself
  + sum over posts of ceil(top comments / 50) - 1  further pages of comments

and for 10 new posts the same of these 10: nothing else has changed. No comment has more than 50 replies. The plain sync
beside it asks for the account, for lists of ids, and then for each post, its figures and its comments by themselves.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from bench.figure import Figure, Ground, Measured
from bench.intake_crm.machine import Platform, machine, platform
from huntaze.kit.json_value import JsonValue
from socialsim.meta.community.comments import add_comment, follower_id
from socialsim.meta.model import Account, Media, put
from tests.support.rooms import Rooms, rooms

POSTS, NEW = 1000, 10
MOST, REPLIES = 200, 20
HOUR = 3600.0
_BIGGEST_PAGE, _COMMENTS_PAGE, _PLAIN_PAGE = 100, 50, 25
_OF_ACCOUNT = ("GET /{ig}/insights", "GET /{ig}/stories")
"""The account by the day, and whether a story lives: not about its posts."""
_METRICS = "views,reach,likes,comments,saved,shares,total_interactions"
_KINDS = ("IMAGE", "VIDEO", "IMAGE", "CAROUSEL_ALBUM", "VIDEO")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a sync cost, in calls: for posts with their comments, for their figures; the account's own figures."""

    posts: int
    figures: int
    of_account: int
    requests: int
    seconds: float

    @property
    def calls(self) -> int:
        """For the posts and everything about them."""
        return self.posts + self.figures

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.posts + other.posts,
            self.figures + other.figures,
            self.of_account + other.of_account,
            self.requests + other.requests,
            self.seconds + other.seconds,
        )

    def detail(self, least: int) -> dict[str, JsonValue]:
        """As a figure shows it."""
        return {
            "calls": self.calls,
            "least": least,
            "calls_for_posts_and_comments": self.posts,
            "calls_for_figures": self.figures,
            "calls_for_figures_of_the_account": self.of_account,
            "http_requests": self.requests,
            "seconds": round(self.seconds, 1),
        }


@dataclass(frozen=True, slots=True)
class Syncs:
    """The first sync, one with nothing new, one with ten new posts, and the plain way; the least for first and new."""

    first: Cost
    quiet: Cost
    new: Cost
    plain_calls: int
    least_first: int
    least_new: int
    whole: bool
    """Whether the mirror holds what the platform does."""


def calls_ratio(ground: Ground) -> Measured:
    """The calls of a first sync, divided by the least."""
    done = ground.once(_syncs)
    detail = {**done.first.detail(done.least_first), "plain_calls": done.plain_calls}
    ratio = done.first.calls / done.least_first
    return Measured(
        ratio, n=POSTS, baseline=round(done.plain_calls / done.least_first, 2), detail=detail, ok=done.whole
    )


def incremental_ratio(ground: Ground) -> Measured:
    """The calls of a sync that finds ten new posts, divided by the least."""
    done = ground.once(_syncs)
    detail = {**done.new.detail(done.least_new), "calls_with_nothing_new": done.quiet.calls}
    return Measured(done.new.calls / done.least_new, n=NEW, detail=detail, ok=done.whole)


def least(comments: Sequence[int], kinds: int) -> int:
    """The least calls for posts of so many kinds with so many top comments each."""
    further = sum(max(0, math.ceil(count / _COMMENTS_PAGE) - 1) for count in comments)
    return math.ceil(len(comments) / _BIGGEST_PAGE) * kinds + further


def _syncs(ground: Ground) -> Syncs:
    with platform(ground.seed) as there, machine(ground, "sync", there) as installation:
        return asyncio.run(_measure(there, installation.environ))


async def _measure(there: Platform, environ: Mapping[str, str]) -> Syncs:
    seeded = there.handle.seed({"accounts": 1, "media": 0, "comments": 0})
    account = there.core.meta.world.accounts[seeded["accounts"][0]["accountId"]]
    _furnish(there, account, POSTS, there.handle.now() - HOUR)
    async with rooms(environ, there.handle) as here:
        await here.connect(await here.owner(), account.id, user_id=seeded["userId"])
        await here.run("outbox.deliver")
        first = await _cost(here, there, "crm.sync") + await _again(here, there, "insights")
        quiet = await _again(here, there, "crm")
        _furnish(there, account, NEW, there.handle.now())
        new = await _again(here, there, "crm") + await _again(here, there, "insights")
        whole = await _holds_all(here, there, account)
    posts = [there.core.meta.world.media[ref] for _, ref in account.timeline]
    kinds, tops = len({post.product for post in posts}), [len(post.comments) for post in posts]
    plain = await _plainly(there, account, str(seeded["userId"]))
    return Syncs(first, quiet, new, plain, least(tops[:POSTS], kinds), least(tops[POSTS:], kinds), whole)


def _furnish(there: Platform, account: Account, posts: int, newest: float) -> None:
    """So many posts of the mixture, the newest at that instant."""
    services, world = there.core.services, there.core.meta.world
    for number in range(posts):
        at = float(int(newest - (posts - 1 - number) * 7 * HOUR if posts > NEW else newest - (posts - number)))
        media = _post(there, account, _KINDS[number % len(_KINDS)], at)
        count = MOST if number % 20 == 7 else 1 + number // 20 % 20 if number % 20 in range(8, 15) else 0
        tops: list[str] = []
        for comment in range(count):
            parent = tops[comment % 7] if count - comment <= REPLIES and count == MOST else ""
            name = f"fan{comment % 97}"
            author = follower_id(services, world, account.id, name)
            made = add_comment(services, world, media, author, name, f"n° {comment}", at + comment, parent)
            tops += [] if parent else [made.id]


def _post(there: Platform, account: Account, kind: str, at: float, parent: str = "") -> Media:
    mint, world = there.core.services.mint, there.core.meta.world
    product = "REELS" if kind == "VIDEO" else "FEED"
    media = Media(mint.id("18000"), account.id, kind, product, at, mint.opaque("shortcode", 11), "One of many")
    media.blob, media.parent_id = f"sea-{media.id}.jpg", parent
    media.cover = media.blob if kind == "VIDEO" else ""
    world.media[media.id] = media
    if not parent:
        put(account.timeline, at, media.id)
    if kind == "CAROUSEL_ALBUM":
        media.children = [_post(there, account, "IMAGE", at, media.id).id for _ in range(3)]
    return media


_PULLS = {"crm": "crm.sync", "insights": "insights.pull"}


async def _again(here: Rooms, there: Platform, room: str) -> Cost:
    """What a room reads an hour later."""
    await asyncio.to_thread(there.handle.advance, HOUR)
    here.clock.set(datetime.fromtimestamp(there.handle.now(), UTC) + timedelta(seconds=1))
    await here.run(f"{room}.sweep")
    return await _cost(here, there, _PULLS[room])


async def _cost(here: Rooms, there: Platform, job: str) -> Cost:
    """Of the reading that waits."""
    client, sent = here.house.clients[0], [0]

    async def count(_: httpx2.Request) -> None:
        sent[0] += 1

    hooks = client.event_hooks
    client.event_hooks = {**hooks, "request": [*hooks["request"], count]}
    there.handle.delete("/_sim/calls")
    began = time.monotonic()
    await here.work(job)
    took = time.monotonic() - began
    client.event_hooks = hooks
    counted = there.handle.calls()
    of_account = sum(counted.pop(name, 0) for name in _OF_ACCOUNT)
    calls = sum(counted.values())
    posts, figures = (calls, 0) if job == _PULLS["crm"] else (0, calls)
    return Cost(posts, figures, of_account, sent[0], took)


async def _holds_all(here: Rooms, there: Platform, account: Account) -> bool:
    world = there.core.meta.world
    posts = {
        row["media_ref"] for row in await here.rows("SELECT media_ref FROM platform_media WHERE removed_at IS NULL")
    }
    said = {row["comment_ref"] for row in await here.rows("SELECT comment_ref FROM comment WHERE removed_at IS NULL")}
    read = {row["media_ref"] for row in await here.rows("SELECT media_ref FROM media_reading")}
    mine = {ref for ref, media in world.media.items() if media.account_id == account.id}
    top = {ref for _, ref in account.timeline}
    return (
        posts == mine and read == top and said == {ref for ref, one in world.comments.items() if one.media_id in mine}
    )


async def _plainly(there: Platform, account: Account, user_id: str) -> int:
    """The calls of a sync that asks for each thing by itself, of the same account."""
    pages = there.handle.tokens(user_id)["pages"]
    token = next(page["pageToken"] for page in pages if page["pageId"] == account.page_id)
    there.handle.delete("/_sim/calls")
    base = f"{there.handle.graph_url}/v26.0"
    headers = {"authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=base, headers=headers, trust_env=False, timeout=60) as client:

        async def ask(path: str, **params: str) -> Mapping[str, Any]:
            answer = await client.get(path, params=params)
            answer.raise_for_status()
            found: Mapping[str, Any] = answer.json()
            return found

        async def listed(path: str, fields: str) -> list[Mapping[str, Any]]:
            rows: list[Mapping[str, Any]] = []
            after = ""
            while True:
                page = await ask(path, fields=fields, limit=str(_PLAIN_PAGE), **({"after": after} if after else {}))
                rows += page["data"]
                paging = page.get("paging", {})
                if "next" not in paging:
                    return rows
                after = paging["cursors"]["after"]

        await ask(f"/{account.id}", fields="username,followers_count,media_count")
        for post in await listed(f"/{account.id}/media", "id"):
            shown = await ask(f"/{post['id']}", fields="id,caption,media_type,media_url,timestamp,comments_count")
            if shown["media_type"] == "CAROUSEL_ALBUM":
                await ask(f"/{post['id']}/children", fields="id,media_url")
            await ask(f"/{post['id']}/insights", metric=_METRICS)
            await listed(f"/{post['id']}/comments", "id,text,username,replies{id,text,username}")
    return sum(there.handle.calls().values())


FIGURES = (
    Figure("sync_calls_ratio", calls_ratio, target=1.3),
    Figure("sync_incremental_ratio", incremental_ratio, target=1.3),
)
