"""The test ground: no network, one PostgreSQL for the session, a fresh migrated database for each test module."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing, new_key
from huntaze.kit.db import Database
from huntaze.kit.migrate import upgrade
from huntaze.kit.postgres import EmbeddedPostgres
from tests import netless
from tests.support.databases import Databases, pool, relax

# First of all, while this process has one thread and no child.
NETWORK_CUT_BY = netless.cut_off()


@pytest.fixture
def network_cut_by() -> str:
    """`namespace` or `guard`."""
    return NETWORK_CUT_BY


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at 2026-01-01T00:00Z until the test moves it."""
    return ManualClock()


@pytest.fixture(scope="session")
def key_ring() -> KeyRing:
    """A ring of one new key."""
    return KeyRing.parse(new_key())


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server of our own, gone at the end of the session."""
    home: Path = tmp_path_factory.mktemp("pg")
    with EmbeddedPostgres(home) as dsn:
        yield dsn
    shutil.rmtree(home, ignore_errors=True)  # pytest would keep three of them


@pytest_asyncio.fixture(scope="session")
async def databases(postgres: str) -> Databases:
    """Where a test gets more databases than its own: `async with databases.fresh() as dsn`."""
    await relax(postgres)
    return Databases(postgres)


@pytest_asyncio.fixture(scope="module")
async def dsn(databases: Databases) -> AsyncIterator[str]:
    """The address of this module's database."""
    async with databases.fresh() as address:
        yield address


@pytest_asyncio.fixture(scope="module")
async def database(dsn: str) -> AsyncIterator[Database]:
    """This module's database: every table, no row but what the module's earlier tests wrote."""
    async with pool(dsn) as opened:
        yield opened


@pytest_asyncio.fixture
async def fresh_database(databases: Databases) -> AsyncIterator[Database]:
    """A database for this test alone."""
    async with databases.fresh() as address, pool(address) as opened:
        yield opened


@pytest_asyncio.fixture
async def fresh_server() -> AsyncIterator[EmbeddedPostgres]:
    """A server for this test alone, with every table, which the test may stop and start again."""
    with tempfile.TemporaryDirectory(prefix="hz") as home:
        server = EmbeddedPostgres(Path(home))
        with server as dsn:
            await relax(dsn)
            await upgrade(dsn)
            yield server
