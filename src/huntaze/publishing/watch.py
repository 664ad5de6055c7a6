"""Posts that nobody looks after: what is on its way has a next look, and one that is long past is told (I8).

The worker tells its log. Pages, ``/metrics`` and ``huntaze doctor`` ask the database themselves: when no worker runs,
nobody else would say anything.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.log import get_logger
from huntaze.publishing import store
from huntaze.publishing.model import Overdue
from huntaze.publishing.timings import Timings

log = get_logger(__name__)


class Watch:
    """Looks for rows that are overdue by ``Timings.overdue``, and tells once per change."""

    def __init__(self, database: Database, clock: Clock, timings: Timings) -> None:
        self.database = database
        self.clock = clock
        self.timings = timings
        self._told: dict[UUID, int] = {}

    @property
    def every(self) -> timedelta:
        """How often the worker looks: an alarm is late by this at most."""
        return self.timings.overdue / 5

    async def overdue(self, tx: Connection, workspace_id: UUID | None = None) -> list[Overdue]:
        """What nobody looks after, by workspace: of one workspace, or of all of them."""
        return await store.forgotten(tx, self.clock.now() - self.timings.overdue, workspace_id)

    async def count(self, tx: Connection) -> int:
        """How many posts of all workspaces nobody looks after."""
        return await store.overdue(tx, self.clock.now() - self.timings.overdue)

    async def look(self) -> None:
        """An error line for each workspace whose number of overdue posts changed, and one line when all is well."""
        async with self.database.transaction() as tx:
            found = {one.workspace_id: one for one in await self.overdue(tx)}
        for workspace_id, one in found.items():
            if one.posts != self._told.get(workspace_id):
                since = one.since.isoformat()
                log.error("publications_overdue", workspace=str(workspace_id), posts=one.posts, since=since)
        for workspace_id in self._told.keys() - found.keys():
            log.info("publications_looked_after_again", workspace=str(workspace_id))
        self._told = {workspace_id: one.posts for workspace_id, one in found.items()}
