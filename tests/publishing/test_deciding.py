"""The one screen on which a person decides about a post of which nobody can tell, and the same for programs."""

from __future__ import annotations

import re

import pytest

from tests.publishing.elsewhere import PUBLISH, WORDS, post_elsewhere, unconfirmed
from tests.publishing.ground import Ground, Json, form_token, kinds
from tests.support.waiting import eventually

NOT_SENT = {"where": "before", "what": "reset"}


async def _asked(ground: Ground, post_id: str) -> Json:
    answer = await ground.api.get(f"/api/v1/posts/{post_id}/candidates")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def test_the_screen_shows_what_was_sent_what_is_said_and_what_the_account_shows_since(ground: Ground) -> None:
    account, post_id, other = await unconfirmed(ground, **NOT_SENT)
    page = (await ground.browser.get(f"/posts/{post_id}/check")).text
    assert WORDS in page
    assert f"@{account.username}" in page
    assert "The platform says that this post is ready and not published." in page
    assert f'value="{other}"' in page
    assert "Looks like yours" in page
    pictures = re.findall(r'src="(/media/[0-9a-f-]+/thumbnail)"', page)
    assert len(pictures) == 2, "ours and the candidate's"
    for picture in pictures:
        shown = await ground.browser.get(picture)
        assert (shown.status_code, shown.headers["content-type"].startswith("image/")) == (200, True)


async def test_it_is_there_takes_the_chosen_post_as_ours_and_keeps_what_was_said(ground: Ground) -> None:
    account, post_id, other = await unconfirmed(ground, **NOT_SENT)
    page = (await ground.browser.get(f"/posts/{post_id}/check")).text
    answer = {"csrf_token": form_token(page), "media": other}
    done = await ground.browser.post(f"/posts/{post_id}/confirm", data=answer)
    assert (done.status_code, done.headers["location"]) == (303, f"/posts/{post_id}")
    row = await ground.linked(post_id)
    assert (row["state"], row["mediaId"]) == ("PUBLISHED", other)
    (said,) = [line for line in row["timeline"] if line["kind"] == "confirmed"]
    assert said["words"] == "Maya looked at the account: it is this post."
    assert said["raw"].split() == [other, row["permalink"]]
    assert len(ground.public(account)) == 1
    again = await ground.browser.get(f"/posts/{post_id}/check")
    assert (again.status_code, again.headers["location"]) == (303, f"/posts/{post_id}")


@pytest.mark.parametrize("copied", ["{0}", "{0}?igsh=MzRlODBiNWFlZA==", "  {0}#comments"])
async def test_a_pasted_link_is_as_good_as_a_choice(ground: Ground, copied: str) -> None:
    _, post_id, other = await unconfirmed(ground, **NOT_SENT)
    (candidate,) = (await _asked(ground, post_id))["candidates"]
    body = {"permalink": copied.format(candidate["permalink"])}
    done = await ground.api.post(f"/api/v1/posts/{post_id}/confirm", json=body)
    assert done.status_code == 200, done.text
    assert (await ground.linked(post_id))["mediaId"] == other


async def test_a_link_to_anything_else_is_refused_in_words_and_decides_nothing(ground: Ground) -> None:
    account, user_id = await ground.with_own_sign_in()
    await post_elsewhere(ground, account, user_id, "Long before")
    old = ground.public(account)[0]["objectId"]
    ground.fault(PUBLISH, account, where="before", what="reset")
    post_id = await ground.publish(ground.image(account, caption=WORDS))
    await ground.until(post_id, "UNKNOWN", "RECONCILING")
    await post_elsewhere(ground, account, user_id, WORDS)
    await ground.until(post_id, "UNCONFIRMED")
    path = f"/posts/{post_id}/confirm"
    token = form_token((await ground.browser.get(f"/posts/{post_id}/check")).text)
    wrong = [
        await ground.browser.post(path, data={"csrf_token": token, "link": "https://www.instagram.com/p/nobodys/"}),
        await ground.browser.post(path, data={"csrf_token": token, "media": old}),
        await ground.browser.post(path, data={"csrf_token": token}),
    ]
    assert [answer.status_code for answer in wrong] == [422] * 3, wrong[2].headers
    assert "https://www.instagram.com/p/nobodys/" in wrong[0].text
    assert "This is none of the account" in wrong[1].text
    assert "Nothing is chosen." in wrong[2].text
    refused = (await ground.api.post(f"/api/v1/posts/{post_id}/confirm", json={"mediaId": old})).json()
    assert [one["pointer"] for one in refused["errors"]] == ["#/mediaId"]
    assert (await ground.row(post_id))["state"] == "UNCONFIRMED"


