"""What is refused before anything is stored, with the field and the remedy."""

from __future__ import annotations

import asyncio

import pytest

from tests.fixtures.media import png
from tests.publishing.ground import Ground, Json, soon


async def _refused(ground: Ground, body: Json, status: int = 422) -> Json:
    answer = await ground.ask(body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    found: Json = answer.json()
    return found


async def test_the_same_post_twice_in_a_day_is_refused_with_the_post_that_stands(ground: Ground) -> None:
    account = ground.account()
    body = ground.image(account)
    post_id = await ground.publish(body)
    await ground.until(post_id, "PUBLISHED")
    problem = await _refused(ground, body, 409)
    assert problem["code"] == "duplicate"
    assert problem["errors"] == [{"detail": f"/api/v1/posts/{post_id}", "pointer": "#/allowDuplicate"}]
    again = await ground.publish({**body, "allowDuplicate": True})
    await ground.until(again, "PUBLISHED")
    assert len(ground.public(account)) == 2


async def test_a_cancelled_post_does_not_count_as_the_same_post(ground: Ground) -> None:
    body = ground.image(ground.account(), scheduledAt=soon(600))
    post_id = await ground.publish(body)
    assert (await ground.ask(body)).status_code == 409
    await ground.api.post(f"/api/v1/posts/{post_id}/cancel")
    assert (await ground.ask(body)).status_code == 202


async def test_two_equal_requests_at_once_make_one_post(ground: Ground) -> None:
    account = ground.account()
    asset = (await ground.api.post("/api/v1/assets", json={"url": ground.picture()})).json()
    body = {"accountIds": [account.id], "mediaType": "IMAGE", "media": [{"assetId": asset["id"]}]}
    answers = await asyncio.gather(*(ground.api.post("/api/v1/posts", json=body) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [202, *[409] * 9]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"scheduledAt": soon(-3600)}, "#/scheduledAt"),
        ({"scheduledAt": soon(400 * 86400)}, "#/scheduledAt"),
        ({"scheduledAt": "2027-01-01T10:00:00"}, "#/scheduledAt"),
        ({"timeZone": "Mars/Olympus"}, "#/timeZone"),
        ({"caption": "x" * 2201}, "#/caption"),
        ({"caption": " ".join(f"#tag{number}" for number in range(31))}, "#/caption"),
        ({"mediaUrl": None}, "#/mediaUrl"),
        ({"surprise": True}, "#/surprise"),
    ],
)
async def test_a_request_that_cannot_work_names_its_field(ground: Ground, change: Json, field: str) -> None:
    problem = await _refused(ground, ground.image(ground.somebody, **change))
    assert field in [one["pointer"] for one in problem["errors"]]
    assert ground.containers(ground.somebody) == []


async def test_an_unknown_account_is_refused(ground: Ground) -> None:
    problem = await _refused(ground, ground.image(ground.account(), accountId="01890000-0000-7000-8000-000000000000"))
    assert problem["code"] == "unknown_account"
    assert problem["remedy"]


async def test_without_a_name_among_several_accounts_the_answer_lists_them(ground: Ground) -> None:
    account = ground.account()
    problem = await _refused(ground, ground.image(account, accountId=None))
    assert problem["code"] == "account_needed"
    assert f"{account.id} is @{account.username}" in [one["detail"] for one in problem["errors"]]


async def test_eleven_pictures_are_too_many_for_a_carousel(ground: Ground) -> None:
    children = [{"mediaType": "IMAGE", "mediaUrl": ground.picture()} for _ in range(11)]
    problem = await _refused(
        ground, ground.image(ground.account(), mediaType="CAROUSEL", mediaUrl=None, children=children)
    )
    assert "10" in problem["title"] + problem["remedy"]


async def test_a_type_that_is_not_offered_says_so(ground: Ground) -> None:
    problem = await _refused(ground, ground.image(ground.account(), mediaType="STORIES"))
    assert problem["code"] == "unsupported"


async def test_media_that_is_no_picture_is_refused_in_words(ground: Ground) -> None:
    problem = await _refused(ground, ground.image(ground.account(), mediaUrl=f"{ground.sim.url}/_sim"))
    assert problem["remedy"]
    assert problem["file"] == 0


async def test_a_png_is_made_a_jpeg_and_goes_out(ground: Ground) -> None:
    account = ground.account()
    asset = (await ground.api.post("/api/v1/assets", files={"file": ("a.png", png(), "image/png")})).json()
    body = {"accountIds": [account.id], "mediaType": "IMAGE", "media": [{"assetId": asset["id"]}]}
    answer = await ground.api.post("/api/v1/posts", json=body)
    assert answer.status_code == 202, answer.text
    await ground.until(answer.json()["id"], "PUBLISHED")
    assert len(ground.public(account)) == 1


async def test_a_post_of_somebody_else_is_not_there(ground: Ground) -> None:
    other = await ground.house.identity.create_workspace("Elsewhere", "UTC", "en")
    _, key = await ground.house.identity.create_key(other, "other", ["posts.read", "posts.write"])
    post_id = await ground.publish(ground.image(ground.account(), scheduledAt=soon(600)))
    headers = {"authorization": f"Bearer {key}"}
    answers = [
        await ground.api.get(f"/api/v1/posts/{post_id}", headers=headers),
        await ground.api.patch(f"/api/v1/posts/{post_id}", json={"caption": "Mine now"}, headers=headers),
        await ground.api.post(f"/api/v1/posts/{post_id}/cancel", headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
