"""Every route of the real application, found by reflection: who may come in, with what, and what strangers are told."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio
from fastapi.openapi.utils import get_openapi
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from huntaze.identity import KEY_SCOPES, every_route, unguarded, verbs_of
from huntaze.wiring import api
from socialsim.testing import simulator
from tests.fixtures import media
from tests.journeys.house import House, Person, opened
from tests.outbox.planted import planted

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FOREIGN = "https://evil.example"
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
_OWN_SIGNATURE = ("/api/webhooks/{platform}",)
"""Doors of the platforms: they bring no session but a signature, held by the tests of webhooks."""
_NOT_IDS = frozenset({"platform", "name", "token", "link", "code"})
"""Parameters that name no object of a workspace: a network, a public file, a signed or one-time link, the code of
somebody's request."""
_BODIES: Mapping[tuple[str, str], Mapping[str, object]] = {
    ("PUT", "/api/v1/accounts/{account_id}/slots"): {"slots": []},
    ("POST", "/api/v1/recurrences/{recurrence_id}/exceptions"): {"localTime": "2027-01-01T09:00"},
    ("PATCH", "/api/v1/webhooks/{webhook_id}"): {"name": "mine now"},
    ("POST", "/api/v1/comments/{comment_id}/replies"): {"text": "x"},
    ("POST", "/api/v1/comments/{comment_id}/private-reply"): {"text": "x"},
}
"""What must be sent for the id to be looked at."""
_GONE = frozenset({"/accounts/choose/{grant}"})
"""A choice of accounts lives for minutes; that it is gone is told in the same words to everybody."""


@dataclass(frozen=True)
class Door:
    """One method of one route."""

    method: str
    path: str
    route: BaseRoute

    @property
    def plain(self) -> str:
        """The path with bare parameters."""
        return _PARAMETER.sub(r"{\1}", self.path)

    @property
    def parameters(self) -> list[str]:
        """Names in the path."""
        return _PARAMETER.findall(self.path)

    @property
    def verb(self) -> str | None:
        """What is asked for."""
        return next(iter(verbs_of(self.route)), None)

    @property
    def json(self) -> bool:
        """Whether it is an endpoint of the API, not a page."""
        return hasattr(self.route, "dependant")

    def address(self, values: Mapping[str, str]) -> str:
        """The path with these values, anything else made up."""
        made_up = {"platform": "instagram", "token": "x" * 43, "name": "nothing", "link": "nothing"}
        return _PARAMETER.sub(lambda found: values.get(found[1]) or made_up.get(found[1]) or str(uuid4()), self.path)


def doors(app: Starlette) -> Iterator[Door]:
    """Everything that can be asked of the application."""
    for path, route in every_route(app.routes):
        for method in sorted((getattr(route, "methods", None) or {"GET"}) - {"HEAD", "OPTIONS"}):
            yield Door(method, path, route)


@dataclass(frozen=True)
class Ground:
    """A house with two workspaces: one full of things, and a stranger's."""

    house: House
    theirs: Mapping[str, str]
    stranger: httpx2.AsyncClient
    person: Person
    token: str


