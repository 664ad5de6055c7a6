"""A worker that dies while the platform builds a container: how long until another one asks for it.

The real product with the designed waits; the demo starts a new worker by itself, which has to wait for the lease of the
dead one.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bench.demo import Demo
from bench.figure import Figure, Ground, Measured
from bench.publish_once.floor import Floor, until

ACCOUNTS = 6
READY = 60.0
"""Seconds that a container takes."""
BATCHES = 3
KILLS = (8.0, 29.0)
"""Seconds after the first container was begun: with the first reads, and when they have become rare."""
LONGEST = 25.0
_LAST_WORDS = 0.3
"""Seconds in which a request of the dead worker may still arrive; no worker starts that fast."""


def takeover_s(ground: Ground) -> Measured:
    """The worst, over containers of several ages; unmet too when a post was not public exactly once."""
    with Demo.start(ground.scratch / "takeover", python=ground.python) as demo:
        floor = Floor.of(demo, ACCOUNTS)
        floor.control.ready_after({"IMAGE": READY}, spread=0.0)
        waits: list[float] = []
        captions: list[str] = []
        for batch in range(BATCHES):
            asked = [f"batch {batch}, {number}" for number in range(ACCOUNTS)]
            captions += asked
            waits += _batch(floor, asked, later=batch * 0.7)
        once = len(floor.public(captions)) == len(captions)
    ordered = sorted(waits)
    detail = {"least": round(ordered[0], 2), "p50": round(ordered[len(ordered) // 2], 2), "once": once}
    return Measured(ordered[-1], runs=[round(one, 2) for one in waits], n=len(waits), detail=detail, ok=once)


def _batch(floor: Floor, captions: Sequence[str], later: float) -> list[float]:
    """Posts that are due now, with kills while their containers are made; ``later`` moves them between two sweeps."""
    floor.ask(captions, floor.accounts, datetime.now(UTC))
    until(lambda: len(_reads(floor, captions)) == len(captions), 30, "every container was begun")
    began, waits = time.monotonic(), []
    for moment in KILLS:
        time.sleep(max(0.0, began + moment + later - time.monotonic()))
        waits += _kill(floor, captions)
    until(lambda: len(floor.public(captions)) >= len(captions), READY + 60, "all are public")
    return waits


def _kill(floor: Floor, captions: Sequence[str]) -> list[float]:
    floor.demo.kill("worker")
    killed = time.monotonic()
    time.sleep(_LAST_WORDS)
    before, waits = _reads(floor, captions), dict[str, float]()
    while len(waits) < len(before):
        now = time.monotonic()
        if now - killed > LONGEST:
            return [*waits.values(), *[now - killed] * (len(before) - len(waits))]
        reads = _reads(floor, captions)
        waits |= {one: now - killed for one in before if one not in waits and reads[one] > before[one]}
        time.sleep(0.1)
    return list(waits.values())


def _reads(floor: Floor, captions: Sequence[str]) -> Mapping[str, int]:
    """How often each container was asked for, by the caption of its post."""
    wanted = set(captions)
    return {
        str(one["caption"]): int(one["reads"])
        for one in floor.control.containers().values()
        if one["caption"] in wanted
    }


FIGURES = (Figure("takeover_s", takeover_s, target=15),)
