"""Signed links over real HTTP: what a platform gets, what a stranger gets, and what is on record."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio
from PIL import Image
from starlette.applications import Starlette

from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing, new_key
from huntaze.kit.db import Database
from huntaze.library import AssetNotReady, Library, LinkFetch
from huntaze.library.public import link_route
from tests.fixtures import media
from tests.library import ground
from tests.library.ground import add
from tests.support.serving import serving
from tests.support.waiting import eventually

CONTENT = media.jpeg(200, 200, seed=11)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files of all these tests lie: the same picture is taken in once."""
    return tmp_path_factory.mktemp("library")


@pytest_asyncio.fixture(scope="module")
async def workspace_id(database: Database, clock: ManualClock) -> UUID:
    """One workspace for all these tests."""
    return await ground.workspace(database, clock)


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    """One clock for all these tests; it only goes on."""
    return ManualClock()


@pytest.fixture(scope="module")
def shelf(database: Database, clock: ManualClock, key_ring: KeyRing, home: Path) -> Library:
    """One library for all these tests."""
    return ground.library(database, clock, key_ring, home)


@pytest.fixture
def attempt() -> str:
    """For whom this test's links are made."""
    return str(uuid4())


@pytest_asyncio.fixture(scope="module")
async def site(shelf: Library) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a server that serves the links of `shelf`."""
    async with (
        serving(Starlette(routes=[link_route(shelf)])) as address,
        httpx2.AsyncClient(base_url=address, trust_env=False, headers={"user-agent": "facebookexternalua"}) as client,
    ):
        yield client


@pytest_asyncio.fixture
async def path(shelf: Library, workspace_id: UUID, attempt: str) -> str:
    """The path of a link to a picture, made for `attempt`."""
    return await lend(shelf, workspace_id, (await add(shelf, workspace_id, CONTENT)).id, attempt)


async def lend(shelf: Library, workspace_id: UUID, asset_id: UUID, made_for: str) -> str:
    async with shelf.db.transaction() as tx:
        link = await shelf.make_link(tx, workspace_id, asset_id, made_for=made_for)
    return link.url.removeprefix(ground.PUBLIC_URL)


async def revoke(shelf: Library, workspace_id: UUID, made_for: str) -> int:
    async with shelf.db.transaction() as tx:
        return await shelf.revoke_links(tx, workspace_id, made_for)


async def record(shelf: Library, workspace_id: UUID, made_for: str) -> list[LinkFetch]:
    async with shelf.db.transaction() as tx:
        return await shelf.fetches(tx, workspace_id, made_for)


async def test_a_link_is_plain_ascii_ends_like_a_file_and_gives_the_bytes(site: httpx2.AsyncClient, path: str) -> None:
    assert path.isascii()
    assert path.startswith("/m/")
    assert path.endswith(".jpg")
    answer = await site.get(path)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    headers = answer.headers
    assert (headers["content-type"], headers["content-length"]) == ("image/jpeg", str(len(CONTENT)))
    assert (headers["x-content-type-options"], headers["accept-ranges"]) == ("nosniff", "bytes")
    assert "no-store" in headers["cache-control"]
    assert "x-robots-tag" not in headers


async def test_a_link_gives_what_platforms_take_and_not_the_original(
    shelf: Library, site: httpx2.AsyncClient, workspace_id: UUID, attempt: str
) -> None:
    asset = await add(shelf, workspace_id, media.png(200, 100, mode="RGBA"), "logo.png")
    path = await lend(shelf, workspace_id, asset.id, attempt)
    answer = await site.get(path)
    assert path.endswith(".jpg")
    assert Image.open(BytesIO(answer.content)).format == "JPEG"
    assert answer.headers["content-length"] == str(asset.facts.size)


async def test_a_video_link_ends_in_mp4(
    shelf: Library, site: httpx2.AsyncClient, workspace_id: UUID, attempt: str
) -> None:
    asset = await add(shelf, workspace_id, media.mp4(3.0, 360, 640))
    path = await lend(shelf, workspace_id, asset.id, attempt)
    assert path.endswith(".mp4")
    answer = await site.get(path)
    assert (answer.content, answer.headers["content-type"]) == (media.mp4(3.0, 360, 640), "video/mp4")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, len(CONTENT) - 1),
        ("bytes=-50", len(CONTENT) - 50, len(CONTENT) - 1),
        ("bytes=10-99999999", 10, len(CONTENT) - 1),
        ("bytes=0-0", 0, 0),
        ("bytes=-99999999", 0, len(CONTENT) - 1),
    ],
)
async def test_a_range_gives_exactly_its_bytes(
    site: httpx2.AsyncClient, path: str, asked: str, first: int, last: int
) -> None:
    answer = await site.get(path, headers={"range": asked})
    assert (answer.status_code, answer.content) == (206, CONTENT[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(CONTENT)}"
    assert answer.headers["content-length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=9-3", "items=0-1", "bytes=", "bytes=-", "nonsense"])
async def test_a_range_that_is_not_understood_gives_the_whole_file(
    site: httpx2.AsyncClient, path: str, asked: str
) -> None:
    answer = await site.get(path, headers={"range": asked})
    assert (answer.status_code, answer.content) == (200, CONTENT)


@pytest.mark.parametrize("asked", [f"bytes={len(CONTENT)}-", "bytes=-0"])
async def test_a_range_beyond_the_end_is_refused_with_the_size(site: httpx2.AsyncClient, path: str, asked: str) -> None:
    answer = await site.get(path, headers={"range": asked})
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"


async def test_a_head_tells_the_same_as_a_get_without_the_bytes(site: httpx2.AsyncClient, path: str) -> None:
    whole, head = await site.get(path), await site.head(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "content-type", "etag", "accept-ranges"):
        assert head.headers[name] == whole.headers[name]
    part = await site.head(path, headers={"range": "bytes=0-9"})
    assert (part.status_code, part.headers["content-length"]) == (206, "10")


async def test_an_entity_tag_saves_the_second_transfer_and_guards_a_resumed_one(
    site: httpx2.AsyncClient, path: str
) -> None:
    tag = (await site.get(path)).headers["etag"]
    assert (await site.get(path, headers={"if-none-match": tag})).status_code == 304
    resumed = await site.get(path, headers={"range": "bytes=5-", "if-range": tag})
    changed = await site.get(path, headers={"range": "bytes=5-", "if-range": '"another"'})
    assert (resumed.status_code, changed.status_code) == (206, 200)


async def test_a_link_lives_a_day_and_a_half_and_can_be_given_more_life(
    shelf: Library, site: httpx2.AsyncClient, path: str, clock: ManualClock, workspace_id: UUID, attempt: str
) -> None:
    clock.advance(timedelta(hours=35))
    assert (await site.head(path)).status_code == 200
    async with shelf.db.transaction() as tx:
        assert await shelf.extend_links(tx, workspace_id, attempt) == 1
    clock.advance(timedelta(hours=35))
    assert (await site.head(path)).status_code == 200
    clock.advance(timedelta(hours=2))
    assert (await site.head(path)).status_code == 403


async def test_a_revoked_link_is_gone_at_once_and_for_ever(
    shelf: Library, site: httpx2.AsyncClient, path: str, clock: ManualClock, workspace_id: UUID, attempt: str
) -> None:
    assert await revoke(shelf, workspace_id, attempt) == 1
    assert await revoke(shelf, workspace_id, attempt) == 0
    assert (await site.get(path)).status_code == 410
    async with shelf.db.transaction() as tx:
        assert await shelf.extend_links(tx, workspace_id, attempt) == 0
    clock.advance(timedelta(days=3))
    assert (await site.head(path)).status_code == 410


async def test_revoking_one_attempt_leaves_the_link_of_the_next_alive(
    shelf: Library, site: httpx2.AsyncClient, path: str, workspace_id: UUID, attempt: str
) -> None:
    asset = await add(shelf, workspace_id, CONTENT)
    second = await lend(shelf, workspace_id, asset.id, f"{attempt} again")
    await revoke(shelf, workspace_id, attempt)
    assert ((await site.get(path)).status_code, (await site.get(second)).status_code) == (410, 200)


async def test_a_changed_or_foreign_link_is_refused(
    site: httpx2.AsyncClient,
    path: str,
    database: Database,
    clock: ManualClock,
    tmp_path: Path,
    workspace_id: UUID,
    attempt: str,
) -> None:
    stranger = ground.library(database, clock, KeyRing.parse(new_key()), tmp_path)
    foreign = await lend(stranger, workspace_id, (await add(stranger, workspace_id, CONTENT)).id, attempt)
    name = path.removeprefix("/m/")
    changed = {"/m/" + name[:at] + ("A" if name[at] != "A" else "B") + name[at + 1 :] for at in range(2, 60, 7)}
    others = {foreign, path.replace(".jpg", ".html"), path.removesuffix(".jpg"), path + ".jpg", "/m/1..jpg", "/m/x"}
    for bad in changed | others:
        assert (await site.get(bad)).status_code == 403, bad


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_not_allowed(site: httpx2.AsyncClient, path: str, method: str) -> None:
    assert (await site.request(method, path)).status_code == 405


async def test_every_request_for_a_link_is_on_record(
    shelf: Library, site: httpx2.AsyncClient, path: str, workspace_id: UUID, attempt: str
) -> None:
    await site.head(path)
    await site.get(path)
    await site.get(path, headers={"range": "bytes=0-9"})
    await site.get(path, headers={"range": f"bytes={len(CONTENT)}-"})
    await revoke(shelf, workspace_id, attempt)
    await site.get(path)
    found = await record(shelf, workspace_id, attempt)
    assert [(each.method, each.status, each.range_header) for each in found] == [
        ("HEAD", 200, ""),
        ("GET", 200, ""),
        ("GET", 206, "bytes=0-9"),
        ("GET", 416, f"bytes={len(CONTENT)}-"),
        ("GET", 410, ""),
    ]
    assert {each.user_agent for each in found} == {"facebookexternalua"}
    assert await record(shelf, workspace_id, f"{attempt} again") == []


async def test_a_request_is_on_record_before_the_first_byte_leaves(
    shelf: Library, site: httpx2.AsyncClient, path: str, workspace_id: UUID, attempt: str
) -> None:
    async with site.stream("GET", path) as answer:
        assert answer.status_code == 200
        assert len(await record(shelf, workspace_id, attempt)) == 1


async def test_a_revocation_waits_for_a_fetch_that_is_being_logged_and_then_sees_it(
    shelf: Library, path: str, workspace_id: UUID, attempt: str
) -> None:
    async def revoke_and_read() -> list[LinkFetch]:
        async with shelf.db.transaction() as tx:
            await shelf.revoke_links(tx, workspace_id, attempt)
            return await shelf.fetches(tx, workspace_id, attempt)

    async def waits_for_a_lock() -> bool:
        waiting = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return bool(await shelf.db.pool.fetchval(f"SELECT EXISTS (SELECT {waiting})"))

    async with shelf.db.transaction() as tx:
        lent = await shelf.links.look_up(tx, path.removeprefix("/m/"))
        assert lent is not None
        revoking = asyncio.create_task(revoke_and_read())
        await eventually(waits_for_a_lock)
        await shelf.links.log(tx, lent.row, "GET", 200, "", "")
    assert [each.status for each in await revoking] == [200]


async def test_a_file_that_is_not_there_cannot_be_lent(shelf: Library, workspace_id: UUID, attempt: str) -> None:
    with pytest.raises(AssetNotReady):
        await lend(shelf, workspace_id, workspace_id, attempt)
