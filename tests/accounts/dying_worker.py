"""A worker that renews one grant and is killed on the way: `python -m tests.accounts.dying_worker GRANT_ID`."""

import asyncio
import os
import sys
from datetime import datetime
from uuid import UUID

from huntaze.accounts import Accounts, Addresses, Apps, Governor
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Database
from huntaze.kit.http import irreversible_client, platform_client
from huntaze.kit.jobs import Jobs
from huntaze.kit.metrics import Metrics
from huntaze.kit.secret import Secret
from huntaze.platforms.contract import App
from huntaze.platforms.instagram import Instagram, InstagramUrls
from huntaze.platforms.registry import Platforms
from socialsim.meta.seed import DEFAULT_APP_ID, DEFAULT_APP_SECRET


async def main(grant_id: UUID) -> None:
    """Renew the grant; never returns if the checkpoint is reached."""
    sim, clock = os.environ["T_SIM"], ManualClock(datetime.fromisoformat(os.environ["T_NOW"]))
    ring = KeyRing.parse(os.environ["T_KEY"])
    database = await Database.connect(os.environ["T_DSN"])
    urls = InstagramUrls(graph=f"{sim}/graph.facebook.com", dialog=f"{sim}/www.facebook.com")
    platform = Instagram(platform_client(), irreversible_client(), urls, "v26.0", clock)
    app = App(DEFAULT_APP_ID, Secret(DEFAULT_APP_SECRET))
    apps = Apps(database, clock, ring, {("instagram", "facebook"): app}, {})
    accounts = Accounts(
        database,
        clock,
        ring,
        Platforms({"instagram": platform}),
        apps,
        Jobs(),
        Checkpoints(os.environ["T_KILL_AT"]),
        Metrics(),
        Addresses("http://127.0.0.1", {"instagram": "http://127.0.0.1/cb"}),
        Governor(database, clock, apps),
    )
    await accounts.refreshing.refresh(grant_id)


if __name__ == "__main__":
    asyncio.run(main(UUID(sys.argv[1])))
