"""Figures read from Instagram in few counted calls (instagram.md §4.4, §4.5); how they are kept is told in
tests/insights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from huntaze.platforms.contract import Access
from huntaze.platforms.instagram import Instagram
from socialsim.testing import SimulatorHandle


async def test_posts_of_both_kinds_come_in_a_call_for_each_kind_and_a_day_in_three(
    instagram: Instagram, access: Access, sim: SimulatorHandle
) -> None:
    reader = instagram.insights
    assert reader is not None
    now = datetime.fromtimestamp(sim.now(), UTC)
    sim.delete("/_sim/calls")
    page = await reader.media(access, now - timedelta(days=365), now, "", {})
    assert sim.calls() == {"GET /{ig}/media": 2}
    assert {item.kind for item in page.items} == {"FEED", "REELS"}
    told = {item.kind: {number.metric for number in item.numbers if number.value is not None} for item in page.items}
    assert "follows" in told["FEED"] - told["REELS"]
    assert "ig_reels_avg_watch_time" in told["REELS"] - told["FEED"]
    sim.delete("/_sim/calls")
    day = reader.days(now - timedelta(days=3), now)[-1]
    figures = await reader.totals(access, day, (), fully=True)
    assert sim.calls() == {"GET /{ig}/insights": 3}
    kinds = sum(one.value or 0 for one in figures.numbers if one.metric == "views" and one.breakdown)
    assert [one.value for one in figures.numbers if one.metric == "views" and not one.breakdown] == [kinds]
