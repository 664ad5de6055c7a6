"""`/api/webhooks/{platform}`: the handshake and the deliveries."""

from __future__ import annotations

import time

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from huntaze.kit.metrics import Metrics
from huntaze.platforms.registry import Platforms, UnknownPlatform
from huntaze.webhooks.intake import Forged, Intake, NoSecret
from huntaze.webhooks.writer import NotStored, QueueFull

LARGEST = 8 * 1024 * 1024
"""Bytes of one delivery: a thousand updates (instagram.md §6.4) with room to spare."""

REFUSALS: dict[type[Exception], tuple[int, str]] = {
    Forged: (401, "forged"),
    NoSecret: (503, "no_secret"),
    QueueFull: (503, "queue_full"),
    NotStored: (503, "not_stored"),
}


class TooLarge(Exception):
    """The body passes the limit."""


def routes(intake: Intake, platforms: Platforms, metrics: Metrics) -> list[Route]:
    """Plain Starlette: nothing stands between the bytes and their signature."""
    acknowledged = metrics.histogram(
        "webhook_ack_seconds", "From the first byte to the answer of a delivery.", ("platform",)
    )

    async def handshake(request: Request) -> Response:
        platform = request.path_params["platform"]
        try:
            events = platforms[platform].events
        except UnknownPlatform:
            return Response(status_code=404)
        challenge = events.handshake(request.query_params, intake.accounts.apps.verify_token(platform))
        return Response(status_code=403) if challenge is None else PlainTextResponse(challenge)

    async def deliver(request: Request) -> Response:
        platform = request.path_params["platform"]
        if platform not in platforms:
            return Response(status_code=404)
        began = time.perf_counter()
        status, outcome = await _take(intake, platform, request)
        intake.received.labels(platform, outcome).inc()
        acknowledged.labels(platform).observe(time.perf_counter() - began)
        return Response(status_code=status)

    return [
        Route("/api/webhooks/{platform}", handshake, methods=["GET"], name="webhook_handshake"),
        Route("/api/webhooks/{platform}", deliver, methods=["POST"], name="webhook_deliver"),
    ]


async def _take(intake: Intake, platform: str, request: Request) -> tuple[int, str]:
    """Store a delivery; the status and the word for it. Refusals say nothing more (security item 16)."""
    try:
        raw = await _body(request)
        headers = dict(request.headers.items())
        await intake.take(platform, raw, headers)
    except TooLarge:
        return 413, "too_large"
    except (Forged, NoSecret, QueueFull, NotStored) as error:
        return REFUSALS[type(error)]
    return 200, "stored"


async def _body(request: Request) -> bytes:
    """The raw bytes, at most ``LARGEST``."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > LARGEST:
        raise TooLarge
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > LARGEST:
            raise TooLarge
        pieces.append(piece)
    return b"".join(pieces)
