"""A gate in front of the simulator: shut, not one byte reaches it and the caller knows that at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Gate:
    """Carries bytes both ways between its own address and the one behind it."""

    def __init__(self, host: str, port: int) -> None:
        self._behind = (host, port)
        self._server: asyncio.Server | None = None
        self._port = 0
        self._carrying: set[asyncio.StreamWriter] = set()

    @classmethod
    @asynccontextmanager
    async def before(cls, url: str) -> AsyncIterator[Gate]:
        """An open gate before ``url``."""
        address = urlsplit(url)
        gate = cls(address.hostname or "", address.port or 80)
        await gate.open()
        try:
            yield gate
        finally:
            gate.shut()

    @property
    def url(self) -> str:
        """Its own address, the same for its whole life."""
        return f"http://127.0.0.1:{self._port}"

    async def open(self) -> None:
        """Let callers through."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    def shut(self) -> None:
        """Refuse connections from now on, and cut those there are."""
        if self._server is not None:
            self._server.close()
        for writer in self._carrying:
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(*self._behind)
        pair = {writer, there_writer}
        self._carrying |= pair
        try:
            await asyncio.gather(_pass(reader, there_writer), _pass(there_reader, writer))
        finally:
            self._carrying -= pair
            for one in pair:
                one.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except (ConnectionError, RuntimeError):
        pass
    finally:
        writer.close()
