"""Rules and slots keep their time on the wall in every zone there is, whatever its clocks do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from huntaze.publishing.model import Slot
from huntaze.publishing.rules import DAYS, BadRule, Occurrence, Rule, parts_of
from huntaze.publishing.slots import first_common, free_times
from tests.publishing.walls import ZONES, assert_daily, assert_scheduled, assert_slot, assert_weekly, changes, wall

zones = st.sampled_from(ZONES)
minutes = st.integers(0, 1439)
at_wall = datetime.fromisoformat


@settings(max_examples=2, deadline=None)
@given(aside=st.integers(-120, 120))
@example(aside=0)
@example(aside=-30)
def test_in_every_zone_a_daily_time_is_kept_around_every_change_once_a_day(aside: int) -> None:
    checked = 0
    for name in ZONES:
        for change in changes(name, 2026, 2028):
            assert_daily(name, change, aside)
            checked += 1
    assert checked > 800


@settings(max_examples=150, deadline=None)
@given(name=zones, pick=st.integers(0), aside=st.integers(-180, 180), days=st.sets(st.sampled_from(DAYS), min_size=1))
@example(name="Pacific/Apia", pick=-1, aside=-600, days=set(DAYS))
@example(name="Africa/Monrovia", pick=0, aside=0, days=set(DAYS))
@example(name="Antarctica/Troll", pick=0, aside=-60, days=set(DAYS))
def test_no_time_of_a_weekly_rule_is_lost_or_doubled_at_any_change_since_1970(
    name: str, pick: int, aside: int, days: set[str]
) -> None:
    known = changes(name, 1970, 2037) or (datetime(2026, 3, 1, tzinfo=UTC),)
    assert_weekly(name, known[pick % len(known)], aside, days)


@settings(max_examples=100, deadline=None)
@given(name=zones, minute=minutes, cuts=st.lists(st.integers(0, 400 * 1440), max_size=6))
def test_made_piece_by_piece_a_rule_gives_what_it_gives_at_once(name: str, minute: int, cuts: Sequence[int]) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    rule = Rule("FREQ=DAILY;INTERVAL=3", at_wall("2026-01-02T00:00") + timedelta(minutes=minute), name)
    moments = [begin, *(begin + timedelta(minutes=cut) for cut in sorted(cuts)), begin + timedelta(days=400)]
    pieces = [one for low, high in pairwise(moments) for one in _between(rule, low, high)]
    assert pieces == _between(rule, moments[0], moments[-1])
    assert len(pieces) >= 132


def _between(rule: Rule, low: datetime, high: datetime) -> list[Occurrence]:
    return list(takewhile(lambda one: one.at <= high, rule.after(low)))


@settings(max_examples=60, deadline=None)
@given(
    name=zones,
    slots=st.lists(st.tuples(st.integers(1, 7), minutes), min_size=1, max_size=4, unique=True),
    days=st.integers(0, 4000),
    full=st.integers(0, 6),
)
def test_the_next_free_slot_is_the_first_in_the_future_that_nothing_is_planned_for(
    name: str, slots: list[tuple[int, int]], days: int, full: int
) -> None:
    now, zone = datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=days, minutes=days % 1440), ZoneInfo(name)
    own = [Slot(weekday, minute, name) for weekday, minute in slots]
    everything = list(islice(free_times(own, (), now), full + 1))
    taken = everything[:full]
    free = next(free_times(own, taken, now))
    assert free == everything[full] > now
    assert free not in taken
    shown = wall(free, zone)
    if all((shown.isoweekday(), shown.hour * 60 + shown.minute) != (one.weekday, one.minute) for one in own):
        assert any(change == free for change in changes(name, now.year, now.year + 1))
    weeks = (everything[-1] - everything[0]) / timedelta(days=7)
    assert len(everything) >= weeks * len({instant_of_week(one) for one in own}) - 1


def instant_of_week(slot: Slot) -> tuple[int, int]:
    return slot.weekday, slot.minute


def test_in_every_zone_a_slot_comes_once_a_week_on_its_wall_also_in_the_week_of_a_change() -> None:
    for name in ZONES:
        for change in changes(name, 2026, 2027):
            for aside in (0, -30):
                assert_slot(name, change, aside)


def test_in_every_zone_a_planned_time_is_kept_around_every_change_or_moves_on_by_the_gap() -> None:
    for name in ZONES:
        for change in changes(name, 2026, 2028):
            for aside in (-120, -30, 0, 30):
                assert_scheduled(name, change, aside)


def test_several_accounts_share_the_first_slot_that_all_have() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    paris = [Slot(1, 9 * 60, "Europe/Paris"), Slot(3, 9 * 60, "Europe/Paris")]
    london = [Slot(2, 8 * 60, "Europe/London"), Slot(3, 8 * 60, "Europe/London")]
    assert first_common([free_times(paris, (), now), free_times(london, (), now)]) == datetime(
        2026, 11, 25, 8, tzinfo=UTC
    )
    assert first_common([free_times(paris, (), now), free_times([], (), now)]) is None


def test_a_rule_ends_by_its_count_or_at_its_end_and_leaves_its_exceptions_out() -> None:
    start, begin = at_wall("2027-03-26T02:30"), datetime(2027, 1, 1, tzinfo=UTC)

    def days(text: str, *exceptions: datetime) -> list[int]:
        return [one.local.day for one in Rule(text, start, "Europe/Paris", frozenset(exceptions)).after(begin)]

    assert days("FREQ=DAILY;COUNT=4") == [26, 27, 28, 29]
    assert days("FREQ=DAILY;COUNT=4", at_wall("2027-03-27T02:30")) == [26, 28, 29]
    assert days("FREQ=DAILY;UNTIL=20270329T003000Z") == [26, 27, 28, 29]
    assert days("FREQ=DAILY;UNTIL=20270329T002959Z") == [26, 27, 28]
    assert days("FREQ=DAILY;UNTIL=20270328T023000") == [26, 27, 28]
    assert days("FREQ=DAILY;UNTIL=20270327") == [26, 27]
    assert days("RRULE:freq=monthly;byday=-1FR;count=2") == [26, 30]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=HOURLY",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYWEEKNO=1",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=1;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=20270230",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=DAILY;BYSECOND=1",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=DAILY;BYMONTHDAY=٣",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;BYEASTER=0",
        "FREQ=DAILY\nEXDATE:20270101T000000",
    ],
)
def test_what_is_no_rule_or_cannot_be_followed_is_refused(text: str) -> None:
    with pytest.raises(BadRule):
        parts_of(text)


def test_a_rule_that_never_happens_is_known_without_a_search_through_all_time() -> None:
    start = at_wall("2026-01-01T09:00")
    assert not Rule("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", start, "UTC").happens()
    assert Rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", start, "UTC").happens()
