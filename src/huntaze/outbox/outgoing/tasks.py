"""The jobs of outgoing webhooks."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from huntaze.kit.jobs import Payload, Task
from huntaze.outbox.outgoing.service import Outgoing
from huntaze.outbox.outgoing.waking import SEND


def tasks(outgoing: Outgoing) -> list[Task]:
    """Look at what was told every 2 s, send, find what was forgotten every 10 s, drop old deliveries every hour."""

    async def fan_out(_payload: Payload) -> None:
        await outgoing.fan_out.run()

    async def send(payload: Payload) -> None:
        await outgoing.sender.run(UUID(payload["workspace"]), UUID(payload["target"]))

    async def sweep(_payload: Payload) -> None:
        await outgoing.sender.sweep()

    async def forget(_payload: Payload) -> None:
        await outgoing.log.forget()

    return [
        Task("outgoing.fan_out", fan_out, every=timedelta(seconds=2)),
        Task(SEND, send),
        Task("outgoing.sweep", sweep, every=timedelta(seconds=10)),
        Task("outgoing.forget", forget, every=timedelta(hours=1)),
    ]
