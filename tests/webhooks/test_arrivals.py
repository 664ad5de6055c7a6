"""What comes in which form, from the door to the table and beyond: both of Meta's logins, and TikTok."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

from socialsim.testing import TIKTOK_MAYA
from tests.support.waiting import eventually
from tests.webhooks.conftest import Door
from tests.webhooks.deliveries import MAYA_ACCOUNT, comment, delivery, envelope
from tests.webhooks.forgeries import TIKTOK, TIKTOK_HEADER, Knock, event, stamped

TIKTOK_PATH = "/api/webhooks/tiktok"
ARRIVED = 'huntaze_webhook_received_total{outcome="stored",platform="tiktok"}'


async def test_a_comment_that_both_logins_tell_is_one_event(door: Door) -> None:
    body = delivery([comment("1")])
    for secret in (door.rooms.sim.app_secret, door.rooms.sim.instagram_app_secret):
        assert await door.post(body, secret=secret) == 200

    assert await door.stored() == [(MAYA_ACCOUNT, "comments", "pending")]


async def test_a_thousand_changes_in_one_body_are_stored_whole_beside_one_that_cannot_be_read(door: Door) -> None:
    changes = [comment(str(number)) for number in range(1_000)]
    body = delivery([*changes[:500], {"field": "comments", "value": {"text": "no id"}}, *changes[500:]])

    assert await door.post(body) == 200
    kinds = [kind for _, kind, _ in await door.stored()]
    assert (kinds.count("comments"), kinds.count("malformed")) == (1_000, 1)


async def test_a_message_for_the_page_behind_an_account_reaches_its_conversation(door: Door) -> None:
    (account,) = await door.rooms.connect(await door.rooms.owner(), MAYA_ACCOUNT)
    item = {
        "sender": {"id": "9988"},
        "recipient": {"id": account.page_ref},
        "timestamp": "1770000000001",
        "message": {"mid": "m1", "text": "for the Page"},
    }
    body = json.dumps({"object": "page", "entry": [{"id": account.page_ref, "time": 1, "messaging": [item]}]})

    assert await door.post(body.encode()) == 200
    await door.drain()
    (row,) = await door.rooms.rows(_MESSAGES)
    assert (row["account_id"], row["person_ref"], row["text"]) == (account.id, "9988", "for the Page")


async def test_where_values_are_switched_off_each_arrival_asks_for_another_look(door: Door) -> None:
    body = envelope([{"id": MAYA_ACCOUNT, "time": 1, "changed_fields": ["comments", "mentions"]}])
    for _ in range(2):
        assert await door.post(body) == 200
        rows = await door.stored()
        assert [kind for _, kind, _ in rows] == ["changed_fields", "changed_fields"]
        assert {state for _, _, state in rows} == {"pending"}
        await door.drain()
        assert "dead" not in {state for _, _, state in await door.stored()}


async def test_what_tiktok_tells_is_stored_once_and_understood(door: Door) -> None:
    sim, before = door.rooms.sim, door.metric(ARRIVED)
    sim.configure({"tiktok": {"webhooks": {"duplicates": 2, "unknown": True}}})
    address = {"key": sim.client_key, "callbackUrl": door.url + TIKTOK_PATH}
    told = {
        "event": "post.publish.publicly_available",
        "creatorId": TIKTOK_MAYA,
        "content": {"publish_id": "v_pub_file~v2-1.7", "post_id": 7500000000000000001, "publish_type": "DIRECT_POST"},
    }
    await asyncio.to_thread(sim.post, "/_sim/tiktok/clients", address)
    await asyncio.to_thread(sim.post, "/_sim/tiktok/act/event", told)

    async def all_came() -> bool:
        return door.metric(ARRIVED) == before + 4

    await eventually(all_came)
    await door.drain()
    stored = await door.stored()
    assert sorted(kind for _, kind, _ in stored) == ["post.publish.not_known_yet", "post.publish.publicly_available"]
    assert {state for _, _, state in stored} <= {"done", "unhandled"}


async def test_a_delivery_of_tiktok_counts_once_however_late_and_however_often_it_comes(door: Door) -> None:
    sim = door.rooms.sim
    long_ago = int((door.rooms.clock.now() - timedelta(hours=71)).timestamp())
    body = event(sim, created_at=long_ago)
    signed_anew = int(door.rooms.clock.now().timestamp())
    for signed_at in (long_ago, long_ago, signed_anew):
        knock = Knock(TIKTOK, "late", body, [(TIKTOK_HEADER, stamped(body, sim.client_secret, signed_at))])
        assert (await knock.at(door.client)).status_code == 200

    assert len(await door.stored()) == 1


async def test_nobody_shakes_hands_with_tiktok(door: Door) -> None:
    token = door.rooms.house.accounts.apps.verify_token("tiktok").reveal()
    params = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": token}

    assert (await door.client.get(TIKTOK_PATH, params=params)).status_code == 403


_MESSAGES = """
SELECT message.account_id, person_ref, text FROM message JOIN conversation ON conversation.id = conversation_id
"""
