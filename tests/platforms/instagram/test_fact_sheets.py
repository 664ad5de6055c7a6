"""The code table against the fact sheet itself; it runs where FACT_SHEETS names the sheets' folder."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from huntaze.platforms.instagram.codes import CODES, code_for, code_in_text

DASH = "\N{EN DASH}"
HTTP_STATUS = 500
"""§4.4 names it among the codes."""
FOLDER = os.environ.get("FACT_SHEETS", "")


@pytest.mark.skipif(not FOLDER, reason="FACT_SHEETS does not name the folder of the fact sheets")
def test_every_code_of_the_sheets_tables_is_mapped() -> None:
    sheet = (Path(FOLDER) / "instagram.md").read_text()
    missing: list[str] = []
    seen = 0
    for section in ("3.7", "4.4", "5.4", "8.3"):
        for code, subcode in codes_of(sheet, section):
            seen += 1
            row = code_in_text(subcode or 0) if code is None else code_for(code, subcode)
            if row is None or (subcode is not None and row.subcode != subcode):
                missing.append(f"§{section}: {code}/{subcode}")

    assert missing == []
    assert seen > 80
    assert len(CODES) > 80


def codes_of(sheet: str, section: str) -> Iterator[tuple[int | None, int | None]]:
    """Code and subcode of each row of the error tables of a section; None where the sheet says any, text or none."""
    start = sheet.index(f"\n### {section} ")
    next_heading = re.search(r"\n##+ ", sheet[start + 1 :])
    end = start + 1 + next_heading.start() if next_heading else len(sheet)
    joined = ""
    for line in sheet[start:end].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or set(cells[0]) <= {"-", " ", ":"}:
            continue
        if cells[0].startswith("code"):
            joined = "in one cell" if "/" in cells[0] else "in two cells"
        elif joined == "in two cells":
            yield from _two_cells(cells[0], cells[1])
        elif joined == "in one cell":
            yield from _one_cell(cells[0])


def _two_cells(first: str, second: str) -> Iterator[tuple[int | None, int | None]]:
    codes: list[int | None] = [int(found) for found in re.findall(r"-?\b\d+\b", first.replace(DASH, " .. "))]
    for code in codes or [None]:
        for subcode in _subcodes(second):
            yield code, subcode


def _subcodes(cell: str) -> list[int | None]:
    found: list[int | None] = [int(number) for number in re.findall(r"\d+", cell)]
    return [*([None] if DASH in cell or not found else []), *found]


def _one_cell(cell: str) -> Iterator[tuple[int | None, int | None]]:
    """``10 / 2534022 (IG), 10 / 2018278`` or ``100 / 2018008, 2018047`` or ``2534001``."""
    code: int | None = None
    for part in re.sub(r"\(.*?\)", "", cell).split(","):
        numbers = [int(number) for number in re.findall(r"\d+", part)]
        if len(numbers) == 2:
            code = numbers[0]
            yield code, numbers[1]
        elif numbers and numbers[0] >= 1_000_000:
            yield code, numbers[0]
        elif numbers and numbers[0] != HTTP_STATUS:
            code = numbers[0]
            yield code, None
