"""Charts of /_parts, with made-up figures."""

from htpy import Node, div

from huntaze.ui import parts
from huntaze.ui.i18n import _, number

_NOW = (410, 433, 398, 452, 610, 580, 476, 441, 490, None, 520, 548, 602, 655)
_BEFORE = (380, 402, 377, 390, 470, 465, 412, 399, 405, 411, 420, 433, 450, 447)
_HOURS = (0, 6, 12, 18)


def charts() -> Node:
    """Lines, bars and the grid of hours."""
    names = [parts.LineName(_("This period")), parts.LineName(_("The days before"), "before")]
    points = [
        parts.Point(f"{place}", pair, ["–" if one is None else number(one) for one in pair])  # noqa: RUF001
        for place, pair in enumerate(zip(_NOW, _BEFORE, strict=True), 1)
    ]
    bars = [
        parts.Bar(_("Reels"), 1.0, number(18_420), "46%"),
        parts.Bar(_("Photos"), 0.74, number(13_630), "34%"),
        parts.Bar(_("Stories"), 0.43, number(7_990), "20%"),
    ]
    rows = [
        parts.HeatRow(str(row), [float(hour * row + 1) for hour in _HOURS], [number(hour * row + 1) for hour in _HOURS])
        for row in range(1, 5)
    ]
    return div(".insights-grid")[
        parts.card(parts.line_chart(_("Reach by the day"), _("Day"), names, points, zero=True), title=_("Reach")),
        parts.card(parts.bars(bars), title=_("By kind")),
        parts.card(
            parts.heat_grid(
                _("Followers online by weekday and hour"), _("Weekday"), [str(hour) for hour in _HOURS], rows
            ),
            title=_("Best hours"),
        ),
    ]
