"""The course of a number at a glance."""

from collections.abc import Sequence

from htpy import Element, Node, svg

_WIDTH, _HEIGHT, _MARGIN = 100.0, 28.0, 2.0
_polyline = Element("polyline")


def sparkline(values: Sequence[float], label: str) -> Node:
    """A line from the oldest value to the newest, low to high; `label` says the same in words. A single value has no
    course: nothing is drawn.
    """
    if len(values) < 2:
        return None
    return svg(
        ".sparkline",
        viewBox=f"0 0 {_WIDTH:g} {_HEIGHT:g}",
        preserveAspectRatio="none",
        role="img",
        aria_label=label,
    )[_polyline(points=_points(values))]


def _points(values: Sequence[float]) -> str:
    """Where the line bends. A number that never changes is a level line in the middle."""
    low, high = min(values), max(values)
    step = _WIDTH / (len(values) - 1)
    room = _HEIGHT - 2 * _MARGIN

    def place(value: float) -> float:
        return _HEIGHT / 2 if low == high else _HEIGHT - _MARGIN - room * (value - low) / (high - low)

    return " ".join(f"{step * number:.4g},{place(value):.4g}" for number, value in enumerate(values))
