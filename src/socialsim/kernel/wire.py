"""One request and one answer, as the platforms see them, and the hard ways a connection can end."""

import asyncio
import io
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import msgspec
from starlette.types import Receive, Scope, Send

from socialsim.kernel.faults import FaultRule

JSON = b"application/json; charset=UTF-8"
_encode_json = msgspec.json.Encoder().encode
CUT_EXTENSION = "socialsim.cut"


@dataclass(slots=True)
class Call:
    """A request to an imitated host. ``params`` joins query and body; a body value wins."""

    request_id: str
    method: str
    host: str
    path: str
    query: str
    params: dict[str, str]
    form: list[tuple[str, str]]
    """The body's parameters with their repetitions."""
    body: bytes
    """As it came; on a host that takes bytes it is not parsed."""
    whole: bool
    """False if the client left before it had sent the body."""
    headers: dict[str, str]
    at: float
    base: str
    """The host's address as the caller wrote it, without a final slash; ``paging.next`` starts with it."""
    home: str
    """The simulator's own address, for media links."""


@dataclass(slots=True)
class Answer:
    """Status, headers and the whole body."""

    status: int
    body: bytes
    content_type: bytes = JSON
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


def json_answer(value: object, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(status, _encode_json(value))


@dataclass(slots=True)
class Route:
    """Where a call leads. ``action`` has the effect and never raises a platform error."""

    template: str
    action: Callable[[], Awaitable[Answer]]
    account_id: str = ""
    weight: int = 1
    error: Callable[[FaultRule], Answer] | None = None
    """How an injected error is worded here, if not as everywhere on the host."""


class Host(Protocol):
    """An imitated host: finds the way without any effect, and words injected errors in its own envelope.

    ``takes_bytes`` is the most bytes one body may have on a host whose bodies are files; 0 where bodies are parameters.
    """

    @property
    def takes_bytes(self) -> int:
        """See above."""
        ...

    @property
    def endpoints(self) -> Sequence[str]:
        """Templates of all it answers, as in :class:`Route`; tests go through them one by one."""
        ...

    def route(self, call: Call) -> Route:
        """Find the operation; unknown paths give a route whose action answers the platform's error."""
        ...

    def error(self, rule: FaultRule) -> Answer:
        """An error envelope for an injected fault."""
        ...


class Connection:
    """The sending side of one ASGI request."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self.sent: Answer | None = None
        """What was answered, whole or in part."""
        self.overfull = False
        """Whether the client sent more than a body may have."""

    async def body(self, cap: int) -> tuple[bytes, bool]:
        """The request body, and whether it is whole: not if the client left or sent more than ``cap`` bytes."""
        # Unlike joining a list, this gives its bytes away without a second copy: a body may be a whole film.
        parts = io.BytesIO()
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                return parts.getvalue(), False
            part: bytes = message.get("body", b"")
            size += len(part)
            if size > cap:
                self.overfull = True
                return b"", False
            parts.write(part)
            if not message.get("more_body", False):
                return parts.getvalue(), True

    async def answer(self, answer: Answer) -> None:
        """Send a whole answer."""
        await self._start(answer)
        await self._send({"type": "http.response.body", "body": answer.body})

    async def half(self, answer: Answer) -> None:
        """Promise the whole body, send half of it, cut the socket. An empty one promises a byte that never comes."""
        answer = answer if answer.body else replace(answer, body=b" ")
        await self._start(answer)
        await self._send(
            {"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True}
        )
        await asyncio.sleep(0.02)
        await self.cut()

    async def hold(self, seconds: float) -> None:
        """Answer nothing for that long or until the client leaves."""
        leaving = asyncio.ensure_future(self._gone())
        try:
            await asyncio.wait({leaving}, timeout=seconds)
        finally:
            leaving.cancel()

    async def cut(self) -> None:
        """Reset the connection (RST): the client sees neither status nor body."""
        transport: asyncio.Transport | None = self._scope.get("extensions", {}).get(CUT_EXTENSION)
        if transport is None:
            raise ConnectionResetError("cut by a fault rule")
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await self._gone()

    async def _gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _start(self, answer: Answer) -> None:
        self.sent = answer
        headers = [
            (b"content-type", answer.content_type),
            (b"content-length", str(len(answer.body)).encode()),
            *answer.headers,
        ]
        await self._send({"type": "http.response.start", "status": answer.status, "headers": headers})
