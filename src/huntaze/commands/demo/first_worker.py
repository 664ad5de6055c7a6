"""The worker a demo starts with. Before it works it migrates, seeds and makes the way in: the rooms are loaded once
for both, which saves a third of the start.

Prints one line of JSON, {"link": "http://…"}, once all is prepared.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import Process

import uvloop

from huntaze.commands.demo_home import Places
from huntaze.commands.readiness import ready_database
from huntaze.kit.log import configure_logging
from huntaze.kit.revisions import pending
from huntaze.settings import Settings


def main() -> int:
    """Idempotent: what an earlier, perhaps killed start did is found done."""
    settings = Settings.load(os.environ, None)
    configure_logging(settings.local.log_level, sys.stderr)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_prepare_and_work(settings))
    return 0


async def _prepare_and_work(settings: Settings) -> None:
    dsn = settings.database_url.reveal()
    migrating = await _migrate() if await pending(dsn) else None
    # The rooms are loaded while the other process migrates
    from huntaze.commands.demo.seed import prepare
    from huntaze.commands.work import work_in
    from huntaze.wiring import build

    if migrating is not None:
        await migrating.wait()
    await ready_database(dsn, patience=0)
    house = await build(settings)
    try:
        print(json.dumps({"link": await prepare(house, Places(settings.local.home).state())}), flush=True)
        await work_in(house)
    finally:
        await house.close()


async def _migrate() -> Process:
    # Our own standard output holds one line alone
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "huntaze", "migrate", stdout=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
