"""Reading the tables of a fact sheet: one key per row, by section and first cell."""

import re
from pathlib import Path

CHAPTERS = {"instagram.md": range(1, 9), "tiktok.md": range(1, 7)}
"""The chapters of each sheet whose tables are counted."""
_ERROR_TABLES = ("3.7", "5.4", "8.3", "4.13")
_LONGEST = 60


def counted_rows(sheets: Path) -> dict[str, str]:
    """Key of every row of every table that counts, to its source cell."""
    return {
        f"{sheet}#{key}": source
        for sheet, chapters in CHAPTERS.items()
        for key, source in rows_of((sheets / sheet).read_text(encoding="utf-8")).items()
        if int(key.partition("/")[0].partition(".")[0]) in chapters
    }


def rows_of(sheet: str) -> dict[str, str]:
    """``section/row`` to the row's source cell. Rows of error tables are named code-subcode."""
    rows: dict[str, str] = {}
    section, previous = "", ""
    for line in sheet.splitlines():
        heading = re.match(r"#+ (\d+(?:\.\d+)*)", line)
        if heading:
            section = heading.group(1)
        if not line.startswith("|") or not section:
            previous = ""
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if not set("".join(cells)) <= set("-: ") and previous:
            rows[f"{section}/{_name(section, cells)}"] = _source(section, cells[-1])
        previous = line
    return rows


def _source(section: str, last: str) -> str:
    """Rows of §3.7 come from ERR unless they say otherwise."""
    return last if section != "3.7" or any(mark in last for mark in "◐○") else "ERR ✔"


def _name(section: str, cells: list[str]) -> str:
    if section in _ERROR_TABLES and len(cells) > 1 and cells[1] not in {"\u2013", "-", ""}:
        return _slug(f"{cells[0]}-{cells[1]}")
    return _slug(cells[0])


def _slug(text: str) -> str:
    plain = re.sub(r"\[[^\]]*\]", "", re.sub(r"[`*]", "", text)).lower()
    minus = "-" if re.match(r"-\d", plain) else ""
    return minus + re.sub(r"[^a-z0-9_.{}]+", "-", plain).strip("-")[:_LONGEST]
