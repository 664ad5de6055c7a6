"""The media pages as a browser uses them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio

from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Connection, Database
from huntaze.kit.text import Text
from tests.fixtures import media
from tests.library import ground
from tests.library.ground import add, grid
from tests.library.house import House, form_token, open_house

USED = "used.jpg"


@pytest_asyncio.fixture(scope="module")
async def house(
    database: Database, key_ring: KeyRing, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """One house for all these tests; a file named “used.jpg” is part of a post."""
    clock = ManualClock()

    async def used_by(connection: Connection, workspace_id: UUID, asset_id: UUID) -> Text | None:
        name = await connection.fetchval(
            "SELECT name FROM asset WHERE workspace_id = $1 AND id = $2", workspace_id, asset_id
        )
        return Text("The post “Spring” uses this file.") if name == USED else None

    home: Path = tmp_path_factory.mktemp("pages")
    shelf = ground.library(database, clock, key_ring, home, used_by=used_by)
    async with open_house(shelf, clock, key_ring) as opened:
        yield opened


async def upload(house: House, content: bytes, name: str, query: str = "") -> httpx2.Response:
    """What the dropzone sends."""
    headers = {"x-csrf-token": await form_token(house.browser), "hx-request": "true"}
    return await house.browser.post(f"/media{query}", files={"file": (name, content)}, headers=headers)


async def test_an_empty_library_says_what_it_takes(house: House) -> None:
    page = await house.browser.get("/media")
    assert page.status_code == 200
    assert "media-dropzone" in page.text
    assert "MP4 or MOV" in page.text
    assert 'id="media-grid"' in page.text


async def test_a_dropped_file_comes_back_as_a_tile_and_stands_in_the_grid(house: House) -> None:
    answer = await upload(house, media.jpeg(200, 200, seed=1), "plage.jpg")
    assert answer.status_code == 200
    assert answer.text.startswith("<li")
    assert "plage.jpg" in answer.text
    page = await house.browser.get("/media")
    assert "plage.jpg" in page.text
    assert "plage.jpg" not in (await house.browser.get("/media?kind=video")).text


async def test_a_composer_gets_an_item_of_its_strip(house: House) -> None:
    answer = await upload(house, media.jpeg(200, 200, seed=2), "strip.jpg", "?as=strip")
    assert 'name="asset"' in answer.text
    assert "strip-item" in answer.text


async def test_a_file_that_is_not_taken_says_why_beside_its_name(house: House) -> None:
    before = len(await grid(house.shelf, house.workspace_id))
    answer = await upload(house, b"<svg onload=alert(1)>" * 9000, "logo.jpg")
    assert answer.status_code == 415
    assert "not a picture or video" in unquote(answer.headers["x-reason"])
    assert len(await grid(house.shelf, house.workspace_id)) == before


async def test_an_upload_without_javascript_works_by_a_plain_form(house: House) -> None:
    token = await form_token(house.browser)
    sent = {"file": ("plain.jpg", media.jpeg(200, 200, seed=3))}
    answer = await house.browser.post("/media", files=sent, data={"csrf_token": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/media")
    refused = await house.browser.post("/media", files={"file": ("a.txt", b"hello")}, data={"csrf_token": token})
    assert refused.status_code == 415
    assert "not a picture or video" in refused.text


async def test_nothing_is_taken_without_a_form_token_or_a_session(house: House) -> None:
    sent = {"file": ("x.jpg", media.jpeg(200, 200, seed=4))}
    assert (await house.browser.post("/media", data={"csrf_token": "forged"})).status_code == 403
    assert (await house.stranger.get("/media")).status_code == 303
    assert (await house.stranger.post("/media", files=sent, headers={"hx-request": "true"})).status_code == 401


async def test_the_side_page_tells_the_facts_and_keeps_the_alternative_text(house: House) -> None:
    asset = await add(house.shelf, house.workspace_id, media.png(300, 200, seed=5), "<b>logo.png")
    page = (await house.browser.get(f"/media/{asset.id}")).text
    assert "&lt;b&gt;logo.png" in page
    assert "300 × 200" in page  # noqa: RUF001 — the sign people know
    assert "as JPEG" in page
    token = await form_token(house.browser)
    saved = await house.browser.post(f"/media/{asset.id}", data={"csrf_token": token, "alt_text": " A blue logo "})
    assert saved.status_code == 303
    assert "A blue logo" in (await house.browser.get(f"/media/{asset.id}")).text


async def test_a_used_file_is_kept_with_the_reason_and_an_unused_one_is_deleted(house: House) -> None:
    used = await add(house.shelf, house.workspace_id, media.jpeg(200, 200, seed=6), USED)
    free = await add(house.shelf, house.workspace_id, media.jpeg(200, 200, seed=7), "free.jpg")
    token = {"csrf_token": await form_token(house.browser)}
    kept = await house.browser.post(f"/media/{used.id}/delete", data=token)
    assert kept.status_code == 409
    assert "The post “Spring” uses this file." in kept.text
    gone = await house.browser.post(f"/media/{free.id}/delete", data=token)
    assert (gone.status_code, gone.headers["location"]) == (303, "/media")
    assert (await house.browser.get(f"/media/{free.id}")).status_code == 404


async def test_files_are_for_their_own_people_only(house: House, database: Database) -> None:
    content = media.png(300, 200, seed=8)
    asset = await add(house.shelf, house.workspace_id, content, "mine.png")
    whole = await house.browser.get(f"/media/{asset.id}/file")
    assert (whole.content, whole.headers["content-type"]) == (content, "image/png")
    assert whole.headers["cache-control"].startswith("private")
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert whole.headers["content-disposition"].startswith("inline")
    kept = await house.browser.get(f"/media/{asset.id}/file?download=1")
    assert kept.headers["content-disposition"] == "attachment; filename*=UTF-8''mine.png"
    thumbnail = await house.browser.get(f"/media/{asset.id}/thumbnail")
    assert (thumbnail.status_code, thumbnail.headers["content-type"]) == (200, "image/jpeg")
    part = await house.browser.get(f"/media/{asset.id}/file", headers={"range": "bytes=0-7"})
    assert (part.status_code, part.content) == (206, content[:8])
    assert (await house.stranger.get(f"/media/{asset.id}/file")).status_code == 303

    foreign = await add(house.shelf, await ground.workspace(database, house.shelf.clock), content)
    for path in ("", "/file", "/thumbnail"):
        assert (await house.browser.get(f"/media/{foreign.id}{path}")).status_code == 404


async def test_a_long_grid_goes_on_page_by_page(house: House) -> None:
    first = await house.browser.get("/media")
    assert "before=" not in first.text
    async with house.shelf.db.transaction() as tx:
        await tx.execute(
            "INSERT INTO asset (id, workspace_id, name, source, state, kind, mime, sha256, created_at, taken_at) "
            "SELECT gen_random_uuid(), $1, 'old-' || n, 'upload', 'ready', 'video', 'video/mp4', '', t, t "
            "FROM generate_series(1, 60) n, LATERAL (SELECT timestamptz '2025-01-01' + n * interval '1 h' AS t)",
            house.workspace_id,
        )
    page = await house.browser.get("/media?kind=video")
    onward = re.search(r'href="(/media\?kind=video&amp;before=[^"]+)"', page.text)
    assert onward is not None
    older = await house.browser.get(onward[1].replace("&amp;", "&"))
    names = {*re.findall(r">(old-\d+)<", page.text), *re.findall(r">(old-\d+)<", older.text)}
    assert names == {f"old-{n}" for n in range(1, 61)}
    assert (await house.browser.get("/media?before=forged")).status_code == 303
