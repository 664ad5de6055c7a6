"""Between nights a sync reads the newest page and what changed; at night, and when somebody asks, everything."""

from __future__ import annotations

from datetime import timedelta

from huntaze.crm import Asking
from tests.crm.platform_side import COMMENTS, LIST, OPENING, Side
from tests.support.rooms import Rooms

HOUR = timedelta(hours=1)


async def test_a_post_made_elsewhere_is_found_in_one_call_and_the_night_lists_everything(here: Rooms) -> None:
    side = await Side.connected(here, media=60)
    new = side.publish()
    assert await side.later(HOUR) == {OPENING: 1}
    assert await here.value("SELECT count(*) FROM platform_media WHERE media_ref = $1", new) == 1
    (row,) = await here.rows("SELECT whole, reconcile_at, reconciled_at FROM sync_cursor")
    assert not row["whole"]
    assert await side.later(row["reconcile_at"] - here.clock.now()) == {OPENING: 1, LIST: 1}
    assert await here.value("SELECT whole AND reconciled_at > $1 FROM sync_cursor", row["reconciled_at"])
    assert await side.gone("platform_media") == set()


async def test_a_deleted_post_is_marked_when_the_newest_page_lacks_it_or_a_whole_listing(here: Rooms) -> None:
    side = await Side.connected(here, media=60)
    posts = side.posts()
    newest, oldest = posts[3], posts[-1]
    side.delete(newest)
    side.delete(oldest)
    assert await side.later(HOUR) == {OPENING: 1}
    assert await side.gone("platform_media") == {newest}
    await side.whole(HOUR)
    assert await side.gone("platform_media") == {newest, oldest}


async def test_a_recent_post_behind_the_newest_page_is_read_by_itself_and_marked_when_it_is_gone(here: Rooms) -> None:
    side = await Side.connected(here, media=52, synced=False)
    side.crowd()
    first = side.posts()[50]
    await side.sync()
    assert await side.later(HOUR) == {OPENING: 1}
    assert await side.later(2 * HOUR) == {OPENING: 1, "GET /{m}": 1}
    side.delete(first)
    calls = await side.later(3 * HOUR)
    assert calls.pop(OPENING) == 1
    assert sum(calls.values()) == 1
    assert await side.gone("platform_media") == {first}


async def test_comments_are_read_on_only_where_their_number_changed_and_only_until_it_agrees(here: Rooms) -> None:
    side = await Side.connected(here, media=1, comments=60, synced=False)
    assert await side.sync() == {OPENING: 1, COMMENTS: 1}
    assert await side.later(HOUR) == {OPENING: 1}
    (post,) = side.posts()
    for _ in range(60):
        side.comment(post)
    assert await side.later(HOUR) == {OPENING: 1, COMMENTS: 1}
    assert await side.comments() == 120


async def test_a_sync_that_ends_among_comments_goes_on_there(here: Rooms) -> None:
    side = await Side.connected(here, media=1, comments=160, synced=False)
    fault = {"where": "before", "what": "error", "code": 2, "times": 1, "match": {"endpoint": COMMENTS, "nth": 2}}
    here.sim.add_fault(fault)
    assert await side.sync() == {OPENING: 1, COMMENTS: 2}
    assert await side.comments() == 100
    # As a killed worker would have left it: leased, with nobody there.
    async with here.house.database.transaction() as tx:
        await tx.execute("UPDATE sync_cursor SET lease_until = $1", here.clock.now() + timedelta(minutes=2))
    assert await side.later(timedelta(minutes=3)) == {COMMENTS: 2}
    assert await side.comments() == 160
    assert await here.value("SELECT count(*) FROM open_list") == 0
    assert await here.value("SELECT finished_at IS NOT NULL FROM sync_cursor")


async def test_a_comment_deleted_there_is_marked_and_one_that_no_list_shows_is_not(here: Rooms) -> None:
    side = await Side.connected(here, media=2, comments=2)
    post = side.posts()[0]
    pushed, advertised = side.comment(post), "/_sim/act/comment-ad"
    await side.push(pushed, post)
    under_ad = here.sim.post(advertised, {"mediaId": post, "username": "max", "text": "nice ad"})["id"]
    await side.push(under_ad, post)
    side.delete(pushed)
    calls = await side.later(HOUR)
    assert calls.pop(OPENING) == 1
    assert sum(calls.values()) == 2
    assert await side.gone("comment") == {pushed}
    assert await side.comments() == 5
    assert await side.later(HOUR) == {OPENING: 1}


