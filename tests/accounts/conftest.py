"""One simulator for the folder, one served house for each module; a clean start for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import new_key
from huntaze.kit.db import Database
from socialsim.testing import SimulatorHandle, simulator
from tests.accounts.house import Browser, House, open_house

_CLEAN = (
    "TRUNCATE account, app_budget, grants, oauth_state, app_credential, app_webhook, domain_event, pgqueuer CASCADE"
)


@pytest.fixture(scope="package")
def simulated() -> Iterator[SimulatorHandle]:
    """One simulator for all tests of this folder."""
    with simulator(seed=11) as handle:
        yield handle


@pytest_asyncio.fixture(scope="module")
async def served(database: Database, simulated: SimulatorHandle) -> AsyncIterator[House]:
    """The house of this module."""
    async with open_house(database, ManualClock(), new_key(), simulated) as opened:
        yield opened


@pytest_asyncio.fixture
async def house(served: House) -> House:
    """The house as it is before anybody connected anything, at the hour of the platform."""
    served.sim.reset()
    served.sim.clear_faults()
    served.sim.delete("/_sim/calls")
    served.clock.set(datetime.fromtimestamp(served.sim.now(), UTC))
    served.known.scheduled = 0
    async with served.database.transaction() as tx:
        await tx.execute(_CLEAN)
    return served


@pytest_asyncio.fixture
async def browser(house: House) -> AsyncIterator[Browser]:
    """Somebody signed in, in a workspace of their own."""
    async with house.browser(await house.workspace()) as opened:
        yield opened
