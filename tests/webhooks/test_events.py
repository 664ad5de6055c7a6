"""What arrived can be looked at and worked on again: by pages, the API and the command line."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from huntaze.commands import events as command
from huntaze.identity import Actor
from huntaze.kit.secret import Secret
from huntaze.webhooks import Wanted
from huntaze.webhooks.redacting import redacted
from tests.webhooks.conftest import Door
from tests.webhooks.deliveries import MAYA_ACCOUNT, comment, delivery

EVENTS = "/api/v1/events"


async def program(door: Door, actor: Actor, *scopes: str) -> dict[str, str]:
    """The header of an API key."""
    _, key = await door.rooms.house.identity.create_key(actor.workspace_id, "test", scopes)
    return {"authorization": f"Bearer {key}"}


@asynccontextmanager
async def browser(door: Door, actor: Actor) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody signed in."""
    identity = door.rooms.house.identity
    assert actor.person_id is not None
    link = await identity.person_link(actor.person_id, door.url)
    session = await identity.sign_in_by_link(Secret(link.rpartition("/")[2]))
    cookies = {identity.cookies.session_name: session.reveal()}
    async with httpx2.AsyncClient(base_url=door.url, cookies=cookies, trust_env=False, timeout=20) as client:
        yield client


async def ask(door: Door, key: Mapping[str, str], path: str = EVENTS, **params: str) -> Any:
    answer = await door.client.get(path, params=params, headers=key)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def kill(door: Door, *refs: str) -> None:
    """These comments failed too often."""
    await door.rooms.rows(
        "UPDATE intake_event SET state = 'dead', tries = 8, problem = 'TimeoutError'"
        " WHERE convert_from(payload, 'UTF8')::jsonb ->> 'id' = ANY ($1::text[])",
        list(refs),
    )


async def test_dead_letters_are_listed_opened_and_worked_on_again_once(door: Door) -> None:
    actor = await door.rooms.owner()
    await door.rooms.connect(actor, MAYA_ACCOUNT)
    key = await program(door, actor, "events.read", "events.write")
    await door.post(delivery([comment(str(number), f"words {number}") for number in range(1, 6)]))
    await kill(door, "2", "3")
    await door.drain()
    told = "SELECT count(*) FROM domain_event WHERE topic = 'comment.received'"
    assert await door.rooms.value(told) == 3
    dead = await ask(door, key, state="dead")
    assert [(one["kind"], one["problem"], one["tries"]) for one in dead["items"]] == [
        ("comments", "TimeoutError", 8)
    ] * 2
    opened = await ask(door, key, f"{EVENTS}/{dead['items'][0]['id']}")
    assert (opened["payload"]["id"], opened["payload"]["text"]) == ("3", "•••"), "this key may not read comments"
    first = await ask(door, key, limit="2")
    second = await ask(door, key, limit="2", cursor=first["nextCursor"])
    seen = [one["id"] for one in (*first["items"], *second["items"])]
    assert len(seen) == len(set(seen)) == 4
    one = await door.client.post(f"{EVENTS}/{dead['items'][0]['id']}/replay", headers=key)
    some = await door.client.post(f"{EVENTS}/replay", headers=key, json={"kind": "comments"})
    everything = await door.client.post(f"{EVENTS}/replay", headers=key, json={"state": ["done"]})
    assert [answer.json() for answer in (one, some, everything)] == [{"replayed": n} for n in (1, 1, 3)]
    await door.drain()
    assert {state for _, _, state in await door.stored()} == {"done"}
    assert await door.rooms.value(told) == 5, "what was done before has no second effect"
    assert await door.rooms.value("SELECT count(*) FROM comment") == 5


@pytest.mark.parametrize(
    "query", ["state=gone", "limit=0", "since=yesterday", "since=2026-01-01T00:00", "order=up", "cursor=abc"]
)
async def test_a_filter_that_means_nothing_is_refused(door: Door, query: str) -> None:
    key = await program(door, await door.rooms.owner(), "events.read")
    assert (await door.client.get(f"{EVENTS}?{query}", headers=key)).status_code == 422


async def test_a_workspace_sees_its_own_accounts_and_the_first_owner_what_is_nobodys(door: Door) -> None:
    first = await door.rooms.house.identity.operator() or await door.rooms.owner("First")
    maya, agency = await door.rooms.owner("Maya"), await door.rooms.owner("Agency")
    (account,) = await door.rooms.connect(maya, MAYA_ACCOUNT)
    await door.post(delivery([comment("1")]))
    await door.post(delivery([comment("2")], account="17841499999999999"))
    keys = {name: await program(door, who, "events.read", "events.write")
            for name, who in {"maya": maya, "agency": agency, "first": first}.items()}  # fmt: skip
    seen = {name: await ask(door, key) for name, key in keys.items()}
    assert [one["accountRef"] for one in seen["maya"]["items"]] == [MAYA_ACCOUNT]
    assert seen["agency"]["items"] == []
    assert [one["accountRef"] for one in seen["first"]["items"]] == ["17841499999999999"]
    number = seen["maya"]["items"][0]["id"]
    for path in (f"{EVENTS}/{number}", f"{EVENTS}/{10**18}", f"{EVENTS}/{10**30}", f"{EVENTS}/x"):
        assert (await door.client.get(path, headers=keys["agency"])).status_code == 404
    stolen = await door.client.post(f"{EVENTS}/replay", headers=keys["agency"], json={"state": ["unhandled", "done"]})
    assert stolen.json() == {"replayed": 0}
    await door.rooms.house.accounts.disconnect(maya, account.id)
    await door.rooms.connect(agency, MAYA_ACCOUNT)
    door.rooms.clock.advance(timedelta(minutes=1))
    await door.post(delivery([comment("3")]))
    counts = {name: len((await ask(door, key))["items"]) for name, key in keys.items()}
    assert counts == {"maya": 1, "agency": 2, "first": 1}, "what comes after Maya left is no longer hers"


