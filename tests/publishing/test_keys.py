"""Idempotency-Key: one key, one post, whatever the network does to the answer."""

from __future__ import annotations

import asyncio

from tests.publishing.ground import Ground, soon


async def test_the_same_key_and_body_give_the_stored_answer(ground: Ground) -> None:
    account = ground.account()
    body = ground.image(account)
    first = await ground.ask(body, idempotency_key="replay-1")
    again = await ground.ask(body, idempotency_key="replay-1")
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert again.json() == first.json()
    await ground.until(first.json()["id"], "PUBLISHED")
    assert len(ground.public(account)) == 1


async def test_the_same_key_with_another_body_is_refused(ground: Ground) -> None:
    account = ground.account()
    body = ground.image(account, scheduledAt=soon(600))
    await ground.ask(body, idempotency_key="other-1")
    refused = await ground.ask({**body, "caption": "Another"}, idempotency_key="other-1")
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


async def test_eight_parallel_requests_with_one_key_make_one_post(ground: Ground) -> None:
    account = ground.account()
    body = ground.image(account, allowDuplicate=True)
    answers = await asyncio.gather(*(ground.ask(body, idempotency_key="race-1") for _ in range(8)))
    made = {answer.json()["id"] for answer in answers if answer.status_code == 202}
    running = [answer.json()["code"] for answer in answers if answer.status_code == 409]
    assert len(made) == 1
    assert set(running) <= {"idempotency_key_running"}
    await ground.until(made.pop(), "PUBLISHED")
    assert len(ground.public(account)) == 1


async def test_a_refused_request_leaves_its_key_free_for_a_mended_body(ground: Ground) -> None:
    body = ground.image(ground.account(), scheduledAt=soon(600))
    refused = await ground.ask({**body, "caption": "x" * 3000}, idempotency_key="mend-1")
    mended = await ground.ask(body, idempotency_key="mend-1")
    assert (refused.status_code, mended.status_code) == (422, 202)


async def test_a_key_belongs_to_its_route(ground: Ground) -> None:
    account = ground.account()
    asset = (await ground.api.post("/api/v1/assets", json={"url": ground.picture()})).json()
    body = {"accountIds": [account.id], "mediaType": "IMAGE", "media": [{"assetId": asset["id"]}]}
    headers = {"idempotency-key": "route-1"}
    one = await ground.api.post("/api/v1/posts", json={**body, "scheduledAt": soon(600)}, headers=headers)
    other = await ground.ask(ground.image(ground.account(), scheduledAt=soon(600)), idempotency_key="route-1")
    assert (one.status_code, other.status_code) == (202, 202)
    assert one.json()["id"] != other.json()["id"]
