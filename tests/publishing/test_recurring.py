"""Posts that come again: made ahead as ordinary posts, each once, and what people do with them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from huntaze.kit.clock import ManualClock
from huntaze.publishing import Publishing, Recurring
from tests.publishing.ground import Connected, Ground, Json, kinds
from tests.support.waiting import eventually

PARIS = ZoneInfo("Europe/Paris")


def _tomorrow(hour: int = 9) -> datetime:
    """Tomorrow at an hour, on the wall of Paris."""
    return datetime.combine(datetime.now(PARIS).date() + timedelta(days=1), datetime.min.time()) + timedelta(hours=hour)


async def _body(ground: Ground, account: Connected, **more: object) -> Json:
    asset = (await ground.api.post("/api/v1/assets", json={"url": ground.picture()})).json()
    return {
        "accountIds": [account.id],
        "mediaType": "IMAGE",
        "media": [{"assetId": asset["id"]}],
        "caption": f"Every week for @{account.username}",
        "rule": "FREQ=WEEKLY",
        "startsAt": _tomorrow().isoformat(),
        "timeZone": "Europe/Paris",
        **more,
    }


async def _recurring(ground: Ground, account: Connected, **more: object) -> Json:
    answer = await ground.api.post("/api/v1/recurrences", json=await _body(ground, account, **more))
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


async def _now(ground: Ground, made: Json) -> Json:
    found: Json = (await ground.api.get(f"/api/v1/recurrences/{made['id']}")).json()
    return found


async def _do(ground: Ground, made: Json, what: str, **body: Any) -> Json:
    answer = await ground.api.post(f"/api/v1/recurrences/{made['id']}/{what}", json=body or None)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def _patch(ground: Ground, made: Json, **body: Any) -> Json:
    answer = await ground.api.patch(f"/api/v1/recurrences/{made['id']}", json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def _later(ground: Ground, by: timedelta) -> Recurring:
    """What a worker does when that much time has passed."""
    posts = ground.house.publishing
    clock = ManualClock(datetime.now(UTC) + by)
    return Recurring(
        Publishing(posts.database, clock, posts.timings, posts.platforms, posts.accounts, posts.library, posts.jobs)
    )


def _times(made: Json) -> list[str]:
    return [one["localTime"] for one in made["occurrences"]]


def _states(made: Json) -> list[str]:
    return [one["state"] for one in made["occurrences"]]


async def test_five_weeks_of_a_weekly_post_are_made_at_its_time_on_the_wall(ground: Ground) -> None:
    made = await _recurring(ground, ground.account())
    start = _tomorrow()
    assert _times(made) == [(start + timedelta(weeks=week)).isoformat() for week in range(5)]
    assert _states(made) == ["SCHEDULED"] * 5
    for one in made["occurrences"]:
        (row,) = (await ground.post(one["postId"]))["publications"]
        assert row["dueAt"] == one["at"]
        assert datetime.fromisoformat(one["at"]).astimezone(PARIS).time() == start.time()


async def test_an_occurrence_goes_out_like_any_post(ground: Ground) -> None:
    account = ground.account()
    body = await _body(ground, account, rule="FREQ=DAILY;COUNT=1")
    soon = (datetime.now(PARIS) + timedelta(seconds=4)).replace(tzinfo=None)
    made = (await ground.api.post("/api/v1/recurrences", json={**body, "startsAt": soon.isoformat()})).json()
    assert made["state"] == "ended"
    await ground.until(made["occurrences"][0]["postId"], "PUBLISHED")
    assert len(ground.public(account)) == 1


async def test_what_comes_near_is_made_once_however_many_workers_look(ground: Ground) -> None:
    account = ground.account()
    made = await _recurring(ground, account, rule="FREQ=WEEKLY;COUNT=7")
    later = _later(ground, timedelta(days=9))
    await asyncio.gather(*(later.make(UUID(made["id"])) for _ in range(4)))
    await later.make(UUID(made["id"]))
    after = await _now(ground, made)
    assert _times(after) == [(_tomorrow() + timedelta(weeks=week)).isoformat() for week in range(7)]
    assert len({one["postId"] for one in after["occurrences"]}) == 7
    assert after["state"] == "ended"


async def test_the_workers_round_wakes_what_has_come_near(ground: Ground) -> None:
    made = await _recurring(ground, ground.account(), startsAt=(_tomorrow() + timedelta(days=60)).isoformat())
    assert _times(made) == []
    async with ground.rows() as tx:
        await tx.execute(
            "UPDATE recurrence SET starts_local = $2, made_until = now(), next_check_at = now() WHERE id = $1::uuid",
            made["id"], _tomorrow().isoformat(),
        )  # fmt: skip
    await Recurring(ground.house.publishing).sweep()

    async def there() -> bool:
        return len(_times(await _now(ground, made))) == 5

    await eventually(there)


async def test_a_post_that_came_near_while_no_worker_was_there_asks_a_person(ground: Ground) -> None:
    account = ground.account()
    made = await _recurring(ground, account, startsAt=(_tomorrow() + timedelta(days=60)).isoformat())
    missed = datetime.now(PARIS).replace(tzinfo=None, microsecond=0) - timedelta(hours=2)
    async with ground.rows() as tx:
        await tx.execute(
            "UPDATE recurrence SET starts_local = $2, made_until = now() - interval '1 day', next_check_at = now(),"
            " rule = 'FREQ=WEEKLY;COUNT=1' WHERE id = $1::uuid",
            made["id"], missed.isoformat(),
        )  # fmt: skip
    await Recurring(ground.house.publishing).make(UUID(made["id"]))
    (post,) = await ground.house.publishing.of_account(ground.workspace_id, UUID(account.id), 5)
    row = await ground.until(str(post.post.id), "HELD")
    assert row["heldReason"] == "missed"
    assert ground.public(account) == []


async def test_a_cancelled_occurrence_is_an_exception_that_no_change_brings_back(ground: Ground) -> None:
    made = await _recurring(ground, ground.account())
    second = made["occurrences"][1]
    await ground.api.post(f"/api/v1/posts/{second['postId']}/cancel")
    assert (await _now(ground, made))["exceptions"] == [second["localTime"]]
    changed = await _patch(ground, made, caption="Other words")
    assert _times(changed) == [one for one in _times(made) if one != second["localTime"]]
    assert set(_states(changed)) == {"SCHEDULED"}
    assert (await ground.post(second["postId"]))["caption"] != "Other words"
    wanted_again = await _patch(ground, made, exceptions=[])
    assert _times(wanted_again) == _times(made)
    assert set(_states(wanted_again)) == {"SCHEDULED"}


async def test_an_exception_cancels_its_post_and_no_other(ground: Ground) -> None:
    made = await _recurring(ground, ground.account())
    left = await _do(ground, made, "exceptions", localTime=made["occurrences"][2]["localTime"])
    assert _states(left) == ["SCHEDULED", "SCHEDULED", "CANCELLED", "SCHEDULED", "SCHEDULED"]
    row = (await ground.post(made["occurrences"][2]["postId"]))["publications"][0]
    assert kinds(row) == ["cancelled"]
    far = (_tomorrow() + timedelta(weeks=6)).isoformat()
    assert far in (await _do(ground, made, "exceptions", localTime=far))["exceptions"]
    await _later(ground, timedelta(days=14)).make(UUID(made["id"]))
    assert far not in _times(await _now(ground, made))


async def test_a_cancelled_rule_takes_its_unsent_posts_with_it_and_makes_no_more(ground: Ground) -> None:
    account = ground.account()
    made = await _recurring(ground, account)
    await ground.api.patch(f"/api/v1/posts/{made['occurrences'][0]['postId']}", json={"scheduledAt": None})
    await ground.until(made["occurrences"][0]["postId"], "PUBLISHED")
    gone = await _do(ground, made, "cancel")
    assert gone["state"] == "cancelled"
    assert _states(gone) == ["PUBLISHED", *["CANCELLED"] * 4]
    assert (await ground.post(made["occurrences"][0]["postId"]))["state"] == "PUBLISHED"
    assert (await _now(ground, made))["exceptions"] == []
    await _later(ground, timedelta(days=14)).make(UUID(made["id"]))
    assert len(_times(await _now(ground, made))) == 5
    refused = await ground.api.patch(f"/api/v1/recurrences/{made['id']}", json={"caption": "Too late"})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_late")


async def test_new_words_reach_every_unsent_post_and_new_days_move_them(ground: Ground) -> None:
    made = await _recurring(ground, ground.account())
    worded = await _patch(ground, made, caption="Better words", version=1)
    assert [one["postId"] for one in worded["occurrences"]] == [one["postId"] for one in made["occurrences"]]
    assert {(await ground.post(one["postId"]))["caption"] for one in worded["occurrences"]} == {"Better words"}
    days = sorted({("MO", "TU", "WE", "TH", "FR", "SA", "SU")[(_tomorrow().weekday() + more) % 7] for more in (0, 2)})
    more = await _patch(ground, made, rule=f"FREQ=WEEKLY;BYDAY={','.join(days)}")
    assert set(_times(made)) < set(_times(more))
    assert len(_times(more)) == 10
    fewer = await _patch(ground, made, rule="FREQ=WEEKLY;INTERVAL=2")
    assert _times(fewer) == _times(made)[::2]
    assert [one["postId"] for one in fewer["occurrences"]] == [one["postId"] for one in made["occurrences"]][::2]
    assert (await ground.post(made["occurrences"][1]["postId"]))["state"] == "CANCELLED"
    back = await _patch(ground, made, rule="FREQ=WEEKLY")
    assert _times(back) == _times(made)
    stale = await ground.api.patch(f"/api/v1/recurrences/{made['id']}", json={"caption": "Stale", "version": 2})
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")


async def test_the_content_guard_lets_a_rule_repeat_itself_and_nobody_else(ground: Ground) -> None:
    account = ground.account()
    body = await _body(ground, account, rule="FREQ=DAILY;COUNT=3")
    first = await ground.api.post("/api/v1/recurrences", json=body)
    assert first.status_code == 201, first.text
    again = await ground.api.post("/api/v1/recurrences", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "duplicate")
    single = {name: body[name] for name in ("accountIds", "mediaType", "media", "caption")}
    due = first.json()["occurrences"][1]["at"]
    refused = await ground.api.post("/api/v1/posts", json={**single, "scheduledAt": due})
    assert (refused.status_code, refused.json()["code"]) == (409, "duplicate")
    listed = (await ground.api.get("/api/v1/recurrences")).json()["items"]
    assert [one["id"] for one in listed if one["accountIds"] == [account.id]] == [first.json()["id"]]


async def test_a_post_of_a_rule_that_meets_one_planned_by_hand_waits_and_asks(ground: Ground) -> None:
    account = ground.account()
    body = await _body(ground, account, rule="FREQ=WEEKLY;COUNT=7")
    made = (await ground.api.post("/api/v1/recurrences", json=body)).json()
    sixth = (_tomorrow() + timedelta(weeks=5)).replace(tzinfo=PARIS)
    single = {name: body[name] for name in ("accountIds", "mediaType", "media", "caption")}
    by_hand = await ground.api.post(
        "/api/v1/posts", json={**single, "scheduledAt": (sixth + timedelta(hours=20)).isoformat()}
    )
    assert by_hand.status_code == 202, by_hand.text
    await _later(ground, timedelta(days=9)).make(UUID(made["id"]))
    coming = (await _now(ground, made))["occurrences"]
    assert [one["state"] for one in coming] == [*["SCHEDULED"] * 5, "HELD", "SCHEDULED"]
    row = (await ground.post(coming[5]["postId"]))["publications"][0]
    assert (row["heldReason"], row["error"]["code"], kinds(row)) == ("duplicate", "duplicate", ["held"])
    assert (await ground.post(by_hand.json()["id"]))["state"] == "SCHEDULED"
    await ground.api.patch(f"/api/v1/posts/{coming[5]['postId']}", json={"scheduledAt": None})
    await ground.until(coming[5]["postId"], "PUBLISHED")


async def test_rules_that_a_person_let_stand_beside_each_other_do_not_stop_one_another(ground: Ground) -> None:
    body = await _body(ground, ground.account(), rule="FREQ=WEEKLY;COUNT=7")
    one, other = [
        (await ground.api.post("/api/v1/recurrences", json={**body, "allowDuplicate": allowed})).json()
        for allowed in (False, True)
    ]
    for made in (one, other):
        await _later(ground, timedelta(days=9)).make(UUID(made["id"]))
        assert _states(await _now(ground, made)) == ["SCHEDULED"] * 7


async def test_the_posts_of_a_disconnected_account_are_made_and_held(ground: Ground) -> None:
    account = ground.account()
    made = await _recurring(ground, account)
    async with ground.rows() as tx:
        await tx.execute("UPDATE account SET disconnected_at = now() WHERE id = $1::uuid", account.id)
    await _later(ground, timedelta(days=9)).make(UUID(made["id"]))
    assert _states(await _now(ground, made))[5:] == ["HELD", "HELD"]


async def test_a_file_that_a_recurring_post_will_need_is_not_deleted(ground: Ground) -> None:
    body = await _body(ground, ground.account(), startsAt=(_tomorrow() + timedelta(days=60)).isoformat())
    made = (await ground.api.post("/api/v1/recurrences", json=body)).json()
    asset = f"/api/v1/assets/{body['media'][0]['assetId']}"
    assert (await ground.api.delete(asset)).status_code == 409
    await _do(ground, made, "cancel")
    assert (await ground.api.delete(asset)).status_code in (200, 204)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"rule": "FREQ=HOURLY"}, "#/rule"),
        ({"rule": "FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7"}, "#/rule"),
        ({"rule": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"}, "#/rule"),
        ({"rule": "FREQ=DAILY;UNTIL=20200101"}, "#/rule"),
        ({"startsAt": "2035-01-01T09:00"}, "#/startsAt"),
        ({"startsAt": "2027-01-01T09:00:00Z"}, "#/startsAt"),
        ({"timeZone": "Mars/Base"}, "#/timeZone"),
        ({"accountIds": [str(uuid4())]}, "#/accountIds"),
    ],
)
async def test_a_strange_recurrence_is_refused_by_name(ground: Ground, change: Json, pointer: str) -> None:
    body = await _body(ground, ground.somebody)
    answer = await ground.api.post("/api/v1/recurrences", json={**body, **change})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), answer.text


async def test_a_time_that_is_none_of_the_rule_is_no_exception(ground: Ground) -> None:
    made = await _recurring(ground, ground.account())
    wrong = (_tomorrow() + timedelta(hours=1)).isoformat()
    answer = await ground.api.post(f"/api/v1/recurrences/{made['id']}/exceptions", json={"localTime": wrong})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/localTime")
