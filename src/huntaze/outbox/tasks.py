"""The jobs of the outbox."""

from __future__ import annotations

from datetime import timedelta

from huntaze.kit.jobs import Payload, Task
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
