"""How Meta writes figures: series with ``values``, totals with ``total_value`` (instagram.md §4.4, §4.5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from huntaze.kit.text import N_, Text
from huntaze.platforms.contract import Number
from huntaze.platforms.errors import PlatformError, Reconnect, Unsupported
from huntaze.platforms.instagram.client import Moment
from huntaze.platforms.instagram.errors import PLATFORM

_TOO_OLD = "2108006"
_UNKNOWN_OR_TOO_MUCH = "1"
_NO_PERMISSION = "10"
"""Of reading figures; the story with few viewers has been sorted out before (§4.4)."""


class Point(msgspec.Struct, frozen=True):
    """One entry of a series; ``online_followers`` has a map of hours for a value, often an empty one."""

    value: float | dict[str, float] | None = None
    end_time: Moment | None = None


class Part(msgspec.Struct, frozen=True):
    """A part of a total."""

    dimension_values: tuple[str, ...] = ()
    value: float | None = None


class Breakdown(msgspec.Struct, frozen=True):
    """A total divided by some dimensions."""

    dimension_keys: tuple[str, ...] = ()
    results: tuple[Part, ...] = ()


class Total(msgspec.Struct, frozen=True):
    """A total, perhaps divided."""

    value: float | None = None
    breakdowns: tuple[Breakdown, ...] = ()


class Insight(msgspec.Struct, frozen=True):
    """One metric."""

    name: str
    values: tuple[Point, ...] = ()
    total_value: Total | None = None

    def value(self) -> float | None:
        """The figure as a whole, whichever shape it came in; None if it was not told."""
        if self.total_value is not None and self.total_value.value is not None:
            return self.total_value.value
        first = self.values[0].value if self.values else None
        return float(first) if isinstance(first, int | float) else None

    def parts(self, *, names: bool = False) -> Iterator[Number]:
        """The figure divided, ``dimension=value``: in lower case, since documented and delivered case differ (§4.4),
        unless the values are ``names`` (of cities)."""
        for breakdown in self.total_value.breakdowns if self.total_value else ():
            for part in breakdown.results:
                if part.value is not None:
                    yield Number(self.name, part.value, _label(breakdown.dimension_keys, part.dimension_values, names))


class Insights(msgspec.Struct, frozen=True):
    """The figures of a post or an account. Its paging moves a window and never ends: it is not followed (§4.5)."""

    data: tuple[Insight, ...] = ()


def is_too_old(error: PlatformError) -> bool:
    """Whether a post is older than the professional account, under either code (§4.4)."""
    return error.subcode == _TOO_OLD


def is_too_much(error: PlatformError) -> bool:
    """Whether to ask for less (§4.2, §8.3)."""
    return error.code == _UNKNOWN_OR_TOO_MUCH


@contextmanager
def permitted() -> Iterator[None]:
    """A permission that is missing switches figures off, not the account: a person may decline this one alone."""
    try:
        yield
    except Reconnect as error:
        if error.code != _NO_PERMISSION:
            raise
        raise Unsupported(
            Text(N_("Numbers are off: their permission was not given.")),
            Text(N_("Connect the account again and allow its insights.")),
            platform=PLATFORM,
            code=error.code,
            trace_id=error.trace_id,
            raw=error.raw,
        ) from error


def _label(keys: Sequence[str], values: Sequence[str], names: bool) -> str:
    return ",".join(f"{key}={value if names else value.lower()}" for key, value in zip(keys, values, strict=False))
