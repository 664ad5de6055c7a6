"""`python -m tests.crash.process worker|web`: one process of a house, to be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

import uvicorn

from huntaze import wiring
from huntaze.kit.log import configure_logging
from tests.crash import wiring as crash


async def work(environ: Mapping[str, str], ready: str) -> None:
    """A worker until SIGTERM."""
    house = await crash.build(environ, crash.clock(environ))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    print(ready, end="", flush=True)
    await crash.worker(house, environ).run(stop)
    await house.close()


async def serve(environ: Mapping[str, str], ready: str) -> None:
    """Pages, API and media links at PUBLIC_URL, until SIGTERM."""
    house = await crash.build(environ)
    address = urlsplit(house.settings.public_url)
    config = uvicorn.Config(
        wiring.web_app(house), host=address.hostname or "127.0.0.1", port=address.port or 80, log_level="critical",
        timeout_graceful_shutdown=1, ws="none",
    )  # fmt: skip
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started and not running.done():
        await asyncio.sleep(0.01)
    print(ready, end="", flush=True)
    await running
    await house.close()


def run(name: str, environ: Mapping[str, str], ready: str = "") -> None:
    """Be that process; it says ``ready`` once it is."""
    configure_logging(environ.get("LOG_LEVEL", "critical"), sys.stderr)
    asyncio.run({"worker": work, "web": serve}[name](environ, ready))


if __name__ == "__main__":
    run(sys.argv[1], os.environ, "ready\n")
