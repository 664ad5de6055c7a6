"""The first comment of a post: once under it, or a person is told; the post itself stays published (I11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
import pytest_asyncio

from huntaze.platforms.contract import PostType, Severity
from huntaze.publishing import PostDraft
from huntaze.publishing.api import PostIn
from huntaze.publishing.first_comments import check_first_comment
from tests.platforms.made_up.known import made_up
from tests.publishing.ground import Connected, Ground, Json, form_token, kinds
from tests.support.waiting import eventually

COMMENT = "POST /{m}/comments"
COMMENTS = "GET /{m}/comments"
WORDS = "#sea #salt #light"


async def _said(ground: Ground, post_id: str, *states: str) -> Json:
    """The first comment once it is in one of ``states``."""
    last: Json = {}

    async def there() -> Json:
        nonlocal last
        last = (await ground.post(post_id))["publications"][0]
        said: Json = last["firstComment"]
        return said if said["state"] in states else {}

    try:
        return await eventually(there, seconds=20, every=0.05)
    except AssertionError:
        raise AssertionError(f"not {states} but {last['firstComment']}: {kinds(last)}") from None


def _ours(ground: Ground, account: Connected) -> list[str]:
    """What was written through the API under the account's posts."""
    return [row["text"] for row in ground.sim.truth("comment.created", account.ref) if row["source"] == "api"]


async def _publish(ground: Ground, account: Connected, text: str = WORDS) -> str:
    return await ground.publish(ground.image(account, firstComment=text))


async def _timeline(ground: Ground, post_id: str) -> list[str]:
    row = (await ground.post(post_id))["publications"][0]
    assert row["state"] == "PUBLISHED"
    return [kind for kind in kinds(row) if kind.startswith("comment_")]


@dataclass(frozen=True)
class Fate:
    """What happens to the one request, and what the timeline says in the end."""

    fault: Mapping[str, object] | None
    timeline: Sequence[str]


FATES = {
    "it is answered": Fate(None, ("sending", "posted")),
    "the answer is lost": Fate({"where": "after", "what": "reset"}, ("sending", "unknown", "posted")),
    "500 is answered": Fate({"where": "after", "what": "status", "status": 500}, ("sending", "unknown", "posted")),
    "it is committed late": Fate(
        {"where": "after", "what": "late-commit", "seconds": 0.4}, ("sending", "unknown", "posted")
    ),
    "the request is lost": Fate(
        {"where": "before", "what": "reset"}, ("sending", "unknown", "soft_no", "sending", "posted")
    ),
}


@pytest_asyncio.fixture(scope="module")
async def told(opened: Ground) -> Mapping[str, tuple[Connected, str]]:
    """The posts of all fates, on their way together."""
    posts = {}
    for name, fate in FATES.items():
        account = opened.account()
        if fate.fault is not None:
            opened.fault(COMMENT, account, **fate.fault)
        posts[name] = account, await _publish(opened, account)
    for _, post_id in posts.values():
        await _said(opened, post_id, "POSTED")
    return posts


@pytest.mark.parametrize("name", FATES)
async def test_it_stands_under_the_post_once_whatever_becomes_of_the_request(
    told: Mapping[str, tuple[Connected, str]], ground: Ground, name: str
) -> None:
    account, post_id = told[name]
    said = await _said(ground, post_id, "POSTED")
    (written,) = ground.sim.truth("comment.created", account.ref)
    assert (said["id"], said["text"], said["problem"]) == (written["objectId"], WORDS, None)
    assert await _timeline(ground, post_id) == [f"comment_{step}" for step in FATES[name].timeline]
    page = (await ground.browser.get(f"/posts/{post_id}")).text
    assert WORDS in page
    assert "The first comment is posted." in page


async def test_comments_that_cannot_be_read_are_no_evidence(ground: Ground) -> None:
    account = ground.account()
    ground.fault(COMMENT, account, where="before", what="reset")
    blind = ground.fault(COMMENTS, account, what="status", status=500, times=0)
    post_id = await _publish(ground, account)

    async def long_past_settling() -> bool:
        async with ground.rows() as tx:
            looks = await tx.fetchval("SELECT looks FROM first_comment WHERE post_id = $1", UUID(post_id))
        return bool((looks or 0) >= 6)

    await eventually(long_past_settling)
    assert ((await _said(ground, post_id, "UNKNOWN"))["id"], _ours(ground, account)) == (None, [])
    ground.sim.delete(f"/_sim/faults/{blind}")
    await _said(ground, post_id, "POSTED")
    assert _ours(ground, account) == [WORDS]


async def test_the_same_words_of_somebody_else_are_not_taken_for_ours(ground: Ground) -> None:
    account = ground.account()
    ground.fault(COMMENT, account, where="before", what="reset")
    post_id = await _publish(ground, account)
    row = await ground.until(post_id, "PUBLISHED")
    body = {"accountId": account.ref, "mediaId": row["mediaId"], "username": "ana", "text": WORDS}
    ground.sim.post("/_sim/act/comment", body)
    said = await _said(ground, post_id, "POSTED")
    (written,) = [row for row in ground.sim.truth("comment.created", account.ref) if row["source"] == "api"]
    assert said["id"] == written["objectId"]


