"""What has to hold around every change of every zone's clocks, for schedules, rules and slots."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo, available_timezones

from huntaze.publishing.model import Slot
from huntaze.publishing.plan import in_zone
from huntaze.publishing.rules import DAYS, Occurrence, Rule, instant
from huntaze.publishing.slots import free_times

ZONES = sorted(available_timezones())
SECOND = timedelta(seconds=1)
_STEP = timedelta(days=20)


@cache
def changes(name: str, first: int, last: int) -> tuple[datetime, ...]:
    """Every instant between two years at which the clocks of a zone are put forward or back."""
    zone, found = ZoneInfo(name), []
    at = datetime(first, 1, 1, tzinfo=UTC)
    while at.year <= last:
        if at.astimezone(zone).utcoffset() != (at + _STEP).astimezone(zone).utcoffset():
            found.append(_bisected(zone, at, at + _STEP))
        at += _STEP
    return tuple(found)


def _bisected(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    before = low.astimezone(zone).utcoffset()
    while high - low > SECOND:
        middle = low + (high - low) // (2 * SECOND) * SECOND
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clock on the wall of a zone shows."""
    return at.astimezone(zone).replace(tzinfo=None)


def assert_kept(one: Occurrence, zone: ZoneInfo) -> None:
    """The wall shows the time of the rule, for the first time; or the zone skips it and this is the first after."""
    shown = wall(one.at, zone)
    if shown == one.local:
        assert one.at.astimezone(zone).fold == 0
    else:
        assert wall(one.at - SECOND, zone) < one.local < shown


def assert_scheduled(name: str, change: datetime, aside: int) -> None:
    """A post planned for a time near a change: the wall shows it, for the first time; or the zone skips it and the
    time moves on by the gap. ``aside`` in minutes."""
    zone = ZoneInfo(name)
    local = wall(change, zone) + timedelta(minutes=aside)
    at = in_zone(local, name).astimezone(UTC)
    shown = wall(at, zone)
    if shown == local:
        assert at.astimezone(zone).fold == 0, name
    else:
        before, after = (change - SECOND).astimezone(zone).utcoffset(), change.astimezone(zone).utcoffset()
        assert before is not None, name
        assert after is not None, name
        assert shown - local == after - before > timedelta(0), name


def assert_daily(name: str, change: datetime, aside: int) -> None:
    """A daily time is kept around a change, once a day."""
    zone = ZoneInfo(name)
    start = wall(change, zone) + timedelta(days=-2, minutes=aside)
    found = list(Rule("FREQ=DAILY;COUNT=5", start, name).after(change - timedelta(days=4)))
    assert [one.local for one in found] == [start + timedelta(days=day) for day in range(5)], name
    assert all(one.at < other.at for one, other in pairwise(found)), name
    for one in found:
        assert_kept(one, zone)


def assert_weekly(name: str, change: datetime, aside: int, days: Collection[str]) -> None:
    """No time of a weekly rule is lost or doubled around a change."""
    zone = ZoneInfo(name)
    start = wall(change, zone) + timedelta(days=-8, minutes=aside)
    rule = Rule(f"FREQ=WEEKLY;BYDAY={','.join(sorted(days))}", start, name)
    wanted = [start + timedelta(days=day) for day in range(17) if DAYS[(start.weekday() + day) % 7] in days]
    found = list(takewhile(lambda one: one.local <= wanted[-1], rule.after(instant(start, zone) - SECOND)))
    # A day that a zone leaves out altogether falls on the first moment of the next: there only may two become one.
    assert {one.at for one in found} == {instant(local, zone) for local in wanted}, name
    assert sorted({one.at for one in found}) == [one.at for one in found], name
    for one in found:
        assert_kept(one, zone)


def assert_slot(name: str, change: datetime, aside: int) -> None:
    """A slot comes once a week on its wall, also in the week of a change."""
    zone = ZoneInfo(name)
    local = wall(change, zone) + timedelta(minutes=aside)
    slot = Slot(local.isoweekday(), local.hour * 60 + local.minute, name)
    first, second = islice(free_times([slot], (), change - timedelta(hours=4)), 2)
    assert_kept(Occurrence(local, first), zone)
    assert wall(second, zone) == local + timedelta(days=7), name
