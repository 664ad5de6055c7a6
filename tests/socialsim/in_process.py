"""The simulator called without a socket: one ASGI scope in, one answer out, so that any bytes can be sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from starlette.types import Message

from socialsim.core import Core
from socialsim.simulator import Simulator


@dataclass(frozen=True)
class Asked:
    """A request as bytes. ``whole`` False means that the client leaves before it has sent all of its body."""

    method: str
    path: bytes
    query: bytes = b""
    headers: Sequence[tuple[bytes, bytes]] = ()
    body: bytes = b""
    whole: bool = True


@dataclass
class Answered:
    """What came back; ``status`` 0 if nothing did."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: bytes) -> bytes:
        """A header's value, or nothing."""
        return next((value for key, value in self.headers if key == name), b"")


class InProcess:
    """A simulator in this very task. Faults that cut the socket raise ``ConnectionResetError`` here."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self._simulator = Simulator(core)

    async def ask(self, asked: Asked) -> Answered:
        """Send one request; raises whatever the simulator lets through."""
        answered = Answered()
        pieces = _pieces(asked)

        async def receive() -> Message:
            return pieces.pop(0) if pieces else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.status = message["status"]
                answered.headers = [(bytes(key), bytes(value)) for key, value in message["headers"]]
            else:
                answered.body += message.get("body", b"")

        await self._simulator(_scope(asked), receive, send)
        return answered

    async def close(self) -> None:
        """End timers and connections."""
        await self._simulator.close()


def _pieces(asked: Asked) -> list[Message]:
    half = len(asked.body) // 2
    if not asked.whole:
        return [{"type": "http.request", "body": asked.body[:half], "more_body": True}]
    return [
        {"type": "http.request", "body": asked.body[:half], "more_body": True},
        {"type": "http.request", "body": asked.body[half:], "more_body": False},
    ]


def _scope(asked: Asked) -> dict[str, object]:
    """As uvicorn makes it: the path decoded, header names in lower case."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http",
        "method": asked.method,
        "root_path": "",
        "path": unquote(asked.path.decode("ascii")),
        "raw_path": asked.path,
        "query_string": asked.query,
        "headers": [(key.lower(), value) for key, value in asked.headers],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8421),
        "extensions": {},
    }
