"""``/{ig}/insights``: time series with ``values``, totals with ``total_value`` (instagram.md §4.5)."""

from collections.abc import Mapping
from urllib.parse import urlencode

from msgspec import Struct

from socialsim.meta.access import Context, token_of
from socialsim.meta.dice import split
from socialsim.meta.errors import GraphError, bad_parameter
from socialsim.meta.listed import names
from socialsim.meta.model import Account
from socialsim.meta.reading.insights import activity
from socialsim.meta.reading.insights.account_metrics import (
    ACCOUNT_GONE,
    ACCOUNT_METRICS,
    DIMENSIONS,
    METRIC_TYPES,
    PERIODS,
    TIMEFRAMES,
    AccountMetric,
)
from socialsim.meta.reading.insights.asking import UNKNOWN, chosen, gone, one_of
from socialsim.meta.reading.insights.calendar import Day, day_at, day_before, days_between
from socialsim.meta.reading.insights.people import people
from socialsim.meta.reading.projection import graph_time

DAY = 86_400.0
LONGEST_SPAN = 30 * DAY
_Groups = list[tuple[tuple[str, ...], int]]
_SPANS = {"day": 1, "week": 7, "days_28": 28}
_WEEK, _MONTH = 7, 30
_FRESH = 2 * DAY
_LAST_SECOND = 4_102_444_800.0
"""The year 2100: what is later is a mistake, not a date."""


class _Ask(Struct, frozen=True):
    """A checked call."""

    metrics: list[str]
    period: str
    series: bool
    breakdowns: list[str]
    timeframe: str
    since: float
    until: float


def account_insights(
    context: Context, account: Account, arguments: Mapping[str, str], keys: list[str]
) -> dict[str, object]:
    """``{"data": […], "paging": {…}}``; ``keys`` are what to show of each result.

    Raises 100 for what is unknown, gone or incompatible, 1 for a breakdown that a metric has not. A metric that has
    too few followers or nothing in its window is left out.
    """
    context.need("instagram_manage_insights")
    ask = _read(context, arguments)
    results = [_result(context, account, name, ask) for name in ask.metrics]
    out: dict[str, object] = {"data": [chosen(result, keys) for result in results if result is not None]}
    if not any(ACCOUNT_METRICS[name].of_people for name in ask.metrics):
        out["paging"] = _paging(context, account, arguments, ask)
    return out


# --- Reading the call --------------------------------------------------------------------------------------------


def _read(context: Context, arguments: Mapping[str, str]) -> _Ask:
    wanted = names(arguments, "metric")
    if not wanted:
        raise bad_parameter("The parameter metric is required")
    for index, name in enumerate(wanted):
        if name in ACCOUNT_GONE:
            raise gone(name, "user")
        if name not in ACCOUNT_METRICS:
            raise one_of("metric", index, ACCOUNT_METRICS)
    metrics = [ACCOUNT_METRICS[name] for name in wanted]
    periods = names(arguments, "period")
    if not periods:
        raise bad_parameter("The parameter period is required")
    for index, period in enumerate(periods):
        if period not in PERIODS:
            raise one_of("period", index, PERIODS)
    unfit = [name for name, metric in zip(wanted, metrics, strict=True) if periods[0] not in metric.periods]
    if unfit:
        raise bad_parameter(
            f"The following metrics ({', '.join(unfit)}) are incompatible with the period ({periods[0]})"
        )
    series = _series(wanted, arguments.get("metric_type", ""))
    breakdowns = _breakdowns(metrics, arguments, series=series)
    timeframe = _timeframe(metrics, breakdowns, arguments)
    since, until = (0.0, 0.0) if timeframe else _window(context, wanted, arguments)
    return _Ask(wanted, periods[0], series, breakdowns, timeframe, since, until)


def _series(wanted: list[str], metric_type: str) -> bool:
    if metric_type and metric_type not in METRIC_TYPES:
        raise one_of("metric_type", 0, METRIC_TYPES)
    series = metric_type != "total_value"
    kind = "time_series" if series else "total_value"
    unfit = [name for name in wanted if kind not in ACCOUNT_METRICS[name].types]
    if unfit and series:
        raise bad_parameter(
            f"The following metrics ({', '.join(unfit)}) should be specified with parameter metric_type=total_value"
        )
    if unfit:
        raise bad_parameter(f"The following metrics ({', '.join(unfit)}) are incompatible with metric_type=total_value")
    return series


def _breakdowns(metrics: list[AccountMetric], arguments: Mapping[str, str], *, series: bool) -> list[str]:
    asked = names(arguments, "breakdown")
    known = dict.fromkeys([*DIMENSIONS, "age", "city", "country", "gender"])
    for index, name in enumerate(asked):
        if name not in known:
            raise one_of("breakdown", index, known)
    if asked and (series or any(not metric.breakdowns.issuperset(asked) for metric in metrics)):
        raise GraphError(UNKNOWN)
    return asked


def _timeframe(metrics: list[AccountMetric], breakdowns: list[str], arguments: Mapping[str, str]) -> str:
    of_people = [metric.of_people for metric in metrics]
    if not any(of_people):
        return ""
    timeframe = arguments.get("timeframe", "")
    if timeframe not in TIMEFRAMES:
        raise one_of("timeframe", 0, TIMEFRAMES)
    if not all(of_people) or arguments.get("since") or arguments.get("until"):
        raise bad_parameter("Demographic metrics take a timeframe and neither since nor until")
    if len(breakdowns) != 1:
        raise bad_parameter("Demographic metrics take exactly one breakdown of age, city, country and gender")
    return timeframe


