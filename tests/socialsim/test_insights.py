"""Insights of media (instagram.md §4.4)."""

import json
from typing import Any

import pytest

from tests.socialsim.parts import IG, Graph, Listener, browse, message, problem
from tests.socialsim.post_office import PostOffice

DAY = 86_400
REEL = "18000000000000013"
FEED = "18000000000000001"
EVERYWHERE = "views,reach,shares,total_interactions,reposts,total_views"
COLUMNS = {
    "FEED": f"{EVERYWHERE},likes,comments,saved,follows,profile_visits,profile_activity,total_likes,total_comments",
    "REELS": f"{EVERYWHERE},likes,comments,saved,ig_reels_avg_watch_time,ig_reels_video_view_total_time,"
    "reels_skip_rate,total_likes,total_comments",
    "STORY": f"{EVERYWHERE},follows,profile_visits,profile_activity,replies,navigation",
}
"""The ticks of the table of §4.4."""
ON_FACEBOOK = {"crossposted_views": {"REELS"}, "facebook_views": {"FEED", "REELS", "STORY"}}
GONE = "impressions plays clips_replays_count ig_reels_aggregated_all_plays_count video_views engagement taps_forward"
UNSERVED = "does not support"


def story(graph: Graph) -> str:
    """A story that has been out for a while."""
    media = graph.publish(graph.container(media_type="STORIES"))
    graph.sim.advance(6 * 3600)
    return media


def values(graph: Graph, media: str, metrics: str) -> dict[str, Any]:
    """Metric by name."""
    rows = graph.get(f"{media}/insights?metric={metrics}")["data"]
    return {row["name"]: row["values"][0]["value"] for row in rows}


def test_each_product_has_the_metrics_of_the_table_and_no_others(graph: Graph) -> None:
    known = {name for column in COLUMNS.values() for name in column.split(",")}
    for product, media in (("FEED", FEED), ("REELS", REEL), ("STORY", story(graph))):
        column = COLUMNS[product].split(",")
        rows = graph.get(f"{media}/insights?metric={COLUMNS[product]}")["data"]
        assert [row["name"] for row in rows] == column
        assert {row["period"] for row in rows} == {"lifetime"}
        assert rows[0]["id"] == f"{media}/insights/views/lifetime"
        for name in known.difference(column):
            assert UNSERVED in message(graph, f"{media}/insights?metric=views,{name}")


def test_numbers_agree_with_each_other_and_with_the_medium(graph: Graph) -> None:
    for media in (FEED, REEL):
        seen = values(graph, media, "views,reach,likes,comments,saved,shares,reposts,total_interactions")
        node = graph.get(f"{media}?fields=like_count,comments_count,saved_count,shares_count,reposts_count")
        assert seen["likes"] == node["like_count"] <= seen["reach"] <= seen["views"]
        assert (seen["comments"], seen["saved"]) == (node["comments_count"], node["saved_count"])
        assert (seen["shares"], seen["reposts"]) == (node["shares_count"], node["reposts_count"])
        parts = ("likes", "comments", "saved", "shares", "reposts")
        assert seen["total_interactions"] == sum(seen[part] for part in parts)


def test_what_people_do_is_counted_at_once(graph: Graph) -> None:
    before = values(graph, FEED, "likes,saved,shares,reposts,total_interactions")
    for deed in ("save", "share", "repost", "like"):
        graph.sim.post(f"/_sim/act/{deed}", {"mediaId": FEED, "username": "ana"})
    after = values(graph, FEED, "likes,saved,shares,reposts,total_interactions")
    assert {name: after[name] - before[name] for name in after} == {
        **dict.fromkeys(("likes", "saved", "shares", "reposts"), 1),
        "total_interactions": 4,
    }
    kinds = {row["kind"] for row in graph.sim.truth() if row["objectId"] == FEED}
    assert kinds == {"media.saved", "media.shared", "media.reposted", "media.liked"}


def test_numbers_only_grow_and_are_the_same_for_the_same_seed(graph: Graph) -> None:
    told = []
    for _ in range(2):
        graph.sim.post("/_sim/reset", {"seed": 7, "at": 1_790_000_000})
        with Graph.of(graph.sim) as again:
            rows = []
            for _ in range(5):
                rows.append(values(again, FEED, COLUMNS["FEED"]))
                graph.sim.advance(6 * 3600)
        for name in rows[0]:
            assert [row[name] for row in rows] == sorted(row[name] for row in rows)
        told.append(rows)
    assert told[0] == told[1]
    assert told[0][0]["views"] < told[0][-1]["views"]


