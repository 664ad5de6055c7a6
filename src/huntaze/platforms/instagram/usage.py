"""How much of an allowance is used, from answer headers and from refusals (instagram.md §8.2, §8.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

import msgspec

from huntaze.platforms.contract import Allowance, Usage

PLATFORM = "instagram"
FULL = 100.0
"""From this percentage on calls are refused."""

_WAIT = "estimated_time_to_regain_access"
_SCOPES = {"instagram": Allowance.ACCOUNT, "pages": Allowance.SIGN_IN, "messenger": Allowance.MESSAGES}
"""The use cases that are ours; those of advertising are nobody's here."""


def read_usage(headers: Mapping[str, str], app_id: str) -> tuple[Usage, ...]:
    """The allowances that these headers tell; a header that is missing or cannot be read tells nothing."""
    app, use_cases = headers.get("x-app-usage"), headers.get("x-business-use-case-usage")
    found: list[Usage] = []
    if app is not None:
        found += _measures(Allowance.APP, app_id, _decode(app))
    if use_cases is not None:
        found += _use_cases(_decode(use_cases))
    return tuple(found)


def refused(told: tuple[Usage, ...], scope: Allowance, ref: str) -> tuple[Usage, ...]:
    """What an answer tells that refuses a call since an allowance is used up, whatever its headers say or leave out."""
    full = [replace(one, percent=max(one.percent, FULL)) for one in told if one.scope is scope]
    others = [one for one in told if one.scope is not scope]
    return (*others, *(full or [Usage(PLATFORM, scope, ref, FULL)]))


def _use_cases(table: object) -> Iterator[Usage]:
    for ref, rows in table.items() if isinstance(table, dict) else ():
        for row in rows if isinstance(rows, list) else ():
            scope = _SCOPES.get(str(row.get("type"))) if isinstance(row, dict) else None
            if scope is not None:
                yield from _measures(scope, str(ref), row)


def _measures(scope: Allowance, ref: str, row: object) -> Iterator[Usage]:
    """Whatever numeric keys exist: graph.instagram.com has been seen with other names (§8.2)."""
    if not isinstance(row, dict):
        return
    numbers = {key: value for key, value in row.items() if isinstance(value, int | float)}
    minutes = numbers.pop(_WAIT, 0)
    if numbers:
        regain = timedelta(minutes=minutes) if minutes > 0 else None
        yield Usage(PLATFORM, scope, ref, float(max(numbers.values())), regain)


def _decode(header: str) -> object:
    try:
        return msgspec.json.decode(header)
    except msgspec.DecodeError:
        return None
