"""Times on the wall: which instants a recurrence rule or a weekly slot means, whatever the clocks of its zone do.

A time that the zone skips moves forward to the first that exists; one that the zone has twice happens once, the
first time. So a rule keeps its time on the wall and never drifts, and no occurrence is lost or doubled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

MOST_OF_A_RULE = 1000
"""The largest INTERVAL and COUNT."""
_FREQUENCIES = {"YEARLY": YEARLY, "MONTHLY": MONTHLY, "WEEKLY": WEEKLY, "DAILY": DAILY}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LISTS = {
    "BYMONTH": ("bymonth", 1, 12, False),
    "BYMONTHDAY": ("bymonthday", 1, 31, True),
    "BYYEARDAY": ("byyearday", 1, 366, True),
    "BYWEEKNO": ("byweekno", 1, 53, True),
    "BYSETPOS": ("bysetpos", 1, 366, True),
    "BYHOUR": ("byhour", 0, 23, False),
    "BYMINUTE": ("byminute", 0, 59, False),
}
"""Part -> the engine's name for it, smallest, largest, and whether it counts from the end with a minus."""
_NOT_WITH = {
    "BYMONTHDAY": ("WEEKLY",),
    "BYYEARDAY": ("MONTHLY", "WEEKLY", "DAILY"),
    "BYWEEKNO": ("MONTHLY", "WEEKLY", "DAILY"),
}
"""RFC 5545 §3.3.10, the table of what may stand together."""
_NUMBER = re.compile(r"-?\d{1,3}", re.ASCII)
_DAY = re.compile(r"([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)
_WIDEST = timedelta(days=2)
"""Further than any wall stands from UTC, with the widest gap that a zone ever had (a day)."""
_CYCLE = 400
"""Years after which days and weekdays of the calendar repeat."""


class BadRule(ValueError):
    """A rule that RFC 5545 does not allow or that cannot be followed here; the words say which part."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of a rule: on the wall of its zone, and as an instant."""

    local: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Rule:
    """An RRULE from ``start`` on the wall of ``zone``, without its exceptions (EXDATE, also on the wall)."""

    text: str
    start: datetime
    zone: str
    exceptions: frozenset[datetime] = frozenset()

    def after(self, moment: datetime) -> Iterator[Occurrence]:
        """The occurrences after ``moment``, in order. Times that fall on one instant are one."""
        zone, parts = ZoneInfo(self.zone), parts_of(self.text)
        last, until = moment, parts.get("UNTIL")
        for local in _engine(parts, self.start).xafter(moment.astimezone(zone).replace(tzinfo=None) - _WIDEST):
            at = instant(local, zone)
            if until is not None and _is_past(until, local, at):
                return
            if at > last and local not in self.exceptions:
                last = at
                yield Occurrence(local, at)

    def means(self, local: datetime) -> bool:
        """Whether ``local`` is a time of the rule, excepted or not."""
        parts = parts_of(self.text)
        until = parts.get("UNTIL")
        if until is not None and _is_past(until, local, instant(local, ZoneInfo(self.zone))):
            return False
        return bool(_engine(parts, self.start).between(local, local, inc=True))

    def happens(self) -> bool:
        """Whether the rule has any time at all, looked for where the calendar soon ends: a search without a find
        would otherwise walk through eight thousand years."""
        late = self.start.replace(year=MAXYEAR // _CYCLE * _CYCLE + self.start.year % _CYCLE)
        return next(iter(_engine(parts_of(self.text), late)), None) is not None


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a time on the wall: of two the first; of none the first after the gap."""
    at = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == local:
        return at
    early = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    low, high = min(early, at), max(early, at)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if middle.astimezone(zone).replace(tzinfo=None) < local:
            low = middle
        else:
            high = middle
    return high


def weekly(day: int, minute: int, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    """Every instant after ``moment`` at which a week of ``zone`` comes to ISO ``day`` and ``minute``, in order."""
    begin = moment.astimezone(zone).date() - _WIDEST
    first = begin + timedelta(days=(day - begin.isoweekday()) % 7)
    wall = datetime.combine(first, time(minute // 60, minute % 60))
    while True:
        at = instant(wall, zone)
        if at > moment:
            yield at
        wall += timedelta(days=7)


def parts_of(text: str) -> dict[str, str]:
    """The parts of an RRULE by name; raises ``BadRule`` for what is no rule or cannot be followed here."""
    parts: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or name in parts:
            raise BadRule(part[:40])
        parts[name] = value
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise BadRule(f"FREQ={frequency[:20]}")
    for name, value in parts.items():
        if frequency in _NOT_WITH.get(name, ()) or not _is_valid(name, value, frequency):
            raise BadRule(f"{name[:20]}={value[:40]}")
    if "COUNT" in parts and "UNTIL" in parts:
        raise BadRule("COUNT; UNTIL")
    if "BYSETPOS" in parts and not any(name.startswith("BY") and name != "BYSETPOS" for name in parts):
        raise BadRule("BYSETPOS")
    return parts


def _is_valid(name: str, value: str, frequency: str) -> bool:
    if name in _LISTS:
        _, least, most, signed = _LISTS[name]
        numbers = value.split(",")
        return all(_NUMBER.fullmatch(one) and _within(int(one), least, most, signed=signed) for one in numbers)
    if name == "BYDAY":
        days = [_DAY.fullmatch(one) for one in value.split(",")]
        counted = frequency in ("MONTHLY", "YEARLY")
        return all(day is not None and (counted or day[1] is None) for day in days)
    if name in ("INTERVAL", "COUNT"):
        return value.isascii() and value.isdigit() and len(value) <= 4 and 1 <= int(value) <= MOST_OF_A_RULE
    if name == "UNTIL":
        return _until(value) is not None
    return name == "FREQ" or (name == "WKST" and value in DAYS)


def _within(number: int, least: int, most: int, *, signed: bool) -> bool:
    return least <= (abs(number) if signed else number) <= most


def _until(value: str) -> datetime | None:
    """The end: aware for a UTC time, else on the wall; a day alone is meant whole."""
    found = _UNTIL.fullmatch(value)
    if found is None:
        return None
    try:
        end = datetime.strptime(found[1] + (found[2] or "235959"), "%Y%m%d%H%M%S")  # noqa: DTZ007 (a time on the wall)
    except ValueError:
        return None
    return end.replace(tzinfo=UTC) if found[3] else end


def _is_past(value: str, local: datetime, at: datetime) -> bool:
    until = _until(value)
    return until is not None and (local if until.tzinfo is None else at) > until


def _engine(parts: dict[str, str], start: datetime) -> rrule:
    """The times on the wall. UNTIL is left to the caller, who knows the instants."""
    numbers = {
        _LISTS[name][0]: [int(one) for one in value.split(",")] for name, value in parts.items() if name in _LISTS
    }
    days = [
        weekday(DAYS.index(found[2]), int(found[1]) if found[1] else None)
        for one in parts.get("BYDAY", "").split(",")
        if (found := _DAY.fullmatch(one)) is not None
    ]
    return rrule(
        _FREQUENCIES[parts["FREQ"]],
        dtstart=start,
        interval=int(parts.get("INTERVAL", "1")),
        wkst=DAYS.index(parts.get("WKST", "MO")),
        count=int(parts["COUNT"]) if "COUNT" in parts else None,
        byweekday=days or None,
        **numbers,
    )
