"""Webhooks as a program and a person meet them: made, tested, read about, sent again, rotated, switched off."""

from __future__ import annotations

import html
import json
import re
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from huntaze import outbox, wiring
from huntaze.kit.crypto import new_key
from huntaze.kit.secret import Secret
from huntaze.outbox.outgoing import BadTarget, Outgoing, TargetDraft, TargetRow
from huntaze.platforms.contract import CommentReceived, Mentioned, MessageReceived
from huntaze.settings import Settings
from socialsim.testing import SimulatorHandle, simulator
from tests.journeys.house import House, Person
from tests.outbox.receivers import Receiver, poster, receiving
from tests.support.leaks import every_row
from tests.support.rooms import environ_of, served

ACCOUNT, LEA = "17841400000000001", "998877665544"
_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture(scope="module")
def sim() -> Iterator[SimulatorHandle]:
    with simulator(seed=21) as handle:
        yield handle


@dataclass
class Ground:
    """A house whose webhooks may be received on this machine, and somebody who owns a workspace in it."""

    house: House
    shop: Receiver
    person: Person


@pytest_asyncio.fixture(scope="module")
async def opened(
    dsn: str, sim: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[House, Receiver]]:
    """Served, without a worker."""
    async with receiving() as shop:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            environ = environ_of(dsn, tmp_path_factory.mktemp("webhooks"), url, new_key(), sim)
            built = await wiring.build(Settings.load(environ, None), poster=poster(shop))
            try:
                async with served(built, listening):
                    yield House(url, built, Starlette(), sim), shop
            finally:
                await built.close()


@pytest_asyncio.fixture
async def ground(opened: tuple[House, Receiver]) -> Ground:
    """Somebody new, and a receiver that has heard nothing yet."""
    house, shop = opened
    shop.server.requests.clear()
    return Ground(house, shop, await house.person())


async def test_only_beside_a_simulator_is_this_machine_told(
    dsn: str, sim: SimulatorHandle, ground: Ground, tmp_path: Path
) -> None:
    draft = TargetDraft("here", "http://127.0.0.1:9000/")
    environ = environ_of(dsn, tmp_path, ground.house.url, new_key(), sim)
    alone = await wiring.build(Settings.load(environ, None))
    demo = await wiring.build(Settings.load(environ | {"HUNTAZE_SIMULATOR_URL": sim.url}, None))
    with pytest.raises(BadTarget):
        await alone.outgoing.targets.create(ground.person.workspace_id, draft)
    await demo.outgoing.targets.create(ground.person.workspace_id, draft)
    for house in (alone, demo):
        await house.close()


