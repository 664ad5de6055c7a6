"""What jobs survive: the death of a worker, and the absence of the database."""

import asyncio
import sys

import pytest

from huntaze.kit.db import DATABASE_AWAY, Database
from huntaze.kit.jobs import Jobs, Payload, Task
from huntaze.kit.postgres import EmbeddedPostgres
from tests.kit.jobs_ground import Recorder, waiting, working
from tests.support.databases import pool
from tests.support.waiting import eventually

JOBS = Jobs()


async def test_the_job_of_a_killed_worker_is_taken_over(database: Database, dsn: str) -> None:
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.kit.worker_process", dsn, stdout=asyncio.subprocess.PIPE
    )
    assert victim.stdout is not None
    await JOBS.enqueue(database.pool, "kit.endless", {"post": "7"}, dedupe="post:7")
    while await victim.stdout.readline() != b"began\n":
        assert victim.returncode is None
    heir = Recorder("kit.endless")
    async with working(database, heir.task):
        await asyncio.sleep(0.5)
        assert heir.seen == []  # the victim beats
        victim.kill()
        await victim.wait()
        await eventually(lambda: heir.count(1))
    assert heir.seen == [{"post": "7"}]
    assert await waiting(database) == []


async def test_a_process_that_freezes_in_a_transaction_gives_its_rows_back(database: Database) -> None:
    await database.pool.execute("CREATE TABLE held (id int PRIMARY KEY)")
    await database.pool.execute("INSERT INTO held VALUES (1)")

    async def freeze_and_wake() -> None:
        async with database.transaction() as frozen:
            assert await frozen.fetchval("SHOW idle_in_transaction_session_timeout") == "10s"
            await frozen.execute("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
            await frozen.execute("UPDATE held SET id = 2")
            async with database.transaction() as heir:
                assert await heir.fetchval("UPDATE held SET id = 3 WHERE id = 1 RETURNING id") == 3
            await frozen.execute("UPDATE held SET id = 4")

    with pytest.raises(DATABASE_AWAY):
        await freeze_and_wake()
    assert await database.pool.fetchval("SELECT id FROM held") == 3


async def test_a_worker_outlives_a_restart_of_the_database(fresh_server: EmbeddedPostgres) -> None:
    dsn = fresh_server.start()
    started, go_on, recorder = asyncio.Event(), asyncio.Event(), Recorder()

    async def across(payload: Payload) -> None:
        started.set()
        await go_on.wait()
        recorder.seen.append(payload)

    async def came() -> bool:
        return {"came": "after"} in recorder.seen

    async with pool(dsn) as database:
        async with working(database, recorder.task, Task("kit.across", across)):
            await JOBS.enqueue(database.pool, "kit.across", {"began": "before"})
            await started.wait()
            fresh_server.stop()
            go_on.set()
            await eventually(lambda: recorder.count(1))  # its end must be written down later
            assert fresh_server.start() == dsn
            await JOBS.enqueue(database.pool, "kit.record", {"came": "after"})
            await eventually(came)
        assert await waiting(database) == []
    # Whoever is away for long is taken for dead: its job is begun once more then
    assert recorder.seen[0] == {"began": "before"}
    assert recorder.seen.count({"came": "after"}) == 1
