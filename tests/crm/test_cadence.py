"""What is new is read often, what is old rarely; a night has a minute for each account."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from huntaze.crm.cadence import RecentRow, comments_due, due, next_night, next_sync, to_read_alone

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def row(age: timedelta, read: timedelta) -> RecentRow:
    return RecentRow(str(age), NOW - age, NOW - read)


@pytest.mark.parametrize(
    ("age", "again"),
    [(HOUR, HOUR / 2), (2 * DAY, 3 * HOUR), (5 * DAY, 8 * HOUR), (13 * DAY, DAY)],
    ids=["of today", "of the last days", "of the week", "of two weeks"],
)
def test_the_older_a_post_the_later_it_is_read_again(age: timedelta, again: timedelta) -> None:
    assert not due(row(age, again - timedelta(seconds=1)), NOW)
    assert due(row(age, again), NOW)


def test_an_old_post_waits_for_the_night() -> None:
    assert not due(row(15 * DAY, 365 * DAY), NOW)


def test_few_posts_are_read_alone_and_many_by_listing_on() -> None:
    fresh, stale = row(2 * DAY, HOUR), row(2 * DAY, 4 * HOUR)
    assert to_read_alone([fresh] * 60, NOW) == []
    assert to_read_alone([fresh, stale, fresh], NOW) == [stale.media_ref]
    assert to_read_alone([stale, fresh, stale], NOW) is None
    assert to_read_alone([stale] + [fresh] * 60 + [stale], NOW) == [stale.media_ref] * 2


def test_who_posts_often_is_looked_at_often() -> None:
    ages = [HOUR, 5 * DAY, 30 * DAY, 90 * DAY]
    waits = [next_sync(NOW - age, NOW) - NOW for age in ages]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1], next_sync(None, NOW) - NOW) == (timedelta(minutes=15), 6 * HOUR, 6 * HOUR)


def test_all_comments_of_a_post_are_read_again_nightly_weekly_monthly() -> None:
    assert comments_due(NOW - DAY, None, NOW)
    for age, again in ((DAY, 20 * HOUR), (20 * DAY, 7 * DAY), (300 * DAY, 30 * DAY)):
        assert not comments_due(NOW - age, NOW - again + HOUR, NOW)
        assert comments_due(NOW - age, NOW - again, NOW)


@pytest.mark.parametrize("zone", ["Europe/Paris", "Pacific/Auckland", "America/Los_Angeles", "UTC"])
def test_whole_listings_are_spread_over_the_night_of_the_workspace(zone: str) -> None:
    nights = [next_night(UUID(int=number), zone, NOW) for number in range(240)]
    assert len(set(nights)) == 240
    assert {at.astimezone(ZoneInfo(zone)).hour for at in nights} == {1, 2, 3, 4}
    assert all(6 * HOUR <= at - NOW <= 31 * HOUR for at in nights)


def test_the_night_in_which_clocks_change_has_its_listing_too() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    at = next_night(UUID(int=90), "Europe/Paris", before)
    assert timedelta(hours=12) <= at - before <= timedelta(hours=16)
