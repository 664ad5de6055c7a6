"""What the worker does for publishing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from huntaze.kit.jobs import Task
from huntaze.publishing.advance import ADVANCE, Advance
from huntaze.publishing.idempotency import Idempotency
from huntaze.publishing.timings import Timings


def tasks(advance: Advance, idempotency: Idempotency, timings: Timings) -> list[Task]:
    """Advance a publication, sweep what was forgotten, drop old keys."""

    async def move_on(payload: Mapping[str, str]) -> None:
        await advance.run(UUID(payload["publication"]))

    async def sweep(_: Mapping[str, str]) -> None:
        await advance.sweep()

    async def forget(_: Mapping[str, str]) -> None:
        await idempotency.forget()

    return [
        Task(ADVANCE, move_on),
        Task("publishing.sweep", sweep, every=timings.sweep),
        Task("publishing.forget_keys", forget, every=timedelta(hours=1)),
    ]
