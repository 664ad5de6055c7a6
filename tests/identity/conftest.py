"""An empty house for each test."""

from __future__ import annotations

import pytest_asyncio

from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Database
from tests.identity.house import House, house


@pytest_asyncio.fixture
async def here(database: Database, clock: ManualClock, key_ring: KeyRing) -> House:
    """A house at https://huntaze.example in which nobody lives yet."""
    await database.pool.execute("TRUNCATE workspace, person, sign_in_link, sign_in_failure, domain_event CASCADE")
    return house(database, clock, key_ring)
