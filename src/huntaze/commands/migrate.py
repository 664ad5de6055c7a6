"""`huntaze migrate`: bring the database up to date."""

import asyncio

from huntaze.commands.failure import CommandFailed
from huntaze.kit.db import CONNECTION_LOST, DATABASE_REFUSED
from huntaze.kit.revisions import pending
from huntaze.settings import Settings


def run(given: Settings) -> int:
    """Apply what the database lacks and name it; 0 also when there is nothing to do."""
    dsn = given.database_url.reveal()
    try:
        applied = asyncio.run(_migrate(dsn))
    except (*CONNECTION_LOST, *DATABASE_REFUSED) as error:
        raise CommandFailed(f"the database cannot be reached: {error}", "check DATABASE_URL") from None
    print(f"applied {', '.join(applied)}" if applied else "the database is up to date")
    return 0


async def _migrate(dsn: str) -> list[str]:
    if not await pending(dsn):
        return []
    # Loads tens of megabytes, so only where there is something to do
    from huntaze.kit.migrate import upgrade

    return await upgrade(dsn)
