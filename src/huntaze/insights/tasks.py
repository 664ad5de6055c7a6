"""What the worker does for the figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from huntaze.insights.pull import Pull
from huntaze.insights.service import PULL
from huntaze.kit.jobs import Task


def tasks(pull: Pull) -> list[Task]:
    """Read what is due of an account; wake the accounts of which something is."""

    async def run(payload: Mapping[str, str]) -> None:
        await pull.run(UUID(payload["workspace"]), UUID(payload["account"]))

    async def sweep(_: Mapping[str, str]) -> None:
        await pull.sweep()

    return [Task(PULL, run, background=True), Task("insights.sweep", sweep, every=timedelta(seconds=30))]
