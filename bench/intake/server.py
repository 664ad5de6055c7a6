"""One real web process for the intake's bench, over uvicorn as `huntaze serve` runs it: `stores`, or `noop`.

`noop` answers 200 after everything that the route does up to the store: read, size, signature, parse.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn
import uvloop

from huntaze import wiring
from huntaze.kit.memory import settle
from huntaze.platforms.contract import IntakeItem
from huntaze.settings import Settings
from huntaze.webhooks import Intake


class NoStore(Intake):
    """Takes everything and keeps nothing."""

    async def keep(self, platform: str, items: Sequence[IntakeItem], size: int) -> None:
        """Nothing."""


async def serve(mode: str, port: int, home: Path, dsn: str, key: str, secret: str) -> None:
    """Serve until SIGTERM."""
    url = f"http://127.0.0.1:{port}"
    given = {
        "DATABASE_URL": dsn,
        "TOKEN_ENCRYPTION_KEY": key,
        "PUBLIC_URL": url,
        "FACEBOOK_APP_ID": "1",
        "FACEBOOK_APP_SECRET": secret,
    }
    house = await wiring.build(Settings.load({"HUNTAZE_HOME": str(home)}, None, defaults=given))
    door = None
    if mode == "noop":
        door = NoStore(house.database, house.clock, house.senders, house.accounts, house.jobs, house.metrics)
    config = uvicorn.Config(
        wiring.web_app(house, door),
        host="127.0.0.1",
        port=port,
        http="httptools",
        ws="none",
        lifespan="on",
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    settle()
    try:
        await uvicorn.Server(config).serve()
    finally:
        await house.close()


if __name__ == "__main__":
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    _mode, _port, _home, _dsn, _key, _secret = sys.argv[1:]
    asyncio.run(serve(_mode, int(_port), Path(_home), _dsn, _key, _secret))
