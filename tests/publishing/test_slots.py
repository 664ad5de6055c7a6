"""Posting slots: an account's weekly times, and posts that ask for the next free one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from tests.publishing.ground import Connected, Ground, Json

PARIS = ZoneInfo("Europe/Paris")


async def _slots(ground: Ground, account: Connected, *slots: tuple[str, str]) -> Json:
    body = {"slots": [{"weekday": day, "localTime": time, "timeZone": "Europe/Paris"} for day, time in slots]}
    answer = await ground.api.put(f"/api/v1/accounts/{account.id}/slots", json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def _free(ground: Ground, account: Connected) -> datetime:
    answer = await ground.api.get(f"/api/v1/accounts/{account.id}/slots")
    return datetime.fromisoformat(answer.json()["nextFreeSlot"])


async def _post(ground: Ground, *accounts: Connected, **more: object) -> Json:
    asset = (await ground.api.post("/api/v1/assets", json={"url": ground.picture()})).json()
    media = [{"assetId": asset["id"]}]
    body = {"accountIds": [one.id for one in accounts], "mediaType": "IMAGE", "media": media, "when": "next_free_slot"}
    answer = await ground.api.post("/api/v1/posts", json={**body, **more})
    return {"status": answer.status_code, **answer.json()}


def _due(post: Json) -> datetime:
    return datetime.fromisoformat(post["publications"][0]["dueAt"])


async def test_an_account_has_the_slots_it_was_given_last_and_knows_the_next_free_one(ground: Ground) -> None:
    account = ground.account()
    await _slots(ground, account, ("MO", "07:00"), ("TU", "08:15"))
    kept = await _slots(ground, account, ("SU", "18:30"), ("WE", "09:00"), ("WE", "09:00"))
    assert [(one["weekday"], one["localTime"]) for one in kept["slots"]] == [("WE", "09:00"), ("SU", "18:30")]
    shown = datetime.fromisoformat(kept["nextFreeSlot"]).astimezone(PARIS)
    assert shown > datetime.now(UTC)
    assert (shown.isoweekday(), f"{shown:%H:%M}") in {(3, "09:00"), (7, "18:30")}
    assert (await _slots(ground, account))["nextFreeSlot"] is None


async def test_posts_that_ask_together_for_the_next_free_slot_get_one_each(ground: Ground) -> None:
    account = ground.account()
    await _slots(ground, account, ("MO", "07:00"), ("TH", "08:15"))
    first = await _free(ground, account)
    posts = await asyncio.gather(*(_post(ground, account, caption=f"Number {n}") for n in range(4)))
    assert {post["status"] for post in posts} == {202}
    dues = sorted(_due(post) for post in posts)
    assert dues[0] == first
    assert len(set(dues)) == 4
    assert dues[2].astimezone(PARIS).time() == first.astimezone(PARIS).time()


async def test_a_cancelled_post_gives_its_slot_back(ground: Ground) -> None:
    account = ground.account()
    await _slots(ground, account, ("FR", "12:00"))
    post = await _post(ground, account)
    assert _due(post) < await _free(ground, account)
    await ground.api.post(f"/api/v1/posts/{post['id']}/cancel")
    assert _due(post) == await _free(ground, account)


async def test_several_accounts_wait_for_a_slot_that_is_free_on_all_of_them(ground: Ground) -> None:
    one, other = ground.account(), ground.account()
    await _slots(ground, one, ("MO", "07:00"), ("TU", "07:00"))
    await _slots(ground, other, ("TU", "07:00"), ("WE", "07:00"))
    common = _due(await _post(ground, one, other))
    assert common.astimezone(PARIS).isoweekday() == 2
    assert _due(await _post(ground, other, one, caption="Next")) == _a_week_later(common)


def _a_week_later(at: datetime) -> datetime:
    local = at.astimezone(PARIS).replace(tzinfo=None) + timedelta(days=7)
    return local.replace(tzinfo=PARIS).astimezone(UTC)


async def test_without_a_slot_and_with_two_times_a_post_is_refused_by_name(ground: Ground) -> None:
    account = ground.account()
    none = await _post(ground, account)
    two = await _post(ground, account, scheduledAt="2027-01-01T10:00:00Z")
    assert [(one["status"], one["errors"][0]["pointer"]) for one in (none, two)] == [(422, "#/when")] * 2


async def test_slots_of_nobody_and_strange_slots_are_refused(ground: Ground) -> None:
    account = ground.account()
    assert (await ground.api.get(f"/api/v1/accounts/{uuid4()}/slots")).status_code == 404
    for slot in (
        {"weekday": "XX", "localTime": "09:00"},
        {"weekday": "MO", "localTime": "24:00"},
        {"weekday": "MO", "localTime": "09:00", "timeZone": "Mars/Base"},
    ):
        answer = await ground.api.put(f"/api/v1/accounts/{account.id}/slots", json={"slots": [slot]})
        assert answer.status_code == 422, slot