def test_reach_is_an_hour_behind_views(graph: Graph) -> None:
    media = graph.publish(graph.container())
    graph.sim.advance(1800)
    early = values(graph, media, "views,reach")
    assert early["views"] > early["reach"] == 0
    graph.sim.advance(7200)
    assert values(graph, media, "reach")["reach"] > 0
    behind = values(graph, media, "reach")["reach"]
    graph.sim.configure({"insights": {"reachLag": 0}})
    assert values(graph, media, "reach")["reach"] > behind


def test_actions_on_the_profile_are_divided_in_small_letters(graph: Graph) -> None:
    path = f"{FEED}/insights?metric=profile_activity&breakdown=action_type"
    (row,) = graph.get(path)["data"]
    (breakdown,) = row["total_value"]["breakdowns"]
    assert breakdown["dimension_keys"] == ["action_type"]
    named = {result["dimension_values"][0]: result["value"] for result in breakdown["results"]}
    assert set(named) <= {"bio_link_clicked", "call", "direction", "email", "other", "text"}
    assert sum(named.values()) == row["total_value"]["value"] == row["values"][0]["value"]
    assert "total_value" not in graph.get(f"{FEED}/insights?metric=profile_activity")["data"][0]
    graph.sim.configure({"insights": {"upperCase": True}})
    results = graph.get(path)["data"][0]["total_value"]["breakdowns"][0]["results"]
    assert results[0]["dimension_values"] == ["BIO_LINK_CLICKED"]


def test_navigation_in_a_story_is_divided_by_what_the_thumb_did(graph: Graph) -> None:
    path = f"{story(graph)}/insights?metric=navigation&breakdown=story_navigation_action_type"
    (row,) = graph.get(path)["data"]
    results = row["total_value"]["breakdowns"][0]["results"]
    assert {result["dimension_values"][0] for result in results} <= {
        "tap_forward",
        "tap_back",
        "tap_exit",
        "swipe_forward",
    }
    assert sum(result["value"] for result in results) == row["total_value"]["value"] > 0


def test_a_breakdown_beside_a_metric_without_one_fails_the_whole_call_and_does_not_say_why(graph: Graph) -> None:
    answer = graph.raw("GET", f"{FEED}/insights?metric=views,profile_activity&breakdown=action_type")
    assert (answer.status_code, problem(answer)) == (500, (1, None))
    assert "unknown error" in answer.json()["error"]["message"]
    assert graph.fails("GET", f"{FEED}/insights?metric=profile_activity&breakdown=colour") == (100, None)
    assert graph.fails("GET", f"{IG}/insights?metric=replies&period=day&metric_type=total_value&breakdown=age")[0] == 1


def test_watch_time_is_in_milliseconds_and_in_keeping_with_views(graph: Graph) -> None:
    seen = values(graph, REEL, "views,ig_reels_avg_watch_time,ig_reels_video_view_total_time")
    assert 1000 < seen["ig_reels_avg_watch_time"] < 60_000
    assert seen["ig_reels_video_view_total_time"] == seen["ig_reels_avg_watch_time"] * seen["views"]


def test_the_skip_rate_of_a_reel_is_a_share(graph: Graph) -> None:
    assert 0 < values(graph, REEL, "reels_skip_rate")["reels_skip_rate"] < 100


def test_views_on_facebook_fail_until_the_medium_is_shared_there(graph: Graph) -> None:
    for name, products in ON_FACEBOOK.items():
        assert UNSERVED in message(graph, f"{REEL}/insights?metric={name}")
        assert ("FEED" in products) == (name == "facebook_views")
    for media in (REEL, FEED):
        graph.sim.post("/_sim/act/media", {"mediaId": media, "onFacebook": True})
    seen = values(graph, REEL, "views,crossposted_views,facebook_views,total_views")
    assert seen["crossposted_views"] == seen["views"] + seen["facebook_views"] == seen["total_views"] > seen["views"]
    assert values(graph, FEED, "facebook_views")["facebook_views"] > 0
    assert UNSERVED in message(graph, f"{FEED}/insights?metric=crossposted_views")


def test_totals_of_all_surfaces_are_for_facebook_login_only(graph: Graph) -> None:
    seen = values(graph, FEED, "likes,comments,total_likes,total_comments,total_views,views")
    assert (seen["total_likes"], seen["total_comments"]) == (seen["likes"], seen["comments"])
    token = graph.sim.instagram_tokens()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    url = f"{graph.sim.instagram_graph_url}/v26.0/{FEED}/insights?metric="
    assert browse(url + "views", headers=bearer).json()["data"][0]["values"][0]["value"] == seen["views"]
    for name in ("total_views", "total_likes", "total_comments"):
        assert problem(browse(url + name, headers=bearer)) == (100, None)


