"""No room left: on the disk of files, on the disk of the database. What is refused, and what goes on."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from socialsim.testing import SimulatorHandle
from tests.fixtures import media
from tests.library.ground import files_under
from tests.publishing.ground import TIMINGS, Ground, open_ground, working
from tests.support.databases import Databases
from tests.support.waiting import eventually

ASSETS = "/api/v1/assets"
PICTURE = media.jpeg(1400, 1400, seed=7)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with room for a few pictures."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a disk needs root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path, *, but: int) -> Path:
    """A file that leaves so many bytes of room."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass
    os.truncate(filler, filler.stat().st_size - but)
    return filler


async def test_a_full_disk_refuses_files_whole_and_what_is_there_goes_out(
    databases: Databases, simulated: SimulatorHandle, small_disk: Path
) -> None:
    async with (
        databases.fresh() as dsn,
        open_ground(small_disk, dsn, simulated, accounts=2, with_worker=False) as ground,
    ):
        account, before = ground.account(), set(files_under(small_disk))
        asset = (await ground.api.post(ASSETS, json={"url": ground.picture()})).json()
        kept = set(files_under(small_disk))
        assert len(kept - before) >= 2
        for room in (0, len(PICTURE) * 3 // 2, len(PICTURE) * 2 + 8192):  # the way in, the store, what is made of it
            filler = fill(small_disk, but=room)
            refused = await ground.api.post(ASSETS, files={"file": ("new.jpg", PICTURE)})
            assert (refused.status_code, refused.json()["code"]) == (507, "no_room"), (room, refused.text)
            assert "make room" in refused.json()["remedy"]
            assert set(files_under(small_disk)) == kept | {filler}
        fill(small_disk, but=0)
        assert (await ground.ask(ground.image(account))).status_code == 507
        assert [one["id"] for one in (await ground.api.get(ASSETS)).json()["items"]] == [asset["id"]]
        async with working(ground.house):
            body = {"accountIds": [account.id], "mediaType": "IMAGE", "media": [{"assetId": asset["id"]}]}
            post_id = (await ground.api.post("/api/v1/posts", json=body)).json()["id"]
            await ground.until(post_id, "PUBLISHED")
        filler.unlink()
        assert (await ground.api.post(ASSETS, files={"file": ("new.jpg", PICTURE)})).status_code == 201


async def test_a_place_for_files_that_cannot_be_written_is_told_with_the_time_to_come_again(cramped: Ground) -> None:
    place = Path(cramped.house.settings.media_store)
    place.rename(place.with_name("aside"))
    place.write_text("a file where the folder was")
    try:
        refused = await cramped.api.post(ASSETS, files={"file": ("new.jpg", PICTURE)})
        assert (refused.status_code, refused.json()["code"]) == (503, "store_unavailable")
        assert refused.headers["retry-after"] == "30"
    finally:
        place.unlink()
        place.with_name("aside").rename(place)
    assert (await cramped.api.post(ASSETS, files={"file": ("new.jpg", PICTURE)})).status_code == 201


# --- the database's disk ------------------------------------------------------------------------------------------

FULL = """
CREATE SEQUENCE refused;
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM nextval('refused');
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
END $$;
"""
INTENT = "CREATE TRIGGER full_disk BEFORE INSERT ON attempt EXECUTE FUNCTION no_room()"
ANSWER = (
    "CREATE TRIGGER full_disk BEFORE UPDATE ON publication FOR EACH ROW"
    " WHEN (OLD.state <> 'PUBLISHED' AND NEW.state = 'PUBLISHED') EXECUTE FUNCTION no_room()"
)
REQUEST = "CREATE TRIGGER full_disk BEFORE INSERT ON post EXECUTE FUNCTION no_room()"


@pytest_asyncio.fixture(scope="module")
async def cramped(
    databases: Databases, simulated: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    """A house whose database can be told to have no room."""
    home: Path = tmp_path_factory.mktemp("full")
    quick = replace(TIMINGS, work_beat=timedelta(seconds=0.3), work_lease=timedelta(seconds=1.5))
    async with databases.fresh() as dsn, open_ground(home, dsn, simulated, timings=quick, accounts=4) as ground:
        async with ground.rows() as tx:
            await tx.execute(FULL)
        yield ground


async def _say(ground: Ground, *statements: str) -> None:
    """Each in a transaction of its own: together they could wait for a worker that waits for them."""
    for statement in statements:
        async with ground.rows() as tx:
            await tx.execute(statement)


async def _refused(ground: Ground) -> bool:
    async with ground.rows() as tx:
        return bool(await tx.fetchval("SELECT is_called FROM refused"))


@pytest.mark.parametrize(
    ("full", "table", "out"),
    [(INTENT, "attempt", 0), (ANSWER, "publication", 1)],
    ids=["the intent is not stored", "the answer is not stored"],
)
async def test_a_database_without_room_sends_nothing_unwritten_and_everything_once(
    cramped: Ground, full: str, table: str, out: int
) -> None:
    account = cramped.account()
    await _say(cramped, "ALTER SEQUENCE refused RESTART", full)
    post_id = await cramped.publish(cramped.image(account))
    await eventually(lambda: _refused(cramped))
    assert (len(cramped.public(account)), cramped.sends(account)) == (out, out)
    await _say(cramped, f"DROP TRIGGER full_disk ON {table}")
    await cramped.until(post_id, "PUBLISHED", seconds=40)
    assert (len(cramped.public(account)), cramped.sends(account)) == (1, 1)


async def test_a_request_that_a_full_database_cannot_keep_is_told_so(cramped: Ground) -> None:
    await _say(cramped, REQUEST)
    try:
        answer = await cramped.ask(cramped.image(cramped.somebody))
    finally:
        await _say(cramped, "DROP TRIGGER full_disk ON post")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_full")
    assert answer.headers["retry-after"] == "60"
    assert answer.json()["remedy"]
