"""One door in: what a file is, what is made of it, and what is refused."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Database
from huntaze.kit.text import Text
from huntaze.library import (
    AssetInUse,
    AssetState,
    Library,
    LibraryLimits,
    Purpose,
    StoredFile,
    TooLarge,
    Unreadable,
    UnsupportedType,
)
from tests.fixtures import media
from tests.library import ground
from tests.library.ground import add, files_under, grid


async def content_of(shelf: Library, file: StoredFile | None) -> bytes:
    assert file is not None
    return b"".join([piece async for piece in await shelf.files.read(file.path, 0, file.size)])


async def test_a_jpeg_that_platforms_take_is_sent_as_it_came(shelf: Library, workspace_id: UUID) -> None:
    content = media.jpeg(1080, 1350)
    asset = await add(shelf, workspace_id, content, "C:\\photos\\été.jpg")
    assert (asset.state, asset.name, asset.kind) == (AssetState.READY, "été.jpg", "image")
    assert asset.facts.mime == "image/jpeg"
    assert (asset.facts.width, asset.facts.height, asset.facts.size) == (1080, 1350, len(content))
    assert asset.variant(Purpose.JPEG) is None
    assert await content_of(shelf, asset.sendable) == content
    thumbnail = Image.open(BytesIO(await content_of(shelf, asset.file(Purpose.THUMBNAIL))))
    assert thumbnail.format == "JPEG"
    assert max(thumbnail.size) <= 480


@pytest.mark.parametrize(
    ("content", "mime", "size"),
    [
        (media.png(640, 480, mode="RGBA"), "image/png", (640, 480)),
        (media.webp(640, 480), "image/webp", (640, 480)),
        (media.gif(320, 240), "image/gif", (320, 240)),
        (media.heic(), "image/heic", (48, 64)),
        (media.jpeg(600, 400, orientation=6), "image/jpeg", (400, 600)),
        (media.jpeg(300, 300, mode="CMYK"), "image/jpeg", (300, 300)),
    ],
    ids=["png", "webp", "gif", "heic", "turned", "cmyk"],
)
async def test_a_picture_that_platforms_do_not_take_gets_an_upright_opaque_jpeg_beside_it(
    shelf: Library, workspace_id: UUID, content: bytes, mime: str, size: tuple[int, int]
) -> None:
    asset = await add(shelf, workspace_id, content)
    assert asset.original.mime == mime
    assert await content_of(shelf, asset.original) == content
    assert (asset.facts.mime, asset.facts.width, asset.facts.height) == ("image/jpeg", *size)
    sent = Image.open(BytesIO(await content_of(shelf, asset.sendable)))
    assert (sent.format, sent.mode, sent.size) == ("JPEG", "RGB", size)
    assert "progressive" not in sent.info
    assert len(sent.getexif()) == 0
    assert asset.facts.size == asset.sendable.size <= 8_000_000


async def test_bytes_are_read_from_where_a_push_stands(shelf: Library, workspace_id: UUID) -> None:
    content = media.mp4(3.0, 360, 640)
    reader = shelf.reader(await add(shelf, workspace_id, content))
    assert b"".join([piece async for piece in await reader.read(1000, 5000)]) == content[1000:6000]


async def test_what_was_transparent_becomes_white(shelf: Library, workspace_id: UUID) -> None:
    asset = await add(shelf, workspace_id, media.png(640, 480, mode="RGBA"))
    sent = Image.open(BytesIO(await content_of(shelf, asset.sendable)))
    assert sent.getpixel((20, 240)) == (255, 255, 255)


@pytest.mark.parametrize(("container", "mime"), [("mp4", "video/mp4"), ("mov", "video/quicktime")])
async def test_a_video_is_measured_and_gets_a_thumbnail(
    shelf: Library, workspace_id: UUID, container: str, mime: str
) -> None:
    asset = await add(shelf, workspace_id, media.mp4(3.0, 360, 640, container=container), "reel")
    facts = asset.facts
    assert (facts.kind, facts.mime, facts.width, facts.height) == ("video", mime, 360, 640)
    assert facts.duration == pytest.approx(3.0, abs=0.1)
    assert facts.fps == pytest.approx(30.0, abs=0.1)
    assert (facts.video_codec, facts.audio_codec) == ("h264", "aac")
    assert Image.open(BytesIO(await content_of(shelf, asset.file(Purpose.THUMBNAIL)))).size == (270, 480)


async def test_without_ffmpeg_a_video_has_no_thumbnail_and_a_heic_is_refused_with_a_remedy(
    database: Database, clock: ManualClock, key_ring: KeyRing, tmp_path: Path, workspace_id: UUID
) -> None:
    bare = ground.library(database, clock, key_ring, tmp_path, ffmpeg=False)
    video = await add(bare, workspace_id, media.mp4(3.0, 360, 640))
    assert (video.state, video.variants) == (AssetState.READY, ())
    with pytest.raises(Unreadable) as refused:
        await add(bare, workspace_id, media.heic())
    assert "ffmpeg" in str(refused.value.remedy)


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7 and so on",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1" + bytes(200),
        b"\xff\xd8",
        b"x",
    ],
    ids=["svg", "html", "pdf", "playlist", "avif", "cut", "byte"],
)
async def test_what_is_no_picture_or_video_is_refused_whatever_its_name_says(
    shelf: Library, workspace_id: UUID, tmp_path: Path, content: bytes
) -> None:
    with pytest.raises(UnsupportedType):
        await add(shelf, workspace_id, content, "innocent.jpg")
    assert await grid(shelf, workspace_id) == []
    assert files_under(tmp_path) == []


async def test_a_damaged_file_leaves_nothing_behind(shelf: Library, workspace_id: UUID, tmp_path: Path) -> None:
    for content in (media.jpeg()[:9000], media.mp4(3.0, 360, 640)[:20000][:400], b"\x89PNG\r\n\x1a\n" + bytes(100)):
        with pytest.raises(Unreadable):
            await add(shelf, workspace_id, content)
    assert await grid(shelf, workspace_id) == []
    assert files_under(tmp_path) == []


async def test_an_empty_file_is_refused(shelf: Library, workspace_id: UUID) -> None:
    with pytest.raises(Unreadable, match="empty"):
        await add(shelf, workspace_id, b"")


async def test_a_file_over_its_cap_is_refused_while_it_still_arrives(
    database: Database, clock: ManualClock, key_ring: KeyRing, tmp_path: Path, workspace_id: UUID
) -> None:
    shelf = ground.library(database, clock, key_ring, tmp_path, limits=LibraryLimits(image_bytes=100_000))
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        yield media.jpeg()
        while True:
            given += 1
            yield bytes(10_000)

    with pytest.raises(TooLarge):
        await shelf.receive(workspace_id, "endless.jpg", endless())
    assert given <= 10
    assert files_under(tmp_path) == []


async def test_the_same_bytes_again_give_the_file_that_is_there(
    shelf: Library, workspace_id: UUID, database: Database, clock: ManualClock
) -> None:
    first = await add(shelf, workspace_id, media.jpeg(seed=3), "a.jpg")
    assert (await add(shelf, workspace_id, media.jpeg(seed=3), "b.jpg")).id == first.id
    elsewhere = await ground.workspace(database, clock)
    assert (await add(shelf, elsewhere, media.jpeg(seed=3), "c.jpg")).id != first.id


async def test_assets_come_in_the_order_asked_and_never_from_another_workspace(
    shelf: Library, workspace_id: UUID, database: Database, clock: ManualClock
) -> None:
    one, two = [await add(shelf, workspace_id, media.jpeg(64, 64, seed=seed)) for seed in (1, 2)]
    foreign = await ground.workspace(database, clock)
    async with database.transaction() as tx:
        found = await shelf.assets(tx, workspace_id, [two.id, one.id, two.id])
        assert [asset.id for asset in found] == [two.id, one.id, two.id]
        assert await shelf.assets(tx, foreign, [one.id]) == []
        assert await shelf.asset(tx, foreign, one.id) is None


async def test_a_file_that_is_used_is_not_deleted_and_says_by_what(
    database: Database, clock: ManualClock, key_ring: KeyRing, tmp_path: Path, workspace_id: UUID
) -> None:
    async def by_a_post(_connection: object, _workspace_id: UUID, _asset_id: UUID) -> Text:
        return Text("A scheduled post uses this file.")

    shelf = ground.library(database, clock, key_ring, tmp_path, used_by=by_a_post)
    asset = await add(shelf, workspace_id, media.jpeg(64, 64))
    with pytest.raises(AssetInUse, match="scheduled post"):
        await shelf.delete(workspace_id, asset.id)
    assert await grid(shelf, workspace_id) == [asset]


async def test_an_unused_file_is_deleted_with_its_bytes_and_its_links(
    shelf: Library, workspace_id: UUID, tmp_path: Path, database: Database
) -> None:
    asset = await add(shelf, workspace_id, media.png(64, 64))
    async with database.transaction() as tx:
        await shelf.make_link(tx, workspace_id, asset.id, made_for="test")
    assert await shelf.delete(workspace_id, asset.id)
    assert not await shelf.delete(workspace_id, asset.id)
    assert await grid(shelf, workspace_id) == []
    assert files_under(tmp_path) == []


async def test_what_happened_to_a_file_is_told_once(shelf: Library, workspace_id: UUID, database: Database) -> None:
    asset = await add(shelf, workspace_id, media.jpeg(64, 64))
    await shelf.delete(workspace_id, asset.id)
    async with database.transaction() as tx:
        told = await tx.fetch(
            "SELECT topic, ref, body FROM domain_event WHERE workspace_id = $1 ORDER BY id", workspace_id
        )
    assert [(row["topic"], row["ref"], row["body"]["state"]) for row in told] == [
        ("asset.changed", str(asset.id), "ready"),
        ("asset.changed", str(asset.id), "deleted"),
    ]
