"""Whatever is pushed, in whatever order and batches: the mirror ends alike, and a batch costs a few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from huntaze.crm import Pushed
from huntaze.crm.reading import conversation_lists
from huntaze.platforms.contract import (
    Attachment,
    CommentReceived,
    ControlMove,
    Mentioned,
    MessageReceived,
    Postback,
    Reacted,
    Referral,
    Referred,
    Seen,
    StoryLink,
    ThreadControl,
)
from tests.support.rooms import Rooms

ACCOUNT, LEA, MAX = "17841400000000001", "9988", "9989"
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """A moment of the platform."""
    return START + timedelta(minutes=minutes)


def message(ref: str, minutes: float, text: str = "", person: str = LEA, **more: Any) -> MessageReceived:
    """A message of a person, or what ``more`` says."""
    return replace(MessageReceived(ACCOUNT, ref, person, False, text, at(minutes)), **more)


def reaction(ref: str, minutes: float, emoji: str = "", *, ours: bool = False) -> Reacted:
    """A reaction; without an emoji it is taken back."""
    return Reacted(ACCOUNT, ref, LEA, ours, not emoji, at(minutes), "other" if emoji else "", emoji)


def comment(ref: str, person: str = LEA, media: str = "1789") -> CommentReceived:
    """A comment."""
    return CommentReceived(ACCOUNT, ref, media, "", f"words of {ref}", person, f"name-{person}", None)


PICTURE = Attachment("image", "https://cdn.example/1.jpg")
HAPPENED: Sequence[Pushed] = (
    message("m1", 0, "hallo", attachments=(PICTURE,)),
    message("m1", 5, "hello", edited=1),
    message("m1", 6, "hello!", edited=2),
    reaction("m1", 7, "❤️"),
    reaction("m1", 8),
    reaction("m1", 9, "😂"),
    message("m2", 10, "see you", from_account=True, app_ref="42", reply_to="m1"),
    reaction("m2", 11, "👍"),
    reaction("m2", 12),
    message("m3", 13, "a secret", attachments=(PICTURE,), story=StoryLink("s1", "https://cdn.example/s")),
    message("m3", 14, "a secret, edited", edited=1),
    message("m3", 15, deleted=True),
    message("m4", 16, deleted=True),
    message("m5", 17, "Book", edited=3),
    reaction("m6", 18, "🔥", ours=True),
    Postback(ACCOUNT, "p1", LEA, "Prices", "PRICES", at(19)),
    Referred(ACCOUNT, LEA, Referral(ref="flyer", source="IGME-SOURCE-LINK", type="OPEN_THREAD"), at(20)),
    Seen(ACCOUNT, "m2", LEA, False, at(21)),
    Seen(ACCOUNT, "m1", LEA, True, at(4)),
    ThreadControl(ACCOUNT, LEA, ControlMove.PASSED, "42", "99", "", at(22)),
    ThreadControl(ACCOUNT, LEA, ControlMove.TAKEN, "99", "42", "", at(23)),
    message("m7", 24, "from Max", person=MAX, standby=True),
    message("m7", 24, "from Max", person=MAX),
    comment("c1"),
    comment("c2", MAX),
    Mentioned(ACCOUNT, "1790"),
    Mentioned(ACCOUNT, "1790", "c9"),
)
"""All that can happen in a conversation, and beside it. Of m4 to m6 the message itself never comes."""

TABLES: Mapping[str, Sequence[str]] = {
    "people": (
        "person_ref", "username", "source", "first_seen_at", "last_seen_at", "wrote_at",
        "sources -> 'username' ->> 'from' AS told",
    ),
    "conversation": (
        "person_ref", "last_message_at", "last_inbound_at", "last_outbound_at", "person_seen_at", "read_at",
        "owner_app_ref", "control_at",
    ),
    "message": (
        "message_ref", "kind", "known", "from_account", "text", "edited", "deleted_at", "reply_to", "attachments",
        "details", "standby", "source", "sent_at",
    ),
    "message_reaction": ("message_ref", "from_account", "person_ref", "reaction", "emoji", "reacted_at"),
    "comment": ("comment_ref", "media_ref", "person_ref", "username", "text"),
    "mention": ("media_ref", "comment_ref"),
}  # fmt: skip
"""What does not depend on when we were told."""


async def take(here: Rooms, owner: tuple[UUID, UUID], *pushed: Pushed) -> None:
    """One batch."""
    async with here.house.database.transaction() as tx:
        await here.house.mirror.take(tx, *owner, pushed)


async def mirrored(here: Rooms, owner: tuple[UUID, UUID]) -> dict[str, list[Any]]:
    """Everything of an account."""
    found = {}
    for table, columns in TABLES.items():
        rows = await here.rows(f"SELECT {', '.join(columns)} FROM {table} WHERE account_id = $1", owner[1])
        found[table] = sorted((tuple(row.values()) for row in rows), key=str)
    return found


def somebody() -> tuple[UUID, UUID]:
    """A workspace and an account that nobody used before."""
    return uuid4(), uuid4()


@st.composite
def arrivals(draw: st.DrawFn) -> list[list[Pushed]]:
    """Everything in any order, some of it twice, cut into batches."""
    twice = draw(st.lists(st.sampled_from(HAPPENED), max_size=5))
    order = draw(st.permutations([*HAPPENED, *twice]))
    cuts = sorted(draw(st.sets(st.integers(1, len(order) - 1), max_size=4)))
    return [list(order[begin:end]) for begin, end in zip([0, *cuts], [*cuts, len(order)], strict=True)]


@settings(
    max_examples=20,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(batches=arrivals())
async def test_what_is_pushed_ends_alike_in_any_order_and_in_any_batches(
    here: Rooms, batches: list[list[Pushed]]
) -> None:
    orderly, owner = somebody(), somebody()
    await take(here, orderly, *HAPPENED)
    for batch in batches:
        await take(here, owner, *batch)
    assert await mirrored(here, owner) == await mirrored(here, orderly)


async def test_a_conversation_reads_as_it_is_on_the_platform(here: Rooms) -> None:
    workspace, account = owner = somebody()
    await take(here, owner, *reversed(HAPPENED))
    one_by_one = somebody()
    for event in HAPPENED:
        await take(here, one_by_one, event)
    assert await mirrored(here, one_by_one) == await mirrored(here, owner)
    async with here.house.database.transaction() as tx:
        newest, first = await conversation_lists.conversations(tx, workspace, [account], None, 10)
        found = await conversation_lists.messages(tx, workspace, first.id, None, 50)
        (talk,) = [await conversation_lists.conversation(tx, workspace, first.id)]
        mentions = await conversation_lists.mentions(tx, workspace, [account], None, 10)
    assert (newest.person_ref, newest.username, newest.last_text) == (MAX, f"name-{MAX}", "from Max")
    assert talk == first
    assert (first.last_text, first.last_message_at, first.unread, first.owner_app_ref) == ("Prices", at(19), 1, "42")
    by_ref = {row.message_ref: row for row in found if row.kind in ("message", "postback")}
    assert (by_ref["m1"].text, by_ref["m1"].edited, by_ref["m1"].sent_at) == ("hello!", 2, at(0))
    assert by_ref["m1"].attachments == [{"kind": "image", "url": "https://cdn.example/1.jpg"}]
    assert [(one["emoji"], one["from_account"]) for one in by_ref["m1"].reactions] == [("😂", False)]
    assert by_ref["m2"].reactions == []
    unsent = by_ref["m3"]
    assert (unsent.text, unsent.attachments, unsent.details, unsent.deleted_at) == ("", [], {}, at(15))
    assert (by_ref["m5"].text, by_ref["m5"].known, by_ref["p1"].details) == ("Book", 1, {"payload": "PRICES"})
    assert [row.kind for row in found[:4]] == ["control", "control", "referral", "postback"]
    assert [row.comment_ref for row in mentions if row.media_ref == "1790"] in (["", "c9"], ["c9", ""])
    told = await here.rows("SELECT topic, ref FROM domain_event WHERE account_id = $1 ORDER BY id", account)
    assert [row["ref"] for row in told if row["topic"] == "message.received"] == ["m7", "p1", "m3", "m2", "m1"]
    assert [row["ref"] for row in told if row["topic"] == "comment.received"] == ["c2", "c1"]


async def test_a_large_batch_costs_as_many_statements_as_a_small_one(here: Rooms) -> None:
    async def statements(count: int) -> int:
        owner, seen = somebody(), list[str]()
        batch: list[Pushed] = [comment(f"{count}-{number}", str(number % 90), "17") for number in range(count)]
        batch += [message(f"m{number}", number, "hi", person=str(number % 90)) for number in range(count)]
        async with here.house.database.transaction() as tx:
            with tx.query_logger(lambda record: seen.append(record.query)):
                await here.house.mirror.take(tx, *owner, batch)
        assert await here.value("SELECT count(*) FROM comment WHERE account_id = $1", owner[1]) == count
        assert await here.value("SELECT count(*) FROM message WHERE account_id = $1", owner[1]) == count
        return len(seen)

    few = await statements(3)
    assert await statements(500) == few
    assert few <= 14


async def test_who_comments_and_writes_is_one_person_with_the_source_of_what_is_known(here: Rooms) -> None:
    workspace, account = somebody()
    await take(here, (workspace, account), message("m1", 3, "hi"), comment("c1"))
    (row,) = await here.rows("SELECT * FROM people WHERE account_id = $1", account)
    assert (row["username"], row["wrote_at"]) == (f"name-{LEA}", at(3))
    told = row["sources"]["username"]
    assert (told["from"], told["by"]) == ("comment", "push")
    assert datetime.fromisoformat(told["at"]) == here.clock.now()


async def test_a_forgotten_person_leaves_nothing_and_only_what_they_say_afterwards_is_taken(here: Rooms) -> None:
    owner = somebody()
    here.clock.set(at(60))
    await take(here, owner, *HAPPENED)
    async with here.house.database.transaction() as tx:
        assert await here.house.mirror.erase(tx, owner[0], "instagram", LEA) > 8
    await take(here, owner, *(one for one in HAPPENED if not isinstance(one, CommentReceived)), comment("c1"))
    left = await mirrored(here, owner)
    assert LEA not in str({**left, "mention": []})
    assert "words of c1" not in str(left)
    assert [row[0] for row in left["message"]] == ["m7"]
    await take(here, owner, message("m9", 61, "me again"))
    assert LEA in str((await mirrored(here, owner))["people"])