async def test_a_program_makes_a_webhook_tests_it_reads_its_log_and_sends_again(ground: Ground) -> None:
    key = await ground.house.key(ground.person)
    headers = {"authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(base_url=f"{ground.house.url}/api/v1", headers=headers, trust_env=False) as program:
        inside = await program.post("/webhooks", json={"name": "x", "url": "https://10.0.0.1/"})
        assert (inside.status_code, inside.json()["errors"][0]["pointer"]) == (422, "#/url")
        wordy = {"name": "x", "url": ground.shop.url, "includeContent": True}
        assert (await program.post("/webhooks", json=wordy)).status_code == 403, "a key lets no words leave"
        made = await program.post("/webhooks", json={"name": "shop", "url": ground.shop.url, "types": ["post.failed"]})
        assert made.status_code == 201
        secret, one = Secret(made.json()["secret"]), f"/webhooks/{made.json()['id']}"
        assert "secret" not in (await program.get(one)).json()
        tested = await program.post(f"{one}/test")
        assert (tested.json()["state"], tested.json()["status"]) == ("delivered", 200)
        assert ground.shop.arrived[0].is_signed_by(secret)
        ground.shop.answers = ["500 Internal Server Error"]
        assert (await program.post(f"{one}/test")).json()["state"] == "failed"

        first = (await program.get(f"{one}/deliveries", params={"limit": 1})).json()
        rest = (await program.get(f"{one}/deliveries", params={"cursor": first["nextCursor"]})).json()
        assert [row["state"] for row in (*first["items"], *rest["items"])] == ["failed", "delivered"]
        assert rest["nextCursor"] is None
        assert (await program.get(f"{one}/deliveries", params={"state": "waiting"})).json()["items"] == []
        failed = f"{one}/deliveries/{first['items'][0]['id']}"
        whole = (await program.get(failed)).json()
        assert [entry["status"] for entry in whole["history"]] == [500]
        assert whole["body"].encode() == ground.shop.arrived[1].body
        assert (await program.post(f"{failed}/replay")).status_code == 202
        await ground.house.rooms.outgoing.sender.run(ground.person.workspace_id, made_id(one))
        assert ground.shop.arrived[2].headers["webhook-id"] == whole["id"]
        assert (await program.post(f"{one}/replay", json={"delivered": True})).json() == {"count": 2}

        off = await program.patch(one, json={"enabled": False, "types": ["*"]})
        assert (off.json()["enabled"], off.json()["offReason"], off.json()["types"]) == (False, "paused", ["*"])
        rotated = (await program.post(f"{one}/rotate")).json()
        assert rotated["secret"] != secret.reveal()
        assert rotated["oldSecretUntil"] is not None
        assert (await program.get("/webhooks/00000000-0000-0000-0000-000000000000")).status_code == 404
        assert (await program.delete(one)).status_code == 204
        assert (await program.get("/webhooks")).json() == {"items": []}
        figures = await program.get(f"{ground.house.url}/metrics")
        assert 'huntaze_outgoing_attempts_total{outcome="answered_5xx"}' in figures.text
        assert "huntaze_outgoing_oldest_seconds 0.0" in figures.text


async def test_a_person_makes_a_webhook_sees_its_secret_once_and_why_nothing_arrives(ground: Ground) -> None:
    cookies = await ground.house.cookies(ground.person)
    home = f"{ground.house.url}/settings/webhooks"
    async with httpx2.AsyncClient(cookies=cookies, headers={"accept": "text/html"}, trust_env=False) as browser:
        token = _token((await browser.get(home)).text)
        form = {"csrf_token": token, "name": "Shop", "url": "http://127.0.0.1/in", "which": "everything"}
        refused = await browser.post(home, data=form)
        assert refused.status_code == 422
        assert "Give a full address that begins with https://." in html.unescape(refused.text)
        chosen = {"which": "chosen", "types": ["post.published", "post.failed"], "content": "on"}
        made = await browser.post(home, data=form | chosen | {"url": ground.shop.url})
        assert made.status_code == 200
        secret = _SECRET.search(html.unescape(made.text))
        assert secret
        [row] = await ground.house.rooms.outgoing.targets.all(ground.person.workspace_id)
        assert (row.types, row.include_content) == (["post.failed", "post.published"], True)
        one = f"{home}/{row.id}"
        assert secret[0] not in (await browser.get(one)).text
        ground.shop.answers = ["503 Service Unavailable"]
        tested = await browser.post(f"{one}/test", data={"csrf_token": token})
        assert "The test did not arrive." in tested.text
        [sent] = await ground.house.rooms.outgoing.log.page(ground.person.workspace_id, row.id)
        told = (await browser.get(f"{one}/deliveries/{sent.id}")).text
        assert "thank you" in told
        assert "webhook.test" in told
        await ground.house.rows(
            "UPDATE webhook_target SET off_at = now(), off_why = 'failing' WHERE id = $1 RETURNING id", row.id
        )
        assert "The webhook “Shop” was switched off." in (await browser.get(ground.house.url)).text
        assert (await browser.post(f"{one}/enable", data={"csrf_token": token})).status_code == 303
        assert "was switched off" not in (await browser.get(ground.house.url)).text
        assert (await browser.post(f"{one}/replay", data={"csrf_token": token, "since": ""})).status_code == 303
        assert (await browser.post(f"{one}/delete", data={"csrf_token": token})).status_code == 303
        assert (await browser.get(one)).status_code == 404


async def test_what_people_do_is_told_by_the_ids_and_in_the_shapes_of_the_api(ground: Ground) -> None:
    rooms, person = ground.house.rooms, ground.person
    [account] = await ground.house.connect(person)
    whose, stranger = (person.workspace_id, account), await ground.house.person("Stranger")
    thin, wordy, foreign = [
        (await rooms.outgoing.targets.create(workspace, TargetDraft("hook", ground.shop.url, include_content=words)))[0]
        for workspace, words in ((whose[0], False), (whose[0], True), (stranger.workspace_id, True))
    ]
    said = datetime(2026, 3, 1, 9, tzinfo=UTC)
    async with rooms.database.transaction() as tx:
        await rooms.mirror.take(tx, *whose, [
            CommentReceived(ACCOUNT, "c1", "1789", "", "how lovely", LEA, "lea.martin", None),
            MessageReceived(ACCOUNT, "m1", LEA, False, "are you open?", said),
            Mentioned(ACCOUNT, "1790", ""),
        ])  # fmt: skip
    rows = await ground.house.rows("SELECT id, (SELECT id FROM mention) AS mention FROM people")
    lea, mention = str(rows[0]["id"]), str(rows[0]["mention"])
    async with rooms.database.transaction() as tx:
        await tx.execute("UPDATE mention SET username = 'lea.martin', text = 'look @maya', asked_at = now()")
        for topic, ref in (("mention.changed", mention), ("person.changed", lea), ("sync.changed", str(account))):
            await outbox.tell(tx, workspace_id=whose[0], topic=topic, ref=ref, account_id=account, at=rooms.clock.now())
    await rooms.outgoing.fan_out.run()

    plain, whole = await _bodies(rooms.outgoing, thin), await _bodies(rooms.outgoing, wordy)
    assert await _bodies(rooms.outgoing, foreign) == {}
    assert plain.keys() == whole.keys() > {"comment.received", "message.received", "mention.changed", "person.changed"}
    assert plain == {kind: {name: data[name] for name in data if name != "content"} for kind, data in whole.items()}
    assert all(data["accountId"] == str(account) and data["platform"] == "instagram" for data in plain.values())
    assert LEA not in str(plain)
    assert plain["message.received"]["personId"] == plain["conversation.changed"]["personId"] == lea
    assert plain["mention.changed"] == plain["mention.received"] | {"personId": lea}
    headers = {"authorization": f"Bearer {await ground.house.key(person)}"}
    async with httpx2.AsyncClient(base_url=f"{ground.house.url}/api/v1", headers=headers, trust_env=False) as program:
        comment = (await program.get(f"/comments/{plain['comment.received']['id']}")).json()
        assert comment["commentId"] == plain["comment.received"]["commentId"] == "c1"
        told = whole["comment.received"]["content"]
        assert told == {name: comment[name] for name in ("text", "author", "createdAt")}
        [known] = (await program.get("/people")).json()["items"]
        assert whole["person.changed"]["content"] == known
        assert plain["person.changed"]["id"] == known["id"]
    assert whole["message.received"]["content"]["text"] == "are you open?"
    assert whole["mention.changed"]["content"]["text"] == "look @maya"
    async with rooms.database.transaction() as tx:
        assert (await rooms.erasers.erase(tx, whose[0], "instagram", LEA))["outgoing"] == 4
    kept = await every_row(rooms.database)
    assert not [word for word in ("how lovely", "are you open?", "look @maya", "lea.martin") if word in kept]


async def test_a_key_that_may_not_read_comments_reads_no_words_in_the_log(ground: Ground) -> None:
    target, _ = await ground.house.rooms.outgoing.targets.create(
        ground.person.workspace_id, TargetDraft("hook", ground.shop.url, include_content=True)
    )
    await ground.house.rooms.outgoing.sender.test(ground.person.workspace_id, target.id)
    marked = "UPDATE delivery SET person_ref = $2, platform = 'instagram' WHERE target_id = $1 RETURNING id"
    [row] = await ground.house.rows(marked, target.id, LEA)
    bodies = []
    for scopes in (["webhooks.write"], ["webhooks.write", "comments.read"]):
        headers = {"authorization": f"Bearer {await ground.house.key(ground.person, scopes)}"}
        async with httpx2.AsyncClient(base_url=f"{ground.house.url}/api/v1", headers=headers, trust_env=False) as one:
            bodies.append((await one.get(f"/webhooks/{target.id}/deliveries/{row['id']}")).json()["body"])
    assert bodies[0] is None
    assert "webhook.test" in bodies[1]


async def _bodies(outgoing: Outgoing, target: TargetRow) -> dict[str, dict[str, Any]]:
    """What is ready for a webhook, by kind."""
    rows = await outgoing.log.page(target.workspace_id, target.id, limit=100)
    return {row.type: json.loads(row.body)["data"] for row in rows}


def made_id(path: str) -> UUID:
    return UUID(path.rpartition("/")[2])


def _token(text: str) -> str:
    found = _TOKEN.search(text)
    assert found
    return found[1]
