"""Waiting, briefly, for a database that is there and up to date."""

import asyncio

from huntaze.commands.failure import CommandFailed
from huntaze.kit.db import CONNECTION_LOST, DATABASE_REFUSED
from huntaze.kit.log import get_logger
from huntaze.kit.revisions import pending

log = get_logger(__name__)

PATIENCE = 30.0
"""Seconds: servers of one deployment start together with the migration and the database."""

_PAUSE = 0.1
_REACH = "check DATABASE_URL, and that PostgreSQL runs and takes connections from here"


async def ready_database(dsn: str, patience: float = PATIENCE) -> None:
    """Return once the database answers and lacks no migration. Raises CommandFailed after `patience` seconds."""
    loop = asyncio.get_running_loop()
    give_up, told = loop.time() + patience, ""
    while True:
        trouble = await _trouble(dsn)
        if trouble is None:
            return
        if loop.time() > give_up:
            raise trouble
        if trouble.what != told:
            told = trouble.what
            log.warning("waiting_for_database", why=told, seconds=patience)
        await asyncio.sleep(_PAUSE)


async def _trouble(dsn: str) -> CommandFailed | None:
    """What keeps us from starting now. Raises CommandFailed for what no waiting mends."""
    try:
        missing = await pending(dsn)
    except DATABASE_REFUSED as error:
        raise CommandFailed(f"the database refuses us: {error}", _REACH) from None
    except CONNECTION_LOST as error:
        return CommandFailed(f"the database cannot be reached: {error}", _REACH)
    if missing:
        return CommandFailed(f"the database lacks {', '.join(missing)}", "run: huntaze migrate")
    return None