async def test_a_post_of_ours_is_no_candidate_for_another(ground: Ground) -> None:
    account, user_id = await ground.with_own_sign_in()
    ground.fault(PUBLISH, account, where="before", what="reset")
    post_id = await ground.publish(ground.image(account, caption=WORDS))
    await ground.until(post_id, "UNKNOWN", "RECONCILING")
    other = await post_elsewhere(ground, account, user_id, WORDS)
    await ground.until(post_id, "UNCONFIRMED")
    mine = await ground.publish(ground.image(account, caption="One more of ours"))
    await ground.linked(mine)
    assert [one["mediaId"] for one in (await _asked(ground, post_id))["candidates"]] == [other]


async def test_i_looked_it_is_not_there_is_kept_and_makes_a_new_artefact(ground: Ground) -> None:
    account, post_id, other = await unconfirmed(ground, **NOT_SENT)
    page = (await ground.browser.get(f"/posts/{post_id}/check")).text
    assert "I looked, it is not there: send again" in page
    done = await ground.browser.post(f"/posts/{post_id}/retry-looked", data={"csrf_token": form_token(page)})
    assert done.status_code == 303
    row = await ground.linked(post_id)
    assert row["mediaId"] != other
    assert "looked" in kinds(row)
    first, second = [one for one in await ground.artefacts(post_id) if one["role"] == "post"]
    assert first["ref"] != second["ref"]
    assert len(ground.public(account)) == 2


async def test_a_platform_that_cannot_be_asked_leaves_the_screen_and_both_answers(ground: Ground) -> None:
    account, post_id, _ = await unconfirmed(ground, **NOT_SENT)
    ground.fault("GET /{ig}/media", account, what="status", status=500, times=0)
    page = (await ground.browser.get(f"/posts/{post_id}/check")).text
    assert "could not be asked just now" in page
    asked = await _asked(ground, post_id)
    assert asked["notRead"]
    blind = await ground.api.post(f"/api/v1/posts/{post_id}/confirm", json={"mediaId": "17900000000000099"})
    assert blind.status_code == 422
    token = form_token(page)
    done = await ground.browser.post(f"/posts/{post_id}/confirm", data={"csrf_token": token, "media": ""})
    assert done.status_code == 303
    assert (await ground.row(post_id))["state"] == "PUBLISHED"
    ground.sim.clear_faults()


async def test_one_of_two_accounts_is_decided_and_the_other_stays_open(ground: Ground) -> None:
    first, second = ground.account(), ground.account()
    asset = (await ground.api.post("/api/v1/assets", json={"url": ground.picture()})).json()
    body = {"accountIds": [first.id, second.id], "mediaType": "IMAGE", "media": [{"assetId": asset["id"]}]}
    later = {**body, "scheduledAt": "2027-06-01T10:00:00+02:00"}
    post_id = (await ground.api.post("/api/v1/posts", json=later)).json()["id"]
    async with ground.rows() as tx:
        await tx.execute(
            "UPDATE publication SET state = 'UNCONFIRMED', next_check_at = NULL, due_at = now() WHERE post_id = $1",
            post_id,
        )
    one, other = (await ground.post(post_id))["publications"]
    page = (await ground.browser.get(f"/posts/{post_id}/check?publication={other['id']}")).text
    assert (other["id"] in page, one["id"] in page) == (True, False)
    answer = await ground.api.post(f"/api/v1/posts/{post_id}/confirm", json={"publicationId": other["id"]})
    assert answer.status_code == 200

    async def settled() -> list[str]:
        return [row["state"] for row in (await ground.post(post_id))["publications"]]

    assert await eventually(settled) == ["UNCONFIRMED", "PUBLISHED"]
