"""What the catalogue of the migrated database says of our tables."""

from huntaze.kit.db import Database
from tests.contract.sql import owners


async def test_every_table_has_a_workspace_or_says_that_it_is_global(database: Database) -> None:
    rows = await database.pool.fetch(
        "SELECT relname FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        " AND coalesce(obj_description(oid, 'pg_class'), '') NOT LIKE 'global%'"
        " AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'workspace_id')"
    )
    tables = {row["relname"] for row in rows} - {"schema_revision"}
    assert tables - {"workspace"} == set()  # which is the workspace itself


async def test_every_table_stands_under_the_name_of_its_room(database: Database) -> None:
    rows = await database.pool.fetch(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    )
    owner = owners()
    assert {row["relname"] for row in rows} - {"schema_revision"} == set(owner)
    assert all(owner.values())


async def test_every_time_is_stored_with_its_zone(database: Database) -> None:
    rows = await database.pool.fetch(
        "SELECT table_name || '.' || column_name AS name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type IN ('timestamp without time zone', 'time without time zone')"
    )
    assert [row["name"] for row in rows] == []
