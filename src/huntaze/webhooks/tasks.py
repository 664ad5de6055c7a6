"""What the worker does for the intake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from huntaze.kit.jobs import Task
from huntaze.webhooks.drain import Drain
from huntaze.webhooks.intake import DRAIN


def tasks(drain: Drain) -> list[Task]:
    """Drain the stored events, woken by arrivals and every few seconds besides; forget the old."""

    async def run(_: Mapping[str, str]) -> None:
        await drain.run()

    async def forget(_: Mapping[str, str]) -> None:
        await drain.forget()

    return [
        Task(DRAIN, run, every=timedelta(seconds=2)),
        Task("webhooks.forget", forget, every=timedelta(hours=1)),
    ]
