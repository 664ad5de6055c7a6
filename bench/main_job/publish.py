"""How much Huntaze adds to what the platform needs: from ready to public, and from the due time to public.

Real processes: `huntaze demo` (PostgreSQL, web, worker) against the simulator, whose ledger and containers judge.
The worker knows nothing of the ready times. Posts are asked for by the JSON API, at an even pace.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2

from bench.control import Control, connect_many
from bench.demo import Demo
from bench.figure import Figure, Ground, Measured

ACCOUNTS = 20
IMAGES = 60
PACE = 0.4
"""Seconds between two requests."""
SCHEDULED = 200
VIDEO_READY = 30.0
FIRST_DUE = SCHEDULED * PACE + 1.5 * VIDEO_READY
"""Seconds from the first request to the first due time: every video can be prepared before it is due."""
SPREAD = 90.0
"""Due times lie within this many seconds."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A demo with many accounts, a key and files to post."""

    demo: Demo
    control: Control
    headers: dict[str, str]
    accounts: list[str]
    picture: str
    video: str


@dataclass(frozen=True, slots=True)
class Published:
    """One published container: what the platform needed, what we added, how often we asked. Seconds."""

    needed: float
    extra: float
    reads: int


def floor(ground: Ground) -> Floor:
    """Started on first use, ended with the proof."""
    demo = Demo.start(ground.scratch / "publish", python=ground.python)
    ground.closing(demo.stop)
    accounts = connect_many(demo, ACCOUNTS)
    headers = {"Authorization": f"Bearer {demo.token()}"}
    picture = _asset(demo, headers, f"{demo.simulator}/_sim/pictures/sea-bench.jpg?w=1080&h=1080")
    video = _asset(demo, headers, f"{demo.simulator}/_sim/videos/bench.mp4")
    return Floor(demo, Control(demo.simulator), headers, accounts, picture, video)


def images(seconds: float, ground: Ground) -> list[Published]:
    """Images whose containers take about ``seconds``, over all accounts."""
    here = ground.once(floor)
    here.control.ready_after({"IMAGE": seconds})
    captions = [f"image {seconds} s, {number}" for number in range(IMAGES)]
    asyncio.run(_ask(here, captions, [(here.picture,)] * IMAGES, "IMAGE", [None] * IMAGES))
    _until_public(here, captions, seconds * 1.2 + 60)
    return _measured(here, captions)


def half(ground: Ground) -> list[Published]:
    """Ready in about half a second."""
    return images(0.5, ground)


def three(ground: Ground) -> list[Published]:
    """Ready in about three seconds."""
    return images(3.0, ground)


def thirty(ground: Ground) -> list[Published]:
    """Ready in about thirty seconds."""
    return images(30.0, ground)


def image_extra_half_s(ground: Ground) -> Measured:
    """Ledger - the instant the container was FINISHED."""
    return _extra(ground.once(half))


def image_extra_three_s(ground: Ground) -> Measured:
    """The same at three seconds."""
    return _extra(ground.once(three))


def image_extra_thirty_share(ground: Ground) -> Measured:
    """The same at thirty seconds, as a share of what the platform needed."""
    done = ground.once(thirty)
    return _spread([one.extra / one.needed for one in done])


def status_reads(ground: Ground) -> Measured:
    """How often a container was asked for until it was ready, the slowest kind."""
    reads = [float(one.reads) for one in ground.once(thirty)]
    return _spread(reads)


def carousel_extra_s(ground: Ground) -> Measured:
    """Carousels of three, children side by side: ledger - the instant the parent was FINISHED; and what it all took
    beyond the slowest child and the parent."""
    here = ground.once(floor)
    here.control.ready_after({"CAROUSEL_ITEM": 3.0, "CAROUSEL": 0.5})
    captions = [f"carousel {number}" for number in range(ACCOUNTS)]
    asyncio.run(_ask(here, captions, [(here.picture,) * 3] * ACCOUNTS, "CAROUSEL", [None] * ACCOUNTS))
    _until_public(here, captions, 60)
    containers = here.control.containers()
    parents = [one for one in containers.values() if one["caption"] in set(captions) and one["mediaId"]]
    overall = []
    for parent in parents:
        children = [containers[child] for child in parent["children"]]
        began = min(child["createdAt"] for child in children)
        needed = max(child["finishedAt"] for child in children) - began
        needed += parent["finishedAt"] - parent["createdAt"]
        overall.append(parent["publishedAt"] - began - needed)
    measured = _extra(_measured(here, captions))
    detail = {**measured.detail, "over_slowest_child_and_parent_p50": round(statistics.median(overall), 3)}
    return Measured(measured.value, runs=measured.runs, n=measured.n, detail=detail)


