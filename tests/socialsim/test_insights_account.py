"""Insights of accounts (instagram.md §4.5)."""

from typing import Any

import pytest

from tests.socialsim.parts import IG, Graph, browse, message

DAY = 86_400
TOTALS = {
    "views": ("media_product_type", "follow_type", "follower_type"),
    "accounts_engaged": (),
    "total_interactions": ("media_product_type",),
    "likes": ("media_product_type",),
    "comments": ("media_product_type",),
    "shares": ("media_product_type",),
    "saves": ("media_product_type",),
    "replies": (),
    "reposts": (),
    "follows_and_unfollows": ("follow_type",),
    "profile_links_taps": ("contact_button_type",),
}


def total(graph: Graph, metric: str, query: str = "") -> Any:
    """An account's total."""
    path = f"{IG}/insights?metric={metric}&period=day&metric_type=total_value{query}"
    return {row["name"]: row["total_value"] for row in graph.get(path)["data"]}


def test_reach_comes_as_a_series_of_days_that_end_at_pacific_midnight(graph: Graph) -> None:
    july, december = 1_784_000_000, 1_796_000_000
    for now, hour in ((july, "T07:00:00+0000"), (december, "T08:00:00+0000")):
        graph.sim.post("/_sim/reset", {"seed": 7, "at": now})
        with Graph.of(graph.sim) as again:
            path = f"{IG}/insights?metric=reach&period=day&since={now - 7 * DAY}&until={now}"
            (row,) = again.get(path)["data"]
            assert "total_value" not in row
            assert len(row["values"]) == 7
            assert {value["end_time"][10:] for value in row["values"]} == {hour}
            weeks = again.get(path.replace("day", "week"))["data"][0]["values"]
            months = again.get(path.replace("day", "days_28"))["data"][0]["values"]
            for day, week, month in zip(row["values"], weeks, months, strict=True):
                assert 0 < day["value"] < week["value"] < month["value"]
            (one,) = again.get(f"{IG}/insights?metric=reach&period=day")["data"][0]["values"]
            assert one == row["values"][-1]


def test_reach_comes_as_a_total_divided_two_ways_at_once(graph: Graph) -> None:
    reach = total(graph, "reach", "&breakdown=media_product_type,follow_type")["reach"]
    (breakdown,) = reach["breakdowns"]
    assert breakdown["dimension_keys"] == ["media_product_type", "follow_type"]
    assert sum(result["value"] for result in breakdown["results"]) == reach["value"]
    assert {"POST", "REEL", "CAROUSEL_CONTAINER"} <= {row["dimension_values"][0] for row in breakdown["results"]}


def test_totals_have_a_total_value_and_no_values(graph: Graph) -> None:
    path = f"{IG}/insights?metric={','.join(TOTALS)},reach&period=day&metric_type=total_value"
    rows = graph.get(path)["data"]
    assert [row["name"] for row in rows] == [*TOTALS, "reach"]
    assert all("values" not in row and row["total_value"]["value"] >= 0 for row in rows)
    seen = {row["name"]: row["total_value"]["value"] for row in rows}
    assert seen["accounts_engaged"] <= seen["reach"] <= seen["views"]
    parts = ("likes", "comments", "shares", "saves", "replies", "reposts")
    assert seen["total_interactions"] == sum(seen[part] for part in parts)


@pytest.mark.parametrize("metric", TOTALS)
def test_a_total_must_be_asked_for_as_one_and_divided_by_its_own_dimensions(graph: Graph, metric: str) -> None:
    assert graph.fails("GET", f"{IG}/insights?metric={metric}&period=day") == (100, None)
    assert "metric_type=total_value" in message(graph, f"{IG}/insights?metric={metric}&period=day")
    dimensions = {"media_product_type", "follow_type", "follower_type", "contact_button_type", "age"}
    for dimension in sorted(dimensions):
        if dimension in TOTALS[metric]:
            value = total(graph, metric, f"&breakdown={dimension}")[metric]
            parts = value["breakdowns"][0]["results"]
            assert sum(part["value"] for part in parts) == value["value"]
        else:
            path = f"{IG}/insights?metric={metric}&period=day&metric_type=total_value&breakdown={dimension}"
            assert graph.fails("GET", path) == (1, None)


def test_some_numbers_need_a_hundred_followers(graph: Graph) -> None:
    made = graph.sim.seed({"accounts": 1, "media": 1, "followers": 99})
    account = made["accounts"][0]["accountId"]
    tail = "&metric_type=total_value"
    queries = (
        f"follows_and_unfollows&period=day{tail}",
        "follower_count&period=day",
        "online_followers&period=lifetime",
        f"follower_demographics&period=lifetime{tail}&breakdown=age&timeframe=this_week",
        f"engaged_audience_demographics&period=lifetime{tail}&breakdown=age&timeframe=this_week",
    )
    with Graph.of(graph.sim, made["userId"]) as small:
        for query in queries:
            assert small.get(f"{account}/insights?metric={query}")["data"] == []
        assert small.get(f"{account}/insights?metric=views&period=day{tail}")["data"]
        graph.sim.post("/_sim/act/account", {"accountId": account, "followers": 100})
        assert small.get(f"{account}/insights?metric={queries[1]}")["data"]


