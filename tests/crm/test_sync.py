"""The first sync after connecting, and those after it: complete, few calls, resumable, quiet about history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from huntaze.accounts import AccountRow
from huntaze.identity import Actor
from huntaze.platforms.contract import FieldChanged
from tests.support.rooms import Rooms

OPENING = "GET /{ig}"
MEDIA_LIST = "GET /{ig}/media"


async def connected(here: Rooms, media: int, comments: int) -> tuple[Actor, AccountRow]:
    """A new owner with one generic account, whose first sync has been asked for."""
    seeded = here.sim.seed({"accounts": 1, "media": media, "comments": comments})
    actor = await here.owner()
    (account,) = await here.connect(actor, seeded["accounts"][0]["accountId"], user_id=seeded["userId"])
    await here.run("outbox.deliver")
    here.sim.delete("/_sim/calls")
    return actor, account


def reads(here: Rooms) -> dict[str, int]:
    """What the platform was asked, without its pictures."""
    return {endpoint: count for endpoint, count in here.sim.calls().items() if endpoint.startswith("GET /{")}


async def sync_row(here: Rooms) -> Mapping[str, Any]:
    (row,) = await here.rows("SELECT * FROM sync_cursor")
    return row


async def test_after_connecting_an_account_is_mirrored_whole_in_few_calls(here: Rooms) -> None:
    actor, account = await connected(here, media=60, comments=3)
    await here.work("crm.sync")
    (profile,) = await here.rows("SELECT * FROM account_profile")
    assert (profile["username"], profile["followers"], profile["media_count"]) == (account.username, 1200, 60)
    listed = here.sim.get(f"/_sim/truth/media?accountId={account.account_ref}")["media"]
    mirrored = await here.rows("SELECT media_ref, type, parent_ref FROM platform_media WHERE parent_ref = ''")
    assert {row["media_ref"] for row in mirrored} == {one["id"] for one in listed}
    assert await here.value("SELECT count(*) FROM comment") == 60 * 3
    assert reads(here) == {OPENING: 1, MEDIA_LIST: 1}
    row = await sync_row(here)
    assert (row["cursor"], row["problem"], row["lease_until"]) == ("", None, None)
    assert row["workspace_id"] == actor.workspace_id


async def test_what_a_post_is_has_the_same_word_in_the_mirror_as_in_a_post_of_ours(here: Rooms) -> None:
    actor = await here.owner()
    await here.connect(actor, "17841400000000001", "17841400000000002")
    await here.run("outbox.deliver")
    await here.work("crm.sync")
    kinds = {row["type"] for row in await here.rows("SELECT DISTINCT type FROM platform_media")}
    assert kinds <= {"IMAGE", "CAROUSEL", "REELS", "VIDEO", "STORIES"}
    assert {"IMAGE", "CAROUSEL"} <= kinds
    albums = await here.rows("SELECT media_ref, thumbnail_url FROM platform_media WHERE type = 'CAROUSEL'")
    for album in albums:
        assert album["thumbnail_url"]
        assert await here.value("SELECT count(*) FROM platform_media WHERE parent_ref = $1", album["media_ref"]) > 1


async def test_more_comments_and_replies_than_a_page_holds_are_all_fetched(here: Rooms) -> None:
    _, account = await connected(here, media=1, comments=0)
    post = here.sim.get(f"/_sim/truth/media?accountId={account.account_ref}")["media"][0]["id"]
    refs = [here.sim.comment(account.account_ref, post, "lea", f"no {number}") for number in range(55)]
    for number in range(52):
        here.sim.post("/_sim/act/reply", {"commentId": refs[0], "username": "max", "text": f"reply {number}"})
    await here.work("crm.sync")
    assert await here.value("SELECT count(*) FROM comment WHERE parent_ref = ''") == 55
    assert await here.value("SELECT count(*) FROM comment WHERE parent_ref = $1", refs[0]) == 52
    assert reads(here) == {OPENING: 1, "GET /{m}/comments": 1, "GET /{comment}/replies": 1}


async def test_a_killed_sync_goes_on_at_its_cursor(here: Rooms) -> None:
    """The process ends between two pages: nothing of it lives on but the row."""
    await connected(here, media=170, comments=1)
    here.sim.add_fault(
        {"where": "before", "what": "error", "code": 2, "match": {"endpoint": MEDIA_LIST, "nth": 2}, "times": 1}
    )
    (job,) = await here.jobs("crm.sync")
    await here.tasks["crm.sync"].handle(job)
    row = await sync_row(here)
    assert row["cursor"]
    assert row["finished_at"] is None
    assert await here.value("SELECT count(*) FROM platform_media WHERE parent_ref = ''") == 150
    # As a killed worker would have left it: leased, with nobody there.
    async with here.house.database.transaction() as tx:
        await tx.execute("UPDATE sync_cursor SET lease_until = $1", here.clock.now() + timedelta(minutes=2))
    here.sim.delete("/_sim/calls")
    await here.tasks["crm.sync"].handle(job)
    assert reads(here) == {}
    here.clock.advance(timedelta(minutes=3))
    await here.run("crm.sweep")
    await here.work("crm.sync")
    assert reads(here) == {MEDIA_LIST: 1}
    assert await here.value("SELECT count(*) FROM platform_media WHERE parent_ref = ''") == 170


async def test_syncing_again_changes_nothing_and_tells_nothing_of_comments(here: Rooms) -> None:
    await connected(here, media=20, comments=2)
    await here.work("crm.sync")
    before = await here.rows("SELECT id, media_ref, parent_ref, type FROM platform_media ORDER BY id")
    comments = await here.rows("SELECT id, comment_ref, text, created_at FROM comment ORDER BY id")
    here.clock.advance(timedelta(hours=7))
    await here.run("crm.sweep")
    await here.work("crm.sync")
    assert await here.rows("SELECT id, media_ref, parent_ref, type FROM platform_media ORDER BY id") == before
    assert await here.rows("SELECT id, comment_ref, text, created_at FROM comment ORDER BY id") == comments
    assert reads(here) == {OPENING: 2}
    assert await here.value("SELECT count(*) FROM domain_event WHERE topic = 'comment.received'") == 0


async def test_a_comment_that_only_the_list_knows_is_told_and_history_is_not(here: Rooms) -> None:
    _, account = await connected(here, media=3, comments=2)
    await here.work("crm.sync")
    post = here.sim.get(f"/_sim/truth/media?accountId={account.account_ref}")["media"][0]["id"]
    here.sim.advance(60)
    ref = here.sim.comment(account.account_ref, post, "lea", "missed by the webhook")
    here.clock.advance(timedelta(hours=7))
    await here.run("crm.sweep")
    await here.work("crm.sync")
    told = await here.rows("SELECT ref, body FROM domain_event WHERE topic = 'comment.received'")
    assert [(row["ref"], row["body"]) for row in told] == [(ref, {"mediaId": post, "source": "poll"})]


async def test_what_is_told_to_have_changed_without_a_word_of_what_is_read_soon(here: Rooms) -> None:
    """The subscription leaves the values out (instagram.md §6.6)."""
    actor, account = await connected(here, media=3, comments=0)
    await here.work("crm.sync", "crm.conversations")
    post = here.sim.get(f"/_sim/truth/media?accountId={account.account_ref}")["media"][0]["id"]
    here.sim.comment(account.account_ref, post, "lea", "only its field was named")
    here.sim.delete("/_sim/calls")
    changed = [FieldChanged(account.account_ref, field) for field in ("comments", "comments", "messages")]
    async with here.house.database.transaction() as tx:
        await here.house.mirror.read_soon(tx, actor.workspace_id, account.id, changed)
    await here.run("crm.sweep")
    await here.work("crm.sync", "crm.conversations")
    assert await here.value("SELECT count(*) FROM comment") == 1
    assert reads(here) == {OPENING: 1, "GET /{page}/conversations": 1}


async def test_a_post_that_is_gone_at_the_platform_leaves_the_feed(here: Rooms) -> None:
    actor, account = await connected(here, media=5, comments=0)
    await here.work("crm.sync")
    async with here.house.database.transaction() as tx:
        await tx.execute(
            "INSERT INTO platform_media (id, workspace_id, account_id, media_ref, type, published_at, synced_at)"
            " SELECT gen_random_uuid(), workspace_id, account_id, 'deleted-there', 'IMAGE', published_at, synced_at"
            " FROM platform_media ORDER BY published_at DESC LIMIT 1"
        )
    here.clock.advance(timedelta(hours=7))
    await here.run("crm.sweep")
    await here.work("crm.sync")
    async with here.house.database.transaction() as tx:
        shown = await here.house.mirror.media(tx, actor.workspace_id, account.id, 50)
    assert len(shown) == 5
    assert "deleted-there" not in {row.media_ref for row in shown}


async def test_pictures_are_kept_by_us(here: Rooms) -> None:
    actor = await here.owner()
    await here.connect(actor, "17841400000000001")
    await here.run("outbox.deliver")
    await here.work("crm.sync", "crm.pictures")
    (profile,) = await here.rows("SELECT picture_id FROM account_profile")
    assert profile["picture_id"] is not None
    rows = await here.rows("SELECT type, thumbnail_id FROM platform_media WHERE parent_ref = ''")
    assert {row["type"] for row in rows if row["thumbnail_id"] is None} == set()
    async with here.house.database.transaction() as tx:
        kept = await here.house.library.asset(tx, actor.workspace_id, profile["picture_id"])
    assert kept is not None
    assert kept.facts.kind == "image"


async def test_a_token_that_is_gone_asks_for_a_person_and_stops_the_sync(here: Rooms) -> None:
    await connected(here, media=3, comments=0)
    here.sim.add_fault({"where": "before", "what": "error", "code": 190, "match": {"endpoint": OPENING}})
    await here.work("crm.sync")
    assert await here.value("SELECT health FROM account") == "reconnect"
    row = await sync_row(here)
    assert row["next_at"] is None
    assert row["problem"] is not None
    here.clock.advance(timedelta(days=1))
    await here.run("crm.sweep")
    assert await here.jobs("crm.sync") == []


async def test_a_platform_in_trouble_is_asked_again_after_growing_pauses(here: Rooms) -> None:
    await connected(here, media=3, comments=0)
    here.sim.add_fault({"where": "before", "what": "status", "status": 503, "match": {"endpoint": OPENING}, "times": 3})
    (job,) = await here.jobs("crm.sync")
    pauses = []
    for _ in range(3):
        await here.tasks["crm.sync"].handle(job)
        next_at = (await sync_row(here))["next_at"]
        pauses.append(next_at - here.clock.now())
        here.clock.advance(pauses[-1])
        await here.run("crm.sweep")
        (job,) = await here.jobs("crm.sync")
    assert pauses == [timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=40)]
    await here.tasks["crm.sync"].handle(job)
    assert (await sync_row(here))["finished_at"] is not None


async def test_a_cursor_that_the_platform_refuses_begins_the_listing_anew(here: Rooms) -> None:
    await connected(here, media=60, comments=0)
    (job,) = await here.jobs("crm.sync")
    async with here.house.database.transaction() as tx:
        await tx.execute("UPDATE sync_cursor SET cursor = 'stale'")
    await here.tasks["crm.sync"].handle(job)
    row = await sync_row(here)
    assert (row["cursor"], row["finished_at"]) == ("", None)
    here.clock.set(row["next_at"])
    await here.run("crm.sweep")
    await here.work("crm.sync")
    assert await here.value("SELECT count(*) FROM platform_media WHERE parent_ref = ''") == 60


async def test_a_disconnected_account_is_not_synced_and_what_was_mirrored_stays(here: Rooms) -> None:
    actor, account = await connected(here, media=4, comments=1)
    await here.work("crm.sync")
    await here.house.accounts.disconnect(actor, account.id)
    await here.run("outbox.deliver")
    here.clock.advance(timedelta(days=1))
    here.sim.delete("/_sim/calls")
    await here.run("crm.sweep")
    await here.work("crm.sync")
    assert reads(here) == {}
    assert await here.value("SELECT count(*) FROM platform_media WHERE parent_ref = ''") == 4


async def test_an_account_that_is_disconnected_during_its_sync_is_not_due_again(here: Rooms) -> None:
    actor, account = await connected(here, media=4, comments=0)
    (job,) = await here.jobs("crm.sync")
    async with here.house.database.transaction() as tx:
        await here.house.mirror.stop_sync(tx, actor.workspace_id, account.id)
    await here.tasks["crm.sync"].handle(job)
    assert (await sync_row(here))["next_at"] is None


async def test_a_trouble_of_ours_frees_the_sync_for_the_next_try(here: Rooms) -> None:
    await connected(here, media=4, comments=1)
    (job,) = await here.jobs("crm.sync")
    async with here.house.database.transaction() as tx:
        await tx.execute("ALTER TABLE comment ADD CONSTRAINT trouble CHECK (false) NOT VALID")
    try:
        with pytest.raises(Exception, match="trouble"):
            await here.tasks["crm.sync"].handle(job)
    finally:
        async with here.house.database.transaction() as tx:
            await tx.execute("ALTER TABLE comment DROP CONSTRAINT trouble")
    await here.tasks["crm.sync"].handle(job)
    assert (await sync_row(here))["finished_at"] is not None
