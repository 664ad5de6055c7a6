"""Versions of the Graph API and their ends (instagram.md §9)."""

import re
from datetime import UTC, datetime


def _end(year: int, month: int, day: int) -> float:
    return datetime(year, month, day, tzinfo=UTC).timestamp()


NEWEST = "v26.0"
ENDS = {
    "v21.0": _end(2027, 1, 21),
    "v22.0": _end(2027, 5, 20),
    "v23.0": _end(2027, 10, 8),
    "v24.0": _end(2028, 2, 18),
    "v25.0": _end(2028, 7, 29),
    NEWEST: float("inf"),
}
"""Epoch seconds, oldest first."""
_LONG_OVER = re.compile(r"v(?:\d|1\d|20)\.\d{1,2}", re.ASCII)


def split(path: str, now: float) -> tuple[str, list[str]]:
    """Version and segments of a path. A version that has ended is the oldest living one; none is an empty text.

    What never was a version is no version either, but the first segment of an unknown path.
    """
    segments = [part for part in path.split("/") if part]
    first = segments[0] if segments else ""
    if first not in ENDS and not _LONG_OVER.fullmatch(first):
        return "", segments
    if now < ENDS.get(first, 0.0):
        return first, segments[1:]
    return next(version for version, end in ENDS.items() if now < end), segments[1:]