def test_follows_and_unfollows_are_told_apart(graph: Graph) -> None:
    value = total(graph, "follows_and_unfollows", "&breakdown=follow_type")["follows_and_unfollows"]
    parts = {row["dimension_values"][0]: row["value"] for row in value["breakdowns"][0]["results"]}
    assert parts["FOLLOWER"] > parts["NON_FOLLOWER"] > 0


@pytest.mark.parametrize("metric", ["follower_demographics", "engaged_audience_demographics"])
def test_demographics_take_a_timeframe_and_exactly_one_dimension(graph: Graph, metric: str) -> None:
    path = f"{IG}/insights?metric={metric}&period=lifetime&metric_type=total_value"
    for dimension in ("age", "city", "country", "gender"):
        answer = graph.get(f"{path}&breakdown={dimension}&timeframe=this_month")
        assert "paging" not in answer
        (breakdown,) = answer["data"][0]["total_value"]["breakdowns"]
        assert breakdown["dimension_keys"] == [dimension]
        results = breakdown["results"]
        assert 0 < len(results) <= 45
        assert sum(row["value"] for row in results) <= 48_210
    countries = graph.get(f"{path}&breakdown=country&timeframe=this_week")["data"][0]["total_value"]["breakdowns"][0]
    assert countries["results"][0]["dimension_values"] == ["FR"]
    now = int(graph.sim.now())
    for query in (
        "&breakdown=age",
        "&breakdown=age&timeframe=last_30_days",
        "&timeframe=this_week",
        "&breakdown=age,gender&timeframe=this_week",
        f"&breakdown=age&timeframe=this_week&since={now - DAY}&until={now}",
    ):
        assert graph.fails("GET", path + query) == (100, None)


def test_follower_count_is_the_change_of_each_of_the_last_thirty_days(graph: Graph) -> None:
    now = int(graph.sim.now())
    path = f"{IG}/insights?metric=follower_count&period=day"
    (row,) = graph.get(f"{path}&since={now - 30 * DAY}&until={now}")["data"]
    changes = [value["value"] for value in row["values"]]
    assert len(changes) == 30
    assert 0 < max(changes) < 1000
    early = now - 40 * DAY
    assert "last 30 days" in message(graph, f"{path}&since={early}&until={early + DAY}")


def test_followers_online_come_by_hour_and_are_empty_for_the_newest_days(graph: Graph) -> None:
    now = int(graph.sim.now())
    path = f"{IG}/insights?metric=online_followers&period=lifetime&since={now - 6 * DAY}&until={now}"
    maps = [value["value"] for value in graph.get(path)["data"][0]["values"]]
    assert maps[-1] == {}
    assert set(maps[0]) == {str(hour) for hour in range(24)}
    assert all(0 < count <= 48_210 for count in maps[0].values())


@pytest.mark.parametrize(
    "name",
    [
        *("impressions", "profile_views", "website_clicks", "email_contacts", "phone_call_clicks"),
        *("text_message_clicks", "get_directions_clicks", "audience_city", "audience_gender_age"),
    ],
)
def test_an_account_metric_that_is_gone_fails_the_whole_call(graph: Graph, name: str) -> None:
    path = f"{IG}/insights?metric=reach,{name}&period=day"
    assert graph.fails("GET", path) == (100, None)
    assert "no longer supported" in message(graph, path)


def test_a_window_is_checked_and_its_links_move_it_for_ever(graph: Graph) -> None:
    now = int(graph.sim.now())
    path = f"{IG}/insights?metric=reach&period=day"
    for query in (
        f"&since={now - 31 * DAY}&until={now}",
        f"&since={now}&until={now - DAY}",
        "&since=soon",
        "&since=nan",
        "&until=1e400",
        "&metric_type=sideways",
        "&breakdown=age",
    ):
        assert graph.fails("GET", path + query)[0] in {1, 100}
    for query in ("metric=reach", "metric=reach&period=year", "metric=views&period=week&metric_type=total_value"):
        assert graph.fails("GET", f"{IG}/insights?{query}") == (100, None)
    answer = graph.get(f"{path}&since={now - 2 * DAY}&until={now}")
    for _ in range(3):
        answer = browse(answer["paging"]["next"]).json()
        assert answer["data"] == []
    past = graph.get(f"{path}&since={now - 2 * DAY}&until={now}")
    before = browse(past["paging"]["previous"]).json()
    assert len(before["data"][0]["values"]) == 2
    old = now - 200 * DAY
    assert graph.get(f"{path}&since={old}&until={old + DAY}")["data"] == []


def test_a_total_grows_during_the_day_and_with_its_window(graph: Graph) -> None:
    graph.sim.post("/_sim/clock", {"stands": True})
    now = int(graph.sim.now())
    sizes = [total(graph, "views", f"&since={now - days * DAY}&until={now}")["views"]["value"] for days in (1, 7, 30)]
    assert sizes == sorted(sizes)
    since = f"&since={now - DAY}&until={now + 3 * DAY}"
    first = total(graph, "views,reach", since)
    graph.sim.advance(7200)
    second = total(graph, "views,reach", since)
    assert all(first[name]["value"] <= second[name]["value"] for name in first)
    assert first["views"]["value"] < second["views"]["value"]


def test_insights_expand_on_the_account_too(graph: Graph) -> None:
    read = graph.get(f"{IG}?fields=username,insights.metric(reach).period(day){{values}}")
    assert read["insights"]["data"][0]["values"][0]["value"] > 0
