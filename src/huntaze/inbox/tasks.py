"""What the worker does for the inbox."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from huntaze.inbox.model import DeedRow
from huntaze.inbox.send import DEED
from huntaze.kit.jobs import Task
from huntaze.once import Once


def tasks(deeds: Once[DeedRow]) -> list[Task]:
    """Do what is asked to be done with comments, and look for what nobody knows the outcome of."""

    async def move_on(payload: Mapping[str, str]) -> None:
        await deeds.run(UUID(payload["deed"]))

    async def sweep(_: Mapping[str, str]) -> None:
        await deeds.sweep()

    return [Task(DEED, move_on), Task("inbox.sweep", sweep, every=deeds.waits.sweep)]
