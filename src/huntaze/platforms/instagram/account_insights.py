"""Figures of an account: series of days, totals of a day, its audience (instagram.md §4.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from huntaze.platforms.contract import Access, AccountNumbers, Day, DayNumber, Missing
from huntaze.platforms.errors import Rejected
from huntaze.platforms.instagram import metrics
from huntaze.platforms.instagram.client import Caller, Graph
from huntaze.platforms.instagram.insight_shapes import Insight, Insights, permitted

LONGEST_SPAN = timedelta(days=30)
"""Of one call."""
HISTORY = timedelta(days=90)
_RECENT = timedelta(days=29)
"""What is told of the last 30 days only; a day less, since the edge is refused."""
_PACIFIC = ZoneInfo("America/Los_Angeles")
_TOTAL = {"period": "day", "metric_type": "total_value"}


def days(since: datetime, until: datetime) -> Iterator[Day]:
    """Pacific days that end in (since, until], oldest first; they last 23 to 25 hours."""
    date = since.astimezone(_PACIFIC).date()
    while True:
        start, end = (
            datetime.combine(one, time(), _PACIFIC).astimezone(UTC) for one in (date, date + timedelta(days=1))
        )
        if end > until:
            return
        if end > since:
            yield Day(date, start, end)
        date += timedelta(days=1)


class AccountInsights:
    """Reading the figures of accounts over one Graph host."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def series(self, access: Access, since: datetime, until: datetime, refused: Sequence[str]) -> AccountNumbers:
        """Reach by the day, one call for 30 days; change of followers and followers online of the last 30 days."""
        found: list[DayNumber] = []
        gone: list[str] = []
        for start, end in _spans(since, until):
            found += await self._series(access, metrics.REACH, "day", start, end, refused, gone)
        recent = max(since, until - _RECENT)
        for name, period in ((metrics.FOLLOWER_CHANGE, "day"), (metrics.ONLINE, "lifetime")):
            found += await self._series(access, name, period, recent, until, refused, gone)
        return AccountNumbers(tuple(found), tuple(gone))

    async def totals(self, access: Access, day: Day, refused: Sequence[str], *, fully: bool) -> AccountNumbers:
        """Totals of one day: a call for what is told by kind of post, and if ``fully`` one for the others and one for
        follows and unfollows."""
        window = {"since": _epoch(day.starts_at), "until": _epoch(day.ends_at)}
        divided: list[tuple[Sequence[str], str]] = [(metrics.BY_KIND, metrics.KIND_DIMENSION)]
        if fully:
            divided += [(metrics.PLAIN_TOTALS, ""), ((metrics.FOLLOWS,), metrics.FOLLOWS_DIMENSION)]
        found: list[DayNumber] = []
        gone: list[str] = []
        for names, dimension in divided:
            asked = [name for name in names if name not in refused]
            params = {**_TOTAL, **window, **({"breakdown": dimension} if dimension else {})}
            told = await self._told(access, asked, params, gone)
            found += _totals(told, [name for name in asked if name not in gone], day.ends_at)
        return AccountNumbers(tuple(found), tuple(gone))

    async def audience(self, access: Access, at: datetime, refused: Sequence[str]) -> AccountNumbers:
        """The 45 largest groups by each dimension: a call for each."""
        found: list[DayNumber] = []
        gone: list[str] = []
        for name in (one for one in metrics.PEOPLE if one not in refused):
            for dimension in metrics.PEOPLE_DIMENSIONS:
                params = {"period": "lifetime", "metric_type": "total_value", "breakdown": dimension}
                params["timeframe"] = metrics.PEOPLE_TIMEFRAME
                told = await self._told(access, [name], params, gone)
                found += [
                    DayNumber(name, part.value, at, part.breakdown) for one in told for part in one.parts(names=True)
                ]
            if not any(one.metric == name for one in found) and name not in gone:
                found.append(DayNumber(name, None, at, note=Missing.FEW))
        return AccountNumbers(tuple(found), tuple(gone))

    async def _series(
        self,
        access: Access,
        name: str,
        period: str,
        since: datetime,
        until: datetime,
        refused: Sequence[str],
        gone: list[str],
    ) -> list[DayNumber]:
        if name in refused or name in gone or since >= until:
            return []
        params = {"period": period, "since": _epoch(since), "until": _epoch(until)}
        return [one for told in await self._told(access, [name], params, gone) for one in _points(told)]

    async def _told(
        self, access: Access, names: Sequence[str], params: Mapping[str, str], gone: list[str]
    ) -> tuple[Insight, ...]:
        """One call; where one metric spoils it each is asked, and the culprits are added to ``gone``."""
        if not names:
            return ()
        try:
            return await self._ask(access, names, params)
        except Rejected:
            if len(names) == 1:
                gone.append(names[0])
                return ()
        found: list[Insight] = []
        for name in names:
            try:
                found += await self._ask(access, [name], params)
            except Rejected:
                gone.append(name)
        return tuple(found)

    async def _ask(self, access: Access, names: Sequence[str], params: Mapping[str, str]) -> tuple[Insight, ...]:
        path = f"{access.account_ref}/insights"
        with permitted():
            answer = await self._graph.get(Caller.acting(access), path, Insights, {"metric": ",".join(names), **params})
        return answer.data


def _points(told: Insight) -> Iterator[DayNumber]:
    """A series, ``online_followers`` by the hour; its newest days come empty and are left out."""
    for point in told.values:
        if point.end_time is None or point.value is None:
            continue
        if isinstance(point.value, dict):
            for hour, count in point.value.items():
                yield DayNumber(told.name, count, point.end_time, f"{metrics.HOUR}={hour}")
        else:
            yield DayNumber(told.name, point.value, point.end_time)


def _totals(told: Sequence[Insight], asked: Sequence[str], ends_at: datetime) -> Iterator[DayNumber]:
    """Each total with its parts; one that was not told is missing, never zero. Reach comes whole with its series."""
    by_name = {one.name: one for one in told}
    for name in asked:
        one = by_name.get(name)
        value = one.value() if one else None
        if name != metrics.REACH:
            yield DayNumber(name, value, ends_at, note="" if value is not None else Missing.NOT_YET)
        for part in one.parts() if one else ():
            yield DayNumber(name, part.value, ends_at, part.breakdown)


def _spans(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    while since < until:
        end = min(since + LONGEST_SPAN, until)
        yield since, end
        since = end


def _epoch(moment: datetime) -> str:
    return str(int(moment.timestamp()))
