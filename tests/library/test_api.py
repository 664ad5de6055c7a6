"""/api/v1/assets as a program uses it."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Connection, Database
from huntaze.kit.text import Text
from huntaze.library import LibraryLimits
from tests.fixtures import media
from tests.library import ground
from tests.library.ground import add, grid
from tests.library.house import House, form_token, open_house

ASSETS = "/api/v1/assets"


@pytest_asyncio.fixture(scope="module")
async def house(
    database: Database, key_ring: KeyRing, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """One house for all these tests."""
    clock = ManualClock()

    async def used_by(connection: Connection, _workspace_id: object, asset_id: object) -> Text | None:
        name = await connection.fetchval("SELECT name FROM asset WHERE id = $1", asset_id)
        return Text("The post “Spring” uses this file.") if name == "used.jpg" else None

    limits = LibraryLimits(image_bytes=500_000)
    shelf = ground.library(database, clock, key_ring, tmp_path_factory.mktemp("api"), used_by=used_by, limits=limits)
    async with open_house(shelf, clock, key_ring) as opened:
        yield opened


async def test_a_file_is_added_read_listed_and_deleted(house: House) -> None:
    added = await house.program.post(ASSETS, files={"file": ("a.png", media.png(320, 200))})
    assert added.status_code == 201
    body = added.json()
    assert added.headers["location"] == f"{ASSETS}/{body['id']}"
    assert {name: body[name] for name in ("name", "state", "source", "kind", "mime", "width", "height")} == {
        "name": "a.png",
        "state": "ready",
        "source": "upload",
        "kind": "image",
        "mime": "image/png",
        "width": 320,
        "height": 200,
    }
    assert {variant["purpose"] for variant in body["variants"]} == {"jpeg", "thumbnail"}
    assert (await house.program.get(f"{ASSETS}/{body['id']}")).json() == body
    assert body in (await house.program.get(ASSETS)).json()["items"]
    again = await house.program.post(ASSETS, files={"file": ("again.png", media.png(320, 200))})
    assert again.json()["id"] == body["id"]
    assert (await house.program.delete(f"{ASSETS}/{body['id']}")).status_code == 204
    assert (await house.program.get(f"{ASSETS}/{body['id']}")).status_code == 404


async def test_a_session_with_its_form_token_may_add_too(house: House) -> None:
    sent = {"file": ("b.jpg", media.jpeg(100, 100, seed=1))}
    assert (await house.browser.post(ASSETS, json={"url": "https://example.test/a.jpg"})).status_code == 403
    headers = {"x-csrf-token": await form_token(house.browser)}
    assert (await house.browser.post(ASSETS, files=sent, headers=headers)).status_code == 201
    assert (await house.stranger.post(ASSETS, files=sent)).status_code == 401


async def test_other_fields_of_the_form_are_passed_over(house: House) -> None:
    sent = {"note": (None, b"x" * 100_000), "file": ("c.jpg", media.jpeg(100, 100, seed=2)), "more": (None, b"y")}
    added = await house.program.post(ASSETS, files=sent)
    assert (added.status_code, added.json()["name"]) == (201, "c.jpg")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"<html>", 415, "unsupported_type"),
        (media.jpeg() + bytes(600_000), 413, "too_large"),
        (media.jpeg()[:5000], 422, "unreadable"),
        (b"", 422, "unreadable"),
    ],
    ids=["html", "large", "damaged", "empty"],
)
async def test_a_file_that_is_not_taken_is_a_problem_with_a_remedy(
    house: House, content: bytes, status: int, code: str
) -> None:
    answer = await house.program.post(ASSETS, files={"file": ("x.jpg", content)})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["code"] == code
    assert answer.json()["remedy"]


async def test_a_body_without_a_file_is_a_bad_upload(house: House) -> None:
    broken = {"content-type": "multipart/form-data; boundary=b"}
    for content, headers in (
        (b"", {"content-type": "multipart/form-data"}),
        (b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--b--\r\n", broken),
        (b'--b\r\nContent-Disposition: form-data; name=file; filename="a"\r\n\r\n' + media.jpeg(64, 64), broken),
        (b"garbage", broken),
        (b"hello", {"content-type": "text/plain"}),
    ):
        answer = await house.program.post(ASSETS, content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_upload")


async def test_an_address_is_fetched_or_refused_with_the_reason(house: House) -> None:
    answer = await house.program.post(ASSETS, json={"url": "http://127.0.0.1/secret.jpg"})
    assert (answer.status_code, answer.json()["code"]) == (422, "fetch_refused")
    for body in ({}, {"url": "https://example.test/a.jpg", "source": "mirror"}, {"url": 5}):
        refused = await house.program.post(ASSETS, json=body)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"].startswith("#/")


async def test_a_list_goes_on_by_its_cursor_and_refuses_a_forged_one(house: House) -> None:
    for seed in range(3):
        await add(house.shelf, house.workspace_id, media.jpeg(64, 64, seed=100 + seed))
    everything = [str(asset.id) for asset in await grid(house.shelf, house.workspace_id)]
    found, cursor = [], ""
    while True:
        page = (await house.program.get(ASSETS, params={"limit": 2, "cursor": cursor})).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert found == everything
    forged = await house.program.get(ASSETS, params={"cursor": "1.abc.def"})
    assert (forged.status_code, forged.json()["code"]) == (422, "invalid")


async def test_a_used_file_is_not_deleted(house: House) -> None:
    asset = await add(house.shelf, house.workspace_id, media.jpeg(64, 64, seed=200), "used.jpg")
    answer = await house.program.delete(f"{ASSETS}/{asset.id}")
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    assert "Spring" in answer.json()["detail"]


async def test_a_foreign_file_and_an_unknown_one_look_the_same(house: House, database: Database) -> None:
    foreign = await add(house.shelf, await ground.workspace(database, house.shelf.clock), media.jpeg(64, 64, seed=300))
    for method in ("GET", "DELETE"):
        one = await house.program.request(method, f"{ASSETS}/{foreign.id}")
        other = await house.program.request(method, f"{ASSETS}/{uuid4()}")
        assert (one.status_code, one.json()) == (other.status_code, other.json())
        assert one.status_code == 404
