"""A worker as a process of its own, to be killed: says `began` once its job has begun, and never ends it."""

import asyncio
import sys

from huntaze.kit.clock import SystemClock
from huntaze.kit.db import Database
from huntaze.kit.jobs import Payload, Task, Worker
from tests.kit.jobs_ground import QUICK


async def _never_end(_payload: Payload) -> None:
    print("began", flush=True)
    await asyncio.Event().wait()


async def main(dsn: str) -> None:
    """Work for ever."""
    database = await Database.connect(dsn)
    await Worker(database, [Task("kit.endless", _never_end)], SystemClock(), timings=QUICK).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
