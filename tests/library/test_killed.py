"""kill -9 while a file is taken in or deleted: what is left is nothing, or is finished or refused by the sweep."""

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing, new_key
from huntaze.kit.db import Database
from huntaze.library import Asset, AssetState, Library, Purpose
from huntaze.library.tasks import tasks
from tests.library import ground
from tests.library.ground import files_under, grid

POINTS = ("library.received", "library.accepted", "library.stored", "library.probed", "library.erased")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the killed processes had their files."""
    return tmp_path_factory.mktemp("killed")


@pytest_asyncio.fixture(scope="module")
async def workspaces(dsn: str, database: Database, home: Path) -> dict[str, UUID]:
    """A workspace for each checkpoint, in which a process was killed at it."""
    made = {point: await ground.workspace(database, ManualClock()) for point in POINTS}
    lives = [f"{workspace_id}@{point}" for point, workspace_id in made.items()]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.library.dying_process",
        dsn,
        new_key(),
        str(home),
        *lives,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate()
    assert told.split() == [str(signal.SIGKILL.value).encode()] * len(POINTS)
    return made


@pytest_asyncio.fixture(scope="module")
async def swept(workspaces: dict[str, UUID], database: Database, home: Path) -> Library:
    """The library of a worker that came by later: at first too early, then after the files had grown stale."""
    clock = ManualClock()
    shelf = ground.library(database, clock, KeyRing.parse(new_key()), home)
    (sweep,) = tasks(shelf)
    clock.advance(timedelta(minutes=9))
    await sweep.handle({})
    for point in ("library.accepted", "library.stored", "library.probed"):
        (left,) = await grid(shelf, workspaces[point])
        assert left.state is AssetState.RECEIVING
    clock.advance(timedelta(minutes=2))
    await sweep.handle({})
    return shelf


async def one(swept: Library, workspace_id: UUID) -> Asset:
    (asset,) = await grid(swept, workspace_id)
    return asset


async def test_killed_before_the_file_was_accepted_it_leaves_no_asset(
    swept: Library, workspaces: dict[str, UUID]
) -> None:
    assert await grid(swept, workspaces["library.received"]) == []


async def test_killed_before_the_bytes_were_stored_the_file_is_refused_with_the_reason(
    swept: Library, workspaces: dict[str, UUID]
) -> None:
    asset = await one(swept, workspaces["library.accepted"])
    assert asset.state is AssetState.REFUSED
    assert asset.problem is not None
    assert str(asset.problem[0]) == "The upload broke off."


@pytest.mark.parametrize("point", ["library.stored", "library.probed"])
async def test_killed_after_the_bytes_were_stored_the_file_is_finished(
    swept: Library, workspaces: dict[str, UUID], point: str
) -> None:
    asset = await one(swept, workspaces[point])
    assert asset.state is AssetState.READY
    assert (asset.facts.width, asset.facts.mime) == (64, "image/jpeg")
    assert {variant.purpose for variant in asset.variants} == {Purpose.JPEG, Purpose.THUMBNAIL}


async def test_killed_while_it_was_deleted_a_file_is_gone_with_its_row(
    swept: Library, workspaces: dict[str, UUID], home: Path, database: Database
) -> None:
    workspace_id = workspaces["library.erased"]
    assert await database.pool.fetchval("SELECT count(*) FROM asset WHERE workspace_id = $1", workspace_id) == 0
    assert files_under(home / "media" / str(workspace_id)) == []


async def test_scratch_of_killed_processes_is_emptied_after_a_day(
    swept: Library, home: Path, database: Database
) -> None:
    assert files_under(home / "scratch") != []
    late = ground.library(database, ManualClock(swept.clock.now() + timedelta(days=1)), KeyRing.parse(new_key()), home)
    await late.sweep()
    assert files_under(home / "scratch") == []
