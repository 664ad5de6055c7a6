"""Schedules, rules and slots around every change of every IANA zone: the checks of the tests, over all of them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from bench.figure import Figure, Ground, Measured
from huntaze.kit.json_value import JsonValue
from huntaze.publishing.rules import DAYS
from tests.publishing.walls import ZONES, assert_daily, assert_scheduled, assert_slot, assert_weekly, changes

SCHEDULED_YEARS, COMING_YEARS = (1970, 2037), (2020, 2037)
"""Planned times over everything that is known; rules and slots, whose search takes longer, over what is in use."""
BESIDE = (-90, -60, -30, -1, 0, 1, 30, 60, 90)
"""Minutes from the change on the wall for planned times; rules and slots are begun at fewer."""
NEAR = (-30, 0)
_TOLD = 10


def zones_wrong(ground: Ground) -> Measured:
    """Checks that failed, of ``n``."""
    wrong: list[JsonValue] = []
    count = 0
    for what, check in _checks():
        count += 1
        try:
            check()
        except (AssertionError, ValueError) as error:
            wrong.append(f"{what}: {error}"[:200])
    known = sum(len(changes(name, *SCHEDULED_YEARS)) for name in ZONES)
    detail: dict[str, JsonValue] = {"zones": len(ZONES), "changes": known, "wrong": wrong[:_TOLD]}
    return Measured(len(wrong), n=count, detail=detail)


def _checks() -> Iterator[tuple[str, Callable[[], None]]]:
    for name in ZONES:
        for change in changes(name, *SCHEDULED_YEARS):
            for aside in BESIDE:
                yield f"{name} {change} {aside}", partial(assert_scheduled, name, change, aside)
        for change in changes(name, *COMING_YEARS):
            for aside in NEAR:
                yield from _searched(name, change, aside)


def _searched(name: str, change: datetime, aside: int) -> Iterator[tuple[str, Callable[[], None]]]:
    where = f"{name} {change} {aside}"
    yield f"daily {where}", partial(assert_daily, name, change, aside)
    yield f"weekly {where}", partial(assert_weekly, name, change, aside, DAYS)
    yield f"slot {where}", partial(assert_slot, name, change, aside)


FIGURES = (Figure("zones_wrong", zones_wrong, target=0, op="=="),)
