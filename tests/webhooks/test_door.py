"""What the door takes, what it refuses, and that it says nothing more."""

from __future__ import annotations

import asyncio
import json
import random
import socket
from collections.abc import AsyncIterator
from datetime import timedelta

from huntaze.kit.metrics import Metrics
from huntaze.webhooks import Intake
from tests.support.waiting import eventually
from tests.webhooks.conftest import PATH, Door
from tests.webhooks.deliveries import MAYA_ACCOUNT, OTHER_ACCOUNT, comment, delivery, envelope, signed, story


def query(token: str, challenge: str = "1158201444", mode: str = "subscribe") -> dict[str, str]:
    return {"hub.mode": mode, "hub.challenge": challenge, "hub.verify_token": token}


async def test_a_handshake_with_our_token_gets_its_challenge_back_as_plain_text(door: Door) -> None:
    token = door.rooms.house.accounts.apps.verify_token("instagram").reveal()
    answer = await door.client.get(PATH, params=query(token))
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")


async def test_a_handshake_with_another_token_mode_or_an_unsafe_challenge_is_refused(door: Door) -> None:
    token = door.rooms.house.accounts.apps.verify_token("instagram").reveal()
    wrong = [query("guess"), query(token, mode="unsubscribe"), query(token, challenge="<script>"), query(""), {}]
    answers = [await door.client.get(PATH, params=params) for params in wrong]
    assert [(answer.status_code, answer.content) for answer in answers] == [(403, b"")] * len(wrong)


async def test_guessing_the_verify_token_is_slowed_down(door: Door) -> None:
    statuses = [(await door.client.get(PATH, params=query(f"guess-{n}"))).status_code for n in range(40)]
    assert statuses[-1] == 429
    limited = await door.client.get(PATH, params=query("guess"))
    assert int(limited.headers["retry-after"]) > 0
    door.rooms.clock.advance(timedelta(minutes=2))
    assert (await door.client.get(PATH, params=query("guess"))).status_code == 403


async def test_an_event_is_in_the_table_when_its_sender_is_answered(door: Door) -> None:
    assert await door.post(delivery([comment("1")])) == 200
    assert await door.stored() == [(MAYA_ACCOUNT, "comments", "pending")]


async def test_a_platform_nobody_knows_is_404(door: Door) -> None:
    assert await door.post(delivery([comment("1")]), "/api/webhooks/myspace") == 404
    assert (await door.client.get("/api/webhooks/myspace", params=query("x"))).status_code == 404


async def test_a_body_past_the_limit_is_413_whether_it_tells_its_size_or_not(door: Door) -> None:
    body = delivery([comment("1", "x" * (8 * 1024 * 1024))])
    assert await door.post(body) == 413

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(body), 65536):
            yield body[at : at + 65536]

    answer = await door.client.post(PATH, content=pieces(), headers=signed(body, door.rooms.sim.app_secret))
    assert answer.status_code == 413
    assert await door.post(delivery([comment("2")])) == 200


async def test_a_sender_that_hangs_up_half_way_leaves_nothing_and_disturbs_nobody(door: Door) -> None:
    host, _, port = door.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as half:
        half.sendall(f"POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nhalf".encode())
    assert await door.post(delivery([comment("1")])) == 200
    assert len(await door.stored()) == 1


async def test_what_nobody_knows_yet_is_stored_and_shown_as_unhandled(door: Door) -> None:
    strange = [{"field": "holograms", "value": {"id": "7"}}, {"field": "mentions", "value": {"media_id": "8"}}]
    assert await door.post(delivery(strange)) == 200
    await door.drain()
    assert await door.stored() == [
        (MAYA_ACCOUNT, "holograms", "unhandled"),
        (MAYA_ACCOUNT, "mentions", "unhandled"),
    ]


