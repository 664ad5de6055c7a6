"""`/healthz`, `/readyz`, `/metrics`: for whoever runs the server."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from huntaze.kit.clock import Clock
from huntaze.kit.db import CONNECTION_LOST, Database
from huntaze.kit.jobs import workers_seen
from huntaze.kit.metrics import Metrics


def routes(database: Database, clock: Clock, metrics: Metrics) -> list[Route]:
    """Alive, ready, measured."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        try:
            async with database.transaction() as tx:
                workers = await workers_seen(tx, clock.now())
        except CONNECTION_LOST:
            return JSONResponse({"database": False, "workers": 0}, status_code=503)
        return JSONResponse({"database": True, "workers": workers.alive})

    async def show(_: Request) -> Response:
        body, kind = metrics.render()
        return Response(body, media_type=kind)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", show)]
