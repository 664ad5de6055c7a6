"""What is asked to be done with a comment is done once at the platform, or a person is told (I11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from huntaze.inbox import store
from huntaze.kit.db import Connection
from huntaze.platforms.contract import Allowance, Usage
from tests.inbox.desk import Desk, kinds

REPLY, PRIVATE = "POST /{comment}/replies", "POST /{page}/messages"
HIDE, DELETE = "POST /{comment}", "DELETE /{comment}"
LOST = {"where": "before", "what": "reset"}
UNHEARD = {"where": "after", "what": "reset"}


async def test_every_deed_is_done_at_the_platform_and_the_mirror_says_so_at_once(desk: Desk) -> None:
    comment = await desk.comment("How much is it?")
    before = len(await desk.told())
    hidden_before = [len(desk.truth(f"comment.{what}")) for what in ("hidden", "shown")]
    deleted_before = len(desk.truth("comment.deleted"))
    replied = await desk.do(comment, "replies", "30 €")
    private = await desk.do(comment, "private-reply", "Here is the link")
    hidden = await desk.do(comment, "hide")
    assert (await desk.shown(comment))["hidden"] is True
    shown = await desk.do(comment, "unhide")
    assert (await desk.shown(comment))["hidden"] is False
    (ours,) = (await desk.api.get("/api/v1/comments?q=30")).json()["items"]
    assert (ours["own"], ours["text"], ours["parentId"]) == (True, "30 €", (await desk.shown(comment))["commentId"])
    deleted = await desk.do(comment, "delete")
    assert [one["state"] for one in (replied, private, hidden, shown, deleted)] == ["DONE"] * 5
    assert (replied["resultId"], bool(private["resultId"])) == (ours["commentId"], True)
    assert (desk.truth("comment.created")[-1], desk.truth("message.sent")[-1]) == ("30 €", "Here is the link")
    now_hidden = [len(desk.truth(f"comment.{what}")) for what in ("hidden", "shown")]
    assert [now - then for now, then in zip(now_hidden, hidden_before, strict=True)] == [1, 1]
    assert set(desk.truth("comment.deleted")[deleted_before:]) == {"How much is it?", "30 €"}
    assert (await desk.api.get("/api/v1/comments")).json()["items"] == []
    topics = [topic for topic in (await desk.told())[before:] if topic not in ("comment.work", "comment.received")]
    assert topics == [
        f"comment.{done}" for done in ("replied", "private_replied", "hidden", "unhidden", "deleted")
    ]  # fmt: skip


@dataclass(frozen=True)
class Fate:
    """What happens to a request, how its course goes, and how often it was done by the platform's own ledger."""

    way: str
    endpoint: str
    fault: Mapping[str, object]
    course: Sequence[str]
    ledger: str
    state: str = "DONE"


