"""The job of identity."""

from __future__ import annotations

from datetime import timedelta

from huntaze.identity.service import Identity
from huntaze.kit.jobs import Payload, Task


def tasks(identity: Identity) -> list[Task]:
    """``identity.tidy`` every hour."""

    async def tidy(_payload: Payload) -> None:
        await identity.tidy()

    return [Task("identity.tidy", tidy, every=timedelta(hours=1))]