async def test_what_a_deleted_and_a_new_comment_hide_from_the_count_is_found_at_night(here: Rooms) -> None:
    side = await Side.connected(here, media=1, comments=120)
    (post,) = side.posts()
    oldest = await here.value("SELECT comment_ref FROM comment ORDER BY created_at LIMIT 1")
    side.delete(oldest)
    side.comment(post)
    assert await side.later(HOUR) == {OPENING: 1}
    assert await side.gone("comment") == set()
    calls = await side.whole(timedelta(hours=21))
    assert calls[COMMENTS] == 2
    assert await side.gone("comment") == {oldest}
    assert await side.comments() == 120


async def test_comments_that_come_back_are_there_again_but_what_was_erased_stays_so(here: Rooms) -> None:
    await Side.connected(here, media=1, comments=2)
    async with here.house.database.transaction() as tx:
        await tx.execute("UPDATE comment SET removed_at = $1", here.clock.now())
        await tx.execute(
            "UPDATE comment SET text = '', username = '', person_ref = '', erased_at = removed_at"
            " WHERE comment_ref = (SELECT min(comment_ref) FROM comment)"
        )
    here.clock.advance(timedelta(hours=7))
    await here.run("crm.sweep")
    await here.work("crm.sync")
    assert await here.value("SELECT count(*) FROM comment WHERE removed_at IS NULL AND text <> ''") == 1
    assert await here.value("SELECT count(*) FROM comment WHERE removed_at IS NOT NULL AND text = ''") == 1


async def test_an_account_is_kept_day_by_day_and_its_last_reading_of_a_day_stands(here: Rooms) -> None:
    side = await Side.connected(here, media=1)
    here.sim.post("/_sim/act/account", {"accountId": side.account.account_ref, "followers": 1300})
    await side.later(timedelta(days=2))
    here.sim.post("/_sim/act/account", {"accountId": side.account.account_ref, "followers": 1400})
    await side.later(timedelta(days=2))
    here.sim.post("/_sim/act/account", {"accountId": side.account.account_ref, "followers": 1500})
    async with here.house.database.transaction() as tx:
        await here.house.mirror.start_sync(tx, side.account.workspace_id, side.account.id)
    await side.sync()
    async with here.house.database.transaction() as tx:
        since = (here.clock.now() - timedelta(days=9)).date()
        days = await here.house.mirror.figures(tx, side.account.workspace_id, side.account.id, since)
    assert [day.followers for day in days] == [1200, 1300, 1500]


async def test_whoever_asks_gets_one_account_or_all_read_and_nobody_elses(here: Rooms) -> None:
    side = await Side.connected(here, media=1)
    other = await here.owner("Jonas")
    asking = Asking(here.house.database, here.house.accounts, here.house.mirror)
    assert await asking.ask(other.workspace_id, side.account.id) == []
    assert await here.jobs("crm.sync") == []
    assert [one.id for one in await asking.ask(side.actor.workspace_id)] == [side.account.id]
    assert await side.sync() == {OPENING: 1}


async def test_a_picture_whose_link_has_died_is_copied_through_a_new_one(here: Rooms) -> None:
    here.sim.configure({"mediaLinkLifetime": 5400.0})
    await Side.connected(here, media=2)
    await here.jobs("crm.pictures")
    here.sim.advance(3 * 3600)
    here.clock.advance(3 * HOUR)
    here.sim.delete("/_sim/calls")
    (row,) = await here.rows("SELECT workspace_id, id FROM account")
    await here.tasks["crm.pictures"].handle({"workspace": str(row["workspace_id"]), "account": str(row["id"])})
    assert await here.value("SELECT count(*) FROM platform_media WHERE thumbnail_id IS NOT NULL") == 2
    assert here.sim.calls()["GET /{m}"] == 2
    assert await here.value("SELECT count(*) FROM picture_trouble") == 0
