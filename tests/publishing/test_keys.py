"""Idempotency-Key: one key, one post, whatever the network does to the answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from huntaze.kit.clock import ManualClock
from huntaze.publishing.errors import KeyRunning
from huntaze.publishing.idempotency import DIED, KEPT, Answer, HeldKey, Idempotency
from tests.publishing.ground import Ground, Json, soon
from tests.support.waiting import eventually

BODY = {"caption": "Once"}
SAID = Answer(202, {"id": "made", "statusUrl": "/made"})
LATER = timedelta(seconds=1)


@asynccontextmanager
async def no_file_yet(ground: Ground) -> AsyncIterator[Json]:
    """A request whose file is not here before the end of the block."""
    async with ground.rows() as tx:
        await tx.execute("LOCK TABLE asset IN EXCLUSIVE MODE")
        yield ground.image(ground.account(), scheduledAt=soon(600))


async def key_times(ground: Ground, key: str) -> list[datetime]:
    """When the request with this key last said that it lives."""
    async with ground.rows() as tx:
        found = await tx.fetch("SELECT created_at FROM idempotency_key WHERE key = $1", key)
    return [row["created_at"] for row in found]


async def posts_with(ground: Ground, body: Json) -> int:
    async with ground.rows() as tx:
        return int(await tx.fetchval("SELECT count(*) FROM post WHERE caption = $1", body["caption"]))


def a_week_ago() -> ManualClock:
    """Its keys are as old as keys can be without being forgotten by the house's own worker."""
    return ManualClock(datetime.now(UTC) - timedelta(days=6))


async def taken(keys: Idempotency, ground: Ground, key: str) -> HeldKey:
    """The key, which nobody has."""
    held = await keys.take(ground.workspace_id, "a route", key, BODY)
    assert isinstance(held, HeldKey)
    return held


async def closed(keys: Idempotency, held: HeldKey) -> None:
    async with keys.database.transaction() as tx:
        await keys.close(tx, held, SAID)


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


async def test_while_the_first_request_fetches_its_file_the_second_is_told_to_wait(ground: Ground) -> None:
    async with no_file_yet(ground) as body:
        first = asyncio.create_task(ground.ask(body, idempotency_key="slow-1"))
        await eventually(lambda: key_times(ground, "slow-1"))
        second = await ground.ask(body, idempotency_key="slow-1")
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_key_running")
    assert (await first).status_code == 202, (await first).text
    third = await ground.ask(body, idempotency_key="slow-1")
    assert third.headers["idempotent-replayed"] == "true"
    assert third.json() == (await first).json()


async def test_a_request_that_stood_still_and_lost_its_key_makes_no_second_post(ground: Ground) -> None:
    async with no_file_yet(ground) as body:
        first = asyncio.create_task(ground.ask(body, idempotency_key="frozen-1"))
        await eventually(lambda: key_times(ground, "frozen-1"))
        async with ground.rows() as tx:
            await tx.execute(
                "UPDATE idempotency_key SET created_at = created_at - interval '3 minutes' WHERE key = 'frozen-1'"
            )
        aged = await key_times(ground, "frozen-1")
        second = asyncio.create_task(ground.ask(body, idempotency_key="frozen-1"))

        async def taken_over() -> bool:
            return await key_times(ground, "frozen-1") != aged

        await eventually(taken_over)
    assert ((await first).status_code, (await second).status_code) == (409, 202), (await first).text
    assert (await first).json()["code"] == "idempotency_key_running"
    assert await posts_with(ground, body) == 1
    assert (await ground.ask(body, idempotency_key="frozen-1")).json() == (await second).json()


async def test_a_key_whose_request_died_is_taken_over_and_the_dead_one_writes_nothing_more(ground: Ground) -> None:
    clock = a_week_ago()
    keys = Idempotency(ground.house.database, clock)
    dead = await taken(keys, ground, "dead-1")
    clock.advance(DIED)
    with pytest.raises(KeyRunning):
        await taken(keys, ground, "dead-1")
    clock.advance(LATER)
    heir = await taken(keys, ground, "dead-1")
    assert not await keys.drop(dead)
    with pytest.raises(KeyRunning):
        await closed(keys, dead)
    await closed(keys, heir)
    with pytest.raises(KeyRunning):
        await closed(keys, heir)
    assert await keys.take(ground.workspace_id, "a route", "dead-1", BODY) == SAID


