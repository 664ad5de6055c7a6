"""Processes that take a file in, then delete it, and are killed at a checkpoint on the way: one for each checkpoint.

They are forked from this one, which has imported everything once.
"""

import asyncio
import os
import sys
from pathlib import Path
from uuid import UUID

from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Database
from tests.fixtures import media
from tests.library import ground


async def live(dsn: str, key: str, home: str, workspace_id: UUID, kill_at: str) -> None:
    """Take in a PNG, then delete it: the checkpoint is on one of the two ways."""
    database = await Database.connect(dsn)
    shelf = ground.library(database, ManualClock(), KeyRing.parse(key), Path(home), kill_at=kill_at)
    asset = await ground.add(shelf, workspace_id, media.png(64, 64), f"{kill_at}.png")
    await shelf.delete(workspace_id, asset.id)


def main(dsn: str, key: str, home: str, *lives: str) -> None:
    """Each of `lives` is `workspace@checkpoint`; prints by which signal each ended, one a line."""
    for each in lives:
        workspace, _, kill_at = each.partition("@")
        child = os.fork()
        if child == 0:
            asyncio.run(live(dsn, key, home, UUID(workspace), kill_at))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else "lived")


if __name__ == "__main__":
    main(*sys.argv[1:])
