"""The jobs of the outbox, and what wakes them early."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

from huntaze.kit.db import CONNECTION_LOST, Database
from huntaze.kit.jobs import Jobs, Payload, Task
from huntaze.kit.listen import Listener
from huntaze.kit.live import CHANNEL
from huntaze.outbox.service import Outbox

DELIVER = "outbox.deliver"
FORGET = "outbox.forget"


def tasks(outbox: Outbox) -> list[Task]:
    """``outbox.deliver`` every 2 s, ``outbox.forget`` every day; each at most once at a time over all workers."""

    async def deliver(_payload: Payload) -> None:
        await outbox.deliver()

    async def forget(_payload: Payload) -> None:
        await outbox.forget()

    return [
        Task(DELIVER, deliver, every=timedelta(seconds=2)),
        Task(FORGET, forget, every=timedelta(days=1)),
    ]


async def deliver_on_news(database: Database, jobs: Jobs) -> None:
    """Run beside a worker, until cancelled: enqueue ``outbox.deliver`` as soon as something is told, so that nobody
    waits for the next two seconds. Nothing depends on it: what it misses, the periodic job finds."""
    news = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(Listener(database, CHANNEL, lambda _payload: news.set()).run())
        while True:
            await news.wait()
            news.clear()
            with suppress(*CONNECTION_LOST):
                async with database.transaction() as tx:
                    await jobs.enqueue(tx, DELIVER, {}, dedupe=DELIVER)
