"""LISTEN on a connection of its own that comes back after the server was away."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from huntaze.kit.db import CONNECTION_LOST, Database

_PAUSE = 0.5  # seconds between tries to come back


class Listener:
    """Calls `heard(payload)` for every notice on `channel`, and `heard("")` after each (re)connect.

    Notices sent while the connection was lost are gone for good: whoever listens also looks by itself now and then.
    """

    def __init__(self, database: Database, channel: str, heard: Callable[[str], None]) -> None:
        self._database = database
        self._channel = channel
        self._heard = heard

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            with suppress(*CONNECTION_LOST):
                await self._listen_once()
            await asyncio.sleep(_PAUSE)

    async def _listen_once(self) -> None:
        lost = asyncio.Event()
        connection = await self._database.listen()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(self._channel, lambda _c, _pid, _channel, payload: self._heard(payload))
            self._heard("")
            await lost.wait()
        finally:
            connection.terminate()
