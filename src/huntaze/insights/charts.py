"""The cards of the page: each says what it found in its title, and holds the numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence

from htpy import Renderable, p

from huntaze.insights.period import Period
from huntaze.insights.report import ENGAGED, HOURS, INTERACTIONS, REACH, VIEWS, Field, Line, Report, Sum
from huntaze.insights.words import NONE, change, day_name, hour_name, kind_name, weekday_name
from huntaze.ui import parts
from huntaze.ui.i18n import _, ngettext, number, percent

_STEADY = 0.02
"""Less than this is no change that anybody should act on."""


def sums(report: Report) -> Renderable:
    """What the period adds up to, and how that compares."""
    about = {
        VIEWS: (_("Views"), _("How often something of yours was seen or played.")),
        REACH: (_("Daily reach"), _("Different people each day, on average. An estimate of the network.")),
        INTERACTIONS: (_("Interactions"), _("Likes, comments, saves, shares and replies.")),
        ENGAGED: (_("People engaged daily"), _("Different people who did something, on average.")),
    }
    return parts.stats(
        *(_sum(report.sums[metric], *words) for metric, words in about.items()), _followers_stat(report), roomy=True
    )


def _sum(one: Sum, label: str, hint: str) -> Renderable:
    value = NONE if one.value is None else number(round(one.value))
    shown = "" if one.change is None else change(one.change)
    missed = len(one.line) - one.known
    about = hint
    if one.value is not None and missed:
        told = ngettext("{n} day has no figure.", "{n} days have no figure.", missed).format(n=number(missed))
        about = f"{hint} {told}"
    return parts.stat(label, value, change=shown, tone=_tone(one.change), about=about)


def _followers_stat(report: Report) -> Renderable:
    known = [value for value in report.followers if value is not None]
    if not known:
        return parts.stat(_("Followers"), NONE, about=_("Not counted in this period."))
    gained = round(known[-1] - known[0])
    sign = "+" if gained > 0 else "\u2212" if gained < 0 else "±"
    tone: parts.Tone = "good" if gained > 0 else "bad" if gained < 0 else "neutral"
    return parts.stat(
        _("Followers"),
        number(round(known[-1])),
        change=f"{sign}{number(abs(gained))}",
        tone=tone,
        about=_("At the end of the period, and what it brought."),
    )


def reach_card(report: Report) -> Renderable:
    """People reached, day by day, over those of the days before."""
    one = report.sums[REACH]
    title, lead = _("Reach"), ""
    if one.value is not None:
        title = _reach_finding(one)
        best = max(range(len(one.line)), key=lambda place: one.line[place] or 0)
        lead = _("Most on {day}: {n} people.").format(
            day=day_name(report.period.days[best].date), n=number(round(one.line[best] or 0))
        )
    if not one.known:
        return parts.card(p(".soft")[_("The network has told no reach for these days yet.")], title=title)
    return parts.card(_lines(_("Reach by the day"), report.period, one.line, one.before), title=title, lead=lead)


def _reach_finding(one: Sum) -> str:
    grown = one.change
    daily = number(round(one.value or 0))
    if grown is None:
        return _("{n} people a day were reached").format(n=daily)
    if abs(grown) < _STEADY:
        return _("Reach is steady at {n} people a day").format(n=daily)
    words = (
        _("Reach is up {share} to {n} people a day") if grown > 0 else _("Reach is down {share} to {n} people a day")
    )
    return words.format(share=percent(abs(grown), 0), n=daily)


def followers_card(report: Report) -> Renderable:
    """How many follow, day by day."""
    known = [value for value in report.followers if value is not None]
    if len(known) < 2:
        text = _("Followers are counted once a day while the account is connected. Two days make a line.")
        return parts.card(p(".soft")[text], title=_("Followers"))
    gained = round(known[-1] - known[0])
    if gained == 0:
        title = _("Followers stand at {n}").format(n=number(round(known[-1])))
    else:
        words = _("{n} followers won") if gained > 0 else _("{n} followers lost")
        title = words.format(n=number(abs(gained)))
    lead = _("Days before the first count are worked back from the daily changes.") if report.worked_back else ""
    lines = _lines(_("Followers by the day"), report.period, report.followers, (), zero=False)
    return parts.card(lines, title=title, lead=lead)


def _lines(label: str, period: Period, now: Line, before: Line, *, zero: bool = True) -> Renderable:
    names = [parts.LineName(_("This period"))]
    compared = any(value is not None for value in before)
    if compared:
        days = len(period.days)
        words = ngettext("The {n} day before", "The {n} days before", days).format(n=number(days))
        names.append(parts.LineName(words, "before"))
    points = []
    for place, day in enumerate(period.days):
        values = (now[place], before[place]) if compared else (now[place],)
        points.append(parts.Point(day_name(day.date), values, [_count(value) for value in values]))
    return parts.line_chart(label, _("Day"), names, points, zero=zero)


def _count(value: float | None) -> str:
    return NONE if value is None else number(round(value))


def kinds_card(report: Report) -> Renderable:
    """Views by kind of post."""
    whole = sum(value for _kind, value in report.kinds)
    if not whole:
        return parts.card(p(".soft")[_("The network has not told which kinds were seen.")], title=_("By kind"))
    kind, most = report.kinds[0]
    title = _("{kind} bring {share} of the views").format(kind=kind_name(kind), share=percent(most / whole, 0))
    items = [
        parts.Bar(kind_name(one), value / most, number(round(value)), percent(value / whole, 0))
        for one, value in report.kinds
    ]
    return parts.card(parts.bars(items), title=title, lead=_("Views by kind of post"))


def hours_card(report: Report) -> Renderable:
    """When followers are online."""
    if not report.online:
        text = _("Told for accounts with at least 100 followers, a day or two late.")
        return parts.card(p(".soft")[text], title=_("Best hours"))
    best = max(report.online, key=lambda one: one.followers)
    title = _("Most followers are online on {day}, {from_hour} to {to_hour}").format(
        day=weekday_name(best.weekday), from_hour=hour_name(best.hour), to_hour=hour_name(best.hour + HOURS)
    )
    hours = range(0, 24, HOURS)
    by_place = {(one.weekday, one.hour): one for one in report.online}
    rows = [_weekday(weekday, [by_place.get((weekday, hour)) for hour in hours]) for weekday in range(7)]
    grid = parts.heat_grid(
        _("Followers online by weekday and hour"), _("Weekday"), [hour_name(hour) for hour in hours], rows
    )
    lead = _("Followers online in three hours, on average of this period; hours in your zone")
    return parts.card(grid, title=title, lead=lead)


def _weekday(weekday: int, fields: Sequence[Field | None]) -> parts.HeatRow:
    counts = [None if one is None else one.followers for one in fields]
    return parts.HeatRow(weekday_name(weekday), counts, [_count(value) for value in counts])


def _tone(grown: float | None) -> parts.Tone:
    if grown is None or abs(grown) < _STEADY:
        return "neutral"
    return "good" if grown > 0 else "bad"
