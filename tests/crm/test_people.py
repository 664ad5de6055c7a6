"""What is asked of the platform about people: what they said, who they are, where they named an account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from huntaze.accounts import AccountRow
from huntaze.platforms.contract import Mentioned, MessageReceived
from tests.support.rooms import Rooms

MAYA_ACCOUNT = "17841400000000001"


async def maya(here: Rooms) -> AccountRow:
    """Her account, connected at the hour of the platform, with its conversations read once."""
    (account,) = await here.connect(await here.owner(), MAYA_ACCOUNT)
    await here.run("outbox.deliver")
    await here.work("crm.conversations")
    here.sim.delete("/_sim/calls")
    return account


def writes(here: Rooms, text: str, **more: object) -> Any:
    """Léa writes to Maya; what the platform made of it."""
    said = {"accountId": MAYA_ACCOUNT, "username": "lea.writes", "text": text, **more}
    return here.sim.post("/_sim/act/message", said)


async def pushed(here: Rooms, account: AccountRow, *events: MessageReceived | Mentioned) -> None:
    """What arrives at the webhook's door."""
    async with here.house.database.transaction() as tx:
        await here.house.mirror.take(tx, account.workspace_id, account.id, events)


async def read_again(here: Rooms, account: AccountRow) -> None:
    """Somebody asks for it."""
    async with here.house.database.transaction() as tx:
        await here.house.mirror.start_conversations(tx, account.workspace_id, account.id)
    await here.work("crm.conversations")


async def messages(here: Rooms) -> list[tuple[str, str, bool]]:
    """Text, source and side of each message with Léa, oldest first."""
    rows = await here.rows(
        "SELECT m.text, m.source, m.from_account FROM message m JOIN conversation c ON c.id = m.conversation_id"
        " JOIN people p ON p.account_id = c.account_id AND p.person_ref = c.person_ref"
        " WHERE p.username = 'lea.writes' ORDER BY m.sent_at, m.id"
    )
    return [(row["text"], row["source"], row["from_account"]) for row in rows]


async def test_reading_again_fills_what_push_did_not_bring_and_takes_nothing_away(here: Rooms) -> None:
    account = await maya(here)
    first = writes(here, "the first")
    sent_at = datetime.fromtimestamp(here.sim.now(), UTC)
    known = MessageReceived(
        MAYA_ACCOUNT, first["id"], first["personId"], False, "the first", sent_at, quick_reply="PAYLOAD"
    )
    await pushed(here, account, known)
    here.sim.advance(60)
    last = writes(here, "the second")
    here.sim.advance(1)
    writes(here, "ours", byAccount=True)
    here.sim.post("/_sim/act/react", {"messageId": last["id"], "reaction": "love"})
    here.clock.set(datetime.fromtimestamp(here.sim.now() + 5, UTC))
    await read_again(here, account)
    assert await messages(here) == [
        ("the first", "push", False),
        ("the second", "poll", False),
        ("ours", "poll", True),
    ]
    assert await here.value("SELECT details FROM message WHERE message_ref = $1", first["id"]) == {
        "quick_reply": "PAYLOAD"
    }
    assert await here.value("SELECT reaction FROM message_reaction WHERE message_ref = $1", last["id"]) == "love"
    told = await here.rows(
        "SELECT ref FROM domain_event WHERE topic = 'message.received' AND body ->> 'source' = 'poll'"
    )
    assert last["id"] in {row["ref"] for row in told}
    for number in range(25):
        here.sim.advance(1)
        writes(here, f"no {number}")
    await read_again(here, account)
    found = await messages(here)
    assert found[:3] == [("the first", "push", False), ("the second", "poll", False), ("ours", "poll", True)]
    assert [text for text, _, _ in found[-20:]] == [f"no {number}" for number in range(5, 25)]
    assert await here.value("SELECT count(*) FROM message WHERE deleted_at IS NOT NULL") == 0


