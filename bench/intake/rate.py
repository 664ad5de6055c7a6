"""The webhook intake: how much of a no-op endpoint's rate it keeps while storing every event before its 200.

Rounds go A B A B, so that what the machine does beside it falls on both.
"""

from __future__ import annotations

import asyncio
import statistics
from dataclasses import dataclass
from pathlib import Path

from bench.figure import Figure, Ground, Measured
from bench.intake.stage import Round, kept, serving, volley
from huntaze.kit.crypto import new_key
from huntaze.kit.migrate import upgrade
from huntaze.kit.postgres import EmbeddedPostgres

ROUNDS = 5
REQUESTS = {64: 12_000, 8: 5_000, 1: 1_500}
"""By how many connections: a round takes a second or three."""


@dataclass(frozen=True, slots=True)
class Level:
    """All rounds with so many connections."""

    connections: int
    plain: tuple[Round, ...]
    stored: tuple[Round, ...]
    lost: int

    @property
    def ratios(self) -> list[float]:
        """Stored over no-op, round by round."""
        pairs = zip(self.stored, self.plain, strict=True)
        return [stored.per_second / plain.per_second for stored, plain in pairs]


@dataclass(frozen=True, slots=True)
class Stage:
    """What is under fire, and where the volleys keep their ledgers."""

    ground: Ground
    scratch: Path
    dsn: str
    urls: dict[str, str]

    def volley(self, mode: str, connections: int, number: int) -> Round:
        """Every request once."""
        options = ["--requests", str(REQUESTS[connections]), "--connections", str(connections)]
        return volley(self.ground, self.scratch, self.urls[mode], f"{mode}-{connections}-{number}-", options)

    def level(self, connections: int) -> Level:
        """All rounds with so many connections, and what of the acknowledged is not in the table."""
        plain, stored = [], []
        for number in range(ROUNDS):
            plain.append(self.volley("noop", connections, number))
            stored.append(self.volley("stores", connections, number))
        acknowledged = frozenset[str]().union(*(one.acknowledged for one in stored))
        return Level(connections, tuple(plain), tuple(stored), len(acknowledged - kept(self.dsn)))


def measure(ground: Ground) -> dict[int, Level]:
    """Every level on one PostgreSQL and the same two web processes."""
    scratch = ground.scratch / "intake"
    scratch.mkdir()
    with EmbeddedPostgres(scratch / "home") as dsn:
        asyncio.run(upgrade(dsn))
        key = new_key()
        with serving(ground, scratch, dsn, key, "noop") as noop, serving(ground, scratch, dsn, key, "stores") as real:
            stage = Stage(ground, scratch, dsn, {"noop": noop, "stores": real})
            for mode in stage.urls:
                stage.volley(mode, 8, -1)  # both warm
            return {connections: stage.level(connections) for connections in REQUESTS}


def ratio(connections: int, ground: Ground) -> Measured:
    """The median of the rounds' ratios."""
    level = ground.once(measure)[connections]
    rates = [one.per_second for one in level.stored]
    return Measured(
        round(statistics.median(level.ratios), 3),
        runs=[round(one, 3) for one in level.ratios],
        n=REQUESTS[connections] * ROUNDS,
        baseline=round(statistics.median(one.per_second for one in level.plain), 1),
        detail={
            "connections": connections,
            "stored_per_second": round(statistics.median(rates), 1),
            "p50_ms": round(statistics.median(one.p50_ms for one in level.stored), 2),
            "p99_ms": round(statistics.median(one.p99_ms for one in level.stored), 2),
            "refused": sum(one.refused for one in level.stored),
        },
    )


def ratio_64(ground: Ground) -> Measured:
    """Sixty-four connections at once."""
    return ratio(64, ground)


def ratio_8(ground: Ground) -> Measured:
    """Eight."""
    return ratio(8, ground)


def ratio_1(ground: Ground) -> Measured:
    """One: nothing to share a commit with."""
    return ratio(1, ground)


def lost(ground: Ground) -> Measured:
    """Acknowledged events that are not in the table, at every level."""
    levels = ground.once(measure).values()
    acknowledged = sum(len(one.acknowledged) for level in levels for one in level.stored)
    by_level = {str(level.connections): level.lost for level in levels}
    return Measured(sum(by_level.values()), n=acknowledged, detail={"lost_by_connections": by_level})


FIGURES = (
    Figure("intake_ratio", ratio_64, target=0.55, op=">="),
    Figure("intake_ratio_8_connections", ratio_8),
    Figure("intake_ratio_1_connection", ratio_1),
    Figure("intake_lost", lost, target=0, op="=="),
)
