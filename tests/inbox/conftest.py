"""One house for all stories of this folder: each has comments of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from socialsim.testing import simulator
from tests.inbox.desk import Desk, at_the_platform, open_desk
from tests.support.databases import Databases


@pytest_asyncio.fixture(scope="package")
async def opened(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """The house of this folder."""
    with simulator(seed=11) as sim:
        async with databases.fresh() as dsn, open_desk(dsn, tmp_path_factory.mktemp("inbox"), sim) as desk:
            yield desk


@pytest_asyncio.fixture
async def desk(opened: Desk) -> Desk:
    """The house at the platform's hour, with nothing said, done or told."""
    opened.sim.clear_faults()
    opened.here.clock.set(at_the_platform(opened.sim))
    async with opened.here.house.database.transaction() as tx:
        await tx.execute(
            "TRUNCATE comment, comment_deed, comment_deed_line, message, conversation, domain_event, pgqueuer"
        )
        await tx.execute("DELETE FROM budget")
    return opened
