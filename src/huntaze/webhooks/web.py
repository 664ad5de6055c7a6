"""`/api/webhooks/{platform}`: the handshake and the deliveries."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from huntaze.identity import RateLimit, client_address
from huntaze.kit.metrics import Metrics
from huntaze.platforms.registry import Senders
from huntaze.webhooks.intake import Forged, Intake, NoSecret
from huntaze.webhooks.writer import NotStored, QueueFull

LARGEST = 8 * 1024 * 1024
"""Bytes of one delivery: a thousand updates (instagram.md §6.4) with room to spare."""
HANDSHAKES = 30
"""Handshakes a minute from one address. A platform makes one when its subscription is set up."""


class TooLarge(Exception):
    """The body passes the limit."""


class HungUp(Exception):
    """The sender left before the end of its body."""


REFUSALS: dict[type[Exception], tuple[int, str]] = {
    Forged: (401, "forged"),
    TooLarge: (413, "too_large"),
    NoSecret: (503, "no_secret"),
    QueueFull: (503, "queue_full"),
    NotStored: (503, "not_stored"),
}
"""Status and word. The body is always empty: a refusal tells a forger nothing."""


def routes(
    intake: Intake,
    senders: Senders,
    metrics: Metrics,
    trusted_proxies: Sequence[IPv4Network | IPv6Network] = (),
) -> list[Route]:
    """Nothing stands between the bytes and their signature."""
    path, handshake = "/api/webhooks/{platform}", _handshake(intake, senders, trusted_proxies)
    return [
        Route(path, handshake, methods=["GET"], name="webhook_handshake"),
        Route(path, Deliveries(intake, senders, metrics), methods=["POST"], name="webhook_deliver"),
    ]


def _handshake(
    intake: Intake, senders: Senders, trusted_proxies: Sequence[IPv4Network | IPv6Network]
) -> Callable[[Request], Awaitable[Response]]:
    limit = RateLimit(intake.clock, HANDSHAKES, timedelta(minutes=1))

    async def handshake(request: Request) -> Response:
        """The challenge for whoever knows our verify token; the token cannot be found by trying
        (docs/look-up/security.md, item 18)."""
        platform = request.path_params["platform"]
        if platform not in senders:
            return Response(status_code=404)
        wait = limit.take(client_address(request, trusted_proxies))
        if wait:
            return Response(status_code=429, headers={"retry-after": str(wait)})
        token = intake.accounts.apps.verify_token(platform)
        challenge = senders[platform].handshake(request.query_params, token)
        return Response(status_code=403) if challenge is None else PlainTextResponse(challenge)

    return handshake


class Deliveries:
    """POST: an ASGI application of its own, since every microsecond here is one less for storing."""

    def __init__(self, intake: Intake, senders: Senders, metrics: Metrics) -> None:
        self._intake = intake
        self._senders = senders
        acknowledged = metrics.histogram(
            "webhook_ack_seconds", "From the first byte to the answer of a delivery.", ("platform",)
        )
        self._acknowledged = {name: acknowledged.labels(name) for name in senders}
        words = ["stored", *(word for _, word in REFUSALS.values())]
        self._received = {(name, word): intake.received.labels(name, word) for name in senders for word in words}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one delivery."""
        began = time.perf_counter()
        platform: str = scope["path_params"]["platform"]
        if platform not in self._senders:
            await _answer(send, 404)
            return
        headers = _headers(scope)
        try:
            await self._intake.take(platform, await _body(receive, headers), headers)
        except HungUp:
            return
        except (Forged, TooLarge, NoSecret, QueueFull, NotStored) as error:
            status, outcome = REFUSALS[type(error)]
        else:
            status, outcome = 200, "stored"
        self._received[platform, outcome].inc()
        self._acknowledged[platform].observe(time.perf_counter() - began)
        await _answer(send, status)


def _headers(scope: Scope) -> dict[str, str]:
    """By lower-case name; a header sent twice is one list, so two signatures are none."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


async def _body(receive: Receive, headers: dict[str, str]) -> bytes:
    """The raw bytes. Raises ``TooLarge`` or ``HungUp``."""
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > LARGEST:
        raise TooLarge
    pieces: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HungUp
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > LARGEST:
            raise TooLarge
        more = message.get("more_body", False)
    return b"".join(pieces)


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
