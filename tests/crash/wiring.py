"""The house as crash tests run it: scaled waits, made-up platforms, settings from a plain mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from huntaze import wiring
from huntaze.kit.clock import Clock, SystemClock
from huntaze.kit.http import Timeouts, irreversible_client, platform_client
from huntaze.kit.jobs import Worker, WorkerTimings
from huntaze.platforms.contract import Platform
from huntaze.platforms.instagram import Instagram, InstagramUrls
from huntaze.publishing import Timings
from huntaze.settings import Settings
from huntaze.wiring import House
from tests.crash.cells import CALL_SECONDS
from tests.crash.mutants import SWITCH, mutated_tasks, mutated_timings
from tests.crash.orders import Executioner, Jumping
from tests.platforms.made_up.known import made_up

SCALE = "CRASH_TIME_SCALE"
PLATFORMS = "CRASH_PLATFORMS"
"""``name=url name=url``."""
ORDERS = "CRASH_ORDERS"
"""The folder of ``tests.crash.orders``; with it, calls wait for an answer no longer than the scaled waits bear."""
HORIZON = "CRASH_HORIZON"
"""Seconds after which a person is asked, where the scaled 26 hours are too long to be waited for."""
_QUICK = Timeouts(connect=1, read=CALL_SECONDS, write=1, pool=2)
_JOBS = WorkerTimings(beat=timedelta(seconds=0.5), dead_after=timedelta(seconds=2), poll=timedelta(seconds=0.5))


def timings(scale: float) -> Timings:
    """The designed waits times ``scale``, but for the sweep and the polls, which come no more often than a machine can
    bear, the leases, which a busy machine must not lose by itself, and the grace, since what is killed here may lie for
    a while before anybody takes it over."""
    scaled = Timings().scaled(scale)
    return replace(
        scaled,
        sweep=max(scaled.sweep, timedelta(milliseconds=100)),
        poll_first=max(scaled.poll_first, timedelta(milliseconds=20)),
        work_beat=max(scaled.work_beat, timedelta(milliseconds=150)),
        work_lease=max(scaled.work_lease, timedelta(milliseconds=800)),
        send_lease=max(scaled.send_lease, timedelta(seconds=2.5)),
        grace=Timings().grace,
    )


def clock(environ: Mapping[str, str]) -> Clock:
    """The clock of this process, if it is a worker."""
    return Jumping(Path(environ[ORDERS])) if ORDERS in environ else SystemClock()


async def build(environ: Mapping[str, str], clock: Clock | None = None) -> House:
    """The house of one process of a crash test."""
    settings, scale = Settings.load(environ, None), float(environ.get(SCALE, "1"))
    impatient = ORDERS in environ and scale < 1
    named = dict(pair.split("=", 1) for pair in environ.get(PLATFORMS, "").split())
    known = {name: made_up(name, url, _QUICK) if impatient else made_up(name, url) for name, url in named.items()}
    waits = mutated_timings(timings(scale), environ.get(SWITCH, ""))
    if HORIZON in environ:
        waits = replace(waits, horizon=timedelta(seconds=float(environ[HORIZON])))
    house = await wiring.build(
        settings,
        timings=waits,
        clock=clock,
        more_platforms=known | ({"instagram": _impatient(settings)} if impatient else {}),
    )
    return replace(house, checkpoints=Executioner(Path(environ[ORDERS]))) if ORDERS in environ else house


def worker(house: House, environ: Mapping[str, str]) -> Worker:
    """The worker of such a house. Under orders it takes the jobs of a killed one over as quickly as all else goes."""
    if ORDERS not in environ:
        return wiring.worker(house)
    tasks = mutated_tasks(house, wiring.tasks(house), environ.get(SWITCH, ""))
    return Worker(house.database, tasks, house.clock, concurrency=wiring.CONCURRENCY, timings=_JOBS)


def _impatient(settings: Settings) -> Platform:
    """Instagram with scaled time-outs."""
    urls = InstagramUrls(graph=settings.urls.facebook_graph, dialog=settings.urls.facebook_dialog)
    return Instagram(platform_client(_QUICK), irreversible_client(_QUICK), urls, settings.graph_version, SystemClock())
