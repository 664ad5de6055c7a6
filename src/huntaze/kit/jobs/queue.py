"""Putting a wake-up into the queue, in the caller's own transaction.

The statement is ours, not the engine's `enqueue`, for the sake of its `dedupe`. The engine can only skip a second
wake-up of a key, and its key also covers the job that runs: a change made while the key's job runs, or committed just
after that job has looked, would wake nobody. Here

- the waiting wake-up stays locked until the caller's transaction ends, and workers pass over locked rows: the handler
  that answers it sees what the caller wrote;
- it moves to the earlier of the two times;
- a job gives its key back before its handler starts (`free_key`), so a change made while it runs wakes again.
"""

from datetime import timedelta

import msgspec

from huntaze.kit.db import Connection, Queries, execute
from huntaze.kit.jobs.task import Payload
from huntaze.kit.log import current_correlation

Q = Queries(__package__)

# The engine delays by the database's clock; a wake-up far ahead would only be a second, worse truth about what is due.
LONGEST_DELAY = timedelta(minutes=10)


class Wake(msgspec.Struct, frozen=True):
    """What travels in the engine's payload column."""

    payload: dict[str, str]
    dedupe: str | None = None
    correlation_id: str | None = None


class Jobs:
    """The way for features to have something done later."""

    async def enqueue(
        self,
        connection: Connection,
        name: str,
        payload: Payload,
        *,
        delay: timedelta = timedelta(0),
        dedupe: str | None = None,
    ) -> None:
        """Wake the task `name` with `payload` after `delay`, at most `LONGEST_DELAY`; a rollback undoes it.

        `dedupe` names what is woken (`publication:…`): at most one wake-up per name and key waits, and a second call
        may only bring it forward, so equal keys must mean equal payloads. Two jobs of one key may overlap.
        """
        await put(connection, name, Wake(dict(payload), dedupe, current_correlation()), delay=delay, tries=0)


async def put(connection: Connection, name: str, wake: Wake, *, delay: timedelta, tries: int) -> None:
    """The same, for the worker too: a retry is a wake-up that knows of its failed `tries`."""
    key = None if wake.dedupe is None else f"{name}:{wake.dedupe}"
    await execute(connection, Q.put_wake, name, msgspec.json.encode(wake), min(delay, LONGEST_DELAY), key, tries)