ASKED = ("asked", "sending")
FATES = {
    "an answer whose answer is lost": Fate("replies", REPLY, UNHEARD, (*ASKED, "unknown", "done"), "comment.created"),
    "an answer that is lost": Fate(
        "replies", REPLY, LOST, (*ASKED, "unknown", "soft_no", "sending", "done"), "comment.created"
    ),
    "an answer that is answered 500": Fate(
        "replies", REPLY, {"where": "after", "what": "status", "status": 500}, (*ASKED, "unknown", "done"),
        "comment.created",
    ),
    "a private answer whose answer is lost": Fate(
        "private-reply", PRIVATE, UNHEARD, (*ASKED, "unknown", "soft_no", "sending", "done"), "message.sent"
    ),
    "a private answer that is lost": Fate(
        "private-reply", PRIVATE, LOST, (*ASKED, "unknown", "soft_no", "sending", "done"), "message.sent"
    ),
    "a private answer too many": Fate(
        "private-reply", PRIVATE, {"what": "error", "code": 613, "subcode": 2534013},
        (*ASKED, "waiting", "sending", "done"), "message.sent",
    ),
    "a hiding whose answer is lost": Fate("hide", HIDE, UNHEARD, (*ASKED, "unknown", "done"), "comment.hidden"),
    "a hiding that is lost": Fate(
        "hide", HIDE, LOST, (*ASKED, "unknown", "soft_no", "sending", "done"), "comment.hidden"
    ),
    "a deletion whose answer is lost": Fate("delete", DELETE, UNHEARD, (*ASKED, "unknown", "done"), "comment.deleted"),
    "a refusal of the white list": Fate(
        "replies", REPLY, {"what": "error", "code": 10}, (*ASKED, "failed"), "comment.created", "FAILED"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FATES)
async def test_it_is_done_once_whatever_becomes_of_the_request(desk: Desk, name: str) -> None:
    fate = FATES[name]
    comment = await desk.comment()
    done_before = len(desk.truth(fate.ledger))
    desk.fault(fate.endpoint, **fate.fault)
    asked = await desk.do(comment, fate.way, name if fate.way in ("replies", "private-reply") else "")
    ended = await desk.later(comment, asked["id"])
    assert (ended["state"], kinds(ended)) == (fate.state, list(fate.course))
    assert len(desk.truth(fate.ledger)) - done_before == (1 if fate.state == "DONE" else 0)


async def test_the_echo_of_a_private_answer_spares_the_second_request(desk: Desk) -> None:
    comment = await desk.comment()
    desk.fault(PRIVATE, **UNHEARD)
    asked = await desk.do(comment, "private-reply", "By echo")
    shown, now = await desk.shown(comment), desk.here.clock.now()
    where = (desk.actor.workspace_id, desk.account.id)
    async with desk.here.house.database.transaction() as tx:
        talk = await tx.fetchval(
            "INSERT INTO conversation (id, workspace_id, account_id, person_ref, last_message_at)"
            " VALUES (gen_random_uuid(), $1, $2, $3, $4) RETURNING id",
            *where, shown["author"]["id"], now,
        )  # fmt: skip
        await tx.execute(
            "INSERT INTO message (id, workspace_id, account_id, conversation_id, message_ref, from_account, text,"
            " source, sent_at) VALUES (gen_random_uuid(), $1, $2, $3, 'echo', true, 'By echo', 'push', $4)",
            *where, talk, now,
        )  # fmt: skip
    ended = await desk.later(comment, asked["id"])
    assert (ended["resultId"], kinds(ended)) == ("echo", [*ASKED, "unknown", "done"])


async def test_what_nobody_can_tell_waits_for_a_person(desk: Desk) -> None:
    comment = await desk.comment()
    desk.fault(REPLY, times=2, **LOST)
    asked = await desk.do(comment, "replies", "Never seen")
    ended = await desk.later(comment, asked["id"])
    assert (ended["state"], ended["question"], ended["problem"]["code"]) == ("UNCONFIRMED", "is_it_done", "unconfirmed")
    early = await desk.decide(asked["id"], "retry")
    assert (early.status_code, early.json()["code"]) == (409, "too_late")
    again = await desk.decide(asked["id"], "retry?looked=not_done")
    assert again.status_code == 200, again.text
    await desk.here.work("inbox.deed")
    done = await desk.deed(comment, asked["id"])
    assert (done["state"], kinds(done)[-3:]) == ("DONE", ["looked", "sending", "done"])
    assert desk.truth("comment.created").count("Never seen") == 1


async def test_what_cannot_be_looked_up_is_not_sent_again(desk: Desk) -> None:
    comment = await desk.comment()
    desk.fault(REPLY, **LOST)
    desk.fault("GET /{comment}/replies", what="status", status=500, times=0)
    asked = await desk.do(comment, "replies", "Blind")
    waiting = await desk.later(comment, asked["id"], rounds=5)
    assert (waiting["state"], desk.truth("comment.created").count("Blind")) == ("UNKNOWN", 0)
    ended = await desk.later(comment, asked["id"], rounds=2, step=timedelta(hours=27))
    assert ended["state"] == "UNCONFIRMED"
    assert (await desk.decide(asked["id"], "confirm")).json()["state"] == "DONE"


async def test_a_refusal_says_why_and_may_be_tried_again_or_put_away(desk: Desk) -> None:
    comment = await desk.comment()
    desk.fault(REPLY, what="error", code=10, times=2)
    first, second = await desk.do(comment, "replies", "One"), await desk.do(comment, "replies", "Two")
    assert first["problem"]["code"] == "10"
    assert first["problem"]["remedy"]
    assert (await desk.decide(first["id"], "retry")).status_code == 200
    assert (await desk.decide(second["id"], "dismiss")).status_code == 200
    await desk.here.work("inbox.deed")
    (left,) = (await desk.shown(comment))["deeds"]
    assert (left["id"], left["state"]) == (first["id"], "DONE")
    assert desk.truth("comment.created")[-1] == "One"


async def test_a_comment_that_was_deleted_elsewhere_is_told_and_leaves_the_mirror(desk: Desk) -> None:
    comment = await desk.comment()
    commenter = desk.here.house.platforms["instagram"].commenter
    assert commenter is not None
    access = await desk.here.house.accounts.access(desk.account.id)
    await commenter.delete(access, (await desk.shown(comment))["commentId"])
    hidden = await desk.do(comment, "hide")
    ended = await desk.later(comment, hidden["id"])
    assert (ended["state"], ended["problem"]["code"]) == ("FAILED", "gone")
    assert (await desk.shown(comment))["removedAt"] is not None
    assert (await desk.ask(comment, "delete")).json()["code"] == "not_permitted"


async def test_private_answers_keep_to_what_the_platform_takes_in_an_hour(desk: Desk) -> None:
    first, second = await desk.comment("one"), await desk.comment("two")
    done = await desk.do(first, "private-reply", "One of many")
    now = desk.here.clock.now()
    async with desk.here.house.database.transaction() as tx:
        await _as_many(tx, done["id"], 749)
    waiting = await desk.do(second, "private-reply", "One too many")
    assert (waiting["state"], waiting["problem"]["code"]) == ("WAITING", "account")
    assert await _next(desk, waiting["id"]) > (now + timedelta(minutes=59)).timestamp()
    assert desk.truth("message.sent").count("One too many") == 0


async def _as_many(tx: Connection, deed_id: str, more: int) -> None:
    """The same deed so many times more, each of a comment of its own."""
    columns = [row["attname"] for row in await tx.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'comment_deed'::regclass AND attnum > 0 AND NOT attisdropped"
    )]  # fmt: skip
    made = {"id": "gen_random_uuid()", "comment_ref": "comment_ref || n"}
    chosen = ", ".join(made.get(name, name) for name in columns)
    await tx.execute(
        f"INSERT INTO comment_deed ({', '.join(columns)}) SELECT {chosen}"
        " FROM comment_deed, generate_series(1, $2) AS n WHERE id = $1::uuid",
        deed_id, more,
    )  # fmt: skip


