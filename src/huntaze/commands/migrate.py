"""`huntaze migrate`: bring the database up to date."""

import asyncio

from huntaze.commands.failure import CommandFailed
from huntaze.kit.db import CONNECTION_LOST, DATABASE_REFUSED
from huntaze.kit.revisions import TablesInUse, newer, pending
from huntaze.settings import Settings


def run(given: Settings) -> int:
    """Apply what the database lacks and name it; 0 also when there is nothing to do."""
    dsn = given.database_url.reveal()
    try:
        done = asyncio.run(_migrate(dsn))
    except (*CONNECTION_LOST, *DATABASE_REFUSED) as error:
        raise CommandFailed(f"the database cannot be reached: {error}", "check DATABASE_URL") from None
    except TablesInUse:
        raise CommandFailed(
            "the tables are in use: no moment was found in which to change them, and nothing was changed",
            "run: huntaze migrate again; if it stays so, end what holds them (SELECT * FROM pg_stat_activity)",
        ) from None
    print(done)
    return 0


async def _migrate(dsn: str) -> str:
    if await pending(dsn):
        # Loads tens of megabytes, so only where there is something to do
        from huntaze.kit.migrate import upgrade

        if applied := await upgrade(dsn):
            return f"applied {', '.join(applied)}"
    ahead = await newer(dsn)
    return "the database is up to date" if ahead is None else f"nothing to do: {ahead}"
