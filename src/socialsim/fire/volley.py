"""Sending, in two models: as fast as so many connections take it, or at a rate whatever the receiver does."""

import random
import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from urllib.parse import urlsplit

from socialsim.fire.ledger import Ledger
from socialsim.fire.shots import Shot

_RECEIVE = 65536
_SILENCE_SECONDS = 30.0
"""No answer on any connection for that long: the rest counts as unanswered."""


def fire(url: str, shots: Sequence[Shot], connections: int) -> Ledger:
    """A closed load: every shot once over ``connections`` connections, each with one request at a time."""
    volley = _Volley(url, connections)
    volley.queue.extend((shot, None) for shot in shots)
    volley.begin()
    volley.drain()
    return volley.end()


def at_rate(
    url: str, shots: Sequence[Shot], per_second: float, *, burst: int = 1, connections: int = 256, seed: int = 1
) -> Ledger:
    """An open load: shots become due at ``per_second`` on average, whether or not the earlier ones were answered.

    They come in groups of ``burst`` with exponential gaps (a Poisson arrival of groups), on as many connections as it
    takes, at most ``connections``; what waits for a free one waits in the ledger.
    """
    dice = random.Random(seed)
    volley = _Volley(url, connections)
    coming = deque(shots)
    due = volley.begin()
    while coming:
        pause = due - time.perf_counter()
        if pause > 0 and not volley.turn(pause):
            continue
        while coming and due <= time.perf_counter():
            volley.queue.extend((coming.popleft(), due) for _ in range(min(burst, len(coming))))
            due += dice.expovariate(per_second / burst)
        volley.load()
    volley.drain()
    return volley.end()


class _Gun:
    """One connection and the shot that is on its way."""

    __slots__ = ("connecting", "due", "received", "shot", "socket")

    def __init__(self, opened: socket.socket) -> None:
        self.socket = opened
        self.connecting = True
        self.shot: Shot | None = None
        self.due = 0.0
        self.received = b""


class _Volley:
    def __init__(self, url: str, connections: int) -> None:
        parts = urlsplit(url)
        found = socket.getaddrinfo(parts.hostname or "127.0.0.1", parts.port or 80, type=socket.SOCK_STREAM)
        self._family, self._address = found[0][0], found[0][4]
        self._most = connections
        self._selector = selectors.DefaultSelector()
        self._idle: list[_Gun] = []
        self._busy = 0
        self._began = 0.0
        self.queue: deque[tuple[Shot, float | None]] = deque()
        self.ledger = Ledger()

    def begin(self) -> float:
        """Start the clock; gives its first instant."""
        self._began = time.perf_counter()
        self.load()
        return self._began

    def load(self) -> None:
        """Send what waits, as far as connections reach."""
        while self.queue and (self._idle or self._busy < self._most):
            gun = self._idle.pop() if self._idle else self._open()
            gun.shot, due = self.queue.popleft()
            gun.due = time.perf_counter() if due is None else due
            self._busy += 1
            if not gun.connecting:
                self._shoot(gun)

    def turn(self, seconds: float) -> bool:
        """Take answers for that long; True once the time is over."""
        ends = time.perf_counter() + seconds
        self._take(max(0.0, seconds))
        self.load()
        return time.perf_counter() >= ends

    def drain(self) -> None:
        """Send and wait until nothing is on its way."""
        while self._busy or self.queue:
            self.load()
            if not self._take(_SILENCE_SECONDS) and self._busy:
                return

    def end(self) -> Ledger:
        """Close everything; what has no answer by now gets none."""
        self.ledger.seconds = time.perf_counter() - self._began
        if self.queue:
            self.ledger.statuses[0] += len(self.queue)
        for key in list(self._selector.get_map().values()):
            self._drop(key.data)
        self._selector.close()
        return self.ledger

    def _take(self, seconds: float) -> bool:
        """Go on with what is ready within that time; False if nothing was."""
        ready = self._selector.select(seconds)
        for key, _ in ready:
            gun: _Gun = key.data
            if gun.connecting:
                self._connected(gun)
            else:
                self._read(gun)
        return bool(ready)

    def _open(self) -> _Gun:
        """A connection on its way: a full backlog at the other end holds up nobody else."""
        opened = socket.socket(self._family, socket.SOCK_STREAM)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.setblocking(False)
        opened.connect_ex(self._address)
        gun = _Gun(opened)
        self._selector.register(opened, selectors.EVENT_WRITE, gun)
        return gun

    def _connected(self, gun: _Gun) -> None:
        gun.connecting = False
        if gun.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self._drop(gun)
            return
        gun.socket.setblocking(True)
        self._selector.modify(gun.socket, selectors.EVENT_READ, gun)
        self._shoot(gun)

    def _shoot(self, gun: _Gun) -> None:
        assert gun.shot is not None
        gun.received = b""
        try:
            gun.socket.sendall(gun.shot.request)
        except OSError:
            self._drop(gun)

    def _read(self, gun: _Gun) -> None:
        try:
            piece = gun.socket.recv(_RECEIVE)
        except OSError:
            piece = b""
        if not piece:
            self._drop(gun)
            return
        gun.received += piece
        answer = _answer(gun.received)
        if answer is None or gun.shot is None:
            return
        status, stays = answer
        self.ledger.statuses[status] += 1
        self.ledger.waits.append(time.perf_counter() - gun.due)
        if 200 <= status < 300:
            self.ledger.acknowledged.extend(gun.shot.events)
        self._busy -= 1
        gun.shot = None
        if not stays:
            self._drop(gun)
            return
        self._idle.append(gun)
        self.load()

    def _drop(self, gun: _Gun) -> None:
        """The connection is over; a shot that was on its way has no answer."""
        if gun.shot is not None:
            self.ledger.statuses[0] += 1
            self._busy -= 1
            gun.shot = None
        elif gun in self._idle:
            self._idle.remove(gun)
        self._selector.unregister(gun.socket)
        gun.socket.close()


def _answer(received: bytes) -> tuple[int, bool] | None:
    """Status of a complete answer and whether the connection stays; None while more of it must come."""
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return None
    stays = not head.startswith(b"HTTP/1.0")
    for line in head.lower().split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name == b"content-length" and len(body) < int(value):
            return None
        if name == b"connection" and value.strip() == b"close":
            stays = False
    return int(head[9:12]), stays