async def test_a_malformed_entry_costs_its_neighbours_nothing(door: Door) -> None:
    body = envelope(
        [
            {
                "id": MAYA_ACCOUNT,
                "time": 1,
                "changes": [comment("1"), {"field": "comments", "value": {"text": "no id"}}],
            },
            "not an entry",
            {"id": OTHER_ACCOUNT, "time": 1, "changes": [comment("2")]},
        ]
    )
    assert await door.post(body) == 200
    await door.drain()
    kinds = sorted((account, kind, state) for account, kind, state in await door.stored())
    assert [kind for _, kind, _ in kinds].count("comments") == 2
    assert {state for _, kind, state in kinds if kind == "malformed"} == {"dead"}


async def test_bytes_that_are_no_json_at_all_are_kept_when_they_are_signed(door: Door) -> None:
    assert await door.post(b"\x00\xff not json") == 200
    await door.drain()
    (row,) = await door.rooms.rows("SELECT kind, state, problem, payload FROM intake_event")
    assert (row["kind"], row["state"], row["payload"]) == ("malformed", "dead", b"\x00\xff not json")
    assert row["problem"]


async def test_every_event_three_times_in_any_order_and_grouping_is_stored_once(door: Door) -> None:
    refs = [str(number) for number in range(40)] * 3
    random.Random(3).shuffle(refs)
    bodies = [delivery([comment(ref) for ref in refs[at : at + 7]], time=at + 1) for at in range(0, len(refs), 7)]
    assert set(await asyncio.gather(*(door.post(body) for body in bodies))) == {200}
    assert len(await door.stored()) == 40


async def test_of_two_story_figures_the_last_one_counts_and_is_worked_on_again(door: Door) -> None:
    await door.post(delivery([story("5", 10)]))
    await door.drain()
    await door.post(delivery([story("5", 25), story("5", 30)]))
    (row,) = await door.rooms.rows("SELECT payload, state FROM intake_event")
    assert json.loads(row["payload"])["impressions"] == 30
    assert row["state"] == "pending"


async def test_nul_bytes_and_half_an_emoji_are_stored_and_reach_the_mirror(door: Door) -> None:
    actor = await door.rooms.owner()
    await door.rooms.connect(actor, MAYA_ACCOUNT)
    odd = [
        comment("1", "nul \u0000 here"),
        comment("2", "\u202eodd\ufeff 😀"),
        {"field": "nul\u0000field", "value": {}},
    ]
    half = delivery([comment("3", "HALF")]).replace(b"HALF", b"cut \\ud83d")
    assert [await door.post(delivery(odd)), await door.post(half)] == [200, 200]
    assert await door.post(delivery([comment("4")], account="17\u00008")) == 200
    await door.drain()
    texts = await door.rooms.rows("SELECT comment_ref, text FROM comment ORDER BY comment_ref")
    assert [row["text"] for row in texts] == ["nul \ufffd here", "\u202eodd\ufeff 😀", "cut \ufffd"]


async def test_what_became_of_deliveries_is_counted(door: Door) -> None:
    before = {name: door.metric(name) for name in COUNTED}
    body = delivery([comment("1"), comment("2")])
    await door.post(body)
    await door.post(body)
    await door.post(body, secret="wrong")
    grown = {name: door.metric(name) - before[name] for name in COUNTED}
    assert list(grown.values()) == [2, 1, 2, 2, 3]


async def test_what_waits_is_measured_by_the_web_process(door: Door) -> None:
    await door.post(delivery([comment("1"), comment("2")]))
    h = door.rooms.house
    metrics = Metrics()
    another = Intake(h.database, h.clock, h.senders, h.accounts, h.jobs, metrics)
    another.start()

    async def measured() -> bool:
        return b"huntaze_webhook_backlog 2.0" in metrics.render()[0]

    await eventually(measured)
    await another.close()


async def test_the_worker_is_woken_by_what_arrives(door: Door) -> None:
    await door.post(delivery([comment("1")]))

    async def woken() -> object:
        return await door.rooms.value("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'webhooks.drain'")

    await eventually(woken)


COUNTED = (
    'huntaze_webhook_received_total{outcome="stored"',
    'huntaze_webhook_received_total{outcome="forged"',
    'huntaze_webhook_events_total{outcome="new"',
    'huntaze_webhook_events_total{outcome="duplicate"',
    "huntaze_webhook_ack_seconds_count",
)
