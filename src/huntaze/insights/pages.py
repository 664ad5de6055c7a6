"""The page of figures: what is looked at, what it adds up to, how it went, which posts and hours did best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from htpy import Node, Renderable, a, div, p, span
from htpy import input as input_element

from huntaze.accounts import AccountRow
from huntaze.crm import MediaRow
from huntaze.insights import charts
from huntaze.insights.model import PostNumbers, RoundRow
from huntaze.insights.period import CHOICES, CUSTOM
from huntaze.insights.report import Report
from huntaze.insights.rounds import DAYS
from huntaze.insights.words import NONE, day_name, figure, metric_name, missing, one_of
from huntaze.kit.text import read_text
from huntaze.ui import parts
from huntaze.ui.i18n import _, ngettext, number, spoken
from huntaze.ui.page import page
from huntaze.ui.viewer import Viewer

ADDRESS = "/insights"
SORTS = ("views", "reach", "total_interactions", "likes", "comments", "saved", "shares")
SHOWN_POSTS = 10


@dataclass(frozen=True, slots=True)
class TopPost:
    """A post with its newest figures, and how the mirror knows it."""

    numbers: PostNumbers
    seen: MediaRow | None


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the page shows. ``sort`` is the figure by which posts stand in order."""

    accounts: Sequence[AccountRow]
    account: AccountRow
    report: Report
    posts: Sequence[TopPost]
    posts_in_all: int
    sort: str
    rounds: dict[str, RoundRow]
    now: datetime

    def address(self, **changes: str) -> str:
        """The page's own address with other choices; "" takes one out."""
        period = self.report.period
        chosen = {"account": str(self.account.id), "period": period.choice, "sort": self.sort}
        if period.choice == CUSTOM:
            chosen |= {"from": period.days[0].date.isoformat(), "to": period.days[-1].date.isoformat()}
        if not period.compared:
            chosen["compare"] = "none"
        return f"{ADDRESS}?{urlencode({name: value for name, value in (chosen | changes).items() if value})}"


def insights_page(viewer: Viewer, shown: Shown) -> Renderable:
    """The whole page."""
    return page(
        viewer,
        _("Insights"),
        _filters(shown),
        [parts.banner(*one, tone="warn") for one in _troubles(shown)],
        _nothing(shown) if shown.report.empty and not shown.posts else _figures(shown),
        lead=_lead(shown),
        actions=parts.link_button(_("Save as CSV"), _csv(shown), icon_name="download"),
        script="insights.js",
    )


def no_account_page(viewer: Viewer) -> Renderable:
    """Nobody to look at yet."""
    connect = parts.link_button(_("Connect an account"), "/accounts", kind="primary", icon_name="plug")
    text = _("Reach, followers and how each post did, day by day, kept in your own database.")
    empty = parts.empty(_("Figures of your accounts stand here"), text, action=connect, icon_name="chart-line")
    return page(viewer, _("Insights"), parts.card(empty))


def _filters(shown: Shown) -> Renderable:
    period = shown.report.period
    days = [parts.Option(str(n), ngettext("Last {n} day", "Last {n} days", n).format(n=number(n))) for n in CHOICES]
    filters = [
        parts.Filter("period", _("Period"), [*days, parts.Option(CUSTOM, _("Other days"))], period.choice),
        parts.Filter(
            "compare",
            _("Compare with"),
            [parts.Option("", _("The days before")), parts.Option("none", _("Nothing"))],
            "" if period.compared else "none",
        ),
    ]
    if len(shown.accounts) > 1:
        names = [parts.Option(str(one.id), f"@{one.username}") for one in shown.accounts]
        filters.insert(0, parts.Filter("account", _("Account"), names, str(shown.account.id)))
    hidden = [
        input_element(type="hidden", name=name, value=value)
        for name, value in (("sort", shown.sort), ("account", str(shown.account.id)))
        if name == "sort" or len(shown.accounts) == 1
    ]
    dates = (
        period.choice == CUSTOM
        and span(".dates")[
            _date("from", _("From"), period.days[0].date.isoformat()),
            _date("to", _("To"), period.days[-1].date.isoformat()),
            parts.button(_("Show")),
        ]
    )
    return div(".insights-filters")[parts.filter_bar(ADDRESS, filters, more=[hidden, dates])]


