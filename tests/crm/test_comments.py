"""Comments that were pushed: told at once, put where they belong, corrected by the list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from huntaze.accounts import AccountRow
from huntaze.identity import Actor
from huntaze.kit.jobs import RetryLater
from huntaze.platforms.contract import CommentReceived, MediaItem, PostType
from tests.support.rooms import Rooms

MAYA_ACCOUNT = "17841400000000001"


def pushed(ref: str, media: str, text: str = "beau", parent: str = "") -> CommentReceived:
    return CommentReceived(MAYA_ACCOUNT, ref, media, parent, text, "9988", "lea", None)


async def maya(here: Rooms, *, synced: bool = True) -> tuple[Actor, AccountRow]:
    actor = await here.owner()
    (account,) = await here.connect(actor, MAYA_ACCOUNT)
    await here.run("outbox.deliver")
    if synced:
        await here.work("crm.sync")
    here.sim.delete("/_sim/calls")
    return actor, account


async def take(here: Rooms, account: AccountRow, *events: CommentReceived) -> None:
    async with here.house.database.transaction() as tx:
        await here.house.mirror.take(tx, account.workspace_id, account.id, events)


async def comment_row(here: Rooms, ref: str) -> tuple[str, datetime, str]:
    (row,) = await here.rows("SELECT media_ref, created_at, source FROM comment WHERE comment_ref = $1", ref)
    return row["media_ref"], row["created_at"], row["source"]


async def told(here: Rooms, topic: str) -> list[str]:
    return [row["ref"] for row in await here.rows("SELECT ref FROM domain_event WHERE topic = $1 ORDER BY id", topic)]


async def a_post(here: Rooms, kind: str) -> str:
    (row, *_) = await here.rows("SELECT media_ref FROM platform_media WHERE type = $1 ORDER BY published_at", kind)
    return str(row["media_ref"])


async def test_a_comment_without_a_time_gets_that_of_its_arrival_until_the_list_tells_better(here: Rooms) -> None:
    _, account = await maya(here)
    post = await a_post(here, "IMAGE")
    ref = here.sim.comment(MAYA_ACCOUNT, post, "lea", "beau")
    written = datetime.fromtimestamp(here.sim.now(), UTC)
    here.clock.advance(timedelta(hours=7))
    await take(here, account, pushed(ref, post))
    assert (await comment_row(here, ref))[1] == here.clock.now()
    await here.run("crm.sweep")
    await here.work("crm.sync")
    media, created, source = await comment_row(here, ref)
    assert (media, source) == (post, "push")
    assert abs(created - written) < timedelta(seconds=5)
    assert await told(here, "comment.received") == [ref]


async def test_a_comment_on_a_picture_of_a_known_carousel_goes_to_its_album_without_a_call(here: Rooms) -> None:
    _, account = await maya(here)
    album = await a_post(here, "CAROUSEL")
    child = await here.value("SELECT media_ref FROM platform_media WHERE parent_ref = $1 LIMIT 1", album)
    await take(here, account, pushed("1", child))
    assert (await comment_row(here, "1"))[0] == album
    assert await here.jobs("crm.place") == []


@pytest.mark.parametrize("named", ["", "18099999999999999"])
async def test_a_comment_whose_post_the_webhook_does_not_name_is_told_at_once_and_placed_by_one_call(
    here: Rooms, named: str
) -> None:
    _, account = await maya(here)
    album = await a_post(here, "CAROUSEL")
    ref = here.sim.comment(MAYA_ACCOUNT, album, "lea", "beau")
    await take(here, account, pushed(ref, named))
    assert await told(here, "comment.received") == [ref]
    await here.work("crm.place")
    assert (await comment_row(here, ref))[0] == album
    assert await told(here, "comment.received") == [ref]
    assert (await told(here, "media.changed"))[-1] == album
    assert here.sim.calls() == {"GET /{comment}": 1}


async def test_a_comment_on_a_post_that_was_never_synced_brings_the_post(here: Rooms) -> None:
    _, account = await maya(here, synced=False)
    post = here.sim.get(f"/_sim/truth/media?accountId={MAYA_ACCOUNT}")["media"][0]["id"]
    ref = here.sim.comment(MAYA_ACCOUNT, post, "lea", "beau")
    await take(here, account, pushed(ref, post))
    await here.work("crm.place")
    assert await here.value("SELECT count(*) FROM platform_media WHERE media_ref = $1", post) == 1
    assert (await comment_row(here, ref))[0] == post


async def test_while_the_platform_is_in_trouble_a_comment_is_placed_later_and_never_lost(here: Rooms) -> None:
    _, account = await maya(here)
    album = await a_post(here, "CAROUSEL")
    ref = here.sim.comment(MAYA_ACCOUNT, album, "lea", "beau")
    await take(here, account, pushed(ref, ""))
    here.sim.add_fault({"where": "before", "what": "status", "status": 503, "match": {"endpoint": "GET /{comment}"}})
    (job,) = await here.jobs("crm.place")
    with pytest.raises(RetryLater):
        await here.tasks["crm.place"].handle(job)
    here.sim.clear_faults()
    await here.tasks["crm.place"].handle(job)
    assert (await comment_row(here, ref))[0] == album


async def test_a_comment_that_is_gone_by_the_time_we_ask_stays_as_it_came(here: Rooms) -> None:
    _, account = await maya(here)
    await take(here, account, pushed("17850000000009999", "", text="soon deleted"))
    await here.work("crm.place")
    assert (await comment_row(here, "17850000000009999"))[0] == ""


async def test_a_second_delivery_does_not_undo_what_the_list_knows(here: Rooms) -> None:
    _, account = await maya(here)
    album = await a_post(here, "CAROUSEL")
    ref = here.sim.comment(MAYA_ACCOUNT, album, "lea", "beau")
    await take(here, account, pushed(ref, ""))
    await here.work("crm.place")
    before = await comment_row(here, ref)
    await take(here, account, pushed(ref, "18099999999999999"))
    assert await comment_row(here, ref) == before
    assert await here.jobs("crm.place") == []


async def test_a_post_of_ours_gets_its_row_and_the_platforms_own_words_win(here: Rooms) -> None:
    actor, account = await maya(here)
    synced = await a_post(here, "IMAGE")
    (before,) = await here.rows(
        "SELECT caption, media_url, published_at FROM platform_media WHERE media_ref = $1", synced
    )
    picture = UUID(int=7)
    for ref in (synced, "18088888888888888"):
        item = MediaItem(ref, PostType.IMAGE, "", "ours", "https://x/p/1/", "", "", here.clock.now(), None, None)
        async with here.house.database.transaction() as tx:
            await here.house.mirror.published(tx, actor.workspace_id, account.id, item, picture)
    (after,) = await here.rows(
        "SELECT caption, media_url, published_at FROM platform_media WHERE media_ref = $1", synced
    )
    assert after == before
    async with here.house.database.transaction() as tx:
        (newest, *_) = await here.house.mirror.media(tx, actor.workspace_id, account.id)
    assert (newest.media_ref, newest.caption, newest.thumbnail_id) == ("18088888888888888", "ours", picture)
    assert (await told(here, "media.changed"))[-1] == "18088888888888888"


async def test_an_erased_person_does_not_come_back_with_the_next_sync(here: Rooms) -> None:
    actor, _ = await maya(here)
    post = await a_post(here, "IMAGE")
    ref = here.sim.comment(MAYA_ACCOUNT, post, "lea.once", "my secret")
    here.clock.advance(timedelta(hours=7))
    await here.run("crm.sweep")
    await here.work("crm.sync")
    author = await here.value("SELECT person_ref FROM comment WHERE comment_ref = $1", ref)
    async with here.house.database.transaction() as tx:
        assert await here.house.mirror.erase(tx, actor.workspace_id, "instagram", author) > 0
    here.clock.advance(timedelta(hours=7))
    await here.run("crm.sweep")
    await here.work("crm.sync")
    assert await here.value("SELECT text FROM comment WHERE comment_ref = $1", ref) == ""
    assert await here.value("SELECT count(*) FROM people WHERE username = 'lea.once'") == 0