def test_metrics_that_the_sdk_lists_and_nobody_documents_are_served_for_nothing(graph: Graph) -> None:
    for media in (FEED, REEL):
        for name in ("link_clicks", "content_views"):
            assert UNSERVED in message(graph, f"{media}/insights?metric={name}")


@pytest.mark.parametrize("name", [*GONE.split(), "taps_back", "exits", "made_up"])
def test_a_metric_that_is_gone_or_unknown_fails_the_whole_call(graph: Graph, name: str) -> None:
    path = f"{FEED}/insights?metric=reach,{name},views"
    assert graph.fails("GET", path) == (100, None)
    assert ("must be one of" if name == "made_up" else "no longer supported") in message(graph, path)
    assert len(graph.get(f"{FEED}/insights?metric=reach,views")["data"]) == 2


def test_names_may_come_as_a_json_list_and_must_be_there(graph: Graph) -> None:
    rows = graph.get(f'{FEED}/insights?metric=["reach","views"]&fields=name,values')["data"]
    assert [set(row) for row in rows] == [{"name", "values", "id"}] * 2
    for query in ("", "?metric=", "?metric=[", "?metric={}", "?metric=views&period=day", "?metric=views&fields=age"):
        assert graph.fails("GET", f"{FEED}/insights{query}") == (100, None)


def test_a_story_few_have_seen_answers_ten_and_it_is_no_matter_of_permission(graph: Graph) -> None:
    media = graph.publish(graph.container(media_type="STORIES"))
    assert graph.fails("GET", f"{media}/insights?metric=reach") == (10, None)
    assert message(graph, f"{media}/insights?metric=reach").startswith("(#10) Not enough viewers")
    graph.sim.configure({"insights": {"bareText": True}})
    assert message(graph, f"{media}/insights?metric=reach").startswith("Not enough viewers")
    graph.sim.advance(3600)
    assert values(graph, media, "reach")["reach"] >= 5


def test_a_missing_permission_is_also_ten_with_other_words(graph: Graph) -> None:
    graph.delete("9001000000000001/permissions/instagram_manage_insights")
    for path in (f"{FEED}/insights?metric=reach", f"{IG}/insights?metric=reach&period=day"):
        assert graph.fails("GET", path) == (10, None)
        assert "instagram_manage_insights" in message(graph, path)
    assert graph.fails("GET", f"{IG}/media?fields=insights.metric(reach)") == (10, None)


def test_replies_to_stories_read_nought_in_the_eu_and_japan(graph: Graph) -> None:
    media = story(graph)
    seen = {}
    for country in ("FR", "JP", "US"):
        graph.sim.post("/_sim/act/account", {"accountId": IG, "country": country})
        seen[country] = values(graph, media, "replies")["replies"]
    assert (seen["FR"], seen["JP"]) == (0, 0) < (seen["US"], 1)


def test_numbers_of_a_story_are_over_after_a_day(graph: Graph) -> None:
    media = story(graph)
    assert values(graph, media, "reach")["reach"] > 100
    assert [row["id"] for row in graph.get(f"{IG}/stories")["data"]] == [media]
    graph.sim.advance(18 * 3600)
    assert graph.get(f"{media}/insights?metric=reach") == {"data": []}
    assert graph.get(f"{IG}/stories") == {"data": []}


def test_media_of_before_the_professional_account_never_have_insights(graph: Graph) -> None:
    graph.sim.post("/_sim/act/account", {"accountId": IG, "professionalSince": graph.sim.now() - 5 * DAY})
    path = f"{REEL}/insights?metric=reach"
    answer = graph.raw("GET", path)
    assert problem(answer) == (100, 2108006)
    assert answer.json()["error"]["error_user_title"] == "Media posted before business account conversion"
    assert values(graph, FEED, "reach")["reach"] > 0
    bearer = {"Authorization": f"Bearer {graph.sim.instagram_tokens()['token']}"}
    error = browse(f"{graph.sim.instagram_graph_url}/{path}", headers=bearer).json()["error"]
    assert (error["type"], error["error_subcode"]) == ("IGApiException", 2108006)