def _date(name: str, label: str, value: str) -> Renderable:
    return input_element(".input", type="date", name=name, value=value, aria_label=label, required=True)


def _lead(shown: Shown) -> Node:
    days = shown.report.period.days
    span_words = _("{first} to {last}").format(first=day_name(days[0].date), last=day_name(days[-1].date))
    read = shown.rounds.get(DAYS)
    told: Node = None
    if read is not None and read.finished_at is not None:
        told = [" · ", _("read"), " ", parts.relative_time(read.finished_at, shown.now)]
    return [parts.handle(shown.account.platform, shown.account.username), " · ", span_words, told]


def _troubles(shown: Shown) -> Sequence[tuple[str, str]]:
    """What keeps figures from coming, each thing once."""
    found: dict[str, str] = {}
    for row in shown.rounds.values():
        if row.problem is not None:
            message = spoken(read_text(row.problem.get("message")))
            found[message] = spoken(read_text(row.problem.get("remedy")))
    return list(found.items())


def _nothing(shown: Shown) -> Renderable:
    started = any(row.finished_at is not None for row in shown.rounds.values())
    text = (
        _("The network gave no figures for these days yet. They can be up to two days late.")
        if started
        else _("The first reading is on its way: the last 90 days of the account, and every post.")
    )
    return parts.card(parts.empty(_("Data comes after the first day"), text, icon_name="chart-line"))


def _figures(shown: Shown) -> Node:
    report = shown.report
    return [
        parts.card(charts.sums(report)),
        div(".insights-grid")[
            charts.reach_card(report),
            charts.followers_card(report),
            charts.kinds_card(report),
            charts.hours_card(report),
        ],
        _posts(shown),
        p(".small.soft")[
            _(
                "Days are the network's own. Reach is an estimate; figures may come up to two days late and the last "
                "days still grow."
            )
        ],
    ]


def _posts(shown: Shown) -> Renderable:
    if not shown.posts:
        return parts.card(
            p(".soft")[_("No post came out in this period, or none has been read yet.")], title=_("Top posts")
        )
    columns = [
        parts.Column(_("Post")),
        *(
            parts.Column(metric_name(one), numeric=True, sort_href=shown.address(sort=one), sorted=one == shown.sort)
            for one in SORTS
        ),
    ]
    rows = [_post(one) for one in shown.posts]
    best = _("Top posts by {figure}").format(figure=metric_name(shown.sort).lower())
    of = ngettext("{n} post came out in this period.", "{n} posts came out in this period.", shown.posts_in_all)
    return parts.card(
        parts.table(best, columns, rows), title=best, lead=of.format(n=number(shown.posts_in_all)), flush=True
    )


def _post(one: TopPost) -> parts.Row:
    numbers, seen = one.numbers, one.seen
    caption = (seen.caption.strip().split("\n", 1)[0] if seen else "") or _("Post without caption")
    picture = f"/media/{seen.thumbnail_id}/thumbnail" if seen and seen.thumbnail_id else ""
    words: Node = caption
    if seen and seen.permalink:
        words = a(href=seen.permalink, target="_blank", rel="noopener noreferrer")[caption]
    about: Node = [one_of(numbers.kind), " · ", parts.local_time(numbers.published_at, year=True)]
    why = missing(numbers.note)
    cell = div(".post-cell")[
        parts.thumbnail(picture, kind="video" if numbers.kind == "REELS" else "image"),
        div[span(".post-words")[words], div(".small.soft")[about, why and f" · {why}"]],
    ]
    cells = [figure(metric, numbers.values.get(metric)) for metric in SORTS]
    return parts.Row(f"post-{numbers.media_ref}", [cell, *(value or NONE for value in cells)], caption)


def _csv(shown: Shown) -> str:
    days = shown.report.period.days
    span_of = {"since": days[0].starts_at.isoformat(), "until": days[-1].ends_at.isoformat()}
    return f"/api/v1/insights.csv?{urlencode({'accountId': str(shown.account.id)} | span_of)}"