@pytest_asyncio.fixture(scope="module")
async def ground(dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    """Maya has one of everything; the stranger is signed in elsewhere."""
    with simulator(seed=2) as sim:
        async with opened(dsn, tmp_path_factory.mktemp("routes"), sim) as house:
            maya, person = await house.person(), await house.person("Stranger")
            async with httpx2.AsyncClient(
                base_url=house.url, cookies=await house.cookies(person), trust_env=False, timeout=20
            ) as stranger:
                page = await stranger.get("/settings/keys", headers={"accept": "text/html"})
                token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
                assert token
                yield Ground(house, await _things(house, maya), stranger, person, token[1])


async def _things(house: House, maya: Person) -> dict[str, str]:
    """An id of Maya's for every name that a path may hold."""
    accounts = await house.connect(maya)
    key_id, _ = await house.rooms.identity.create_key(maya.workspace_id, "theirs", ["posts.read"])
    asset = await house.asset(maya, media.jpeg(1080, 1080), "theirs.jpg")
    key = await house.key(maya)
    body = {
        "accountIds": [str(accounts[0])],
        "mediaType": "IMAGE",
        "media": [{"assetId": str(asset.id)}],
        "draft": True,
    }
    async with httpx2.AsyncClient(base_url=house.url, trust_env=False) as client:
        made = await client.post("/api/v1/posts", json=body, headers={"authorization": f"Bearer {key}"})
        weekly = {name: value for name, value in body.items() if name != "draft"}
        in_two_days = datetime.now(UTC) + timedelta(days=2)
        weekly |= {"rule": "FREQ=WEEKLY;COUNT=1", "startsAt": in_two_days.strftime("%Y-%m-%dT12:00:00")}
        again = await client.post("/api/v1/recurrences", json=weekly, headers={"authorization": f"Bearer {key}"})
    mirrored = await _mirrored(house, maya, accounts[0])
    webhook = await planted(house.rooms, maya.workspace_id)
    grant = (await house.rows("SELECT grant_id AS id FROM account WHERE workspace_id = $1", maya.workspace_id))[0]["id"]
    return {
        "post_id": made.json()["id"],
        "recurrence_id": again.json()["id"],
        "asset_id": str(asset.id),
        "account": str(accounts[0]),
        "account_id": str(accounts[0]),
        "key": str(key_id),
        "key_id": str(key_id),
        "grant": str(grant),
        **await _said(house, maya, accounts[0]),
        "event_id": await _arrived(house, accounts[0]),
        **mirrored,
        "webhook_id": str(webhook.webhook_id),
        "delivery_id": str(webhook.delivery_id),
    }


async def _mirrored(house: House, maya: Person, account: UUID) -> dict[str, str]:
    """What stands on the platform, and somebody who speaks there."""
    post = (
        "INSERT INTO platform_media (id, workspace_id, account_id, media_ref, type, published_at, synced_at)"
        " VALUES ($1, $2, $3, 'theirs', 'IMAGE', now(), now()) RETURNING id"
    )
    person = (
        "INSERT INTO people (id, workspace_id, account_id, person_ref, source, first_seen_at, last_seen_at)"
        " VALUES ($1, $2, $3, 'theirs', 'poll', now(), now()) RETURNING id"
    )
    talk = (
        "INSERT INTO conversation (id, workspace_id, account_id, person_ref, last_message_at)"
        " VALUES ($1, $2, $3, 'theirs', now()) RETURNING id"
    )
    found = {}
    for name, sql in (("media_id", post), ("person_id", person), ("conversation_id", talk)):
        rows = await house.rows(sql, uuid4(), maya.workspace_id, account)
        found[name] = str(rows[0]["id"])
    return found


async def _said(house: House, maya: Person, account_id: UUID) -> dict[str, str]:
    """A comment, and what was asked to be done with it."""
    comment_id, deed_id, where = uuid4(), uuid4(), (maya.workspace_id, account_id)
    comment = (
        "INSERT INTO comment (id, workspace_id, account_id, comment_ref, media_ref, text, source, created_at,"
        " received_at) VALUES ($1, $2, $3, 'theirs', 'theirs', 'x', 'poll', now(), now()) RETURNING id"
    )
    deed = (
        "INSERT INTO comment_deed (id, workspace_id, account_id, platform, comment_id, comment_ref, thread_ref,"
        " media_ref, person_ref, commented_at, kind, state, asked_by, created_at, wanted_at) VALUES ($1, $2, $3,"
        " 'instagram', $4, 'theirs', 'theirs', 'theirs', '', now(), 'reply', 'FAILED', 'Maya', now(), now())"
        " RETURNING id"
    )
    await house.rows(comment, comment_id, *where)
    await house.rows(deed, deed_id, *where, comment_id)
    return {"comment_id": str(comment_id), "deed_id": str(deed_id)}


async def _arrived(house: House, account_id: UUID) -> str:
    """The number of an event for this account."""
    event = (
        "INSERT INTO intake_event (id, platform, account_ref, kind, identity, partition, payload, state, received_at)"
        " OVERRIDING SYSTEM VALUE SELECT 7000000000123, platform, account_ref, 'theirs', 'theirs', account_ref, '{}',"
        " 'done', now() FROM account WHERE id = $1 RETURNING id"
    )
    return str((await house.rows(event, account_id))[0]["id"])


async def _ask(ground: Ground, door: Door, address: str, **headers: str) -> httpx2.Response:
    """As a browser's form or a program's JSON, by the stranger."""
    if door.method in UNSAFE and door.json:
        body = _BODIES.get((door.method, door.plain), {"caption": "x"} if door.method == "PATCH" else {})
        return await ground.stranger.request(door.method, address, json=body, headers=headers)
    data = {"how": "draft"} if door.method in UNSAFE else None
    return await ground.stranger.request(door.method, address, data=data, headers={"accept": "text/html", **headers})


async def test_every_route_asks_for_a_verb_or_stands_on_the_public_list(ground: Ground) -> None:
    assert unguarded(ground.house.app.routes) == []


async def test_a_route_without_a_verb_would_be_found(ground: Ground) -> None:
    forgotten = Route("/forgotten", lambda request: None)
    assert unguarded([*ground.house.app.routes, forgotten]) == ["/forgotten"]


async def test_every_change_is_refused_without_the_form_token_and_from_a_foreign_page(ground: Ground) -> None:
    let_in, asked = [], 0
    for door in doors(ground.house.app):
        if door.method not in UNSAFE or door.plain.startswith(_OWN_SIGNATURE):
            continue
        asked += 1
        address = door.address(ground.theirs)
        bare = await _ask(ground, door, address)
        foreign = await _ask(ground, door, address, **{"x-csrf-token": ground.token, "origin": FOREIGN})
        let_in += [f"{door.method} {door.path}: {one.status_code}" for one in (bare, foreign) if one.status_code != 403]
    assert let_in == []
    assert asked > 20


async def test_an_id_of_another_workspace_is_answered_like_one_that_nobody_has(ground: Ground) -> None:
    token = {"x-csrf-token": ground.token, "origin": ground.house.url}
    wrong, asked = [], 0
    for door in doors(ground.house.app):
        ids = [name for name in door.parameters if name not in _NOT_IDS]
        if not ids:
            continue
        asked += 1
        assert set(ids) <= ground.theirs.keys(), f"{door.path}: the test has no id of another's for it"
        nobody = {name: str(uuid4()) for name in ids}
        told = [await _told(ground, door, values, token) for values in (ground.theirs, nobody)]
        expected = 410 if door.plain in _GONE else 404
        if told[0] != told[1] or told[0][0] != expected:
            wrong.append(f"{door.method} {door.path}: {told[0][0]} for a stranger's, {told[1][0]} for nobody's")
    assert wrong == []
    assert asked > 15


async def _told(ground: Ground, door: Door, values: Mapping[str, str], token: Mapping[str, str]) -> tuple[int, str]:
    """Status and body without what differs between any two pages: the id, tokens, the stream's position."""
    answer = await _ask(ground, door, door.address(values), **token)
    text = answer.text
    for name in door.parameters:
        text = text.replace(values.get(name, "…"), "ID")
    return answer.status_code, re.sub(r'(csrf[^"]*"[^>]*"|since=)[^"]+', "", text)


async def test_the_ids_are_real_for_the_one_who_owns_them(ground: Ground) -> None:
    """Else the test before would hold of anything."""
    rows = await ground.house.rows("SELECT workspace_id FROM post")
    assert {row["workspace_id"] for row in rows} != {ground.person.workspace_id}
    for table, name in (
        ("post", "post_id"),
        ("asset", "asset_id"),
        ("account", "account_id"),
        ("api_key", "key_id"),
        ("recurrence", "recurrence_id"),
        ("comment", "comment_id"),
        ("comment_deed", "deed_id"),
        ("platform_media", "media_id"),
        ("people", "person_id"),
        ("conversation", "conversation_id"),
        ("webhook_target", "webhook_id"),
        ("delivery", "delivery_id"),
    ):
        found = await ground.house.rows(f"SELECT 1 FROM {table} WHERE id = $1::uuid", ground.theirs[name])
        assert found, name


async def test_every_body_refuses_a_name_that_it_does_not_know(ground: Ground) -> None:
    """Mass assignment: ids, states and owners cannot be slipped in."""
    described = get_openapi(title="", version="", routes=api(ground.house.rooms).routes)
    token = {"x-csrf-token": ground.token, "origin": ground.house.url}
    swallowed, asked = [], 0
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            if "application/json" not in operation.get("requestBody", {}).get("content", {}):
                continue
            asked += 1
            address = "/api" + _PARAMETER.sub(str(uuid4()), path)
            answer = await ground.stranger.request(method, address, json={"workspaceId": "mine"}, headers=token)
            pointers = [error.get("pointer") for error in answer.json().get("errors", [])]
            if answer.status_code != 422 or "#/workspaceId" not in pointers:
                swallowed.append(f"{method} {path}: {answer.status_code} {pointers}")
    assert swallowed == []
    assert asked >= 5


async def test_a_key_opens_exactly_the_endpoints_of_its_scope(ground: Ground) -> None:
    """Every endpoint against a key of its scope alone, and against one of every other scope."""
    wrong: list[tuple[Door, int]] = []
    endpoints = [door for door in doors(ground.house.app) if door.json and door.verb]
    for verb in sorted({door.verb or "" for door in endpoints}):
        its = [door for door in endpoints if door.verb == verb]
        opened = await _with_key(ground, [verb], its) if verb in KEY_SCOPES else []
        refused = await _with_key(ground, sorted(KEY_SCOPES - {verb}), its)
        wrong += [(door, status) for door, status in opened if status in (401, 403) or status >= 500]
        wrong += [(door, status) for door, status in refused if status not in (401, 403)]
    assert wrong == []
    assert len(endpoints) > 10


async def test_no_page_takes_a_key(ground: Ground) -> None:
    """Pages belong to sessions, whatever a key may do."""
    pages = [door for door in doors(ground.house.app) if door.verb and not door.json]
    answers = await _with_key(ground, sorted(KEY_SCOPES), pages)
    assert {status for _, status in answers} == {401}
    assert len(pages) > 20


async def _with_key(ground: Ground, scopes: list[str], asked: list[Door]) -> list[tuple[Door, int]]:
    """What a program with a key of these scopes gets."""
    bearer = {"authorization": f"Bearer {await ground.house.key(ground.person, scopes)}", "accept": "application/json"}
    async with httpx2.AsyncClient(base_url=ground.house.url, trust_env=False, timeout=20) as program:
        answers = []
        for door in asked:
            body: dict[str, str] | None = {} if door.method in UNSAFE else None
            answer = await program.request(door.method, door.address({}), json=body, headers=bearer)
            answers.append((door, answer.status_code))
    return answers
