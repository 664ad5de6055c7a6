"""Two days down with forty posts overdue: when everything is started again, none goes out by itself, each asks.

Real processes. With everything stopped the rows are moved two days back: half of the posts were ready at the platform,
half had not been begun.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from bench.demo import Demo
from bench.figure import Figure, Ground, Measured
from bench.publish_once.floor import Floor, in_database, until
from huntaze.kit.postgres import EmbeddedPostgres

ACCOUNTS = 4
READY_POSTS, LATER_POSTS = 20, 20
SOON, LATER = timedelta(seconds=100), timedelta(hours=1)
WATCHED = 30.0
"""Seconds for which the ledger is watched once all have asked."""

_BACK = """
UPDATE publication
SET due_at = due_at - $1::interval, prepare_from = prepare_from - $1::interval,
    next_check_at = next_check_at - $1::interval, created_at = created_at - $1::interval
WHERE state IN ('SCHEDULED', 'PREPARING', 'PREPARED')
"""
_ARTEFACTS_BACK = "UPDATE artefact SET made_at = made_at - $1::interval, ready_at = ready_at - $1::interval"
_COUNT = "SELECT count(*) AS count FROM publication WHERE state = 'PREPARED'"


def overdue_sent(ground: Ground) -> Measured:
    """How many went out by themselves; unmet too when one does not ask."""
    home = ground.scratch / "overdue"
    with Demo.start(home, python=ground.python) as demo:
        floor = Floor.of(demo, ACCOUNTS)
        captions = _ask(floor)
    back = timedelta(days=2) + LATER
    with EmbeddedPostgres(home):
        asyncio.run(in_database(home, lambda connection: connection.execute(_BACK, back)))
        asyncio.run(in_database(home, lambda connection: connection.execute(_ARTEFACTS_BACK, back)))
    with Demo.start(home, python=ground.python):
        began = time.monotonic()
        until(lambda: len(_asking(floor)) >= len(captions), 60, "every post asks")
        asked = time.monotonic() - began
        time.sleep(WATCHED)
        held, sent = len(_asking(floor)), len(floor.public(captions))
    detail = {"held": held, "ready_at_the_platform": READY_POSTS, "asked_after_s": round(asked, 1)}
    return Measured(sent, n=len(captions), detail=detail, ok=held == len(captions))


def _ask(floor: Floor) -> list[str]:
    """Forty posts; the first ones are made ready at the platform."""
    captions = [f"overdue {number}" for number in range(READY_POSTS + LATER_POSTS)]
    accounts = [floor.accounts[number % ACCOUNTS] for number in range(len(captions))]
    now = datetime.now(UTC)
    floor.control.ready_after({"IMAGE": 0.2}, spread=0.0)
    floor.ask(captions[:READY_POSTS], accounts[:READY_POSTS], now + SOON)
    floor.ask(captions[READY_POSTS:], accounts[READY_POSTS:], now + LATER)
    until(lambda: floor.rows(_COUNT)[0]["count"] == READY_POSTS, 60, "the first ones are ready at the platform")
    return captions


def _asking(floor: Floor) -> Sequence[Mapping[str, Any]]:
    """Publications that are held because their time has passed, with what to do."""
    answer = httpx2.get(
        f"{floor.demo.url}/api/v1/posts", params={"limit": 100}, headers=dict(floor.headers), timeout=20
    )
    if answer.status_code != 200:
        return []
    rows = [row for post in answer.json()["items"] for row in post["publications"]]
    return [row for row in rows if row["state"] == "HELD" and row["heldReason"] == "missed" and row["error"]["remedy"]]


FIGURES = (Figure("overdue_sent", overdue_sent, target=0, op="=="),)
