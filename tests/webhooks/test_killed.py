"""Processes are killed in the middle of a burst: nothing that was acknowledged is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from huntaze.kit.crypto import new_key
from huntaze.kit.db import connect
from huntaze.kit.migrate import upgrade
from huntaze.kit.postgres import EmbeddedPostgres
from socialsim.fire import Ledger, fire, meta_shots
from socialsim.testing import SimulatorHandle
from tests.support.processes import huntaze, web_process
from tests.support.rooms import Rooms, environ_of, rooms
from tests.support.waiting import eventually
from tests.webhooks.conftest import PATH
from tests.webhooks.deliveries import MAYA_ACCOUNT

CONNECTIONS = 16


async def stored(dsn: str) -> frozenset[str]:
    """The ids of the comments in the table."""
    connection = await connect(dsn)
    try:
        rows = await connection.fetch("SELECT convert_from(payload, 'UTF8')::jsonb ->> 'id' AS id FROM intake_event")
        return frozenset(row["id"] for row in rows)
    finally:
        await connection.close()


@asynccontextmanager
async def burst(url: str, sim: SimulatorHandle, count: int, prefix: str = "") -> AsyncIterator[asyncio.Task[Ledger]]:
    """A volley under way, in a thread."""
    waiting = meta_shots(url + PATH, sim.app_secret, MAYA_ACCOUNT, count, prefix=prefix)
    firing = asyncio.create_task(asyncio.to_thread(fire, url + PATH, waiting, CONNECTIONS))
    yield firing
    await firing


async def some_are_stored(dsn: str, count: int) -> None:
    async def enough() -> bool:
        return len(await stored(dsn)) >= count

    await eventually(enough, every=0.005)


async def test_a_web_process_killed_in_a_burst_loses_nothing_that_it_acknowledged(
    dsn: str, sim: SimulatorHandle, tmp_path: Path
) -> None:
    environ = environ_of(dsn, tmp_path, "http://127.0.0.1:8420", new_key(), sim)
    async with web_process(environ, tmp_path) as (url, web), burst(url, sim, 20_000) as firing:
        await some_are_stored(dsn, 300)
        web.kill()
        ledger = await firing
    assert 0 < ledger.statuses[200] < 20_000
    assert set(ledger.acknowledged) - await stored(dsn) == set()


async def test_a_database_killed_in_a_burst_means_503_and_nothing_acknowledged_is_lost(
    sim: SimulatorHandle, tmp_path: Path
) -> None:
    server = EmbeddedPostgres(tmp_path / "pg")
    dsn = server.start()
    try:
        await upgrade(dsn)
        environ = environ_of(dsn, tmp_path, "http://127.0.0.1:8420", new_key(), sim)
        async with web_process(environ, tmp_path) as (url, _):
            async with burst(url, sim, 6_000) as firing:
                await some_are_stored(dsn, 300)
                assert server.pid is not None
                os.kill(server.pid, signal.SIGKILL)
                ledger = await firing
            assert set(ledger.statuses) == {200, 503}
            server.stop()
            assert server.start() == dsn
            assert set(ledger.acknowledged) - await stored(dsn) == set()
            more = meta_shots(url + PATH, sim.app_secret, MAYA_ACCOUNT, 20, prefix="after-")

            async def taken_again() -> bool:
                again = await asyncio.to_thread(fire, url + PATH, more, 4)
                return again.statuses[200] == len(more)

            await eventually(taken_again, every=0.2)
            assert {f"after-{number}-0" for number in range(20)} <= await stored(dsn)
    finally:
        server.stop()


async def test_a_worker_killed_at_the_effects_leaves_them_to_the_next_one_once(
    dsn: str, sim: SimulatorHandle, tmp_path: Path
) -> None:
    environ = environ_of(dsn, tmp_path, "http://127.0.0.1:8420", new_key(), sim)
    async with rooms(environ, sim) as here:
        async with here.house.database.transaction() as tx:
            await tx.execute("TRUNCATE intake_event")
        await here.connect(await here.owner(), MAYA_ACCOUNT)
        await arrive(here, 30)
        with huntaze(environ | {"HUNTAZE_KILL_AT": "drain.effects"}, tmp_path / "worker.log", "work") as worker:
            assert await worker.ended() == -signal.SIGKILL
        assert await here.value("SELECT count(*) FROM comment") == 0
        assert await here.value("SELECT count(*) FROM intake_event WHERE state = 'pending'") == 30
        await here.run("webhooks.drain")
        assert await here.value("SELECT count(*) FROM comment") == 30
        assert await here.value("SELECT count(*) FROM domain_event WHERE topic = 'comment.received'") == 30
        assert await here.value("SELECT count(*) FROM intake_event WHERE state = 'done'") == 30


async def arrive(here: Rooms, count: int) -> None:
    """Comments that wait to be worked on."""
    async with here.house.database.transaction() as tx:
        await tx.execute(
            "INSERT INTO intake_event (platform, account_ref, kind, identity, partition, payload, received_at)"
            " SELECT 'instagram', $1, 'comments', sha256(n::text::bytea), $1,"
            ' convert_to(format(\'{"id":"%s","text":"beau","from":{"id":"9","username":"lea"}}\', n), \'UTF8\'), now()'
            " FROM generate_series(1, $2) AS n",
            MAYA_ACCOUNT,
            count,
        )
