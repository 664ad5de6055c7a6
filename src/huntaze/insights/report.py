"""What the days of a period add up to, and how that compares: figures for people, missing ones left out and counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from huntaze.insights.model import FOLLOWERS, AccountMetricRow
from huntaze.insights.period import Period
from huntaze.platforms.contract import Day

VIEWS, REACH, INTERACTIONS, ENGAGED = "views", "reach", "total_interactions", "accounts_engaged"
FOLLOWER_CHANGE, ONLINE, KIND = "follower_count", "online_followers", "media_product_type"
SHOWN = (VIEWS, REACH, INTERACTIONS, ENGAGED, FOLLOWER_CHANGE, ONLINE, FOLLOWERS)
COMPARABLE = 0.8
"""The share of its days that each of two periods must have figures for, before one is held against the other."""
HOURS = 3
"""Hours in one field of the grid."""

Line = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """One figure of a period. ``each``: people are counted once a day, so it is the average of days, not their sum."""

    metric: str
    line: Line
    before: Line
    each: bool = False

    @property
    def value(self) -> float | None:
        """The figure; None when no day has one."""
        return _gathered(self.line, self.each)

    @property
    def change(self) -> float | None:
        """By which share it grew; None when there is nothing fair to compare with."""
        if not _complete(self.line) or not _complete(self.before):
            return None
        now, then = _gathered(self.line, True), _gathered(self.before, True)
        return None if now is None or not then else (now - then) / then

    @property
    def known(self) -> int:
        """Days that have a figure."""
        return sum(value is not None for value in self.line)


@dataclass(frozen=True, slots=True)
class Field:
    """Followers online on a weekday (0 Monday) in the three hours from ``hour``, on average."""

    weekday: int
    hour: int
    followers: float


@dataclass(frozen=True, slots=True)
class Report:
    """An account over a period."""

    period: Period
    sums: Mapping[str, Sum]
    followers: Line
    """At the end of each day; days before the first count are worked back from the daily changes."""
    worked_back: bool
    kinds: tuple[tuple[str, float], ...]
    """Views by kind of post, most first."""
    online: tuple[Field, ...]
    withheld: frozenset[str]
    """Metrics that the platform keeps back for want of people."""

    @property
    def empty(self) -> bool:
        """Whether no figure is here."""
        return not any(one.known for one in self.sums.values()) and not any(v is not None for v in self.followers)


def report(period: Period, rows: Sequence[AccountMetricRow], zone: ZoneInfo) -> Report:
    """The figures of ``rows`` as a person reads them; hours in ``zone``."""
    whole: dict[str, dict[datetime, float | None]] = defaultdict(dict)
    for row in rows:
        if not row.breakdown:
            whole[row.metric][row.ends_at] = row.value
    sums = {
        metric: Sum(metric, _line(whole[metric], period.days), _line(whole[metric], period.before), each)
        for metric, each in ((VIEWS, False), (REACH, True), (INTERACTIONS, False), (ENGAGED, True))
    }
    followers, worked_back = _followers(period.days, whole[FOLLOWERS], whole[FOLLOWER_CHANGE])
    return Report(
        period=period,
        sums=sums,
        followers=followers,
        worked_back=worked_back,
        kinds=_kinds(rows, period.days),
        online=tuple(_online(rows, zone)),
        withheld=frozenset(row.metric for row in rows if row.note == "below_threshold"),
    )


def _line(values: Mapping[datetime, float | None], days: Iterable[Day]) -> Line:
    return tuple(values.get(day.ends_at) for day in days)


def _gathered(line: Line, each: bool) -> float | None:
    known = [value for value in line if value is not None]
    if not known:
        return None
    return sum(known) / len(known) if each else sum(known)


def _complete(line: Line) -> bool:
    return bool(line) and sum(value is not None for value in line) >= COMPARABLE * len(line)


def _followers(
    days: Sequence[Day], counts: Mapping[datetime, float | None], changes: Mapping[datetime, float | None]
) -> tuple[Line, bool]:
    """Counts where we have them; before the first one the changes of later days are taken off, as far as they go."""
    ends = [day.ends_at for day in days]
    later = sorted(end for end, count in counts.items() if count is not None)
    found: dict[datetime, float] = {end: count for end, count in counts.items() if count is not None}
    worked_back = False
    if later:
        count, steps = (
            found[later[0]],
            sorted({end for end in (*ends, *changes, later[0]) if end <= later[0]}, reverse=True),
        )
        for end, earlier in pairwise(steps):
            change = changes.get(end, 0.0 if end == later[0] else None)
            if change is None:
                break
            count -= change
            found.setdefault(earlier, count)
            worked_back = worked_back or earlier in ends
    return tuple(found.get(end) for end in ends), worked_back


def _kinds(rows: Iterable[AccountMetricRow], days: Sequence[Day]) -> tuple[tuple[str, float], ...]:
    ends, found = {day.ends_at for day in days}, defaultdict[str, float](float)
    for row in rows:
        dimension, _, kind = row.breakdown.partition("=")
        if row.metric == VIEWS and dimension == KIND and row.value is not None and row.ends_at in ends:
            found[kind] += row.value
    return tuple(sorted(found.items(), key=lambda item: -item[1]))


def _online(rows: Iterable[AccountMetricRow], zone: ZoneInfo) -> Iterable[Field]:
    """The hour is one of the platform's day, whose end the row tells: counted from its beginning, 24 hours before."""
    fields: dict[tuple[int, int], list[float]] = defaultdict(list)
    for row in rows:
        _, _, hour = row.breakdown.partition("=")
        if row.metric == ONLINE and row.value is not None and hour.isdigit():
            moment = (row.ends_at - timedelta(hours=24 - int(hour))).astimezone(zone)
            fields[moment.weekday(), moment.hour // HOURS * HOURS].append(row.value)
    for (weekday, first), counts in sorted(fields.items()):
        yield Field(weekday, first, sum(counts) / len(counts))