def test_the_code_beside_the_conversion_subcode_may_be_four(graph: Graph) -> None:
    graph.sim.configure({"insights": {"earlyCode": 4}})
    graph.sim.post("/_sim/act/account", {"accountId": IG, "professionalSince": graph.sim.now()})
    assert graph.fails("GET", f"{FEED}/insights?metric=reach") == (4, 2108006)


def test_insights_of_what_is_gone_foreign_or_no_medium_answer_100_33(graph: Graph) -> None:
    media = graph.publish(graph.container())
    comment, container = graph.sim.comment(IG, media, "ana", "hi"), graph.container()
    graph.delete(media)
    foreign = graph.sim.seed({"accounts": 1, "media": 1})["accounts"][0]["accountId"]
    (theirs,) = graph.sim.get(f"/_sim/truth/media?accountId={foreign}")["media"]
    kept = graph.sim.comment(IG, FEED, "ana", "hi")
    for node in (media, comment, container, kept, theirs["id"], "1"):
        assert graph.fails("GET", f"{node}/insights?metric=reach") == (100, 33)


@pytest.mark.parametrize(("code", "status"), [(1, 500), (2, 500), (2, 503)])
def test_passing_trouble_is_marked_transient_and_over_at_the_next_try(graph: Graph, code: int, status: int) -> None:
    rule = {"match": {"endpoint": "GET /{m}/insights"}, "what": "error", "code": code, "subcode": 99}
    graph.sim.add_fault({**rule, "status": status, "transient": True, "message": "Please retry", "times": 1})
    answer = graph.raw("GET", f"{FEED}/insights?metric=reach")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["is_transient"] is True
    assert graph.get(f"{FEED}/insights?metric=reach")["data"]


def test_nothing_yet_is_an_empty_list_and_so_are_children_of_a_carousel(graph: Graph) -> None:
    graph.sim.post("/_sim/clock", {"stands": True})
    media = graph.publish(graph.container())
    assert graph.get(f"{media}/insights?metric=reach,views") == {"data": []}
    graph.sim.advance(900)
    assert values(graph, media, "views")["views"] > 0
    children = graph.get("18000000000000003/children")["data"]
    assert graph.get(f"{children[0]['id']}/insights?metric=reach") == {"data": []}
    assert values(graph, "18000000000000003", "reach")["reach"] > 0


def test_all_may_come_up_to_two_days_late(graph: Graph) -> None:
    graph.sim.configure({"insights": {"delay": 2 * DAY}})
    assert graph.get(f"{FEED}/insights?metric=views") == {"data": []}
    late = values(graph, REEL, "views")["views"]
    graph.sim.configure({"insights": {"delay": 0}})
    assert values(graph, REEL, "views")["views"] > late
    graph.sim.advance(2 * 365 * DAY)
    with Graph.of(graph.sim) as much_later:
        assert much_later.get(f"{REEL}/insights?metric=views") == {"data": []}


def test_expanded_insights_come_with_the_list_and_fall_out_where_a_medium_has_none(graph: Graph) -> None:
    path = f"{IG}/media?fields=media_product_type,insights.metric(reach,follows){{name,values}}"
    rows = graph.get(path)["data"]
    assert {"insights" in row for row in rows if row["media_product_type"] == "FEED"} == {True}
    assert {"insights" in row for row in rows if row["media_product_type"] == "REELS"} == {False}
    assert [value["name"] for value in rows[0]["insights"]["data"]] == ["reach", "follows"]
    nested = graph.get(f"{IG}?fields=media.limit(1){{insights.metric(views)}}")
    assert nested["media"]["data"][0]["insights"]["data"][0]["values"][0]["value"] > 0
    assert graph.fails("GET", f"{IG}/media?fields=insights.metric(plays)") == (100, None)
    graph.sim.configure({"insights": {"nestedFailure": "fail"}})
    assert graph.fails("GET", path) == (100, None)


def test_a_story_that_ends_is_told_with_the_numbers_insights_gave(graph: Graph, listener: Listener) -> None:
    PostOffice.of(graph, listener, "story_insights")
    graph.sim.post("/_sim/clock", {"stands": True})
    media = graph.publish(graph.container(media_type="STORIES"))
    graph.sim.advance(DAY - 1)
    last = values(graph, media, "views,reach")
    graph.sim.post("/_sim/clock", {"advance": 2, "settle": True})
    (change,) = json.loads(listener.wait_for(1)[0].body)["entry"][0]["changes"]
    told = change["value"]
    assert told["media_id"] == media
    assert last["reach"] <= told["reach"] <= last["reach"] + 2
    assert last["views"] <= told["impressions"] <= last["views"] + 2
