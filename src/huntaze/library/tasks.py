"""What the worker does for the library."""

from __future__ import annotations

from datetime import timedelta

from huntaze.kit.jobs import Payload, Task
from huntaze.library.service import Library

PROBE = "library.probe"


def tasks(library: Library) -> list[Task]:
    """One: every minute, finish the files whose receiving process died, and end broken-off deletions."""

    async def probe(payload: Payload) -> None:
        await library.sweep()

    return [Task(PROBE, probe, every=timedelta(minutes=1))]
