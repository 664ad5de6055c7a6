import asyncio
import sys

import asyncpg
import pytest

from huntaze.kit.db import connect
from huntaze.kit.migrate import upgrade
from huntaze.kit.revisions import Revision, TablesInUse, current, in_order, newer, pending, read_revision, revisions
from tests.support.databases import Databases

NAMES = [revision.name for revision in revisions()]


async def test_an_empty_database_gets_every_revision_and_the_second_run_finds_nothing(databases: Databases) -> None:
    async with databases.fresh(migrated=False) as dsn:
        assert (await current(dsn), await pending(dsn)) == (None, NAMES)
        assert await upgrade(dsn) == NAMES
        assert await upgrade(dsn) == []
        assert (await current(dsn), await pending(dsn)) == (revisions()[-1].number, [])


async def test_processes_that_start_together_apply_each_revision_once(databases: Databases) -> None:
    async with databases.fresh(migrated=False) as dsn:
        applied = await asyncio.gather(*(upgrade(dsn) for _ in range(3)))
        assert sorted(applied, key=len) == [[], [], NAMES]


async def test_a_failing_revision_leaves_nothing_of_itself_behind(databases: Databases) -> None:
    async with databases.fresh(migrated=False) as dsn:
        blocker = await connect(dsn)
        # The last object of the second revision: everything before it in the file must go back too.
        await blocker.execute("CREATE TABLE periodic (taken text)")
        with pytest.raises(asyncpg.DuplicateTableError):
            await upgrade(dsn)
        assert await current(dsn) == "0001"
        assert await blocker.fetchval("SELECT to_regclass('pgqueuer')") is None
        await blocker.execute("DROP TABLE periodic")
        await blocker.close()
        assert await upgrade(dsn) == NAMES[1:]


async def test_a_revision_that_waits_for_a_table_gives_way_and_changes_nothing(databases: Databases) -> None:
    number = f"{len(NAMES) + 1:04}"
    coming = [*revisions(), Revision(number, f"{number}_more", "ALTER TABLE worker ADD COLUMN more text")]
    async with databases.fresh() as dsn:
        reader = await connect(dsn)
        reading = reader.transaction()
        await reading.start()
        await reader.fetch("SELECT * FROM worker")
        with pytest.raises(TablesInUse):
            await upgrade(dsn, coming, tries=1)
        assert await current(dsn) == revisions()[-1].number
        await reading.rollback()
        await reader.close()
        assert await upgrade(dsn, coming) == [coming[-1].name]


async def test_old_code_leaves_a_newer_schema_alone(databases: Databases) -> None:
    async with databases.fresh() as dsn:
        connection = await connect(dsn)
        await connection.execute("UPDATE schema_revision SET version_num = '9999'")
        await connection.close()
        assert (await pending(dsn), await upgrade(dsn)) == ([], [])
        assert await current(dsn) == "9999"
        assert "9999" in str(await newer(dsn))


def test_a_gap_or_a_badly_named_revision_is_refused() -> None:
    first, third = Revision("0001", "0001_a", ""), Revision("0003", "0003_c", "")
    with pytest.raises(ValueError, match="0003_c: revision 0002 should come here"):
        in_order([third, first])
    with pytest.raises(ValueError, match=r"tables\.sql"):
        read_revision("tables", "")


async def test_asking_what_is_pending_does_not_load_the_migration_library() -> None:
    code = "import sys, huntaze.kit.revisions; sys.exit('alembic' in sys.modules or 'sqlalchemy' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    assert await process.wait() == 0
