"""Posts go out: now and at their time, each kind, and exactly once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from tests.fixtures.media import mp4
from tests.publishing.ground import Ground, kinds, soon
from tests.support.waiting import eventually


async def test_an_image_goes_out_now_with_its_timeline_and_its_link(ground: Ground) -> None:
    account = ground.account()
    post_id = await ground.publish(ground.image(account, caption="Bonjour é #sea"))
    row = await ground.linked(post_id)
    (public,) = ground.public(account)
    assert (row["state"], row["mediaId"], row["permalink"] != "") == ("PUBLISHED", public["objectId"], True)
    assert public["text"] == "Bonjour é #sea"
    assert kinds(row) == ["preparing", "sending", "published", "linked"]
    assert [attempt["outcome"] for attempt in row["attempts"]] == ["published"]


async def test_waiting_for_the_result_answers_200_when_it_is_out(ground: Ground) -> None:
    answer = await ground.ask(ground.image(ground.account()), prefer="wait=20")
    assert (answer.status_code, answer.json()["state"]) == (200, "PUBLISHED")
    assert answer.headers["location"] == answer.json()["statusUrl"]


async def test_a_carousel_goes_out_whole_with_its_pictures_made_side_by_side(ground: Ground) -> None:
    account = ground.account()
    ground.sim.configure({"ready": {"CAROUSEL_ITEM": 0.6, "CAROUSEL": 0.1}})
    children = [{"mediaType": "IMAGE", "mediaUrl": ground.picture()} for _ in range(4)]
    post_id = await ground.publish(ground.image(account, mediaType="CAROUSEL", mediaUrl=None, children=children))
    row = await ground.linked(post_id)
    items, (whole,) = ground.containers(account, "CAROUSEL_ITEM"), ground.containers(account, "CAROUSEL")
    assert row["state"] == "PUBLISHED"
    made = [one for one in await ground.artefacts(post_id) if one["role"] == "item"]
    assert whole["children"] == [one["ref"] for one in sorted(made, key=lambda one: one["position"])]
    assert len(items) == 4
    assert max(item["createdAt"] for item in items) < min(item["finishedAt"] for item in items)
    assert len(ground.public(account)) == 1


async def test_a_reel_goes_out_from_a_file_that_was_uploaded(ground: Ground) -> None:
    account = ground.account()
    files = {"file": ("reel.mp4", mp4(3.0, 360, 640), "video/mp4")}
    asset = (await ground.api.post("/api/v1/assets", files=files)).json()
    body = {"accountIds": [account.id], "mediaType": "VIDEO", "media": [{"assetId": asset["id"]}], "caption": "Reel"}
    answer = await ground.api.post("/api/v1/posts", json=body)
    assert answer.status_code == 202, answer.text
    row = await ground.linked(answer.json()["id"])
    assert row["state"] == "PUBLISHED"
    assert [one["kind"] for one in ground.containers(account)] == ["REELS"]


async def test_one_post_goes_to_two_accounts_as_two_publications(ground: Ground) -> None:
    first, second = ground.account(), ground.account()
    asset = (await ground.api.post("/api/v1/assets", json={"url": ground.picture()})).json()
    body = {"accountIds": [first.id, second.id], "mediaType": "IMAGE", "media": [{"assetId": asset["id"]}]}
    post_id = (await ground.api.post("/api/v1/posts", json=body)).json()["id"]
    await ground.linked(post_id)

    async def both() -> bool:
        return bool((await ground.post(post_id))["state"] == "PUBLISHED")

    await eventually(both, every=0.1)
    assert [len(ground.public(account)) for account in (first, second)] == [1, 1]


async def test_a_scheduled_post_is_prepared_ahead_and_goes_out_at_its_time(ground: Ground) -> None:
    account = ground.account()
    due = soon(5)
    post_id = await ground.publish(ground.image(account, scheduledAt=due, timeZone="Europe/Paris"))
    ready = await ground.until(post_id, "PREPARED")
    assert ground.public(account) == []
    assert kinds(ready) == ["preparing", "prepared"]
    row = await ground.until(post_id, "PUBLISHED")
    (public,) = ground.public(account)
    assert public["atEpoch"] >= datetime.fromisoformat(due).timestamp()
    assert row["dueAt"] == datetime.fromisoformat(due).astimezone(UTC).isoformat().replace("+00:00", "Z")


async def test_ten_posts_due_together_on_one_account_go_out_one_after_the_other(ground: Ground) -> None:
    account, due = ground.account(), soon(2)
    bodies = [ground.image(account, caption=f"Number {number}", scheduledAt=due) for number in range(10)]
    posts = await asyncio.gather(*(ground.publish(body) for body in bodies))
    for post_id in posts:
        await ground.until(post_id, "PUBLISHED")
    assert sorted(row["text"] for row in ground.public(account)) == sorted(str(body["caption"]) for body in bodies)
