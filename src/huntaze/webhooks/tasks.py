"""What the worker does for the intake."""

from __future__ import annotations

from datetime import timedelta

from huntaze.kit.jobs import Payload, Task
from huntaze.webhooks.compliance import ERASE, Compliance
from huntaze.webhooks.drain import Drain
from huntaze.webhooks.intake import DRAIN


def tasks(drain: Drain, compliance: Compliance) -> list[Task]:
    """Drain the stored events, woken by arrivals and every few seconds besides; forget the old; forget people, woken
    by their asking and every minute besides."""

    async def run(_: Payload) -> None:
        await drain.run()

    async def forget(_: Payload) -> None:
        await drain.forget()

    async def erase(_: Payload) -> None:
        await compliance.run()

    return [
        Task(DRAIN, run, every=timedelta(seconds=2)),
        Task("webhooks.forget", forget, every=timedelta(hours=1)),
        Task(ERASE, erase, every=timedelta(minutes=1)),
    ]
