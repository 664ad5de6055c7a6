"""A gate in front of the simulator: shut, not one byte reaches it and the caller knows that at once; what it says to
some callers can be kept back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Gate:
    """Carries bytes both ways between its own address and the one behind it."""

    def __init__(self, host: str, port: int) -> None:
        self._behind = (host, port)
        self._server: asyncio.Server | None = None
        self._port = 0
        self._carrying: set[asyncio.StreamWriter] = set()
        self._kept_back = b""
        self._let_go = asyncio.Event()
        self._keeping = asyncio.Event()

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
            gate.let_go()
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

    def keep_back(self, words: bytes) -> None:
        """Whoever asks for something with these words from now on gets its answer after ``let_go``."""
        self._kept_back, self._let_go, self._keeping = words, asyncio.Event(), asyncio.Event()

    async def keeping(self) -> None:
        """Return once an answer is kept back."""
        await asyncio.wait_for(self._keeping.wait(), 30)

    def let_go(self) -> None:
        """Hand out the answers that were kept back."""
        self._kept_back = b""
        self._let_go.set()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(*self._behind)
        pair = {writer, there_writer}
        self._carrying |= pair
        kept_back: list[asyncio.Event] = []

        async def asked(data: bytes) -> None:
            if self._kept_back and self._kept_back in data:
                kept_back.append(self._let_go)

        async def answered(_: bytes) -> None:
            for let_go in kept_back:
                self._keeping.set()
                await let_go.wait()

        try:
            await asyncio.gather(_pass(reader, there_writer, asked), _pass(there_reader, writer, answered))
        finally:
            self._carrying -= pair
            for one in pair:
                one.close()


async def _pass(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, before: Callable[[bytes], Awaitable[None]]
) -> None:
    try:
        while data := await reader.read(65536):
            await before(data)
            writer.write(data)
            await writer.drain()
    except (ConnectionError, RuntimeError):
        pass
    finally:
        writer.close()
