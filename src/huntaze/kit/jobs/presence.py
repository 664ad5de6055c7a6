"""Which workers there are: each says so every few seconds; the banner and `doctor` ask."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from huntaze.kit.clock import Clock
from huntaze.kit.db import CONNECTION_LOST, Connection, Database, Queries, execute, fetch_one

Q = Queries(__package__)

_SILENCE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class WorkersSeen:
    """How many workers are at work, and when one was last heard of (None: never)."""

    alive: int
    last_seen: datetime | None


async def workers_seen(connection: Connection, now: datetime) -> WorkersSeen:
    """The workers heard of in the ten seconds before `now` that have not said goodbye."""
    return await fetch_one(connection, Q.workers_seen, WorkersSeen, now - _SILENCE)


class Presence:
    """One worker's row."""

    def __init__(self, database: Database, clock: Clock, worker_id: UUID) -> None:
        self._database = database
        self._clock = clock
        self._id = worker_id
        self._started_at = clock.now()

    async def say(self) -> None:
        """I am here. Silent when the database is away: nobody could hear it."""
        try:
            await execute(
                self._database.pool,
                Q.say_present,
                self._id,
                socket.gethostname(),
                os.getpid(),
                self._started_at,
                self._clock.now(),
            )
        except CONNECTION_LOST:
            return

    async def goodbye(self) -> None:
        """I leave."""
        try:
            await execute(self._database.pool, Q.say_gone, self._id, self._clock.now())
        except CONNECTION_LOST:
            return
