"""What a demo does once it has a database, in a process of its own: migrate, seed, make the way in.

Prints one line of JSON: {"link": "http://…"}.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import Process
from pathlib import Path

from huntaze.commands.demo.places import Places
from huntaze.commands.readiness import ready_database
from huntaze.kit.revisions import pending


def main() -> int:
    """Idempotent: what an earlier, perhaps killed start did is found done."""
    print(json.dumps({"link": asyncio.run(_prepare())}))
    return 0


async def _prepare() -> str:
    dsn = os.environ["DATABASE_URL"]
    migrating = await _migrate() if await pending(dsn) else None
    # The rooms are loaded while the other process migrates
    from huntaze.commands.demo.seed import demo_owner, fill_library, subscribe_again
    from huntaze.settings import Settings
    from huntaze.wiring import build

    if migrating is not None:
        await migrating.wait()
    await ready_database(dsn, patience=0)
    settings = Settings.load(os.environ, None)
    state = Places(Path(settings.local.home)).state()
    house = await build(settings)
    try:
        owner = await demo_owner(house)
        if state is None or not state.seeded:
            await fill_library(house, owner.workspace_id)
        elif state.webhooks_at != settings.public_url:
            await subscribe_again(house, owner.workspace_id)
        return await house.identity.person_link(owner.id, settings.public_url)
    finally:
        await house.close()


async def _migrate() -> Process:
    # Our own standard output holds one line alone
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "huntaze", "migrate", stdout=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
