"""Webhooks on their way out: an attempt at once, then less and less often on the virtual clock, until given up."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import httpx2
import msgspec
from msgspec import Struct

from socialsim.kernel.clock import VirtualClock, iso
from socialsim.kernel.outgoing import outgoing_client
from socialsim.kernel.timers import Timers

_KEPT = 2000
_ANSWER_KEPT = 1000


class Attempt(Struct, frozen=True):
    """One POST: ``status`` 0 with an ``error`` if nothing was answered."""

    at: str
    status: int
    error: str = ""
    answer: str = ""
    """The beginning of what was answered."""


class Delivery(Struct, rename="camel"):
    """One webhook request and what became of it."""

    id: str
    url: str
    field: str
    account_id: str
    body: str
    headers: dict[str, str]
    state: str = "waiting"
    attempts: list[Attempt] = msgspec.field(default_factory=list)


def any_success(status: int) -> bool:
    """Taken with any 2xx."""
    return 200 <= status < 300


@dataclass(frozen=True, slots=True)
class Terms:
    """How a platform delivers. ``ladder``: the waits in seconds between attempts; after the last it is dropped."""

    ladder: tuple[float, ...]
    taken: Callable[[int], bool] = any_success
    """Which status counts as an acknowledgement."""
    headers: Callable[[float], dict[str, str]] | None = None
    """Headers of an attempt by the time it was due; None: the delivery's own every time."""
    body: Callable[[float], str] | None = None
    """The body of an attempt, likewise; it is asked for before the headers."""
    tried: Callable[[Attempt, float], None] | None = None
    """Told of each attempt and when it was due."""


class Postman:
    """Carries deliveries; a status that is not taken, a time-out or a refused connection means a later try."""

    def __init__(self, clock: VirtualClock, timers: Timers, timeout: Callable[[], float]) -> None:
        self._clock = clock
        self._timers = timers
        self._timeout = timeout
        self._client: httpx2.AsyncClient | None = None
        self.log: dict[str, Delivery] = {}

    def post(self, delivery: Delivery, terms: Terms, *, delay: float = 0.0) -> None:
        """Hand over; the first attempt leaves after ``delay`` virtual seconds."""
        self.log[delivery.id] = delivery
        if len(self.log) > _KEPT:
            self.log.pop(next(iter(self.log)))
        self._timers.at(self._clock.epoch() + delay, lambda due: self._attempt(delivery, terms, due))

    async def ask(self, url: str, query: dict[str, str]) -> tuple[int, str]:
        """GET for a handshake: status and text, status 0 if nobody answered."""
        try:
            response = await self._http().get(url, params=query, timeout=self._timeout())
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            return 0, f"{type(error).__name__}: {error}"
        return response.status_code, response.text

    async def close(self) -> None:
        """Close the connection pool."""
        if self._client is not None:
            await self._client.aclose()

    async def _attempt(self, delivery: Delivery, terms: Terms, due: float) -> None:
        """Try once; the next try counts from when this one was due, so a jump of the clock runs the whole ladder."""
        if terms.body is not None:
            delivery.body = terms.body(due)
        if terms.headers is not None:
            delivery.headers = terms.headers(due)
        attempt = await self._send(delivery, iso(due))
        delivery.attempts.append(attempt)
        if terms.tried is not None:
            terms.tried(attempt, due)
        if terms.taken(attempt.status):
            delivery.state = "delivered"
        elif not terms.ladder:
            delivery.state = "dropped"
        else:
            rest = replace(terms, ladder=terms.ladder[1:])
            self._timers.at(due + terms.ladder[0], lambda next_due: self._attempt(delivery, rest, next_due))

    async def _send(self, delivery: Delivery, at: str) -> Attempt:
        try:
            response = await self._http().post(
                delivery.url, content=delivery.body.encode(), headers=delivery.headers, timeout=self._timeout()
            )
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            return Attempt(at, 0, f"{type(error).__name__}: {error}")
        return Attempt(at, response.status_code, answer=response.text[:_ANSWER_KEPT])

    def _http(self) -> httpx2.AsyncClient:
        if self._client is None:
            self._client = outgoing_client()
        return self._client