async def test_more_conversations_than_a_page_are_read_a_call_at_a_time_and_then_only_what_is_new(here: Rooms) -> None:
    account = await maya(here)
    for number in range(45):
        here.sim.post("/_sim/act/message", {"accountId": MAYA_ACCOUNT, "username": f"fan.{number}", "text": "hi"})
    here.sim.advance(3 * 3600)
    here.clock.set(datetime.fromtimestamp(here.sim.now(), UTC))
    async with here.house.database.transaction() as tx:
        await tx.execute("DELETE FROM conversation_pull")
        await here.house.mirror.start_conversations(tx, account.workspace_id, account.id)
    pages = 0
    while jobs := await here.jobs("crm.conversations"):
        (job,) = jobs
        await here.tasks["crm.conversations"].handle(job)
        here.sim.advance(1)
        pages += 1
    assert pages >= 3
    assert await here.value("SELECT count(DISTINCT person_ref) FROM people WHERE username LIKE 'fan.%'") == 45
    assert await here.value("SELECT finished_at IS NOT NULL AND problem = '' FROM conversation_pull")
    here.sim.advance(3 * 3600)
    here.clock.set(datetime.fromtimestamp(here.sim.now(), UTC))
    here.sim.delete("/_sim/calls")
    await here.run("crm.conversations_daily")
    await here.work("crm.conversations")
    assert sum(here.sim.calls().values()) == 1


async def test_who_wrote_is_asked_for_their_profile_once_and_a_refusal_costs_nothing_but_the_profile(
    here: Rooms,
) -> None:
    account = await maya(here)
    made = writes(here, "hello")
    now = datetime.fromtimestamp(here.sim.now(), UTC)
    await pushed(here, account, MessageReceived(MAYA_ACCOUNT, made["id"], made["personId"], False, "hello", now))
    await pushed(here, account, MessageReceived(MAYA_ACCOUNT, "m-1", "12345678900000", False, "who am I", now))
    await here.work("crm.people")
    (lea,) = await here.rows("SELECT * FROM people WHERE person_ref = $1", made["personId"])
    assert (lea["username"], lea["name"], lea["verified"]) == ("lea.writes", "Lea Writes", False)
    assert lea["followers"] is not None
    assert {field: told["from"] for field, told in lea["sources"].items()} == dict.fromkeys(
        ("username", "name", "picture_url", "followers", "follows_account", "followed_by_account", "verified"),
        "profile",
    )
    (nobody,) = await here.rows("SELECT * FROM people WHERE person_ref = '12345678900000'")
    assert nobody["profile_problem"]
    assert nobody["profile_next_at"] == here.clock.now() + timedelta(days=7)
    assert await here.value("SELECT count(*) FROM message WHERE text IN ('hello', 'who am I')") == 2
    here.sim.delete("/_sim/calls")
    await pushed(here, account, MessageReceived(MAYA_ACCOUNT, "m-2", made["personId"], False, "again", now))
    await here.work("crm.people")
    assert here.sim.calls() == {}


async def test_where_somebody_names_the_account_is_told_at_once_and_its_words_are_asked_for(here: Rooms) -> None:
    account = await maya(here)
    username = account.username
    post = here.sim.post(
        "/_sim/act/mention", {"accountId": MAYA_ACCOUNT, "username": "paul.prints", "text": f"by @{username}!"}
    )
    under = here.sim.post(
        "/_sim/act/mention",
        {"accountId": MAYA_ACCOUNT, "username": "ana", "text": f"look @{username}", "mediaId": post["mediaId"]},
    )
    await pushed(
        here,
        account,
        Mentioned(MAYA_ACCOUNT, post["mediaId"]),
        Mentioned(MAYA_ACCOUNT, under["mediaId"], under["commentId"]),
        Mentioned(MAYA_ACCOUNT, "18099999999999999"),
    )
    assert await here.value("SELECT count(*) FROM domain_event WHERE topic = 'mention.received'") == 3
    await here.work("crm.mention")
    rows = await here.rows("SELECT comment_ref <> '' AS inside, username, text, problem FROM mention ORDER BY username")
    assert [(row["inside"], row["username"], row["text"]) for row in rows] == [
        (False, "", ""),
        (True, "ana", f"look @{username}"),
        (False, "paul.prints", f"by @{username}!"),
    ]
    assert rows[0]["problem"]
