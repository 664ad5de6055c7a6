"""Small real servers on loopback that answer as badly as a test wants, and resolvers that are handed in."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0


@asynccontextmanager
async def serving(
    answer: Answer, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """A server that hands each request (head and body) to `answer`, on kept connections."""
    server = Server(0)
    writers: list[asyncio.StreamWriter] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        writers.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (int(line[15:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:"), 0
                )
                server.requests.append(head + await reader.readexactly(length))
                await answer(server.requests[-1], writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(talk, host, port, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for writer in writers:
            writer.transport.abort()


def replying(body: bytes = b"hello", *headers: str, status: str = "200 OK") -> Answer:
    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
        writer.write("\r\n".join(lines).encode() + body)

    return answer


@dataclass
class Names:
    """A resolver over a table; each name gives its answers in turn and then keeps the last."""

    table: Mapping[str, Sequence[Sequence[str]]]
    asked: list[tuple[str, int]] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        turn = sum(1 for name, _ in self.asked if name == host)
        self.asked.append((host, port))
        answers = self.table.get(host)
        if not answers:
            raise OSError(f"{host} is not known")
        return answers[min(turn, len(answers) - 1)]


def loopback_names(*hosts: str) -> Names:
    return Names({host: [["127.0.0.1"]] for host in hosts})
