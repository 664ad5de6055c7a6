"""Meta's error codes as data: what each means, what to do, whether it proves that nothing was published.

The rows come from the fact sheet instagram.md; a test parses it and fails on a code that is missing here.
"""

from __future__ import annotations

from collections.abc import Iterable

from huntaze.platforms.instagram.codes.general import GENERAL
from huntaze.platforms.instagram.codes.insights import INSIGHTS
from huntaze.platforms.instagram.codes.messaging import MESSAGING
from huntaze.platforms.instagram.codes.publishing import PUBLISHING
from huntaze.platforms.instagram.codes.row import Code, Means

__all__ = ["CODES", "TOO_FEW_VIEWERS", "Code", "Means", "code_for", "code_in_text"]

CODES: tuple[Code, ...] = (*GENERAL, *PUBLISHING, *MESSAGING, *INSIGHTS)
TOO_FEW_VIEWERS = "too_few_viewers"
"""The subcode that we give to code 10 of a story with fewer than five viewers: Meta gives none (§4.4)."""

_FIRST_TELLING_SUBCODE = 1_000_000
"""Subcodes from here on mean one thing under every code (2207051); shorter ones (33, 463) belong to their code."""


def code_for(code: int | None, subcode: int | None) -> Code | None:
    """The row of a Graph error, the most telling first: code and subcode, subcode alone, code alone."""
    if subcode is not None:
        exact = _EXACT.get((code, subcode)) or _EXACT.get((None, subcode))
        if exact is None and subcode >= _FIRST_TELLING_SUBCODE:
            exact = _BY_SUBCODE.get(subcode)
        if exact is not None:
            return exact
    return None if code is None else _EXACT.get((code, None)) or _in_range(code)


def code_in_text(subcode: int) -> Code | None:
    """The row of a number found in the status text of a container (§3.1)."""
    return _EXACT.get((None, subcode)) or _BY_SUBCODE.get(subcode)


def _in_range(code: int) -> Code | None:
    return next((row for row in _RANGES if row.code is not None and row.code <= code <= row.last), None)


def _by_subcode(rows: Iterable[Code]) -> dict[int, Code]:
    found: dict[int, Code] = {}
    for row in rows:
        if row.subcode is not None:
            found.setdefault(row.subcode, row)
    return found


_EXACT = {(row.code, row.subcode): row for row in CODES}
_BY_SUBCODE = _by_subcode(CODES)
_RANGES = tuple(row for row in CODES if row.last)