def _window(context: Context, wanted: list[str], arguments: Mapping[str, str]) -> tuple[float, float]:
    now = context.call.at
    until = _epoch(arguments, "until", now)
    since = _epoch(arguments, "since", until - DAY)
    if since >= until:
        raise bad_parameter("since must be before until")
    if until - since > LONGEST_SPAN:
        raise bad_parameter("There cannot be more than 30 days (2592000 s) between since and until")
    for name in wanted:
        days = ACCOUNT_METRICS[name].days
        if days < 90 and since < now - (days + 1) * DAY:
            raise bad_parameter(
                f"({name}) metric only supports querying data for the last {days} days excluding the current day"
            )
    return since, until


def _epoch(arguments: Mapping[str, str], key: str, default: float) -> float:
    text = arguments.get(key, "")
    if not text:
        return default
    try:
        value = float(text)
    except ValueError as error:
        raise bad_parameter(f"param {key} must be a time stamp") from error
    if not 0 <= value <= _LAST_SECOND:
        raise bad_parameter(f"param {key} must be a time stamp")
    return value


# --- Results -----------------------------------------------------------------------------------------------------


def _result(context: Context, account: Account, name: str, ask: _Ask) -> dict[str, object] | None:
    metric = ACCOUNT_METRICS[name]
    if account.followers < metric.fewest:
        return None
    out: dict[str, object] = {
        "name": name,
        "period": ask.period,
        "title": metric.title,
        "description": metric.description,
    }
    if ask.series:
        values = _values(context, account, name, ask)
        if not values:
            return None
        out["values"] = values
    else:
        total = _people(context, account, name, ask) if metric.of_people else _total(context, account, name, ask)
        if total is None:
            return None
        out["total_value"] = total
    out["id"] = f"{account.id}/insights/{name}/{ask.period}"
    return out


def _values(context: Context, account: Account, name: str, ask: _Ask) -> list[dict[str, object]]:
    """One entry per day that ended inside the window."""
    now, oldest = _bounds(context, account)
    days = [day for day in days_between(ask.since - DAY, ask.until) if ask.since < day.end <= min(ask.until, now)]
    return [
        {"value": _day_value(context, account, name, ask.period, day), "end_time": graph_time(day.end)}
        for day in days
        if day.start >= oldest
    ]


def _day_value(context: Context, account: Account, name: str, period: str, day: Day) -> object:
    seed = context.services.seed
    if name == "online_followers":
        return {} if day.end > context.call.at - _FRESH else activity.online(seed, account, day)
    if name == "follower_count":
        numbers = activity.of_day(seed, account, day)
        return numbers["follows"] - numbers["unfollows"]
    first = day_before(day, _SPANS[period] - 1)
    return activity.over(seed, account, first.start, day.end)[name]


def _total(context: Context, account: Account, name: str, ask: _Ask) -> dict[str, object] | None:
    now, oldest = _bounds(context, account)
    since, until = max(ask.since, oldest), min(ask.until, now)
    if since >= until:
        return None
    first = day_before(day_at(until), _SPANS[ask.period] - 1)
    numbers = activity.over(context.services.seed, account, since if ask.period == "day" else first.start, until)
    if name == "follows_and_unfollows":
        numbers[name] = numbers["follows"] + numbers["unfollows"]
    out: dict[str, object] = {"value": numbers[name]}
    if ask.breakdowns:
        results = _divided([((), numbers[name])], ask.breakdowns)
        if name == "follows_and_unfollows":
            results = [(("FOLLOWER",), numbers["follows"]), (("NON_FOLLOWER",), numbers["unfollows"])]
        out["breakdowns"] = [_breakdown(ask.breakdowns, results)]
    return out


def _people(context: Context, account: Account, name: str, ask: _Ask) -> dict[str, object] | None:
    total = account.followers
    if name == "engaged_audience_demographics":
        now, _ = _bounds(context, account)
        span = (_WEEK if ask.timeframe == "this_week" else _MONTH) * DAY
        total = activity.over(context.services.seed, account, now - span, now)["accounts_engaged"]
        if total < ACCOUNT_METRICS[name].fewest:
            return None
    groups = people(context.services.seed, account, ask.breakdowns[0], total)
    return {"breakdowns": [_breakdown(ask.breakdowns, [((group,), count) for group, count in groups])]}


def _divided(parts: _Groups, dimensions: list[str]) -> _Groups:
    for dimension in dimensions:
        parts = [((*keys, value), n) for keys, count in parts for value, n in split(count, DIMENSIONS[dimension])]
    return parts


def _breakdown(dimensions: list[str], results: _Groups) -> dict[str, object]:
    rows = [{"dimension_values": list(values), "value": count} for values, count in results if count]
    return {"dimension_keys": dimensions, "results": rows}


def _bounds(context: Context, account: Account) -> tuple[float, float]:
    """Until when there are figures, and since when."""
    now = context.call.at - context.services.config.insights.delay
    return now, max(context.call.at - 90 * DAY, account.professional_since)


def _paging(context: Context, account: Account, arguments: Mapping[str, str], ask: _Ask) -> dict[str, object]:
    """``previous`` and ``next`` move the window and never end."""
    span = ask.until - ask.since
    return {
        "previous": _link(context, account, arguments, ask.since - span, ask.since),
        "next": _link(context, account, arguments, ask.until, ask.until + span),
    }


def _link(context: Context, account: Account, arguments: Mapping[str, str], since: float, until: float) -> str:
    parameters = {"access_token": token_of(context.call)}
    kept = ("metric", "metric_type", "period", "breakdown")
    parameters |= {key: arguments[key] for key in kept if arguments.get(key)}
    parameters |= {"since": str(int(since)), "until": str(int(until))}
    version = f"/{context.version}" if context.version else ""
    return f"{context.call.base}{version}/{account.id}/insights?{urlencode(parameters)}"
