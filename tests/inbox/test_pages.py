"""The page of comments: every action a form, the same with scripts and without."""

from __future__ import annotations

import re
from datetime import timedelta

from huntaze.identity import Actor
from huntaze.inbox.live import thread_parts
from huntaze.ui.stream import Change
from huntaze.ui.viewer import Viewer
from tests.inbox.desk import Desk

HTMX = {"hx-request": "true"}


async def _page(desk: Desk, address: str, **headers: str) -> str:
    answer = await desk.browser.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_threads_stand_with_the_newest_word_first_and_are_found_by_address(desk: Desk) -> None:
    assert "No comments yet" in await _page(desk, "/comments")
    old = await desk.comment("The older one")
    desk.sim.advance(5)
    await desk.comment("The newer one", "petit.phare")
    page = await _page(desk, "/comments")
    assert page.index("The newer one") < page.index("The older one")
    desk.sim.advance(5)
    await desk.comment("An answer to it", "ana", under=old)
    page = await _page(desk, "/comments")
    assert page.index("The older one") < page.index("An answer to it") < page.index("The newer one")
    assert page.count("The older one") == 1
    assert "/comments?post=" in page
    desk.here.clock.advance(timedelta(minutes=1))
    await desk.do(old, "replies", "Answered now")
    assert "The older one" not in await _page(desk, "/comments?show=unanswered")
    assert "The newer one" in await _page(desk, f"/comments?account={desk.account.id}&post={desk.media_ref}&q=newer")
    assert "Nothing matches" in await _page(desk, "/comments?q=nobody-said-this")
    assert "Nothing matches" in await _page(desk, "/comments?show=hidden")
    turned = await desk.browser.get("/comments?before=made-up")
    assert turned.status_code == 303


async def test_an_answer_by_a_plain_form_is_asked_for_once_however_often_the_form_is_sent(desk: Desk) -> None:
    comment = await desk.comment("How much?")
    box = await _page(desk, f"/comments/{comment}?do=reply")
    key = re.search(r'name="key" value="([^"]+)"', box)
    assert key is not None
    form = {"csrf_token": await desk.token(), "key": key[1], "text": "30 €\r\neach"}
    for _ in range(2):
        sent = await desk.browser.post(f"/comments/{comment}/reply", data=form)
        assert (sent.status_code, sent.headers["location"]) == (303, f"/comments/{comment}")
    assert "Sending" in await _page(desk, f"/comments/{comment}")
    await desk.here.work("inbox.deed")
    page = await _page(desk, f"/comments/{comment}")
    assert "30 €\neach" in page
    assert "asked for it" in page
    assert desk.truth("comment.created").count("30 €\neach") == 1


async def test_with_scripts_the_box_goes_the_thread_changes_and_refused_words_stay(desk: Desk) -> None:
    comment, token = await desk.comment("Hm"), await desk.token()
    box = await _page(desk, f"/comments/{comment}?do=private", **HTMX)
    assert "Possible until" in box
    assert "<html" not in box
    long = "é" * 501
    refused = await desk.browser.post(
        f"/comments/{comment}/private_reply", data={"csrf_token": token, "text": long}, headers=HTMX
    )
    assert refused.status_code == 422
    assert long in refused.text
    assert "1002" in refused.text or "1,002" in refused.text
    sent = await desk.browser.post(
        f"/comments/{comment}/reply", data={"csrf_token": token, "text": "Yes"}, headers=HTMX
    )
    assert f'hx-target="#said-{desk.account.id}' in sent.text
    assert "Sending" in sent.text
    hidden = await desk.browser.post(f"/comments/{comment}/hide", data={"csrf_token": token}, headers=HTMX)
    assert hidden.text.count("Sending") == 2
    again = await desk.browser.post(f"/comments/{comment}/hide", data={"csrf_token": token}, headers=HTMX)
    assert "#toasts" in again.text


async def test_what_failed_says_why_and_offers_what_can_be_done(desk: Desk) -> None:
    comment = await desk.comment()
    desk.fault("POST /{comment}/replies", what="error", code=10)
    failed = await desk.do(comment, "replies", "Not taken")
    page = await _page(desk, "/comments")
    assert "Failed" in page
    assert "Try again" in page
    token = await desk.token()
    put_away = await desk.browser.post(f"/comments/deeds/{failed['id']}/dismiss", data={"csrf_token": token})
    assert put_away.status_code == 303
    assert "Try again" not in await _page(desk, "/comments")


async def test_a_change_reaches_the_thread_and_leaves_the_box_alone(desk: Desk) -> None:
    comment = await desk.comment("Live")
    ref = (await desk.shown(comment))["commentId"]
    viewer = _viewer(desk, desk.actor)

    async def parts(kind: str) -> str:
        change = Change("1", kind, ref, {"accountId": str(desk.account.id)})
        with viewer.speaking():
            return str(await thread_parts(desk.here.house.comment_work, viewer, change))

    came = await parts("comment.received")
    assert "Something new was said" in came
    assert f"#said-{desk.account.id}-{ref}" in came
    assert "box-" not in re.sub(r'hx-target="#box-[^"]*"', "", came)
    await desk.do(comment, "delete")
    gone = await parts("comment.deleted")
    assert f"#thread-{desk.account.id}-{ref}" in gone
    assert "Live" not in gone


def _viewer(desk: Desk, actor: Actor) -> Viewer:
    frame = desk.here.house.identity.frame
    translator = frame.catalogues.translator("en", "Europe/Paris")
    return Viewer(translator, frame.assets, "/comments", workspace_id=str(actor.workspace_id))
