"""A million posts that are due some day, put straight into PostgreSQL as the service would have written them."""

import time

from bench.publish_once.floor import Floor, in_database
from huntaze.kit.db import Connection

POSTS = 1_000_000
FIRST, APART = "1 day", "25 seconds"
"""When the first is due, and how far from each other: the last within a year."""

# Keys of other tables are not looked up a million times; the rows name what is there
_BEGIN = "SET session_replication_role = replica; SET synchronous_commit = off; SET work_mem = '64MB'"
_DRAW = f"""
CREATE TEMP TABLE future AS
SELECT uuidv7() AS post_id, uuidv7() AS id, number, account[1 + number % cardinality(account)] AS account_id,
       now() + interval '{FIRST}' + number * interval '{APART}' AS due_at
FROM generate_series(0, $2::int - 1) AS number, (SELECT $1::uuid[] AS account) AS accounts
"""
_POSTS = """
INSERT INTO post (id, workspace_id, type, caption, media, zone, author, created_at, edited_at)
SELECT post_id, $1, 'IMAGE', 'Some day: number ' || number || ', ' || repeat('salt and coffee ', 8),
       jsonb_build_array(jsonb_build_object('assetId', $2::uuid)), 'Europe/Paris', 'bench', now(), now()
FROM future
"""
_PUBLICATIONS = """
INSERT INTO publication (id, workspace_id, post_id, account_id, platform, state, due_at, prepare_from, content_hash,
                         next_check_at, created_at)
SELECT id, $1, post_id, account_id, 'instagram', 'SCHEDULED', due_at, due_at - interval '2 minutes',
       sha256(number::text::bytea), due_at - interval '2 minutes', now()
FROM future
"""


async def fill(floor: Floor, count: int = POSTS) -> float:
    """Put them in, analysed; how many seconds it took."""
    began = time.monotonic()
    await in_database(floor.demo.home, lambda connection: _fill(connection, floor, count))
    return time.monotonic() - began


async def _fill(connection: Connection, floor: Floor, count: int) -> None:
    workspace = await connection.fetchval("SELECT workspace_id FROM account WHERE id = $1", floor.accounts[0])
    await connection.execute(_BEGIN)
    await connection.execute(_DRAW, list(floor.accounts), count)
    await connection.execute(_POSTS, workspace, floor.picture)
    await connection.execute(_PUBLICATIONS, workspace)
    for table in ("post", "publication"):
        await connection.execute(f"VACUUM (ANALYZE) {table}")
    await connection.execute("CHECKPOINT")
