"""Posts as a CSV file: what stands in its columns, read and written. Every text comes back as it was."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from huntaze.kit import sheets
from huntaze.kit.sheets import as_meant
from huntaze.kit.text import N_, Text
from huntaze.publishing.errors import Fault, Invalid

COLUMNS = (
    "account",
    "type",
    "caption",
    "media",
    "scheduledAt",
    "zone",
    "draft",
    "locationId",
    "firstComment",
    "allowDuplicate",
    "key",
)
NEEDED = ("account", "type")
MAX_BYTES = 5_000_000
MAX_ROWS = 2_000

_NAMES = {name.casefold(): name for name in COLUMNS} | {"first_comment": "firstComment"}


@dataclass(frozen=True, slots=True)
class FileRow:
    """One post of the file. ``number`` is the row as a spreadsheet counts it: the header is row 1."""

    number: int
    cells: Mapping[str, str]
    """Every column, empty where the file says nothing. Captions are kept to the letter, all else is trimmed."""
    torn: bool
    """Whether the row has cells beyond the header: a separator stands outside quotes."""


def read_file(content: bytes) -> list[FileRow]:
    """The posts of a file; empty rows are passed over. Raises ``Invalid`` for a file that cannot be read."""
    text = _decoded(content)
    records = _records(text)
    header = next(((number, cells) for number, cells in records if not _blank(cells)), (1, []))
    names = _named(header[1])
    rows: list[FileRow] = []
    for number, cells in records:
        if _blank(cells):
            continue
        if len(rows) == MAX_ROWS:
            raise _unreadable(
                Text(N_("The file has more than %(max)s rows."), {"max": MAX_ROWS}),
                Text(N_("Split it into several files.")),
            )
        rows.append(_row(number, names, cells))
    return rows


def header_line() -> str:
    """The first line of a written file."""
    return sheets.header_line(COLUMNS)


def written(rows: Iterable[Mapping[str, str]]) -> str:
    """These posts as lines of a file; a missing column is empty."""
    return sheets.lines([cells.get(name, "") for name in COLUMNS] for cells in rows)


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _unreadable(
            Text(N_("The file is larger than %(megabytes)s MB."), {"megabytes": MAX_BYTES // 1_000_000}),
            Text(N_("Split it into several files.")),
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise _unreadable(Text(N_("The file is not UTF-8 text.")), Text(N_("Save it as “CSV UTF-8”.")))
    return text


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with its row number, blank ones too."""
    number = 0
    try:
        for number, cells in enumerate(_reader(text, _separator(text)), 1):
            yield number, cells
    except csv.Error:
        raise _unreadable(
            Text(N_("The file cannot be read from row %(row)s on."), {"row": number + 1}),
            Text(N_("Put text with quotes, separators or line breaks between quotes, and double the quotes in it.")),
        ) from None


def _separator(text: str) -> str:
    """The one of comma and semicolon under which the header holds more of our columns."""

    def known(mark: str) -> int:
        try:
            header = next((cells for cells in _reader(text, mark) if cells), [])
        except csv.Error:
            return 0
        return sum(cell.strip().casefold() in _NAMES for cell in header)

    return max(",;", key=known)


def _reader(text: str, mark: str) -> Iterator[list[str]]:
    return csv.reader(StringIO(text, newline=""), delimiter=mark, strict=True)


def _named(header: Sequence[str]) -> list[str]:
    """The column of each cell, "" where the header is empty. Raises ``Invalid`` with every fault of the header."""
    told = [cell.strip() for cell in header]
    names = [_NAMES.get(name.casefold(), name) for name in told]
    missing = [name for name in NEEDED if name not in names]
    unknown = [name for name in names if name and name not in COLUMNS]
    twice = sorted({name for name in names if name in COLUMNS and names.count(name) > 1})
    all_columns = {"columns": ", ".join(COLUMNS)}
    faults = [
        *(
            Fault(_short(name), Text(N_("There is no column called %(name)s."), {"name": _short(name)}), remedy)
            for name in unknown
            for remedy in [Text(N_("Take it out, or use one of these: %(columns)s."), all_columns)]
        ),
        *(
            Fault(name, Text(N_("The column %(name)s is missing."), {"name": name}), remedy)
            for name in missing
            for remedy in [Text(N_("Begin the file with a row of column names: %(columns)s."), all_columns)]
        ),
        *(
            Fault(name, Text(N_("The column %(name)s stands there twice."), {"name": name}), Text(N_("Keep one.")))
            for name in twice
        ),
    ]
    if faults:
        raise Invalid(faults[0].message, faults[0].remedy, tuple(faults))
    return names


def _row(number: int, names: Sequence[str], record: Sequence[str]) -> FileRow:
    cells = dict.fromkeys(COLUMNS, "")
    for name, cell in zip(names, record, strict=False):
        if name:
            meant = as_meant(cell)
            cells[name] = meant if name == "caption" else meant.strip()
    beyond = [cell for place, cell in enumerate(record) if place >= len(names) or not names[place]]
    return FileRow(number, cells, torn=not _blank(beyond))


def _blank(cells: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in cells)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _unreadable(message: Text, remedy: Text) -> Invalid:
    return Invalid(message, remedy, (Fault("", message, remedy),))
