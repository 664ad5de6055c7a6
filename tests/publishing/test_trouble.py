"""The platform refuses, breaks down or cannot be reached; the account goes and comes back."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from tests.publishing.ground import Connected, Ground, form_token, kinds, soon
from tests.support.waiting import eventually

CREATE = "POST /{ig}/media"
PUBLISH = "POST /{ig}/media_publish"


async def test_a_refusal_is_shown_in_the_platforms_words_with_a_remedy_and_nothing_is_sent_again(
    ground: Ground,
) -> None:
    account = ground.account()
    ground.fault(PUBLISH, account, what="error", code=36003, subcode=2207009)
    post_id = await ground.publish(ground.image(account))
    row = await ground.until(post_id, "FAILED")
    assert row["error"]["code"] == "36003.2207009"
    assert row["error"]["message"] == "The image is too tall or too wide."
    assert row["error"]["remedy"]
    assert [attempt["outcome"] for attempt in row["attempts"]] == ["refused"]
    await ground.until(await ground.publish(ground.image(account, caption="The next one")), "PUBLISHED")
    assert ground.sends(account) == 2
    assert (await ground.row(post_id))["state"] == "FAILED"


async def test_what_failed_goes_out_when_a_person_tries_again(ground: Ground) -> None:
    account = ground.account()
    ground.fault(CREATE, account, what="error", code=36003, subcode=2207009)
    post_id = await ground.publish(ground.image(account))
    await ground.until(post_id, "FAILED")
    answer = await ground.api.post(f"/api/v1/posts/{post_id}/retry")
    assert answer.status_code == 200
    row = await ground.until(post_id, "PUBLISHED")
    assert "retry" in kinds(row)
    assert len(ground.public(account)) == 1


async def test_a_platform_that_is_down_while_preparing_is_waited_for(ground: Ground) -> None:
    account = ground.account()
    ground.fault(CREATE, account, what="status", status=503, times=3)
    post_id = await ground.publish(ground.image(account))
    row = await ground.until(post_id, "PUBLISHED")
    assert "waiting" in kinds(row)
    assert len(ground.public(account)) == 1


async def test_a_platform_out_of_reach_at_the_time_gets_the_same_artefact_a_moment_later(ground: Ground) -> None:
    account = ground.account()
    post_id = await ground.publish(ground.image(account, scheduledAt=soon(6)))
    await ground.until(post_id, "PREPARED")
    await asyncio.sleep(0.5)  # nothing of the preparing is on its way any more, and the time is not near yet
    ground.gate.shut()
    try:

        async def refused() -> bool:
            return "refused" in kinds((await ground.post(post_id))["publications"][0])

        await eventually(refused, every=0.1)
    finally:
        await ground.gate.open()
    row = await ground.until(post_id, "PUBLISHED")
    (made,) = ground.containers(account)
    assert [one["containerId"] for one in ground.public(account)] == [made["id"]]
    assert {attempt["outcome"] for attempt in row["attempts"][:-1]} == {"refused"}
    assert "unknown" not in kinds(row)


async def test_the_daily_limit_holds_the_post_until_the_time_the_platform_names(ground: Ground) -> None:
    account = ground.account()
    ground.sim.configure({"accounts": {account.ref: {"quotaTotal": 0}}})
    post_id = await ground.publish(ground.image(account))
    row = await ground.until(post_id, "HELD")
    assert (row["heldReason"], row["error"]["code"]) == ("quota", "quota")
    assert datetime.fromisoformat(row["heldUntil"]) == (await ground.row(post_id))["held_until"]
    ground.sim.configure({"accounts": {account.ref: {"quotaTotal": 50}}})
    async with ground.rows() as tx:
        await tx.execute("UPDATE publication SET held_until = now() WHERE post_id = $1", post_id)
    row = await ground.until(post_id, "PUBLISHED")
    assert "released" in kinds(row)
    assert (row["heldReason"], row["heldUntil"]) == (None, None)
    assert len(ground.containers(account)) == 1


async def test_one_picture_of_a_carousel_that_cannot_be_fetched_is_tried_alone(ground: Ground) -> None:
    account = ground.account()
    ground.sim.add_fault(
        {"match": {"endpoint": CREATE, "accountId": account.ref, "nth": 2}, "what": "error",
         "code": 9004, "subcode": 2207052}
    )  # fmt: skip
    children = [{"mediaType": "IMAGE", "mediaUrl": ground.picture()} for _ in range(4)]
    post_id = await ground.publish(ground.image(account, mediaType="CAROUSEL", mediaUrl=None, children=children))
    await ground.until(post_id, "PUBLISHED")
    (whole,) = ground.containers(account, "CAROUSEL")
    items = ground.containers(account, "CAROUSEL_ITEM")
    assert len(items) == len(whole["children"]) == 4


async def test_a_carousel_with_a_picture_that_never_comes_fails_whole(ground: Ground) -> None:
    account = ground.account()
    ground.sim.add_fault(
        {"match": {"endpoint": CREATE, "accountId": account.ref, "nth": 2}, "what": "error",
         "code": 36000, "subcode": 2207004}
    )  # fmt: skip
    children = [{"mediaType": "IMAGE", "mediaUrl": ground.picture()} for _ in range(3)]
    post_id = await ground.publish(ground.image(account, mediaType="CAROUSEL", mediaUrl=None, children=children))
    row = await ground.until(post_id, "FAILED")
    assert row["error"]["file"] is not None
    assert ground.public(account) == []
    await ground.api.post(f"/api/v1/posts/{post_id}/retry")
    await ground.until(post_id, "PUBLISHED")
    assert len(ground.public(account)) == 1


async def _reconnect(ground: Ground, user_id: str) -> None:
    await ground.connect(user_id)


async def _health(ground: Ground, account: Connected) -> str:
    items = (await ground.api.get("/api/v1/accounts")).json()["items"]
    return next((str(one["health"]) for one in items if one["id"] == account.id), "gone")


async def test_a_dead_token_holds_the_post_and_marks_the_account_until_it_is_connected_again(ground: Ground) -> None:
    account, user_id = await ground.with_own_sign_in()
    ground.sim.post("/_sim/act/change-password", {"userId": user_id})
    post_id = await ground.publish(ground.image(account))
    row = await ground.until(post_id, "HELD")
    assert (row["heldReason"], await _health(ground, account)) == ("reconnect", "reconnect")
    assert row["error"]["remedy"]
    await _reconnect(ground, user_id)
    row = await ground.until(post_id, "PUBLISHED")
    assert "released" in kinds(row)
    assert len(ground.public(account)) == 1


async def test_disconnecting_holds_what_is_prepared_and_connecting_again_lets_it_go(ground: Ground) -> None:
    account, user_id = await ground.with_own_sign_in()
    post_id = await ground.publish(ground.image(account, scheduledAt=soon(20)))
    await ground.until(post_id, "PREPARED")
    leave = f"/accounts/{account.id}/disconnect"
    page = await ground.browser.get(leave)
    left = await ground.browser.post(leave, data={"csrf_token": form_token(page.text)})
    assert left.status_code == 303, left.text
    row = await ground.until(post_id, "HELD")
    assert (row["heldReason"], kinds(row)[-1]) == ("disconnected", "held")
    await _reconnect(ground, user_id)
    await ground.until(post_id, "SCHEDULED", "PREPARING", "PREPARED")
    await ground.api.patch(f"/api/v1/posts/{post_id}", json={"scheduledAt": None})
    await ground.until(post_id, "PUBLISHED")
    assert len(ground.public(account)) == 1


async def test_the_account_is_looked_at_again_in_the_moment_of_arming(ground: Ground) -> None:
    account = ground.account()
    ground.fault(PUBLISH, account, where="after", what="slow", seconds=1.5)
    first = await ground.publish(ground.image(account, caption="The first"))
    await ground.until(first, "SENT")
    second = await ground.publish(ground.image(account, caption="Waits for its turn, its token opened"))
    await ground.until(second, "PREPARED")
    async with ground.rows() as tx:  # disconnected a moment ago: nobody was told of it yet
        await tx.execute("UPDATE account SET disconnected_at = now() WHERE id = $1", account.id)
    row = await ground.until(second, "HELD")
    assert (row["heldReason"], row["attempts"]) == ("reconnect", [])
    assert [one["text"] for one in ground.public(account)] == ["The first"]


@pytest.mark.parametrize("where", ["before", "mid"])
async def test_an_artefact_whose_answer_was_lost_is_made_anew_and_one_goes_out(ground: Ground, where: str) -> None:
    account = ground.account()
    ground.fault(CREATE, account, where=where, what="reset")
    post_id = await ground.publish(ground.image(account))
    await ground.until(post_id, "PUBLISHED")
    assert len(ground.public(account)) == 1
