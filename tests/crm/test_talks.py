"""What was said with people is read: conversations, messages and mentions, each once and by the workspace alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest_asyncio

from huntaze.crm import Pushed
from huntaze.platforms.contract import (
    Attachment,
    ControlMove,
    Mentioned,
    MessageReceived,
    Postback,
    Reacted,
    Referral,
    Referred,
    StoryLink,
    ThreadControl,
)
from tests.crm.reading_ground import LEA, Readers, readers
from tests.support.rooms import Rooms

MAX = "9988002"
PICTURE = Attachment("image", "https://cdn.example/1.jpg")


@pytest_asyncio.fixture
async def ground(here: Rooms, url: str) -> AsyncIterator[Readers]:
    """A mirrored account to which Léa has written, and its readers."""
    async with readers(here, url) as found:
        await _take(found, found.account.id, *_with_lea(found))
        yield found


def _with_lea(ground: Readers) -> list[Pushed]:
    ref, begun = ground.account.account_ref, ground.here.clock.now() - timedelta(hours=8)
    at = [begun + timedelta(minutes=one) for one in range(11)]
    return [
        MessageReceived(ref, "m1", LEA, False, "hallo", at[0], attachments=(PICTURE,), story=StoryLink("s1")),
        MessageReceived(ref, "m1", LEA, False, "hello", at[1], edited=1),
        Reacted(ref, "m1", LEA, True, False, at[2], "love", "❤️"),
        Reacted(ref, "m1", LEA, False, False, at[3], "other", "😂"),
        MessageReceived(ref, "m2", LEA, True, "see you", at[4], app_ref="42", reply_to="m1"),
        MessageReceived(ref, "m3", LEA, False, "a secret", at[5], attachments=(PICTURE,)),
        MessageReceived(ref, "m3", LEA, False, "", at[6], deleted=True),
        Reacted(ref, "m4", LEA, True, False, at[7], "other", "🔥"),
        Postback(ref, "p1", LEA, "Prices", "PRICES", at[8]),
        Referred(ref, LEA, Referral(ref="flyer", ad_ref="77"), at[9]),
        ThreadControl(ref, LEA, ControlMove.PASSED, "42", "99", "", at[10]),
    ]


async def _take(ground: Readers, account_id: UUID, *told: Pushed) -> None:
    async with ground.here.house.database.transaction() as tx:
        await ground.here.house.mirror.take(tx, ground.actor.workspace_id, account_id, told)


async def _from_max(ground: Readers, account_id: UUID) -> None:
    """He writes to another account of the workspace, earlier than Léa, and names it."""
    written = ground.here.clock.now() - timedelta(hours=9)
    await _take(ground, account_id, MessageReceived("1", "x1", MAX, False, "from Max", written), Mentioned("1", "1790"))


async def test_a_conversation_is_read_page_by_page_with_all_that_came_to_its_messages(ground: Readers) -> None:
    (talk,) = await ground.all_of("conversations")
    assert (talk["personRef"], talk["accountId"], talk["unread"]) == (LEA, str(ground.account.id), 1)
    assert (talk["lastMessage"]["text"], talk["lastMessage"]["fromAccount"], talk["ownerAppRef"]) == (
        "Prices", False, "99",
    )  # fmt: skip
    assert (await ground.told(f"people/{talk['personId']}"))["messages"] == 4
    assert await ground.told(f"conversations/{talk['id']}") == talk
    path = f"conversations/{talk['id']}/messages"
    found = await ground.all_of(path, limit="2")
    assert found == (await ground.told(path))["items"]
    assert [one["kind"] for one in found] == ["control", "referral", "postback", *["message"] * 4]
    control, referral, postback, hint, unsent, ours, first = found
    assert (control["details"]["move"], control["details"]["newAppRef"]) == ("pass", "99")
    assert (referral["details"]["referral"]["adRef"], postback["details"]["payload"]) == ("77", "PRICES")
    assert (hint["complete"], hint["fromAccount"], hint["reactions"][0]["emoji"]) == (False, None, "🔥")
    assert (ours["fromAccount"], ours["replyToRef"], ours["details"]["appRef"]) == (True, "m1", "42")
    assert (first["text"], first["edited"], first["complete"], first["details"]["story"]["ref"]) == (
        "hello", 1, True, "s1",
    )  # fmt: skip
    assert first["attachments"] == [{"kind": "image", "url": PICTURE.url, "title": "", "ref": ""}]
    assert [(one["emoji"], one["fromAccount"]) for one in first["reactions"]] == [("❤️", True), ("😂", False)]
    assert unsent["deletedAt"] is not None
    assert (unsent["messageRef"], unsent["text"], unsent["attachments"]) == ("m3", "", [])
    assert "a secret" not in str(found)


async def test_conversations_and_mentions_of_one_account_are_listed_each_once_and_known_pages_not_sent_again(
    ground: Readers,
) -> None:
    other = uuid4()
    await _from_max(ground, other)
    await _take(ground, ground.account.id, Mentioned(ground.account.account_ref, "1790", "c9"))
    talks = await ground.all_of("conversations", limit="1")
    assert [one["personRef"] for one in talks] == [LEA, MAX]
    assert await ground.all_of("conversations", accountId=str(other)) == talks[1:]
    mentions = await ground.all_of("mentions", limit="1")
    assert {(one["accountId"], one["mediaRef"], one["commentRef"]) for one in mentions} == {
        (str(other), "1790", ""),
        (str(ground.account.id), "1790", "c9"),
    }
    assert [one["commentRef"] for one in await ground.all_of("mentions", accountId=str(other))] == [""]
    for path in (
        "conversations",
        f"conversations/{talks[0]['id']}",
        f"conversations/{talks[0]['id']}/messages",
        "mentions",
    ):
        answer = await ground.program.get(f"/api/v1/{path}")
        again = await ground.program.get(f"/api/v1/{path}", headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), path


async def test_a_cursor_is_good_for_its_list_and_its_conversation_alone(ground: Readers) -> None:
    await _from_max(ground, ground.account.id)
    lea, other = await ground.all_of("conversations")
    of_lea = f"conversations/{lea['id']}/messages"
    cursors = {path: (await ground.told(path, limit="1"))["nextCursor"] for path in ("conversations", of_lea)}
    for path, query, parameter in (
        ("mentions", {"cursor": cursors["conversations"]}, "cursor"),
        ("conversations", {"cursor": cursors[of_lea]}, "cursor"),
        (f"conversations/{other['id']}/messages", {"cursor": cursors[of_lea]}, "cursor"),
        (of_lea, {"accountId": str(ground.account.id)}, "accountId"),
        ("conversations", {"q": "hello"}, "q"),
        ("mentions", {"accountId": "maya"}, "accountId/0"),
    ):
        answer = await ground.program.get(f"/api/v1/{path}", params=query)
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, parameter), (path, query)


async def test_another_workspace_sees_nothing_of_it_and_neither_does_anybody_once_the_person_is_forgotten(
    ground: Readers,
) -> None:
    await _take(ground, ground.account.id, Mentioned(ground.account.account_ref, "1790"))
    (talk,) = await ground.all_of("conversations")
    paths = (f"conversations/{talk['id']}", f"conversations/{talk['id']}/messages")
    stranger = await ground.here.owner("Stranger")
    _, key = await ground.here.house.identity.create_key(stranger.workspace_id, "theirs", ["comments.read"])
    theirs = {"authorization": f"Bearer {key}"}
    for path in ("conversations", "mentions"):
        for query in ({}, {"accountId": str(ground.account.id)}):
            answer = await ground.program.get(f"/api/v1/{path}", params=query, headers=theirs)
            assert answer.json() == {"items": [], "nextCursor": None}
    assert {(await ground.program.get(f"/api/v1/{path}", headers=theirs)).status_code for path in paths} == {404}
    async with ground.here.house.database.transaction() as tx:
        await ground.here.house.mirror.erase(tx, ground.actor.workspace_id, "instagram", LEA)
    assert await ground.all_of("conversations") == []
    assert {(await ground.program.get(f"/api/v1/{path}")).status_code for path in paths} == {404}
