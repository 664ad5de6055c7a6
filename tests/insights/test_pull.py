"""Reading figures: few calls, nothing missing told as zero, nothing kept twice (instagram.md §4.4, §4.5)."""

from __future__ import annotations

from datetime import timedelta

from tests.insights.ground import (
    ALONE,
    ATELIER,
    LISTS,
    OF_ACCOUNT,
    POSTS,
    connected,
    newest,
    read,
    round_of,
    seeded,
    told,
)
from tests.socialsim.parts import Graph
from tests.support.rooms import Rooms


async def test_posts_of_every_kind_are_read_whole_page_by_page_new_ones_often_and_old_ones_rarely(here: Rooms) -> None:
    await connected(here, *POSTS)
    await read(here)
    kinds = await here.rows("SELECT media_ref, kind FROM media_reading ORDER BY media_ref")
    assert {row["kind"] for row in kinds} == {"FEED", "REELS"}
    for kind, own in (("FEED", "profile_visits"), ("REELS", "ig_reels_avg_watch_time")):
        ref = next(row["media_ref"] for row in kinds if row["kind"] == kind)
        figures = await newest(here, ref)
        asked = ("views", "reach", "saved", "total_views", own)
        assert {name: figures[name] for name in asked} == {
            name: (value, "") for name, value in told(here, ref, asked).items()
        }
    dues = {name: (await round_of(here, name))["next_at"] - here.clock.now() for name in POSTS}
    assert dues["posts.new"] <= timedelta(hours=2) <= timedelta(hours=6) <= dues["posts.week"] <= dues["posts.month"]
    assert dues["posts.older"] == timedelta(days=7)


async def test_many_posts_take_a_counted_call_for_forty_of_a_kind_and_what_did_not_change_no_row(here: Rooms) -> None:
    await seeded(here, 120, *POSTS)
    calls = await read(here)
    assert (calls[LISTS], calls.get(ALONE)) == (6, None)
    assert await here.value("SELECT count(DISTINCT media_ref) FROM media_metric") == 120
    rows = await here.value("SELECT count(*) FROM media_metric")
    await here.rows("UPDATE insights_round SET next_at = $1 RETURNING name", here.clock.now())
    await read(here)
    assert await here.value("SELECT count(*) FROM media_metric") == rows
    calls = await read(here, hours=1)
    assert calls[LISTS] == 1
    assert await here.value("SELECT count(*) FROM media_metric") == rows
    await read(here, hours=24)
    assert await here.value("SELECT count(*) FROM media_metric") > rows


async def test_what_is_missing_says_why_and_is_never_zero(here: Rooms) -> None:
    _, account = await connected(here, "stories", *POSTS)
    sim, now = here.sim, here.sim.now()
    with Graph.of(sim) as graph:
        story = graph.publish(graph.container(media_type="STORIES"))
    sim.post("/_sim/act/account", {"accountId": ATELIER, "professionalSince": now - 3 * 86_400})
    sim.configure({"insights": {"delay": 3600}})
    await read(here)
    assert {note for _, note in (await newest(here, story)).values()} == {"no_data"}
    old = await here.rows("SELECT media_ref FROM media_reading WHERE note = 'before_professional'")
    assert old
    figures = await newest(here, old[0]["media_ref"])
    assert set(figures.values()) == {(None, "before_professional")}
    assert await here.value("SELECT count(*) FROM media_metric WHERE value = 0 AND note <> ''") == 0
    await here.rows("UPDATE insights_round SET next_at = $1 RETURNING name", here.clock.now())
    assert ALONE not in await read(here)
    house = here.house
    async with house.database.transaction() as tx:
        counts = {"impressions": 40, "reach": None, "taps_forward": 9, "exits": None}
        await house.insights.take_story(tx, account.workspace_id, account.id, story, counts)
    figures = await newest(here, story)
    assert figures["views"] == (40, "")
    assert figures["reach"] == (None, "below_threshold")
    assert figures["navigation[story_navigation_action_type=tap_forward]"] == (9, "")


async def test_a_metric_that_is_refused_is_found_dropped_and_not_asked_again(here: Rooms) -> None:
    await seeded(here, 8, "posts.month")
    refuse = {"what": "error", "code": 100, "message": "(#100) no such metric", "status": 400}
    here.sim.add_fault({**refuse, "times": 2, "match": {"endpoint": LISTS}})
    here.sim.add_fault({**refuse, "match": {"endpoint": ALONE, "nth": 1}})
    here.sim.add_fault({**refuse, "match": {"endpoint": ALONE, "nth": 3}})
    await read(here)
    assert list((await round_of(here, "posts.month"))["refused"]) == ["FEED:likes"]
    assert await here.value("SELECT count(*) FROM media_metric WHERE metric = 'likes'") == 0
    calls = await read(here, hours=24)
    assert (calls[LISTS], calls.get(ALONE)) == (1, None)


async def test_where_expansion_fails_altogether_every_post_is_read_by_itself(here: Rooms) -> None:
    await connected(here, *POSTS)
    here.sim.configure({"insights": {"nestedFailure": "fail"}})
    calls = await read(here)
    posts = await here.rows("SELECT media_ref, kind FROM media_reading")
    assert calls[ALONE] >= 1
    for row in posts:
        figures = await newest(here, row["media_ref"])
        own = "ig_reels_avg_watch_time" if row["kind"] == "REELS" else "follows"
        assert None not in {figures["views"][0], figures[own][0]}


async def test_an_accounts_ninety_days_are_read_once_then_only_the_days_that_still_change(here: Rooms) -> None:
    await connected(here, "days", "history")
    stop = {"what": "error", "code": 2, "status": 500, "transient": True}
    here.sim.add_fault({**stop, "match": {"endpoint": OF_ACCOUNT, "nth": 40}})
    await read(here)
    half = await here.value("SELECT count(DISTINCT ends_at) FROM account_metric WHERE metric = 'views'")
    assert half < 60
    calls = await read(here, hours=0.1)
    assert calls[OF_ACCOUNT] < 90 - half + 20
    days = "SELECT count(DISTINCT ends_at) FROM account_metric WHERE metric = $1 AND breakdown = ''"
    assert await here.value(days, "views") >= 88
    assert await here.value(days, "reach") >= 89
    parts = "SELECT sum(value) FROM account_metric WHERE metric = 'views' AND (breakdown = '') = $1"
    assert await here.value(parts, True) == await here.value(parts, False)
    calls = await read(here, hours=12)
    assert calls == {OF_ACCOUNT: 12}
    assert (await round_of(here, "history"))["next_at"] is None


async def test_a_permission_that_was_not_given_switches_figures_off_and_nothing_else(here: Rooms) -> None:
    _, account = await connected(here, "days")
    here.sim.add_fault({"what": "error", "code": 10, "status": 403, "match": {"endpoint": OF_ACCOUNT}})
    await read(here)
    row = await round_of(here, "days")
    assert row["problem"]["message"]["message"] == "Numbers are off: their permission was not given."
    assert row["next_at"] == here.clock.now() + timedelta(days=1)
    assert await here.value("SELECT health FROM account WHERE id = $1", account.id) == "good"
