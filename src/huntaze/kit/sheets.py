"""CSV for people who open it in a spreadsheet (RFC 4180): no cell that we write is ever run as a formula.

A cell that a spreadsheet would run gets an apostrophe in front when it is written; ``as_meant`` takes exactly that one
off again, so that every text comes back as it was.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

MEDIA_TYPE = "text/csv"
BOM = "\ufeff"
"""By which spreadsheets know UTF-8."""
_FORMULA = re.compile(r"'*(?:\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")
"""What spreadsheets take for a formula, its full-width twins too, behind any number of apostrophes."""


def header_line(columns: Sequence[str]) -> str:
    """The first line of a file, with the mark by which spreadsheets know UTF-8."""
    return BOM + _line(columns)


def lines(rows: Iterable[Sequence[str]]) -> str:
    """These cells as lines of a file."""
    return "".join(_line([harmless(cell) for cell in cells]) for cells in rows)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet runs."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def as_meant(cell: str) -> str:
    """The cell without the apostrophe that ``harmless`` put in front."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def attachment(name: str) -> dict[str, str]:
    """The headers of an answer that is kept as a file of this (plain ASCII) name."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _line(cells: Sequence[str]) -> str:
    buffer = StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
