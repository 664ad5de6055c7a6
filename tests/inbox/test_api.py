"""`/api/v1/comments` for programs."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.inbox.desk import Desk


async def test_comments_are_listed_newest_first_page_by_page_and_by_what_is_asked_for(desk: Desk) -> None:
    first = await desk.comment("One of the sea")
    desk.sim.advance(5)
    second = await desk.comment("Two", "petit.phare")
    desk.sim.advance(5)
    await desk.do(second, "hide")
    await desk.do(first, "replies", "Thank you")

    async def listed(query: str = "") -> list[str]:
        answer = await desk.api.get(f"/api/v1/comments{query}")
        assert answer.status_code == 200, answer.text
        return [item["text"] for item in answer.json()["items"]]

    assert sorted(await listed()) == ["One of the sea", "Thank you", "Two"]
    page = (await desk.api.get("/api/v1/comments?limit=2")).json()
    rest = (await desk.api.get(f"/api/v1/comments?limit=2&cursor={page['nextCursor']}")).json()
    assert [item["text"] for item in (*page["items"], *rest["items"])] == await listed()
    assert rest["nextCursor"] is None
    assert await listed("?unanswered=true") == ["Two"]
    assert await listed("?hidden=true") == ["Two"]
    assert await listed("?q=SEA") == ["One of the sea"]
    assert await listed("?q=petit") == ["Two"]
    assert await listed(f"?mediaId={desk.media_ref}&accountId={desk.account.id}&hidden=false&q=sea") == [
        "One of the sea"
    ]
    assert await listed("?mediaId=1") == []
    since = (await desk.shown(second))["createdAt"]
    assert "One of the sea" not in await listed(f"?since={since}")
    assert await listed(f"?until={since}&q=sea") == ["One of the sea"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("unanswerd=true", "unanswerd"),
        ("hidden=perhaps", "hidden"),
        ("since=2026-01-01", "since"),
        ("since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", "until"),
        ("limit=0", "limit"),
        ("cursor=made-up", "cursor"),
        ("accountId=018f0000-0000-7000-8000-000000000001", "accountId"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_name(desk: Desk, query: str, parameter: str) -> None:
    answer = await desk.api.get(f"/api/v1/comments?{query}")
    assert answer.status_code == 422
    assert [one["parameter"] for one in answer.json()["errors"]] == [parameter]


async def test_the_list_is_kept_as_a_file_in_which_no_word_is_a_formula(desk: Desk) -> None:
    await desk.comment("=HYPERLINK(1)")
    answer = await desk.api.get("/api/v1/comments.csv?q=hyperlink")
    assert answer.headers["content-type"].startswith("text/csv")
    header, row = answer.text.strip().splitlines()
    assert header.lstrip("\ufeff").startswith("createdAt,account,author,text")
    assert "'=HYPERLINK(1)" in row
    assert "@" not in row  # which a spreadsheet would run, so that each name would have an apostrophe


async def test_a_request_that_is_repeated_with_its_key_asks_once(desk: Desk) -> None:
    comment = await desk.comment()
    key = str(uuid4())
    first = await desk.ask(comment, "replies", "Once", idempotency_key=key)
    again = await desk.ask(comment, "replies", "Once", idempotency_key=key)
    other = await desk.ask(comment, "replies", "Twice", idempotency_key=key)
    assert (first.status_code, again.status_code, again.json()["id"]) == (202, 202, first.json()["id"])
    assert (again.headers["idempotent-replayed"], other.status_code) == ("true", 422)
    assert first.headers["location"] == f"/api/v1/comments/{comment}"
    twin = await desk.ask(comment, "replies", "Once")
    assert (twin.status_code, twin.json()["code"]) == (409, "under_way")


async def test_one_private_answer_a_comment_and_one_way_at_a_time(desk: Desk) -> None:
    comment = await desk.comment()
    long = await desk.ask(comment, "private-reply", "é" * 501)
    assert (long.status_code, long.json()["errors"][0]["pointer"]) == (422, "#/text")
    desk.fault("POST /{page}/messages", what="error", code=551)
    failed = await desk.do(comment, "private-reply", "First words")
    assert failed["state"] == "FAILED"
    done = await desk.do(comment, "private-reply", "Better words")
    assert (done["id"], done["state"], done["text"]) == (failed["id"], "DONE", "Better words")
    second = await desk.ask(comment, "private-reply", "Again")
    assert (second.status_code, second.json()["code"]) == (409, "not_permitted")
    assert (await desk.shown(comment))["permitted"]["privateReply"]["allowed"] is False
    assert (await desk.ask(comment, "hide")).status_code == 202
    crossing = await desk.ask(comment, "delete")
    assert (crossing.status_code, crossing.json()["code"]) == (409, "not_permitted")
    assert desk.truth("message.sent").count("Better words") == 1


async def test_reading_needs_no_right_to_write(desk: Desk) -> None:
    comment = await desk.comment()
    _, key = await desk.here.house.identity.create_key(desk.actor.workspace_id, "reader", ["comments.read"])
    named = {"authorization": f"Bearer {key}"}
    assert (await desk.api.get(f"/api/v1/comments/{comment}", headers=named)).status_code == 200
    assert (await desk.ask(comment, "hide", authorization=f"Bearer {key}")).status_code == 403
    assert (await desk.ask(str(uuid4()), "hide")).status_code == 404
