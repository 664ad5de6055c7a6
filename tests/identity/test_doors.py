"""Guarded routes, refusals and failures, and where a request comes from."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from huntaze import identity as room
from huntaze import outbox
from huntaze.identity import RateLimit, client_address
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.live import Position
from huntaze.kit.problems import Problem
from huntaze.kit.text import Text
from huntaze.outbox import Outbox
from huntaze.platforms.errors import Later, PlatformError, Reconnect, Rejected, UnknownOutcome, Unsupported
from huntaze.platforms.problems import problem_of
from tests.identity.house import House, house


async def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_the_page_they_wanted(here: House) -> None:
    await here.owner()
    browser = here.browser()
    answer = await browser.get("/settings/keys?x=1&y=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fsettings%2Fkeys%3Fx%3D1%26y%3D2")
    assert 'value="/settings/keys?x=1&amp;y=2"' in (await browser.get(answer.headers["location"])).text
    assert (await browser.get("/")).headers["location"] == "/sign-in"
    assert (await browser.post("/change")).headers["location"] == "/sign-in"


async def test_htmx_and_programs_get_401_instead_of_a_page_to_sign_in_at(here: House) -> None:
    browser = here.browser()
    assert (await browser.get("/", hx_request="true")).status_code == 401
    assert (await browser.get("/", accept="application/json")).status_code == 401
    answer = await browser.client.get("/api/v1/probe/posts.read")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


async def test_every_route_has_a_verb_or_stands_on_the_public_list(here: House) -> None:
    assert room.unguarded(here.starlette.routes) == []
    found = {path: room.verbs_of(route) for path, route in room.every_route(here.starlette.routes)}
    assert found["/settings/keys"] == ["keys.write"]
    assert found["/api/v1/probe/media.write"] == ["media.write"]
    assert found["/api/v1/keys/{key_id}"] == ["keys.write"]


async def test_a_route_that_forgets_its_guard_is_found(here: House) -> None:
    async def naked(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("")

    api = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @api.get("/v1/naked")
    async def endpoint() -> None:
        return

    routes = [*here.starlette.routes, Route("/naked", naked), Mount("/inner", routes=[Route("/too", naked)])]
    assert room.unguarded([*routes, Mount("/api", api)]) == ["/api/v1/naked", "/inner/too", "/naked"]


async def test_a_verb_that_is_none_is_refused_when_the_house_is_built(here: House) -> None:
    async def page(_request: Request, _actor: room.Actor) -> PlainTextResponse:
        return PlainTextResponse("")

    with pytest.raises(ValueError, match="is no verb"):
        here.identity.page_route("/x", "posts.burn", page)
    with pytest.raises(ValueError, match="is no verb"):
        here.identity.require("posts.burn")


async def test_what_is_told_while_a_page_is_made_reaches_its_live_stream(here: House) -> None:
    workspace_id, _person = await here.owner()
    browser = here.browser()
    await browser.sign_in("ana@example.com")
    async with here.database.transaction() as tx:
        page = await browser.get("/")
        await outbox.tell(tx, workspace_id=workspace_id, topic="post.changed", ref="p1", at=here.clock.now())
    since = Position.parse(page.text.split("/live?since=")[1].split('"')[0].split("<")[0])
    changes = await Outbox(here.database, here.clock, Checkpoints(None)).read_changes(workspace_id, since, 10)
    assert [change.ref for change in changes] == ["p1"]


async def test_error_pages_stand_in_the_frame_in_the_persons_language_and_say_no_secret(here: House) -> None:
    browser = await here.signed_in()
    missing = await browser.get("/nothing-here")
    assert (missing.status_code, "Nothing here" in missing.text) == (404, True)
    assert (await browser.get("/change")).status_code == 405
    failed = await browser.get("/fail")
    assert failed.status_code == 500
    assert "Quote this number" in failed.text
    assert "the secret of the house" not in failed.text
    asked = await browser.get("/ask")
    assert asked.status_code == 503
    assert "The platform is full. We try again." in asked.text
    await browser.get("/")
    await browser.post("/language", {"locale": "fr", "back": "/"})
    assert 'lang="fr"' in (await browser.get("/fail")).text


async def test_the_api_answers_problems_for_a_platforms_no_a_bad_body_and_a_fault_of_ours(here: House) -> None:
    workspace_id, _person = await here.owner()
    _key_id, key = await here.identity.create_key(workspace_id, "site", ["posts.read", "posts.write"])
    client = here.browser(headers={"authorization": f"Bearer {key}"}).client
    rejected = await client.get("/api/v1/rejected")
    assert rejected.headers["content-type"] == "application/problem+json"
    assert rejected.json() == {
        "type": "urn:huntaze:problem:platform_rejected",
        "title": "The platform refuses this",
        "status": 422,
        "detail": "The picture is too small.",
        "code": "platform_rejected",
        "remedy": "Use one of 320 pixels or more.",
        "file": 1,
        "platform": "instagram",
        "platformCode": "36003/2207009",
        "traceId": "AbC",
    }
    invalid = await client.post("/api/v1/notes", json={"text": 1, "a/b": "typed by somebody"})
    assert invalid.status_code == 422
    assert {fault["pointer"] for fault in invalid.json()["errors"]} == {"#/text", "#/a~1b"}
    assert "typed by somebody" not in invalid.text
    assert "is no name that is known here" in invalid.text
    malformed = await client.post("/api/v1/notes", content=b"{", headers={"content-type": "application/json"})
    assert (malformed.status_code, malformed.json()["code"]) == (400, "malformed")
    broken = await client.get("/api/v1/broken")
    assert (broken.status_code, broken.json()["code"]) == (500, "internal")
    assert len(broken.json()["traceId"]) == 8
    assert "the secret of the house" not in broken.text
    assert (await client.get("/api/v1/nothing")).json()["code"] == "not_found"
    wrong = await client.put("/api/v1/notes")
    assert (wrong.json()["code"], wrong.headers["allow"]) == ("method_not_allowed", "POST")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Later, 503, "platform_later"),
        (Reconnect, 409, "reconnect_needed"),
        (Rejected, 422, "platform_rejected"),
        (Unsupported, 422, "unsupported"),
        (UnknownOutcome, 504, "unknown_outcome"),
        (PlatformError, 502, "platform_error"),
    ],
)
def test_every_branch_of_the_error_tree_has_its_answer(error: type[PlatformError], status: int, code: str) -> None:
    problem = problem_of(error(Text("No."), Text("Wait."), platform="tiktok"))
    assert (problem.status, problem.code, problem.platform) == (status, code, "tiktok")
    assert {kind.__name__ for kind in PlatformError.__subclasses__()} == {
        "Later",
        "Reconnect",
        "Rejected",
        "Unsupported",
        "UnknownOutcome",
    }


def test_a_time_that_the_platform_names_becomes_retry_after_in_whole_seconds() -> None:
    after = timedelta(seconds=61.2)
    problem = problem_of(Later(Text("Full."), Text("Wait."), platform="instagram", after=after))
    assert problem.headers() == {"Retry-After": "62"}
    assert Problem(404, "not_found", "Not found").headers() == {}


def test_the_address_of_a_request_is_read_from_the_right_only_as_far_as_the_proxies_are_ours() -> None:
    ours = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))

    def seen(client: str, *forwarded: str) -> str:
        headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
        return client_address(Request({"type": "http", "headers": headers, "client": (client, 1)}), ours)

    assert seen("203.0.113.9", "1.2.3.4") == "203.0.113.9", "no proxy of ours: the header is the client's own word"
    assert seen("10.0.0.1", "203.0.113.9") == "203.0.113.9"
    assert seen("10.0.0.1", "1.2.3.4, 203.0.113.9, 10.0.0.2") == "203.0.113.9"
    assert seen("10.0.0.1", "1.2.3.4", "203.0.113.9") == "203.0.113.9"
    assert seen("10.0.0.1", "garbage") == "10.0.0.1"
    assert seen("10.0.0.1") == "10.0.0.1"
    assert seen("fd00::1", "::ffff:203.0.113.9") == "203.0.113.9"
    assert client_address(Request({"type": "http", "headers": [], "client": None}), ours) == ""


async def test_people_behind_a_proxy_of_ours_are_counted_one_by_one(here: House, key_ring: KeyRing) -> None:
    behind = house(here.database, here.clock, key_ring, trusted=[ip_network("10.0.0.0/8")])
    await behind.owner()
    guesser = behind.browser(address="10.0.0.1", headers={"x-forwarded-for": "203.0.113.9"})
    for n in range(30):
        await guesser.sign_in(f"name{n}", "wrong")
    assert (await guesser.sign_in("ana@example.com")).status_code == 429
    neighbour = behind.browser(address="10.0.0.1", headers={"x-forwarded-for": "203.0.113.10"})
    assert (await neighbour.sign_in("ana@example.com")).status_code == 303


def test_a_rate_limit_counts_each_subject_alone_and_begins_anew_after_its_time() -> None:
    clock = ManualClock()
    limit = RateLimit(clock, 2, timedelta(seconds=10))
    assert [limit.take("a") for _ in range(3)] == [0, 0, 10]
    assert limit.take("b") == 0
    clock.advance(timedelta(seconds=9.5))
    assert limit.take("a") == 1
    clock.advance(timedelta(seconds=1))
    assert limit.take("a") == 0