async def test_a_request_that_works_long_keeps_its_key_by_saying_that_it_lives(ground: Ground) -> None:
    clock = a_week_ago()
    keys = Idempotency(ground.house.database, clock, beat=timedelta(milliseconds=10))
    held = await taken(keys, ground, "long-1")

    async def said() -> bool:
        return held.at == clock.now()

    async with keys.beating(held):
        for _ in range(3):
            clock.advance(DIED - LATER)
            await eventually(said)
            with pytest.raises(KeyRunning):
                await taken(keys, ground, "long-1")
    await closed(keys, held)


async def test_what_refuses_a_request_that_lost_its_key_is_no_answer(ground: Ground) -> None:
    clock = a_week_ago()
    keys = Idempotency(ground.house.database, clock)

    async def refused() -> None:
        async with keys.once(ground.workspace_id, "a route", "lost-1", BODY):
            clock.advance(DIED + LATER)
            await taken(keys, ground, "lost-1")
            raise ValueError("its file is gone")

    with pytest.raises(KeyRunning):
        await refused()


async def test_an_answer_is_kept_for_seven_days(ground: Ground) -> None:
    clock = a_week_ago()
    keys = Idempotency(ground.house.database, clock)
    await closed(keys, await taken(keys, ground, "week-1"))
    clock.advance(KEPT - LATER)
    await keys.forget()
    assert await keys.take(ground.workspace_id, "a route", "week-1", BODY) == SAID
    clock.advance(2 * LATER)
    await keys.forget()
    await taken(keys, ground, "week-1")


async def recurrence_body(ground: Ground, **more: object) -> Json:
    account = ground.somebody
    asset = (await ground.api.post("/api/v1/assets", json={"url": ground.picture()})).json()
    start = (datetime.now(UTC) + timedelta(days=2)).replace(tzinfo=None)
    return {
        "accountIds": [account.id],
        "mediaType": "IMAGE",
        "media": [{"assetId": asset["id"]}],
        "rule": "FREQ=WEEKLY",
        "startsAt": start.isoformat(),
        **more,
    }


async def test_a_recurring_post_is_made_once_under_its_key(ground: Ground) -> None:
    body = await recurrence_body(ground, caption="Every week, once")
    headers = {"idempotency-key": "rule-1"}
    first = await ground.api.post("/api/v1/recurrences", json=body, headers=headers)
    again = await ground.api.post("/api/v1/recurrences", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert (first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (None, "true")
    other = await ground.api.post("/api/v1/recurrences", json={**body, "caption": "Other"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    async with ground.rows() as tx:
        assert await tx.fetchval("SELECT count(*) FROM recurrence WHERE caption = $1", body["caption"]) == 1


async def test_eight_parallel_requests_with_one_key_make_one_recurring_post(ground: Ground) -> None:
    body = await recurrence_body(ground, caption="Every week, raced")
    headers = {"idempotency-key": "rule-race-1"}
    answers = await asyncio.gather(
        *(ground.api.post("/api/v1/recurrences", json=body, headers=headers) for _ in range(8))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    async with ground.rows() as tx:
        assert await tx.fetchval("SELECT count(*) FROM recurrence WHERE caption = $1", body["caption"]) == 1


async def test_a_refused_recurring_post_leaves_its_key_free(ground: Ground) -> None:
    body = await recurrence_body(ground, caption="Every week, mended")
    headers = {"idempotency-key": "rule-mend-1"}
    refused = await ground.api.post("/api/v1/recurrences", json={**body, "rule": "FREQ=HOURLY"}, headers=headers)
    mended = await ground.api.post("/api/v1/recurrences", json=body, headers=headers)
    assert (refused.status_code, mended.status_code) == (422, 201)


async def test_slots_that_are_sent_again_late_do_not_come_back(ground: Ground) -> None:
    address = f"/api/v1/accounts/{ground.account().id}/slots"
    headers = {"idempotency-key": "slots-1"}
    old, new = ({"slots": [{"weekday": day, "localTime": "09:00"}]} for day in ("MO", "TU"))
    first = await ground.api.put(address, json=old, headers=headers)
    await ground.api.put(address, json=new)
    again = await ground.api.put(address, json=old, headers=headers)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert [one["weekday"] for one in (await ground.api.get(address)).json()["slots"]] == ["TU"]
    elsewhere = await ground.api.put(f"/api/v1/accounts/{ground.account().id}/slots", json=old, headers=headers)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "idempotency_key_reused")
    unknown = f"/api/v1/accounts/{ground.workspace_id}/slots"
    headers = {"idempotency-key": "slots-2"}
    assert (await ground.api.put(unknown, json=old, headers=headers)).status_code == 404
    assert (await ground.api.put(address, json=old, headers=headers)).status_code == 200
