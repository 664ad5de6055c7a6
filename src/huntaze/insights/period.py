"""Which days are looked at, and which ones they are compared with, from the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from huntaze.platforms.contract import Day, InsightsReader
from huntaze.ui.i18n import speaker

CHOICES = (7, 28, 90)
USUAL = 28
CUSTOM = "custom"
LONGEST = 366
"""Days of a period that a person names."""
_SLACK = timedelta(days=2)
"""A platform's day begins up to so much beside ours."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days that have ended, oldest first, and as many before them. ``choice``: "7", "28", "90" or "custom"."""

    choice: str
    days: tuple[Day, ...]
    before: tuple[Day, ...]
    compared: bool

    @property
    def since(self) -> datetime:
        """Before every day that is needed."""
        return (self.before or self.days)[0].starts_at

    @property
    def until(self) -> datetime:
        """When the last day ended."""
        return self.days[-1].ends_at


def read_period(query: Mapping[str, str], reader: InsightsReader, now: datetime) -> Period:
    """The period that an address names: ``period``, for "custom" ``from`` and ``to`` (dates, both included), and
    ``compare`` ("none" switches it off). What cannot be read falls back to the last 28 days."""
    compared = query.get("compare", "") != "none"
    choice = query.get("period", "")
    if choice != CUSTOM and choice not in map(str, CHOICES):
        choice = str(USUAL)
    named = _custom(query, reader, now) if choice == CUSTOM else ()
    days = named or _last(reader, now, USUAL if choice == CUSTOM else int(choice))
    before = _last(reader, days[0].starts_at, len(days)) if compared else ()
    return Period(choice, days, before, compared)


def _custom(query: Mapping[str, str], reader: InsightsReader, now: datetime) -> tuple[Day, ...]:
    try:
        first, last = date.fromisoformat(query.get("from", "")), date.fromisoformat(query.get("to", ""))
    except ValueError:
        return ()
    first, last = min(first, last), max(first, last)
    first = max(first, last - timedelta(days=LONGEST - 1))
    zone = speaker().zone
    try:
        since = datetime.combine(first, time(), zone) - _SLACK
        until = min(datetime.combine(last, time(), zone) + 2 * _SLACK, now)
    except OverflowError:
        return ()
    return tuple(day for day in reader.days(since, until) if first <= day.date <= last)


def _last(reader: InsightsReader, until: datetime, count: int) -> tuple[Day, ...]:
    return tuple(reader.days(until - timedelta(days=count) - _SLACK, until)[-count:])
