"""Figures to look at: lines over days, bars, a grid of hours. Each holds its numbers as text, so that it needs neither
eyes nor scripts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from htpy import (
    Element,
    Node,
    Renderable,
    details,
    div,
    li,
    p,
    span,
    summary,
    svg,
    tbody,
    td,
    th,
    thead,
    tr,
    ul,
)
from htpy import caption as caption_element
from htpy import table as table_element

from huntaze.ui.i18n import _

_line_chart = Element("line-chart")
_rect = Element("rect")
LEVELS = 5


@dataclass(frozen=True, slots=True)
class Point:
    """One place of the lines: its label, and for each line its number with its words; None: there is none."""

    label: str
    values: Sequence[float | None]
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class LineName:
    """What a line is called; `before` is drawn dashed, behind the one of now."""

    label: str
    css: Literal["now", "before"] = "now"


def line_chart(label: str, place: str, lines: Sequence[LineName], points: Sequence[Point], *, zero: bool) -> Renderable:
    """Lines over the same places, the first one in front. `label` names them for those who hear it, `place` the first
    column of the table; `zero` begins the scale there. Page: `script="insights.js"`.
    """
    plot = div(
        ".plot",
        data_plot=True,
        hidden=True,
        tabindex="0",
        role="slider",
        aria_label=label,
        aria_valuemin="1",
        aria_valuemax=str(max(1, len(points))),
        aria_valuenow=str(max(1, len(points))),
    )
    return _line_chart(data_zero=zero or None)[
        div(".chart-keys")[[span(class_=["chart-key", one.css], data_key=True)[span[one.label]] for one in lines]],
        plot,
        p(".chart-readout", data_readout=True, aria_hidden="true"),
        details(".chart-table", open=True)[summary[_("As a table")], _points(label, place, lines, points)],
    ]


def _points(label: str, place: str, lines: Sequence[LineName], points: Sequence[Point]) -> Renderable:
    return div(".table-wrap", tabindex="0", role="region", aria_label=label)[
        table_element(".table.figures")[
            caption_element(".unseen")[label],
            thead[tr[th(scope="col")[place], [th(".numeric", scope="col")[one.label] for one in lines]]],
            tbody[[_point(point) for point in points]],
        ]
    ]


def _point(point: Point) -> Renderable:
    return tr[
        th(scope="row")[point.label],
        [
            td(".numeric", data_value="" if value is None else f"{value:g}")[words]
            for value, words in zip(point.values, point.words, strict=True)
        ],
    ]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its part of the longest (0 to 1), its figure and what else is said."""

    label: str
    share: float
    value: str
    about: str = ""


def bars(items: Sequence[Bar]) -> Renderable:
    """Bars side by side, with their figures."""
    return ul(".bars")[[_bar(item) for item in items]]


def _bar(item: Bar) -> Renderable:
    width = f"{max(0.0, min(1.0, item.share)) * 100:.1f}"
    return li[
        span[item.label],
        svg(viewBox="0 0 100 12", preserveAspectRatio="none", aria_hidden="true")[_rect(width=width, height="12")],
        span(".bar-value")[item.value],
        span(".bar-share")[item.about],
    ]


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One row of a grid: for each column a number with its words; None: there is none."""

    label: str
    values: Sequence[float | None]
    words: Sequence[str]


def heat_grid(caption: str, corner: str, columns: Sequence[str], rows: Sequence[HeatRow]) -> Renderable:
    """A grid whose fields are the fuller the more there is; the numbers are in the tooltips and read aloud."""
    most = max((value for row in rows for value in row.values if value is not None), default=0.0)
    return table_element(".heat")[
        caption_element(".unseen")[caption],
        thead[tr[th(scope="col")[span(".unseen")[corner]], [th(scope="col")[span[one]] for one in columns]]],
        tbody[[_heat_row(row, columns, most) for row in rows]],
    ]


def _heat_row(row: HeatRow, columns: Sequence[str], most: float) -> Renderable:
    def field(column: str, value: float | None, words: str) -> Renderable:
        level = 0 if value is None or not most else max(1, round(value / most * LEVELS))
        told: Node = span(".unseen")[words]
        return td(class_=f"heat-{level}", title=f"{row.label} {column} · {words}")[told]

    return tr[
        th(scope="row")[row.label],
        [field(*one) for one in zip(columns, row.values, row.words, strict=True)],
    ]
