"""The name of the job that sends, and how it is woken: one wake-up waits for a webhook, however much is to be sent."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from huntaze.kit.db import Connection
from huntaze.kit.jobs import Jobs

SEND = "outgoing.send"
_NOW = timedelta(0)


async def wake(
    connection: Connection, jobs: Jobs, workspace_id: UUID, target_id: UUID, delay: timedelta = _NOW
) -> None:
    """See to a webhook after ``delay``, in the caller's transaction."""
    payload = {"workspace": str(workspace_id), "target": str(target_id)}
    await jobs.enqueue(connection, SEND, payload, delay=delay, dedupe=str(target_id))
