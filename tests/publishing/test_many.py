"""With very much planned and said, what nobody looks after is found and each step is taken without reading it all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from huntaze.kit.clock import SystemClock
from huntaze.kit.db import Connection, Database
from huntaze.publishing import store

MANY, TODAY = 20_000, 1_000
# The keys of other tables are not looked up
FILL = (
    "SET LOCAL session_replication_role = replica",
    f"""
INSERT INTO publication (id, workspace_id, post_id, account_id, platform, state, due_at, content_hash, next_check_at,
                         created_at)
SELECT uuidv7(), $1, uuidv7(), uuidv7(), 'instagram', CASE WHEN number % 2 = 0 THEN 'SCHEDULED' ELSE 'PUBLISHED' END,
       now(), '', CASE WHEN number % 2 = 0 THEN now() + number * interval '1 minute' END, now()
FROM generate_series(1, {MANY}) AS number
""",
    """
INSERT INTO first_comment (publication_id, workspace_id, post_id, account_id, platform, media_ref, text, state,
                           wanted_at)
SELECT id, workspace_id, post_id, account_id, platform, '', '', 'POSTED', now() FROM publication
""",
    """
UPDATE publication SET next_check_at = CASE WHEN id = ends.first THEN now() - interval '1 hour' END
FROM (SELECT min(id::text)::uuid AS first, max(id::text)::uuid AS last
      FROM publication WHERE state = 'SCHEDULED') AS ends
WHERE id IN (ends.first, ends.last)
""",
    "UPDATE first_comment SET state = 'WAITING' WHERE publication_id = (SELECT min(id::text)::uuid FROM publication)",
)


async def test_what_nobody_looks_after_is_found_without_reading_what_is_planned(fresh_database: Database) -> None:
    workspace, now = uuid4(), SystemClock().now()
    async with fresh_database.transaction() as tx:
        for statement in FILL:
            await tx.execute(statement, *([workspace] if "$1" in statement else []))
    async with fresh_database.connection() as connection:
        await connection.execute("VACUUM (ANALYZE) publication, first_comment")
        for of in (None, workspace):
            (found,) = await store.forgotten(connection, now, of)
            assert (found.workspace_id, found.posts) == (workspace, 3)
            assert await _read(connection, now, of) == 3


async def test_a_step_of_one_post_reads_no_other_although_many_went_out_since_the_planner_last_looked(
    fresh_database: Database,
) -> None:
    now = SystemClock().now()
    async with fresh_database.transaction() as tx:
        await tx.execute(FILL[0])
        await tx.execute(FILL[1], uuid4())
        await tx.execute("UPDATE publication SET state = 'SCHEDULED', next_check_at = now() + interval '1 day'")
    async with fresh_database.connection() as connection:
        await connection.execute("ALTER TABLE publication SET (autovacuum_enabled = off)")
        await connection.execute("VACUUM (ANALYZE) publication")
        await connection.execute(f"CREATE TEMP TABLE today AS SELECT id FROM publication LIMIT {TODAY}")
        for state in ("ARMED", "SENT", "PUBLISHED"):
            await connection.execute(
                "UPDATE publication SET state = $1, media_ref = id WHERE id IN (TABLE today)", state
            )
        one = await connection.fetchval("SELECT id FROM today LIMIT 1")
        steps = (
            (store.Q.begin_first_comment, (one, now)),
            (store.Q.claim, (one, uuid4(), now, now, now, ["PREPARED"])),
            (store.Q.mark_sent, (one, 0)),
            (store.Q.mark_unknown, (one, 0, now, now, now)),
            (store.Q.mark_published, (one, now, None, None)),
        )
        for query, args in steps:
            explained = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {query.sql}", *args)
            assert _indices(explained) == {"publication_pkey"}, query.name


def _indices(explained: Any) -> set[str]:
    """By which indices a plan finds publications."""
    plan = json.loads(explained) if isinstance(explained, str) else explained
    return {
        node.get("Index Name", node["Node Type"])
        for node in _nodes(plan[0]["Plan"])
        if node.get("Relation Name") == "publication" and node["Node Type"] != "ModifyTable"
    }


async def _read(connection: Connection, *args: object) -> float:
    """How many rows of tables the query read to answer."""
    explained = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {store.Q.forgotten.sql}", *args)
    plan = json.loads(explained) if isinstance(explained, str) else explained
    return sum(
        float(
            node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        )
        for node in _nodes(plan[0]["Plan"])
        if "Relation Name" in node
    )


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)