async def _next(desk: Desk, deed_id: str) -> float:
    found = await desk.here.value("SELECT next_check_at FROM comment_deed WHERE id = $1::uuid", deed_id)
    return float(found.timestamp())


async def test_a_used_up_allowance_delays_private_answers_and_no_others(desk: Desk) -> None:
    comment = await desk.comment()
    governor, half = desk.here.house.accounts.governor, timedelta(minutes=30)
    governor.take([Usage("instagram", Allowance.MESSAGES, desk.account.page_ref, 100.0, half)])
    await governor.settle()
    private, public = await desk.do(comment, "private-reply", "Later"), await desk.do(comment, "replies", "Now")
    assert (private["state"], public["state"]) == ("WAITING", "DONE")
    assert (await desk.later(comment, private["id"]))["state"] == "DONE"


async def test_an_account_that_needs_a_person_is_said_and_late_wishes_never_go_out_by_themselves(desk: Desk) -> None:
    comment = await desk.comment()
    asked = await desk.ask(comment, "replies", "Too late")
    desk.here.clock.advance(timedelta(hours=2))
    await desk.here.work("inbox.deed")
    missed = await desk.deed(comment, asked.json()["id"])
    assert (missed["state"], missed["problem"]["code"], desk.truth("comment.created").count("Too late")) == (
        "FAILED", "missed", 0,
    )  # fmt: skip
    async with desk.here.house.database.transaction() as tx:
        await tx.execute("UPDATE account SET health = 'reconnect' WHERE id = $1", desk.account.id)
    try:
        refused = await desk.ask(comment, "replies", "No")
        assert (refused.status_code, refused.json()["code"]) == (409, "not_permitted")
        assert "Accounts" in refused.json()["remedy"]
    finally:
        async with desk.here.house.database.transaction() as tx:
            await tx.execute("UPDATE account SET health = 'good' WHERE id = $1", desk.account.id)


async def test_a_worker_whose_fence_is_lost_writes_nothing_more(desk: Desk) -> None:
    comment = await desk.comment()
    asked = (await desk.ask(comment, "replies", "Fenced")).json()
    async with desk.here.house.database.transaction() as tx:
        (row,) = await store.of_comments(tx, desk.actor.workspace_id, [UUID(comment)])
        await tx.execute("UPDATE comment_deed SET fence = fence + 1 WHERE id = $1::uuid", asked["id"])
        now = desk.here.clock.now()
        assert await store.WRITES.arm(tx, row, now, b"", now) is None
        assert await store.WRITES.mark_sent(tx, row) is None
        assert await store.WRITES.mark_unknown(tx, row, now, now) is None


async def test_a_person_who_is_forgotten_takes_what_was_said_to_them_along(desk: Desk) -> None:
    comment = await desk.comment("Forget me", username="somebody.to.forget")
    await desk.do(comment, "private-reply", "Dear somebody")
    person = (await desk.shown(comment))["author"]["id"]
    async with desk.here.house.database.transaction() as tx:
        erased = await desk.here.house.erasers.erase(tx, desk.actor.workspace_id, "instagram", person)
    assert erased["inbox"] > 0
    assert await desk.here.rows("SELECT 1 FROM comment_deed_line") == []
    (left,) = await desk.here.rows("SELECT text, person_ref FROM comment_deed")
    assert (left["text"], left["person_ref"]) == ("", "")
