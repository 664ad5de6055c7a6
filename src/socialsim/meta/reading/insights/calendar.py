"""Days of account insights: Pacific ones, so they end at 07:00 or 08:00 UTC (instagram.md §4.5)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

_PACIFIC = ZoneInfo("America/Los_Angeles")


class Day(Struct, frozen=True):
    """A day with its bounds in epoch seconds; it lasts 23 to 25 hours."""

    ordinal: int
    start: float
    end: float

    @property
    def weekend(self) -> bool:
        """Saturday or Sunday."""
        return date.fromordinal(self.ordinal).weekday() >= 5


def day_at(epoch: float) -> Day:
    """The day an instant falls into."""
    return _day(datetime.fromtimestamp(epoch, UTC).astimezone(_PACIFIC).date())


def days_between(since: float, until: float) -> Iterator[Day]:
    """Every day that touches the span, oldest first."""
    day = day_at(since)
    while day.start < until:
        yield day
        day = _day(date.fromordinal(day.ordinal) + timedelta(days=1))


def day_before(day: Day, count: int = 1) -> Day:
    """That many days earlier."""
    return _day(date.fromordinal(day.ordinal - count))


def _day(of: date) -> Day:
    start = datetime.combine(of, time(), _PACIFIC)
    end = datetime.combine(of + timedelta(days=1), time(), _PACIFIC)
    return Day(of.toordinal(), start.timestamp(), end.timestamp())
