"""Files fetched from addresses that people or platforms give."""

from pathlib import Path
from uuid import UUID

import pytest

from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Database
from huntaze.library import FetchBroken, FetchNotAllowed, Library, LibraryLimits, Source, TooLarge, UnsupportedType
from tests.fixtures import media
from tests.kit.loopback import Server, replying, serving
from tests.library import ground
from tests.library.ground import files_under, grid


def reaching(server: Server, database: Database, clock: ManualClock, ring: KeyRing, home: Path) -> Library:
    """A library that may fetch from this loopback server."""
    origins = frozenset({f"http://127.0.0.1:{server.port}"})
    limits = LibraryLimits(image_bytes=200_000, video_bytes=200_000, mirror_bytes=200_000)
    return ground.library(database, clock, ring, home, allowed_origins=origins, limits=limits)


async def test_a_file_from_an_address_is_taken_in_under_its_name_and_without_the_secrets_of_its_query(
    database: Database, clock: ManualClock, key_ring: KeyRing, tmp_path: Path, workspace_id: UUID
) -> None:
    async with serving(replying(media.jpeg(400, 400), "Content-Type: text/html")) as server:
        shelf = reaching(server, database, clock, key_ring, tmp_path)
        asset = await shelf.import_url(workspace_id, f"http://127.0.0.1:{server.port}/a/caf%C3%A9.jpg?token=secret")
    assert (asset.name, asset.row.source, asset.facts.mime) == ("café.jpg", Source.IMPORT, "image/jpeg")
    assert asset.row.origin == f"http://127.0.0.1:{server.port}/a/caf%C3%A9.jpg"


async def test_a_private_address_is_never_asked(shelf: Library, workspace_id: UUID, tmp_path: Path) -> None:
    async with serving(replying(media.jpeg())) as server:
        for url in (f"http://127.0.0.1:{server.port}/a.jpg", "http://169.254.169.254/latest", "file:///etc/passwd"):
            with pytest.raises(FetchNotAllowed):
                await shelf.import_url(workspace_id, url)
        assert server.connections == 0
    assert files_under(tmp_path) == []


async def test_a_fetch_that_fails_says_why_and_leaves_nothing(
    database: Database, clock: ManualClock, key_ring: KeyRing, tmp_path: Path, workspace_id: UUID
) -> None:
    async with serving(replying(b"no", status="404 Not Found")) as server:
        shelf = reaching(server, database, clock, key_ring, tmp_path)
        with pytest.raises(FetchBroken, match="404"):
            await shelf.import_url(workspace_id, f"http://127.0.0.1:{server.port}/a.jpg")
    async with serving(replying(b"<html>sign in first</html>", "Content-Type: image/jpeg")) as server:
        shelf = reaching(server, database, clock, key_ring, tmp_path)
        with pytest.raises(UnsupportedType):
            await shelf.import_url(workspace_id, f"http://127.0.0.1:{server.port}/a.jpg")
    async with serving(replying(media.jpeg() + bytes(300_000))) as server:
        shelf = reaching(server, database, clock, key_ring, tmp_path)
        with pytest.raises(TooLarge):
            await shelf.import_url(workspace_id, f"http://127.0.0.1:{server.port}/a.jpg")
    assert await grid(shelf, workspace_id) == []
    assert files_under(tmp_path) == []


async def test_a_copy_of_a_platforms_picture_is_kept_once_outside_the_grid(
    database: Database, clock: ManualClock, key_ring: KeyRing, tmp_path: Path, workspace_id: UUID
) -> None:
    async with serving(replying(media.jpeg(150, 150))) as server:
        shelf = reaching(server, database, clock, key_ring, tmp_path)
        address = f"http://127.0.0.1:{server.port}/avatar.jpg"
        first = await shelf.keep_copy(workspace_id, f"{address}?signature=1")
        again = await shelf.keep_copy(workspace_id, f"{address}?signature=2")
    assert first is not None
    assert again is not None
    assert (first.id, first.row.source) == (again.id, Source.MIRROR)
    assert await grid(shelf, workspace_id) == []
    async with database.transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM domain_event WHERE workspace_id = $1", workspace_id) == 0


async def test_a_copy_that_cannot_be_had_is_no_error(shelf: Library, workspace_id: UUID) -> None:
    assert await shelf.keep_copy(workspace_id, "http://127.0.0.1:1/avatar.jpg") is None
