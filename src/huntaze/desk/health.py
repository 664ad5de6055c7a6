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
from huntaze.outbox.outgoing import DeliveryLog
from huntaze.publishing import Watch


def routes(
    database: Database, clock: Clock, metrics: Metrics, watch: Watch, drift: Drift, deliveries: DeliveryLog
) -> list[Route]:
    """Alive, ready, measured."""
    overdue = metrics.gauge("publications_overdue", "Posts on their way that no worker has looked after for minutes.")
    drifting = metrics.gauge("accounts_drifting", "Accounts whose live events do not arrive as they should.")
    waiting = metrics.gauge("outgoing_waiting", "Deliveries to webhooks that have not arrived yet.")
    oldest = metrics.gauge("outgoing_oldest_seconds", "For how long the oldest of them waits; 0 without one.")

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
                behind = await deliveries.backlog(tx)
                waiting.set(behind.waiting)
                oldest.set((clock.now() - behind.oldest).total_seconds() if behind.oldest else 0)
        except CONNECTION_LOST:
            for gauge in (overdue, drifting, waiting, oldest):
                gauge.set(math.nan)
        body, kind = metrics.render()
        return Response(body, media_type=kind)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", show)]
