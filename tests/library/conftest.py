"""One library per test on the module's database."""

from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Database
from huntaze.library import Library
from tests.library import ground


@pytest.fixture
def shelf(database: Database, clock: ManualClock, key_ring: KeyRing, tmp_path: Path) -> Library:
    """A library whose files lie in this test's folder."""
    return ground.library(database, clock, key_ring, tmp_path)


@pytest_asyncio.fixture
async def workspace_id(database: Database, clock: ManualClock) -> UUID:
    """A workspace of this test's own."""
    return await ground.workspace(database, clock)
