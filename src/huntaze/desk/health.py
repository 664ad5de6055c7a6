"""`/healthz`, `/readyz`, `/metrics`: for whoever runs the server."""

from __future__ import annotations

import math

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from huntaze.crm import Drift
from huntaze.kit.clock import Clock
from huntaze.kit.db import CONNECTION_LOST, Database
from huntaze.kit.jobs import workers_seen
from huntaze.kit.metrics import Metrics
from huntaze.publishing import Watch


def routes(database: Database, clock: Clock, metrics: Metrics, watch: Watch, drift: Drift) -> list[Route]:
    """Alive, ready, measured."""
    overdue = metrics.gauge("publications_overdue", "Posts on their way that no worker has looked after for minutes.")
    drifting = metrics.gauge("accounts_drifting", "Accounts whose live events do not arrive as they should.")

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        try:
            async with database.transaction() as tx:
                workers, forgotten = await workers_seen(tx, clock.now()), await watch.count(tx)
                silent = len(await drift.found(tx))
        except CONNECTION_LOST:
            return JSONResponse({"database": False, "workers": 0}, status_code=503)
        return JSONResponse({"database": True, "workers": workers.alive, "overdue": forgotten, "drifting": silent})

    async def show(_: Request) -> Response:
        try:
            async with database.transaction() as tx:
                overdue.set(await watch.count(tx))
                drifting.set(len(await drift.found(tx)))
        except CONNECTION_LOST:
            overdue.set(math.nan)
            drifting.set(math.nan)
        body, kind = metrics.render()
        return Response(body, media_type=kind)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", show)]
