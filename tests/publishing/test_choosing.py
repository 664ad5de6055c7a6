"""Published, and several posts of the account look like it: a person says which one it is."""

from __future__ import annotations

import re

from tests.publishing.elsewhere import PUBLISH, post_elsewhere
from tests.publishing.ground import Connected, Ground, Json, form_token, kinds
from tests.support.waiting import eventually

WORDS = "Which one of them"


async def _several(ground: Ground) -> tuple[Connected, str, str]:
    """A published post with a twin on the account; the post, and the twin's id at the platform."""
    account, user_id = await ground.with_own_sign_in()
    ground.fault(PUBLISH, account, where="after", what="timeout", seconds=1.0)
    post_id = await ground.publish(ground.image(account, caption=WORDS))
    await ground.until(post_id, "SENT")
    twin = await post_elsewhere(ground, account, user_id, WORDS)
    await _asked(ground, post_id)
    return account, post_id, twin


async def _asked(ground: Ground, post_id: str) -> Json:
    """The publication once it asks which one it is."""

    async def asks() -> Json:
        row: Json = (await ground.post(post_id))["publications"][0]
        return row if row["question"] == "which_is_it" else {}

    return await eventually(asks, every=0.05)


def _ours(ground: Ground, account: Connected, row: Json) -> str:
    (ours,) = [one for one in ground.public(account) if one["containerId"] == row["attempts"][0]["artefact"]]
    return str(ours["objectId"])


async def test_the_post_that_a_person_points_at_is_bound_and_linked_and_stays_published(ground: Ground) -> None:
    account, post_id, twin = await _several(ground)
    ours = _ours(ground, account, (await ground.post(post_id))["publications"][0])
    post = (await ground.browser.get(f"/posts/{post_id}")).text
    assert f"/posts/{post_id}/check?publication=" in post
    assert "We do not know which post of the account this is." in post
    page = (await ground.browser.get(f"/posts/{post_id}/check")).text
    assert "Which one is it?" in page
    assert "I looked, it is not there" not in page
    assert (f'value="{ours}"' in page, f'value="{twin}"' in page) == (True, True)
    assert re.search(r'name="media"[^>]* checked', page) is None
    answer = {"csrf_token": form_token(page), "media": ours}
    done = await ground.browser.post(f"/posts/{post_id}/confirm", data=answer)
    assert (done.status_code, done.headers["location"]) == (303, f"/posts/{post_id}")
    row = await ground.linked(post_id)
    assert (row["state"], row["mediaId"], row["question"]) == ("PUBLISHED", ours, None)
    (said,) = [line for line in row["timeline"] if line["kind"] == "confirmed"]
    assert (said["words"], ours in said["raw"]) == ("Maya looked at the account: it is this post.", True)
    again = await ground.api.post(f"/api/v1/posts/{post_id}/confirm", json={"mediaId": twin})
    assert (again.status_code, (await ground.row(post_id))["media_ref"]) == (409, ours)


async def test_what_is_declined_is_never_bound_by_itself_and_the_post_stays_published(ground: Ground) -> None:
    account, post_id, twin = await _several(ground)
    ours = _ours(ground, account, (await ground.post(post_id))["publications"][0])
    asked = (await ground.api.get(f"/api/v1/posts/{post_id}/candidates")).json()
    assert (asked["question"], {one["mediaId"] for one in asked["candidates"]}) == ("which_is_it", {ours, twin})
    path = f"/api/v1/posts/{post_id}/confirm"
    nothing = await ground.api.post(path, json={})
    assert (nothing.status_code, nothing.json()["errors"][0]["pointer"]) == (422, "#/mediaId")
    done = await ground.api.post(path, json={"noneOf": [twin]})
    assert done.status_code == 200, done.text
    row = await ground.linked(post_id)
    assert (row["state"], row["mediaId"]) == ("PUBLISHED", ours)
    assert [kind for kind in kinds(row) if kind in ("several", "none_of_these")] == ["several", "none_of_these"]


async def test_a_person_who_finds_it_nowhere_leaves_it_published_without_a_link(ground: Ground) -> None:
    _, post_id, _ = await _several(ground)
    page = (await ground.browser.get(f"/posts/{post_id}/check")).text
    shown = page.split('name="seen" value="')[1:]
    answer = {"csrf_token": form_token(page), "media": "", "seen": [one.partition('"')[0] for one in shown]}
    assert len(answer["seen"]) == 2
    done = await ground.browser.post(f"/posts/{post_id}/confirm", data=answer)
    assert done.status_code == 303
    before = (await ground.row(post_id))["link_reads"]

    async def looked_again() -> Json:
        row = await ground.row(post_id)
        return row if row["link_reads"] > before else {}

    row = await eventually(looked_again)
    assert (row["state"], row["media_ref"]) == ("PUBLISHED", None)
    assert kinds((await ground.post(post_id))["publications"][0]).count("several") == 1


async def test_a_post_that_is_another_ones_of_ours_is_no_answer(ground: Ground) -> None:
    account, post_id, _ = await _several(ground)
    mine = await ground.linked(await ground.publish(ground.image(account, caption="Quite another")))
    wrong = await ground.api.post(f"/api/v1/posts/{post_id}/confirm", json={"mediaId": mine["mediaId"]})
    assert wrong.status_code == 422
    assert (await _asked(ground, post_id))["mediaId"] is None
