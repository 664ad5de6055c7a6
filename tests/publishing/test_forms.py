"""Pages and forms as a browser sends them: a session, a form token, real redirects."""

from __future__ import annotations

import httpx2
import pytest

from tests.publishing.ground import Connected, Ground, Json, form_token, soon

Fields = dict[str, str | list[str]]


async def _token(ground: Ground, path: str) -> str:
    page = await ground.browser.get(path)
    assert page.status_code == 200, page.text[:500]
    return form_token(page.text)


async def _send(ground: Ground, path: str, fields: Fields) -> httpx2.Response:
    token = await _token(ground, "/posts/new")
    return await ground.browser.post(path, data={"csrf_token": token, **fields})


async def _asset(ground: Ground) -> str:
    return str((await ground.api.post("/api/v1/assets", json={"url": ground.picture()})).json()["id"])


async def _fields(ground: Ground, account: Connected, **more: str) -> Fields:
    return {"caption": "Written here", "asset": await _asset(ground), "account": account.id, **more}


async def _saved(ground: Ground, fields: Fields) -> Json:
    answer = await _send(ground, "/posts/save", fields)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def test_what_one_writes_is_kept_as_a_draft_and_published_by_the_button(ground: Ground) -> None:
    account = ground.account()
    fields = await _fields(ground, account)
    saved = await _saved(ground, fields)
    again = await _send(ground, saved["saveUrl"], {**fields, "caption": "Better", "version": saved["version"]})
    assert int(again.json()["version"]) == int(saved["version"]) + 1
    shown = await ground.browser.get(saved["url"])
    assert "Better" in shown.text
    done = await _send(
        ground, saved["action"], {**fields, "caption": "Best", "version": again.json()["version"], "how": "publish"}
    )
    assert done.status_code == 303, done.text
    post_id = done.headers["location"].rpartition("/")[2]
    await ground.linked(post_id)
    assert [one["text"] for one in ground.public(account)] == ["Best"]
    page = await ground.browser.get(done.headers["location"])
    assert "Published" in page.text


async def test_a_post_is_written_and_published_in_one_go(ground: Ground) -> None:
    account = ground.account()
    done = await _send(ground, "/posts", await _fields(ground, account, how="publish"))
    assert done.status_code == 303, done.text
    await ground.until(done.headers["location"].rpartition("/")[2], "PUBLISHED")
    assert len(ground.public(account)) == 1


async def test_the_time_of_a_form_is_wall_clock_time_of_its_zone(ground: Ground) -> None:
    done = await _send(
        ground, "/posts", await _fields(ground, ground.account(), how="publish", when="2027-07-01T09:00")
    )
    row = (await ground.post(done.headers["location"].rpartition("/")[2]))["publications"][0]
    assert (row["state"], row["dueAt"]) == ("SCHEDULED", "2027-07-01T07:00:00Z")


async def test_a_draft_that_somebody_else_saved_is_a_conflict(ground: Ground) -> None:
    fields = await _fields(ground, ground.account())
    saved = await _saved(ground, fields)
    await _send(ground, saved["saveUrl"], {**fields, "version": saved["version"]})
    stale = await _send(ground, saved["saveUrl"], {**fields, "caption": "Mine", "version": saved["version"]})
    assert stale.status_code == 409
    submitted = await _send(ground, saved["action"], {**fields, "version": saved["version"], "how": "publish"})
    assert submitted.status_code == 409
    assert "Written here" in submitted.text


async def test_a_refused_form_comes_back_with_the_reason_and_what_was_written(ground: Ground) -> None:
    fields: Fields = {"caption": "Nothing to show", "account": ground.account().id, "how": "publish"}
    refused = await _send(ground, "/posts", fields)
    assert refused.status_code == 422
    assert "Nothing to show" in refused.text


async def test_the_same_post_again_can_be_published_all_the_same(ground: Ground) -> None:
    account = ground.account()
    fields = await _fields(ground, account, when="2027-07-01T09:00")
    first = await _send(ground, "/posts", {**fields, "how": "publish"})
    twin = await _send(ground, "/posts", {**fields, "how": "publish"})
    anyway = await _send(ground, "/posts", {**fields, "how": "publish_again"})
    assert (first.status_code, twin.status_code, anyway.status_code) == (303, 409, 303)
    assert 'value="publish_again"' in twin.text


async def test_the_buttons_of_a_post_publish_now_and_cancel(ground: Ground) -> None:
    account = ground.account()
    now = await ground.publish(ground.image(account, scheduledAt=soon(3600)))
    gone = await ground.publish(ground.image(account, caption="Not this one", scheduledAt=soon(3600)))
    for post_id, button in ((now, "now"), (gone, "cancel")):
        token = await _token(ground, f"/posts/{post_id}")
        pressed = await ground.browser.post(f"/posts/{post_id}/{button}", data={"csrf_token": token})
        assert (pressed.status_code, pressed.headers["location"]) == (303, f"/posts/{post_id}")
    await ground.until(now, "PUBLISHED")
    await ground.until(gone, "CANCELLED")
    assert len(ground.public(account)) == 1


async def test_the_button_tries_a_failed_post_again(ground: Ground) -> None:
    account = ground.account()
    ground.fault("POST /{ig}/media_publish", account, what="error", code=36003, subcode=2207009)
    post_id = await ground.publish(ground.image(account))
    await ground.until(post_id, "FAILED")
    page = await ground.browser.get(f"/posts/{post_id}")
    assert "The image is too tall or too wide." in page.text
    await ground.browser.post(f"/posts/{post_id}/retry", data={"csrf_token": form_token(page.text)})
    await ground.until(post_id, "PUBLISHED")
    assert len(ground.public(account)) == 1


async def test_a_person_confirms_what_is_unconfirmed_with_a_button(ground: Ground) -> None:
    account = ground.account()
    post_id = await ground.publish(ground.image(account, scheduledAt=soon(3600)))
    async with ground.rows() as tx:
        await tx.execute(
            "UPDATE publication SET state = 'UNCONFIRMED', next_check_at = NULL WHERE post_id = $1", post_id
        )
    token = await _token(ground, f"/posts/{post_id}")
    early = await ground.browser.post(f"/posts/{post_id}/retry", data={"csrf_token": token})
    assert early.status_code == 409
    done = await ground.browser.post(f"/posts/{post_id}/confirm", data={"csrf_token": token, "media": ""})
    assert done.status_code == 303
    assert (await ground.row(post_id))["state"] == "PUBLISHED"


@pytest.mark.parametrize("way", ["now", "cancel", "retry", "retry-looked", "confirm", "save", ""])
async def test_no_form_is_taken_without_its_token_or_without_a_session(ground: Ground, way: str) -> None:
    post_id = await ground.publish(ground.image(ground.somebody, caption=f"Guarded {way}", scheduledAt=soon(3600)))
    path = f"/posts/{post_id}/{way}".rstrip("/")
    forged = await ground.browser.post(path, data={"csrf_token": "wrong", "caption": "Forged"})
    async with httpx2.AsyncClient(base_url=ground.url, trust_env=False, headers={"origin": ground.url}) as stranger:
        unknown = await stranger.post(path, data={"caption": "Forged"})
    assert (forged.status_code, unknown.status_code in (303, 401, 403)) == (403, True)
    assert ((await ground.row(post_id))["state"], (await ground.post(post_id))["caption"]) == (
        "SCHEDULED",
        f"Guarded {way}",
    )
