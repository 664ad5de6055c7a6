"""What the worker does for the mirror."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from huntaze.crm.keeping.taking import PLACE
from huntaze.crm.service import PICTURES, SYNC
from huntaze.crm.sync.drift import LOOK_EVERY, Drift
from huntaze.crm.sync.pictures import Pictures
from huntaze.crm.sync.placing import Placing
from huntaze.crm.sync.sync import Sync
from huntaze.kit.jobs import Task


def tasks(sync: Sync, pictures: Pictures, placing: Placing, drift: Drift) -> list[Task]:
    """Sync an account; wake the syncs that are due; copy pictures; find a comment's post; notice events that stay
    away."""

    async def run(payload: Mapping[str, str]) -> None:
        await sync.run(UUID(payload["workspace"]), UUID(payload["account"]))

    async def sweep(_: Mapping[str, str]) -> None:
        await sync.sweep()

    async def copy(payload: Mapping[str, str]) -> None:
        await pictures.run(UUID(payload["workspace"]), UUID(payload["account"]))

    async def place(payload: Mapping[str, str]) -> None:
        await placing.run(
            UUID(payload["workspace"]), UUID(payload["account"]), payload["comment"], payload.get("media", "")
        )

    async def look(_: Mapping[str, str]) -> None:
        await drift.look()

    return [
        Task(SYNC, run, background=True),
        Task("crm.sweep", sweep, every=timedelta(seconds=15)),
        Task(PICTURES, copy, background=True),
        Task(PLACE, place, background=True),
        Task("crm.drift", look, every=LOOK_EVERY),
    ]
