"""Every query of every room, PREPAREd on the migrated database and compared with the class its rows become."""

import pytest

from huntaze.kit.db import Database, Query, parse
from tests.contract.sql import columns_of, every_query, knows_workspace, mismatches, owners, purpose, tables_of

PRESENCE = "huntaze.kit.jobs"


def query(sql: str, row: str = "", purpose_line: str = "-- worker: a made-up one.\n") -> Query:
    (found,) = parse(PRESENCE, f"-- name: made_up{f' -> {row}' if row else ''}\n{purpose_line}{sql};")
    return found


async def test_every_query_gives_exactly_the_fields_of_its_row_class(database: Database) -> None:
    problems: list[str] = []
    async with database.pool.acquire() as connection:
        for each in every_query():
            problems += [
                f"{each.room}.{each.name}: {what}" for what in mismatches(each, await columns_of(connection, each))
            ]
    assert problems == []


async def test_every_table_is_named_in_one_room_only(database: Database) -> None:
    problems: list[str] = []
    owner = owners()
    async with database.pool.acquire() as connection:
        for each in every_query():
            foreign = {table for table in await tables_of(connection, each) if owner[table] != each.room}
            problems += [f"{each.room}.{each.name} names {table} of {owner[table]}" for table in sorted(foreign)]
    assert problems == []


def test_every_query_says_what_it_is_for() -> None:
    assert [f"{each.room}.{each.name}" for each in every_query() if not purpose(each)] == []


async def test_every_query_on_a_workspaces_table_asks_for_the_workspace_or_says_that_it_works_for_all(
    database: Database,
) -> None:
    problems: list[str] = []
    async with database.pool.acquire() as connection:
        rows = await connection.fetch(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'workspace_id'"
        )
        private = {row["table_name"] for row in rows}
        for each in every_query():
            if not knows_workspace(each) and await tables_of(connection, each) & private:
                problems.append(f"{each.room}.{each.name}")
    assert problems == []


@pytest.mark.parametrize(
    ("sql", "row", "problem"),
    [
        ("SELECT 1 AS alive, now() AS last_seen, 2 AS more", "WorkersSeen", "more has no field in WorkersSeen"),
        ("SELECT 1 AS alive", "WorkersSeen", "WorkersSeen.last_seen is not given"),
        ("SELECT 'x' AS alive, now() AS last_seen", "WorkersSeen", "alive is text, which is no <class 'int'>"),
        ("SELECT 1 AS alive, now()::timestamp AS last_seen", "WorkersSeen", "last_seen is timestamp, which"),
        ("SELECT true AS yes", "int", "yes is bool, which is no <class 'int'>"),
        ("SELECT ARRAY['a'] AS names", "str", "names is text[], which is no <class 'str'>"),
        ("SELECT 1, 2", "int", "gives 2 columns, not one int"),
        ("SELECT 1 AS alive", "Nobody", "no class Nobody in huntaze.kit.jobs"),
        ("SELECT 1 AS alive", "", "gives alive, but its head names no row"),
    ],
)
async def test_a_query_that_does_not_fit_its_class_is_found(
    database: Database, sql: str, row: str, problem: str
) -> None:
    made_up = query(sql, row)
    async with database.pool.acquire() as connection:
        (found,) = mismatches(made_up, await columns_of(connection, made_up))
    assert found.startswith(problem)


async def test_the_tables_of_a_query_are_found_wherever_they_stand(database: Database) -> None:
    deep = (
        "WITH gone AS (DELETE FROM worker RETURNING id)"
        " SELECT name FROM periodic WHERE worker_id IN (SELECT id FROM gone)"
    )
    async with database.pool.acquire() as connection:
        assert await tables_of(connection, query(deep, "str")) == {"worker", "periodic"}


@pytest.mark.parametrize(
    ("sql", "knows"),
    [
        ("SELECT 1 FROM post WHERE workspace_id = $1", True),
        ("INSERT INTO post (id, workspace_id) VALUES ($1, $2)", True),
        ("SELECT workspace_id FROM post", False),
        ("SELECT 1 FROM post -- workspace_id = $1", False),
    ],
)
def test_naming_the_workspace_is_not_enough_it_must_be_asked_for(sql: str, knows: bool) -> None:
    assert knows_workspace(query(sql, purpose_line="-- A made-up one.\n")) is knows
    assert knows_workspace(query(sql))


def test_a_query_without_a_purpose_is_found() -> None:
    assert purpose(query("SELECT 1", "int", purpose_line="")) == ""
