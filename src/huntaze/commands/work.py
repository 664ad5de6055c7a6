"""`huntaze work`: one worker."""

import asyncio
import signal
import sys
from collections.abc import Mapping

import uvloop

from huntaze.commands.given import settings
from huntaze.commands.readiness import ready_database
from huntaze.kit.log import configure_logging
from huntaze.settings import Settings


def run(environ: Mapping[str, str], concurrency: int | None) -> int:
    """Work until SIGTERM or SIGINT; then nothing more is claimed, and what runs has 75 s to end."""
    given = settings(environ)
    configure_logging(given.local.log_level, sys.stderr)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(given, concurrency))
    return 0


async def _work(given: Settings, concurrency: int | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # The rooms are loaded while the database may still be starting
    from huntaze.wiring import CONCURRENCY, build, worker

    await ready_database(given.database_url.reveal())
    house = await build(given)
    try:
        await worker(house, concurrency or CONCURRENCY).run(stop)
    finally:
        await house.close()
