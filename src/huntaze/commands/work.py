"""`huntaze work`: one worker."""

import asyncio
import signal
import sys

import uvloop

from huntaze.commands.inside import built
from huntaze.commands.readiness import ready_database
from huntaze.kit.log import configure_logging
from huntaze.settings import Settings
from huntaze.wiring import CONCURRENCY, House, worker


def run(given: Settings, concurrency: int | None) -> int:
    """Work until SIGTERM or SIGINT; then nothing more is claimed, and what runs has 75 s to end."""
    configure_logging(given.local.log_level, sys.stderr)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(given, concurrency or CONCURRENCY))
    return 0


async def _work(given: Settings, concurrency: int) -> None:
    await ready_database(given.database_url.reveal())
    house = await built(given)
    try:
        await work_in(house, concurrency)
    finally:
        await house.close()


async def work_in(house: House, concurrency: int = CONCURRENCY) -> None:
    """Work in a house that stands, until a signal ends it."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await worker(house, concurrency).run(stop)