async def test_the_page_shows_what_failed_on_top_and_tries_it_again(door: Door) -> None:
    actor = await door.rooms.owner()
    await door.rooms.connect(actor, MAYA_ACCOUNT)
    await door.post(delivery([comment(str(number), "très beau") for number in range(3)]))
    await kill(door, "0", "1")
    async with browser(door, actor) as client:
        page = (await client.get("/events")).text
        assert page.index("2 events failed") < page.index('id="events"')
        number = re.search(r'id="failed-(\d+)"', page)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert number
        assert token
        chosen = (await client.get("/events?state=dead&kind=comments")).text
        assert len(re.findall(r'id="failed-\d', chosen)) == 2
        assert 'id="event-' not in chosen
        other = (await client.get("/events?state=done")).text
        assert not re.search(r'id="failed-\d', other), "with filters one sees what they say"
        one = (await client.get(f"/events/{number[1]}")).text
        assert "très beau" in one
        assert "TimeoutError" in one
        form = {"csrf_token": token[1]}
        aside = await client.post(f"/events/{number[1]}/dismiss", data=form)
        again = await client.post("/events/replay", data=form | {"state": "dead"})
        assert (aside.status_code, again.headers["location"]) == (303, "/events?moved=1")
        filtered = (await client.get("/events?state=dismissed&kind=comments&since=hour")).text
        assert f'id="event-{number[1]}"' in filtered
        assert "très beau" not in filtered
        assert (await client.get("/events?before=nonsense&state=nonsense")).status_code == 303
    await door.drain()
    assert sorted(state for _, _, state in await door.stored()) == ["dismissed", "done", "done"]


async def test_an_account_is_offered_once_as_a_filter_and_brings_what_came_under_its_page_too(door: Door) -> None:
    actor = await door.rooms.owner()
    (account,) = await door.rooms.connect(actor, MAYA_ACCOUNT)
    await door.post(delivery([comment("1")]))
    await door.post(delivery([comment("2")], account=account.page_ref))
    await door.post(delivery([comment("3")], account="17841499999999999"))
    async with browser(door, actor) as client:
        offered = re.findall(r'<option value="(instagram/[^"]*)"', (await client.get("/events")).text)
        assert offered == [f"instagram/{MAYA_ACCOUNT}"]
        chosen = (await client.get("/events", params={"account": offered[0]})).text
    assert len(re.findall(r'id="event-\d', chosen)) == 2
    assert re.search(r'<option value="instagram/[^"]*" selected', chosen)


async def test_the_command_line_lists_and_replays_what_anybody_sent(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    await door.post(delivery([comment("1"), comment("2")], account="17841499999999999"))
    await kill(door, "1")
    settings = door.rooms.house.settings
    dead = command.Filters(states=["dead"], account="17841499999999999", since="2020-01-01")
    assert await asyncio.to_thread(command.listed, settings, dead, 50, as_json=True) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert (json.loads(line)["kind"], json.loads(line)["state"]) == ("comments", "dead")
    assert await asyncio.to_thread(command.replay, settings, command.Filters(), [json.loads(line)["id"]]) == 0
    assert capsys.readouterr().out == "1 will be worked on again\n"
    assert {state for _, _, state in await door.stored()} == {"pending"}


async def test_the_command_says_what_it_leaves_as_it_is_and_keeps_to_the_filters(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    await door.post(delivery([comment("1")], account="17841499999999999"))
    await kill(door, "1")
    settings = door.rooms.house.settings
    await asyncio.to_thread(command.listed, settings, command.Filters(states=["dead"]), 50, as_json=True)
    number = json.loads(capsys.readouterr().out)["id"]
    others = command.Filters(kind="messages")
    assert await asyncio.to_thread(command.replay, settings, others, [number, 10**17]) == 1
    said = capsys.readouterr()
    assert said.err.splitlines() == [f"event {number} is left as it is: dead", f"there is no event {10**17}"]
    assert said.out == "0 will be worked on again\n"


def test_what_is_shown_holds_no_secret_and_no_signed_address() -> None:
    payload = {
        "message": {"mid": "m", "text": "hi", "attachments": [{"url": "https://u:p@cdn.example/a.jpg?sig=x"}]},
        "access_token": "EAAJ", "content": '{"publish_id":"v1","verify_token":"t"}',
    }  # fmt: skip
    whole = json.dumps(redacted(json.dumps(payload).encode(), words=True))
    assert "hi" in whole
    assert "https://cdn.example/a.jpg?" in whole
    for secret in ("sig=x", "u:p", "EAAJ", '"t"'):
        assert secret not in whole
    assert '"hi"' not in json.dumps(redacted(json.dumps(payload).encode(), words=False))
    assert redacted(b"\xff not json", words=False) == "•••"
    assert Wanted().arguments() == (None,) * 6
