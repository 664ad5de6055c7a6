"""How much of its allowance an app or an account has used, read from answer headers (instagram.md §8.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec

_WAIT = "estimated_time_to_regain_access"


@dataclass(frozen=True, slots=True)
class Usage:
    """One allowance. ``percent`` is the fullest of its measures; at 100 Meta refuses calls.

    Headers come only sometimes: no value is not zero.
    """

    kind: str
    """"app", or Meta's word for the use case: "instagram", "pages", "messenger"."""
    ref: str
    """The id of the account or Page that the allowance belongs to; empty for the app."""
    percent: float
    regain: timedelta | None = None
    """How long until calls are allowed again, if Meta says so."""


def read_usage(headers: Mapping[str, str]) -> tuple[Usage, ...]:
    """The allowances that these headers tell; a header that cannot be read is skipped."""
    app = headers.get("x-app-usage")
    use_cases = headers.get("x-business-use-case-usage")
    found: list[Usage] = []
    if app is not None:
        found += _measures("app", "", _decode(app))
    if use_cases is not None:
        table = _decode(use_cases)
        for ref, rows in table.items() if isinstance(table, dict) else ():
            for row in rows if isinstance(rows, list) else ():
                kind = row.get("type", "") if isinstance(row, dict) else ""
                found += _measures(str(kind), str(ref), row)
    return tuple(found)


def _measures(kind: str, ref: str, row: object) -> list[Usage]:
    """Whatever numeric keys exist: graph.instagram.com has been seen with other names."""
    if not isinstance(row, dict):
        return []
    numbers = {key: value for key, value in row.items() if isinstance(value, int | float)}
    minutes = numbers.pop(_WAIT, 0)
    if not numbers:
        return []
    return [Usage(kind, ref, float(max(numbers.values())), timedelta(minutes=minutes) if minutes > 0 else None)]


def _decode(header: str) -> object:
    try:
        return msgspec.json.decode(header)
    except msgspec.DecodeError:
        return None
