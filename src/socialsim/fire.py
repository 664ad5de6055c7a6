"""``python -m socialsim fire``: signed webhooks as fast as a receiver takes them, and a ledger of what it acknowledged.

A closed load over raw sockets in one thread, every request signed and written out before the first leaves, so that the
generator costs the machine little beside the receiver under test.
"""

import argparse
import hashlib
import hmac
import json
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

_RECEIVE = 65536
_SILENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Shot:
    """One request, ready to be written, and the ids of the comments in it."""

    request: bytes
    comments: tuple[str, ...]


@dataclass
class Ledger:
    """What became of the shots. Times in seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    """By status; 0: no answer came."""
    acknowledged: list[str] = field(default_factory=list)
    """Ids of comments that were answered with 2xx."""
    waits: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def rate(self) -> float:
        """2xx answers a second."""
        good = sum(count for status, count in self.statuses.items() if 200 <= status < 300)
        return good / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The wait that ``share`` of the answers did not pass."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def shots(
    url: str, secret: str, account_id: str, count: int, *, prefix: str = "", events: int = 1, media_id: str = "1789"
) -> list[Shot]:
    """``count`` signed deliveries of ``events`` comments each (instagram.md §6.3, §6.6)."""
    parts = urlsplit(url)
    head = f"POST {parts.path} HTTP/1.1\r\nhost: {parts.netloc}\r\ncontent-type: application/json\r\n"
    made: list[Shot] = []
    for number in range(count):
        ids = tuple(f"{prefix}{number}-{event}" for event in range(events))
        body = _delivery(account_id, media_id, ids)
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = f"{head}content-length: {len(body)}\r\nx-hub-signature-256: sha256={signature}\r\n\r\n"
        made.append(Shot(headers.encode() + body, ids))
    return made


def fire(url: str, waiting: Sequence[Shot], connections: int) -> Ledger:
    """Send every shot once over ``connections`` connections, each with one request at a time."""
    parts = urlsplit(url)
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    return _Volley(address, list(reversed(waiting))).run(connections)


@dataclass(slots=True)
class _Gun:
    socket: socket.socket
    shot: Shot
    began: float
    received: bytes = b""


class _Volley:
    def __init__(self, address: tuple[str, int], waiting: list[Shot]) -> None:
        self._address = address
        self._waiting = waiting
        self._selector = selectors.DefaultSelector()
        self._open = 0
        self.ledger = Ledger()

    def run(self, connections: int) -> Ledger:
        began = time.perf_counter()
        for _ in range(connections):
            self._begin()
        while self._open:
            ready = self._selector.select(_SILENCE_SECONDS)
            if not ready:
                break
            for key, _events in ready:
                self._read(key.data)
        for key in list(self._selector.get_map().values()):
            self._end(key.data, 0)
        self.ledger.seconds = time.perf_counter() - began
        return self.ledger

    def _begin(self) -> None:
        """One more connection, if anything waits to be sent."""
        if not self._waiting:
            return
        shot = self._waiting.pop()
        try:
            opened = socket.create_connection(self._address)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            self.ledger.statuses[0] += 1
            return
        gun = _Gun(opened, shot, time.perf_counter())
        self._selector.register(opened, selectors.EVENT_READ, gun)
        self._open += 1
        self._shoot(gun)

    def _shoot(self, gun: _Gun) -> None:
        gun.began = time.perf_counter()
        try:
            gun.socket.sendall(gun.shot.request)
        except OSError:
            self._end(gun, 0)

    def _read(self, gun: _Gun) -> None:
        try:
            piece = gun.socket.recv(_RECEIVE)
        except OSError:
            piece = b""
        if not piece:
            self._end(gun, 0)
            self._begin()
            return
        gun.received += piece
        status = _status(gun.received)
        if status is None:
            return
        self._note(gun, status)
        gun.received = b""
        if self._waiting:
            gun.shot = self._waiting.pop()
            self._shoot(gun)
        else:
            self._close(gun)

    def _note(self, gun: _Gun, status: int) -> None:
        self.ledger.statuses[status] += 1
        self.ledger.waits.append(time.perf_counter() - gun.began)
        if 200 <= status < 300:
            self.ledger.acknowledged.extend(gun.shot.comments)

    def _end(self, gun: _Gun, status: int) -> None:
        """No answer will come on this connection."""
        self.ledger.statuses[status] += 1
        self._close(gun)

    def _close(self, gun: _Gun) -> None:
        self._selector.unregister(gun.socket)
        gun.socket.close()
        self._open -= 1


def _status(received: bytes) -> int | None:
    """The status of a complete answer; None while more of it must come."""
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return None
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length" and len(body) < int(value):
            return None
    return int(head[9:12])


def _delivery(account_id: str, media_id: str, ids: Sequence[str]) -> bytes:
    changes = [
        {
            "field": "comments",
            "value": {
                "id": comment,
                "text": "tr\u00e8s beau \U0001f60d",
                "from": {"id": "9988", "username": "lea"},
                "media": {"id": media_id, "media_product_type": "FEED"},
            },
        }
        for comment in ids
    ]
    entry = {"id": account_id, "time": 1770000000, "changes": changes}
    return json.dumps({"object": "instagram", "entry": [entry]}, separators=(",", ":")).encode()


def main(arguments: Sequence[str]) -> int:
    """Fire and print the ledger as one line of JSON; 1 if an answer was not 2xx."""
    parser = argparse.ArgumentParser(prog="socialsim fire", description="Send signed comment webhooks to a receiver.")
    parser.add_argument("url", help="the receiver, as http://host:port/path")
    parser.add_argument("--secret-file", type=Path, required=True, help="holds the app secret that signs")
    parser.add_argument("--account", default="17841400000000001")
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--events", type=int, default=1, help="comments in one request")
    parser.add_argument("--prefix", default="fire-", help="begins the id of every comment")
    parser.add_argument("--ledger", type=Path, help="where the acknowledged ids are written, one a line")
    options = parser.parse_args(arguments)
    secret = options.secret_file.read_text().strip()
    waiting = shots(
        options.url, secret, options.account, options.requests, prefix=options.prefix, events=options.events
    )
    ledger = fire(options.url, waiting, options.connections)
    if options.ledger is not None:
        options.ledger.write_text("".join(f"{one}\n" for one in ledger.acknowledged))
    found = {
        "sent": options.requests,
        "statuses": {str(status): count for status, count in sorted(ledger.statuses.items())},
        "acknowledged": len(ledger.acknowledged),
        "seconds": round(ledger.seconds, 4),
        "per_second": round(ledger.rate(), 1),
        "p50_ms": round(ledger.percentile(0.5) * 1000, 2),
        "p99_ms": round(ledger.percentile(0.99) * 1000, 2),
    }
    print(json.dumps(found))
    return 0 if set(ledger.statuses) <= {200} else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
