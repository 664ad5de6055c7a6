"""The house as crash tests run it: scaled waits, made-up platforms, settings from a plain mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from huntaze import wiring
from huntaze.publishing import Timings
from huntaze.settings import Settings
from huntaze.wiring import House
from tests.platforms.made_up.known import made_up

SCALE = "CRASH_TIME_SCALE"
PLATFORMS = "CRASH_PLATFORMS"
"""``name=url name=url``."""


def timings(scale: float) -> Timings:
    """The designed waits times ``scale``, but for the sweep, which comes no more often than a machine can bear, and the
    grace, since what is killed here may lie for a while before anybody takes it over."""
    scaled = Timings().scaled(scale)
    return replace(scaled, sweep=max(scaled.sweep, timedelta(milliseconds=100)), grace=Timings().grace)


async def build(environ: Mapping[str, str]) -> House:
    """The house of one process of a crash test."""
    named = dict(pair.split("=", 1) for pair in environ.get(PLATFORMS, "").split())
    return await wiring.build(
        Settings.load(environ, None),
        timings=timings(float(environ.get(SCALE, "1"))),
        more_platforms={name: made_up(name, url) for name, url in named.items()},
    )
