"""Two releases at once: the older one works on while the newer one migrates, and leaves alone what it does not know."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from asyncpg import IntegrityConstraintViolationError

from huntaze.kit.db import fetch
from huntaze.kit.migrate import upgrade
from huntaze.kit.revisions import Revision, revisions
from huntaze.publishing import Advance
from socialsim.testing import SimulatorHandle
from tests.contract.sql import every_query, row_class
from tests.publishing.ground import TIMINGS, Ground, open_ground, soon
from tests.support.databases import Databases, pool

ENGINE = ("pgqueuer", "pgqueuer_log", "pgqueuer_statistics", "pgqueuer_schedules", "schema_revision")


async def _next_release(dsn: str) -> list[str]:
    """A release comes that adds a table, and a column to every table there is; its revision."""
    async with pool(dsn) as database:
        found = await database.pool.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL ($1)", list(ENGINE)
        )
    columns = "".join(f"ALTER TABLE {row['tablename']} ADD COLUMN next_release text;\n" for row in found)
    number = f"{len(revisions()) + 1:04}"
    coming = Revision(number, f"{number}_next_release", f"{columns}CREATE TABLE next_release (id uuid PRIMARY KEY);")
    return await upgrade(dsn, [*revisions(), coming])


async def test_processes_that_run_go_on_through_a_migration(
    databases: Databases, simulated: SimulatorHandle, tmp_path: Path
) -> None:
    async with databases.fresh() as dsn, open_ground(tmp_path, dsn, simulated, accounts=4) as ground:
        before, across = ground.account(), ground.account()
        await ground.until(await ground.publish(ground.image(before)), "PUBLISHED")
        scheduled = await ground.publish(ground.image(across, scheduledAt=soon(2)))
        assert len(await _next_release(dsn)) == 1
        await ground.until(scheduled, "PUBLISHED")
        assert len(ground.public(across)) == 1
        for path in ("/", "/publish", "/media", "/accounts", f"/publish/{scheduled}"):
            assert (await ground.browser.get(path, follow_redirects=True)).status_code in (200, 404), path
        assert len((await ground.api.get("/api/v1/posts")).json()["items"]) == 2


async def test_no_statement_of_a_running_process_breaks_when_columns_are_added(databases: Databases) -> None:
    stars = [(one, row_class(one.room, one.row)) for one in every_query() if one.row and "*" in one.sql]
    rows = [(one, row) for one, row in stars if row is not None]
    assert len(rows) > 20
    async with databases.fresh() as dsn, pool(dsn, max_size=1) as running:
        for again in (False, True):
            for query, row in rows:
                with suppress(IntegrityConstraintViolationError):  # nothing is a bad value for most columns
                    async with running.transaction() as tx:
                        asked = (await tx.prepare(query.sql)).get_parameters()
                        await fetch(tx, query, row, *[None for _ in asked])
            if not again:
                await _next_release(dsn)


async def test_a_state_that_this_release_does_not_know_is_left_for_the_newer_one(ground: Ground) -> None:
    post_id = await ground.publish(ground.image(ground.account(), scheduledAt=soon(3600)))
    async with ground.rows() as tx:
        await tx.execute(
            "UPDATE publication SET state = 'TRANSCODING', next_check_at = now() WHERE post_id = $1", post_id
        )
    before, h = await ground.row(post_id), ground.house
    older = Advance.build(
        h.database, h.clock, TIMINGS, h.platforms, h.accounts, h.library, h.mirror, h.jobs, h.checkpoints
    )
    await older.sweep()
    await older.run(before["id"])
    assert await ground.row(post_id) == before
    async with ground.rows() as tx:
        await tx.execute("UPDATE publication SET state = 'SCHEDULED', due_at = now() WHERE post_id = $1", post_id)
    await ground.until(post_id, "PUBLISHED")
