"""The intake under load: what storing costs beside a no-op, and how long an acknowledgement takes whatever comes."""

from __future__ import annotations

import asyncio

from bench.figure import Figure, Ground, Measured
from bench.intake.rate import ratio_64
from bench.intake.stage import Round, kept, serving, volley
from huntaze.kit.crypto import new_key
from huntaze.kit.migrate import upgrade
from huntaze.kit.postgres import EmbeddedPostgres

STEADY = 200
"""Requests a second, one event each; they come whether or not the earlier ones were answered."""
STEADY_SECONDS = 30
BURST = 1_000
BURST_SECONDS = 60


def _open(ground: Ground) -> dict[int, tuple[Round, int]]:
    """Both loads on one installation: what became of each, and how many of the acknowledged are not stored."""
    scratch = ground.scratch / "open"
    scratch.mkdir()
    found: dict[int, tuple[Round, int]] = {}
    with EmbeddedPostgres(scratch / "home") as dsn:
        asyncio.run(upgrade(dsn))
        with serving(ground, scratch, dsn, new_key(), "stores") as url:
            volley(ground, scratch, url, "warm-", ["--requests", "2000", "--connections", "8"])
            for rate, seconds in ((STEADY, STEADY_SECONDS), (BURST, BURST_SECONDS)):
                options = ["--requests", str(rate * seconds), "--rate", str(rate), "--connections", "256"]
                one = volley(ground, scratch, url, f"open-{rate}-", options)
                found[rate] = one, len(one.acknowledged - kept(dsn))
    return found


def steady_p99_ms(ground: Ground) -> Measured:
    """The 99th percentile of the acknowledgements at a steady rate."""
    one, lost = ground.once(_open)[STEADY]
    detail = {"rate": STEADY, "p50_ms": one.p50_ms, "refused": one.refused, "lost": lost}
    return Measured(one.p99_ms, n=one.sent, detail=detail, ok=not (one.refused or lost))


def burst_failed(ground: Ground) -> Measured:
    """Requests of a minute's burst that were not answered with 2xx, and events that were acknowledged and lost."""
    one, lost = ground.once(_open)[BURST]
    acked = len(one.acknowledged)
    detail = {
        "rate": BURST, "sent": one.sent, "acked": acked, "stored": acked - lost, "lost": lost,
        "p50_ms": one.p50_ms, "p99_ms": one.p99_ms, "per_second": one.per_second,
    }  # fmt: skip
    return Measured(one.refused + lost, n=one.sent, detail=detail)


FIGURES = (
    Figure("intake_ratio", ratio_64, target=0.55, op=">="),
    Figure("steady_p99_ms", steady_p99_ms, target=50),
    Figure("burst_failed", burst_failed, target=0, op="=="),
)