async def test_a_refusal_fails_the_comment_and_not_the_post_and_may_be_tried_again(ground: Ground) -> None:
    account = ground.account()
    ground.fault(COMMENT, account, what="error", code=10)
    post_id = await _publish(ground, account)
    said = await _said(ground, post_id, "FAILED")
    assert said["problem"]["code"] == "10"
    assert said["problem"]["remedy"]
    assert await _timeline(ground, post_id) == ["comment_sending", "comment_failed"]
    assert (await ground.api.get(f"/api/v1/accounts/{account.id}")).json()["health"] == "good"
    again = await ground.api.post(f"/api/v1/posts/{post_id}/first-comment/retry")
    assert again.status_code == 200, again.text
    await _said(ground, post_id, "POSTED")
    assert _ours(ground, account) == [WORDS]
    late = await ground.api.post(f"/api/v1/posts/{post_id}/first-comment/retry")
    assert (late.status_code, late.json()["code"]) == (409, "too_late")


async def test_one_that_is_too_long_for_the_platform_is_told_with_its_reason(ground: Ground) -> None:
    account = ground.account()
    post_id = await _publish(ground, account, "a" * 301)
    said = await _said(ground, post_id, "FAILED")
    assert "300" in said["problem"]["message"]
    assert _ours(ground, account) == []


async def test_sent_twice_and_never_seen_a_person_decides(ground: Ground) -> None:
    account = ground.account()
    ground.fault(COMMENT, account, where="before", what="reset", times=2)
    post_id = await _publish(ground, account)
    said = await _said(ground, post_id, "UNCONFIRMED")
    assert said["problem"]["remedy"]
    page = (await ground.browser.get(f"/posts/{post_id}")).text
    assert "I looked, it is not there: send again" in page
    refused = await ground.api.post(f"/api/v1/posts/{post_id}/first-comment/retry")
    assert refused.status_code == 409
    again = await ground.api.post(f"/api/v1/posts/{post_id}/first-comment/retry?looked=not_there")
    assert again.status_code == 200, again.text
    await _said(ground, post_id, "POSTED")
    assert _ours(ground, account) == [WORDS]
    assert "comment_looked" in await _timeline(ground, post_id)


async def test_one_longer_than_any_text_is_refused_up_front(ground: Ground) -> None:
    refused = await ground.ask(ground.image(ground.somebody, firstComment="a" * 2201))
    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.json()["errors"]] == ["#/firstComment"]


async def test_it_is_refused_up_front_where_nothing_can_be_commented_on(ground: Ground) -> None:
    draft = PostDraft(PostType.STORIES, "", (), (), None, "UTC", first_comment=WORDS)
    instagram, silent = ground.house.platforms["instagram"], made_up("publish_call", "http://127.0.0.1:1")
    for asked, network in ((draft, instagram), (replace(draft, type=PostType.IMAGE), silent)):
        (found,) = check_first_comment(asked.first_comment, asked.type, network)
        assert (found.severity, found.field) == (Severity.ERROR, "firstComment")
    assert not list(check_first_comment("", draft.type, silent))


async def test_it_is_kept_with_a_draft_by_form_program_and_file(ground: Ground) -> None:
    asset = (await ground.api.post("/api/v1/assets", json={"url": ground.picture()})).json()
    token = form_token((await ground.browser.get("/posts/new")).text)
    fields = {"csrf_token": token, "caption": "Kept", "asset": asset["id"], "account": ground.somebody.id}
    saved = (await ground.browser.post("/posts/save", data={**fields, "first_comment": " One\r\ntwo "})).json()
    shown = (await ground.browser.get(saved["url"])).text
    assert "One\ntwo</textarea>" in shown
    post_id = saved["action"].rpartition("/")[2]
    assert (await ground.post(post_id))["firstComment"] == "One\ntwo"
    changed = await ground.api.patch(f"/api/v1/posts/{post_id}", json={"caption": "Kept still"})
    assert changed.json()["firstComment"] == "One\ntwo"
    changed = await ground.api.patch(f"/api/v1/posts/{post_id}", json={"firstComment": ""})
    assert (changed.json()["firstComment"], changed.json()["publications"][0]["firstComment"]) == (None, None)
    sheet = f"account,type,caption,media,draft,first_comment\n{ground.somebody.id},IMAGE,Row,{asset['id']},yes,=One"
    made = await ground.api.post("/api/v1/posts/import", content=sheet, headers={"content-type": "text/csv"})
    assert made.json()["refused"] == 0, made.text
    (row,) = made.json()["posts"]
    assert (await ground.post(row["id"]))["firstComment"] == "=One"
    assert "'=One" in (await ground.api.get("/api/v1/posts.csv?state=DRAFT")).text


def test_an_empty_one_changes_no_older_idempotency_key() -> None:
    body = {"accountIds": ["00000000-0000-4000-8000-000000000000"], "mediaType": "IMAGE"}
    assert "first_comment" not in PostIn.model_validate(body).model_dump(mode="json")
    assert PostIn.model_validate({**body, "firstComment": "x"}).model_dump(mode="json")["first_comment"] == "x"
