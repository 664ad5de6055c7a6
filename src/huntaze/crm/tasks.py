"""What the worker does for the mirror."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from huntaze.crm.service import SYNC
from huntaze.crm.sync import Sync
from huntaze.kit.jobs import Task


def tasks(sync: Sync) -> list[Task]:
    """Sync an account; wake the syncs that are due."""

    async def run(payload: Mapping[str, str]) -> None:
        await sync.run(UUID(payload["workspace"]), UUID(payload["account"]))

    async def sweep(_: Mapping[str, str]) -> None:
        await sync.sweep()

    return [Task(SYNC, run), Task("crm.sweep", sweep, every=timedelta(seconds=15))]
