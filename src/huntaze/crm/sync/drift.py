"""Live events that do not arrive: an account that is silent though it usually is not, and one of which only lists
bring what should have been pushed.

The worker tells its log. Home, ``/readyz``, ``/metrics`` and ``huntaze doctor`` ask the database themselves.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from uuid import UUID

from huntaze.crm import sync_store as store
from huntaze.crm.model import DriftRow
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.log import get_logger

log = get_logger(__name__)

USUAL = 40
"""Events a day, as the median of the days before the last event, from which on silence says something."""
DAYS = 14
"""Over so many days of UTC; days without an event count as none."""
SILENT = timedelta(hours=24)
GIVEN_UP = timedelta(days=30)
"""After so much silence the account is quiet, not the platform."""
MISSED = 10
"""What lists brought since yesterday began, in UTC, though it should have been pushed."""
KEPT = timedelta(days=60)
LOOK_EVERY = timedelta(minutes=10)


class Drift:
    """Looks for accounts whose events stay away, and tells once per change."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self._told: dict[UUID, DriftRow] = {}

    async def found(self, tx: Connection, workspace_id: UUID | None = None) -> list[DriftRow]:
        """Accounts whose live events do not arrive as they should: of one workspace, or of all."""
        now = self.clock.now()
        yesterday = (now - timedelta(days=1)).astimezone(UTC).date()
        return await store.drifting(tx, workspace_id, yesterday, now - SILENT, now - GIVEN_UP, USUAL, MISSED, DAYS)

    async def look(self) -> None:
        """A warning for each account that is new among them, a line when one is well again; old days are dropped."""
        async with self.database.transaction() as tx:
            found = {one.account_id: one for one in await self.found(tx)}
            await store.forget_old_pushes(tx, (self.clock.now() - KEPT).astimezone(UTC).date())
        for account_id in found.keys() - self._told.keys():
            one = found[account_id]
            last = one.last_at.isoformat() if one.last_at else None
            log.warning(
                "events_missing", account=str(account_id), silent=one.silent, usual=one.usual, last=last,
                missed=one.missed,
            )  # fmt: skip
        for account_id in self._told.keys() - found.keys():
            log.info("events_arrive_again", account=str(account_id))
        self._told = found
