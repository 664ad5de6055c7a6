"""What the stories of figures share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx2

from huntaze.accounts import AccountRow
from huntaze.identity import Actor
from socialsim.testing import MAYA
from tests.support.rooms import Rooms

ATELIER = "17841400000000001"
LISTS, ALONE, OF_ACCOUNT = "GET /{ig}/media", "GET /{m}/insights", "GET /{ig}/insights"
POSTS = ("posts.new", "posts.week", "posts.month", "posts.older")


async def connected(here: Rooms, *rounds: str, ref: str = ATELIER, user_id: str = MAYA) -> tuple[Actor, AccountRow]:
    """An account of which only these kinds of reading are due; no calls are counted yet."""
    actor = await here.owner()
    (account,) = await here.connect(actor, ref, user_id=user_id)
    await here.run("outbox.deliver")
    await here.rows("DELETE FROM insights_round WHERE name <> ALL ($1) RETURNING name", list(rounds))
    await here.rows("UPDATE insights_round SET next_at = $1 RETURNING name", here.clock.now())
    here.sim.delete("/_sim/calls")
    return actor, account


async def seeded(here: Rooms, posts: int, *rounds: str) -> tuple[Actor, AccountRow]:
    """The same with an account of so many photos, one every day and a half."""
    made = here.sim.seed({"accounts": 1, "media": posts, "comments": 0})
    return await connected(here, *rounds, ref=made["accounts"][0]["accountId"], user_id=made["userId"])


async def read(here: Rooms, hours: float = 0) -> dict[str, int]:
    """Let so many hours pass, read what is due then; the calls that this took."""
    if hours:
        here.sim.advance(hours * 3600)
        here.clock.advance(timedelta(hours=hours))
    here.sim.delete("/_sim/calls")
    await here.run("insights.sweep")
    await here.work("insights.pull")
    return here.sim.calls()


async def newest(here: Rooms, media_ref: str) -> dict[str, tuple[float | None, str]]:
    """The newest figures of a post by metric and breakdown, with their notes."""
    rows = await here.rows(
        "SELECT DISTINCT ON (metric, breakdown) metric, breakdown, value, note FROM media_metric WHERE media_ref = $1"
        " ORDER BY metric, breakdown, day DESC",
        media_ref,
    )
    return {
        row["metric"] + (f"[{row['breakdown']}]" if row["breakdown"] else ""): (row["value"], row["note"])
        for row in rows
    }


async def round_of(here: Rooms, name: str) -> Mapping[str, Any]:
    """How far a kind of reading is."""
    (row,) = await here.rows("SELECT * FROM insights_round WHERE name = $1", name)
    return row


def told(here: Rooms, media_ref: str, metrics: Sequence[str]) -> dict[str, float]:
    """What the platform itself says of a post, asked by nobody of ours."""
    token = next(page["pageToken"] for page in here.sim.tokens()["pages"])
    address = f"{here.sim.graph_url}/v26.0/{media_ref}/insights?metric={','.join(metrics)}"
    answer = httpx2.get(address, headers={"Authorization": f"Bearer {token}"}, trust_env=False).json()
    return {one["name"]: float(one["values"][0]["value"]) for one in answer["data"]}
