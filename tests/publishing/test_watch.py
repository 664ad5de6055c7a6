"""What is on its way and not looked after is told: in the worker's log, on Home, to probes and by the doctor."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from huntaze.publishing import Watch
from socialsim.testing import SimulatorHandle
from tests.commands.running import complete, huntaze
from tests.publishing.ground import QUICK, TIMINGS, Ground, Json, open_ground, soon, working
from tests.publishing.test_fences import machine
from tests.support.databases import Databases
from tests.support.waiting import eventually


@pytest_asyncio.fixture(scope="module")
async def left_alone(
    databases: Databases, simulated: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    """A house without a worker; an alarm comes after five minutes, as designed."""
    home: Path = tmp_path_factory.mktemp("watch")
    timings = replace(TIMINGS, overdue=timedelta(minutes=5))
    async with (
        databases.fresh() as dsn,
        open_ground(home, dsn, simulated, timings=timings, accounts=6, with_worker=False) as ground,
    ):
        ground.sim.clear_faults()
        ground.sim.configure(QUICK)
        yield ground


async def _due_long_ago(ground: Ground, minutes: int) -> str:
    """A post that should have been looked at so long ago."""
    post_id = await ground.publish(ground.image(ground.account()))
    await _look_at(ground, post_id, f"now() - interval '{minutes} minutes'")
    return post_id


async def _look_at(ground: Ground, post_id: str, when: str) -> None:
    async with ground.rows() as tx:
        await tx.execute(f"UPDATE publication SET next_check_at = {when} WHERE post_id = $1", UUID(post_id))


async def _figures(ground: Ground) -> tuple[int, bool]:
    """How many are overdue as `/readyz` says, and whether `/metrics` says the same."""
    ready = (await ground.api.get("/readyz")).json()["overdue"]
    return ready, f"\nhuntaze_publications_overdue {ready}.0\n" in (await ground.api.get("/metrics")).text


def _told(log: pytest.LogCaptureFixture) -> list[Json]:
    """What the watch wrote into the log."""
    return [record.msg for record in log.records if record.name == "huntaze.publishing.watch"]  # type: ignore[misc]


async def test_posts_that_no_worker_looks_after_are_told_wherever_an_operator_looks(
    left_alone: Ground, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    ground, house = left_alone, left_alone.house
    caplog.set_level("INFO", logger="huntaze.publishing.watch")
    watch = Watch(house.database, house.clock, house.timings)
    await _due_long_ago(ground, 1)
    await watch.look()
    assert (await _figures(ground), _told(caplog)) == ((0, True), [])
    first = await _due_long_ago(ground, 7)
    await watch.look()
    await watch.look()
    second = await _due_long_ago(ground, 6)
    await watch.look()
    assert [(line["event"], line["level"], line["posts"]) for line in _told(caplog)] == [
        ("publications_overdue", "error", 1),
        ("publications_overdue", "error", 2),
    ]
    assert await _figures(ground) == (2, True)
    home = (await ground.browser.get("/")).text
    assert "No worker is running." in home
    assert "The worker has not looked after 2 posts since" in home
    given = complete(tmp_path, house.settings.database_url.reveal())
    report = json.loads(huntaze("doctor", "--json", given=given, folder=tmp_path).out)
    (found,) = [one for one in report["findings"] if one["name"] == "posts"]
    assert (found["verdict"], "has not looked after 2 since" in found["words"]) == ("bad", True)
    assert "huntaze work" in found["remedy"]
    for post_id in (first, second):
        await machine(ground).run((await ground.row(post_id))["id"])
    await watch.look()
    assert _told(caplog)[-1]["event"] == "publications_looked_after_again"
    assert await _figures(ground) == (0, True)


async def test_a_post_that_a_running_worker_would_never_look_at_is_told_in_the_language_of_who_reads(
    left_alone: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    ground = left_alone
    post_id = await ground.publish(ground.image(ground.account(), scheduledAt=soon(86_400)))
    await _look_at(ground, post_id, "NULL")
    async with working(ground.house):

        async def alarmed() -> list[Json]:
            return _told(caplog)

        (line,) = await eventually(alarmed)
        assert (line["workspace"], line["posts"]) == (str(ground.workspace_id), 1)
        english = (await ground.browser.get("/")).text
        async with ground.rows() as tx:
            await tx.execute("UPDATE person SET locale = 'fr'")
        french = (await ground.browser.get("/")).text
    assert "No worker is running." not in english
    assert "The worker has not looked after 1 post since" in english
    assert "See that huntaze work runs and reaches the database" in english
    assert "Personne ne s’occupe de ces posts." in french  # noqa: RUF001
    async with ground.rows() as tx:
        await tx.execute("UPDATE person SET locale = 'en'")
    await _look_at(ground, post_id, "prepare_from")
    assert await _figures(ground) == (0, True)