def scheduled_lateness_p99_s(ground: Ground) -> Measured:
    """Reels that take 30 s to prepare, due at different times: ledger - due."""
    here = ground.once(floor)
    here.control.ready_after({"REELS": VIDEO_READY})
    draw = random.Random(ground.seed)
    began = datetime.now(UTC) + timedelta(seconds=FIRST_DUE)
    dues = [began + timedelta(seconds=draw.uniform(0, SPREAD)) for _ in range(SCHEDULED)]
    captions = [f"reel {number}" for number in range(SCHEDULED)]
    asyncio.run(_ask(here, captions, [(here.video,)] * SCHEDULED, "REELS", dues))
    _until_public(here, captions, FIRST_DUE + SPREAD + 60)
    public = here.control.published()
    due_at = dict(zip(captions, dues, strict=True))
    late = sorted(
        public[one["id"]] - due_at[one["caption"]].timestamp()
        for one in here.control.containers().values()
        if one["caption"] in due_at and one["id"] in public
    )
    p99 = statistics.quantiles(late, n=100, method="inclusive")[98]
    detail = {"p50": round(statistics.median(late), 3), "worst": round(late[-1], 3), "earliest": round(late[0], 3)}
    return Measured(p99, runs=late, n=len(late), seed=ground.seed, detail=detail, ok=len(late) == SCHEDULED)


async def _ask(
    here: Floor,
    captions: Sequence[str],
    media: Sequence[tuple[str, ...]],
    kind: str,
    dues: Sequence[datetime | None],
) -> None:
    """One request after another at an even pace, over the accounts in turn."""
    async with httpx2.AsyncClient(base_url=here.demo.url, headers=here.headers, timeout=60) as client:
        asked = []
        for number, caption in enumerate(captions):
            due = dues[number]
            body = {
                "accountIds": [here.accounts[number % len(here.accounts)]],
                "mediaType": kind,
                "media": [{"assetId": asset} for asset in media[number]],
                "caption": caption,
                "scheduledAt": due.isoformat() if due else None,
            }
            asked.append(asyncio.create_task(client.post("/api/v1/posts", json=body)))
            await asyncio.sleep(PACE)
        for answer in await asyncio.gather(*asked):
            if answer.status_code not in (200, 202):
                raise RuntimeError(f"{answer.status_code}: {answer.text[:300]}")


def _until_public(here: Floor, captions: Sequence[str], longest: float) -> None:
    """Wait until the ledger holds them all, each once."""
    wanted, end = set(captions), time.monotonic() + longest
    while True:
        public = here.control.published()
        found = [one["caption"] for one in here.control.containers().values() if one["id"] in public]
        mine = [caption for caption in found if caption in wanted]
        if len(mine) >= len(wanted):
            break
        if time.monotonic() > end:
            raise RuntimeError(f"{len(mine)} of {len(wanted)} are public after {longest:.0f} s")
        time.sleep(0.5)
    if len(mine) != len(set(mine)):
        raise RuntimeError("a post went out twice")


def _measured(here: Floor, captions: Sequence[str]) -> list[Published]:
    public, wanted = here.control.published(), set(captions)
    return [
        Published(one["finishedAt"] - one["createdAt"], public[one["id"]] - one["finishedAt"], one["reads"])
        for one in here.control.containers().values()
        if one["caption"] in wanted and one["id"] in public
    ]


def _extra(done: Sequence[Published]) -> Measured:
    return _spread([one.extra for one in done])


def _spread(values: Sequence[float]) -> Measured:
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    detail = {"p95": round(p95, 3), "worst": round(ordered[-1], 3), "least": round(ordered[0], 3)}
    return Measured(
        statistics.median(ordered), runs=tuple(round(one, 3) for one in ordered), n=len(ordered), detail=detail
    )


def _asset(demo: Demo, headers: dict[str, str], url: str) -> str:
    answer = httpx2.post(
        f"{demo.url}/api/v1/assets", json={"url": url, "name": Path(url).name[:40]}, headers=headers, timeout=60
    )
    answer.raise_for_status()
    return str(answer.json()["id"])


FIGURES = (
    Figure("image_extra_half_s", image_extra_half_s, target=0.5),
    Figure("image_extra_three_s", image_extra_three_s, target=0.8),
    Figure("image_extra_thirty_share", image_extra_thirty_share, target=0.12),
    Figure("status_reads_p50", status_reads, target=18),
    Figure("carousel_extra_s", carousel_extra_s),
    Figure("scheduled_lateness_p99_s", scheduled_lateness_p99_s, target=2.0),
)
