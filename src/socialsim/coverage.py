"""What is imitated, on what authority, and which test shows it: ``python -m socialsim coverage``."""

import csv
import json
from collections import Counter
from dataclasses import asdict, dataclass
from importlib.resources import files
from itertools import groupby
from typing import Literal

Form = Literal["people", "json", "markdown"]
_SHEETS = {"instagram.md": "Instagram", "tiktok.md": "TikTok"}
_HEAD = """# What the simulator imitates

Made by `python -m socialsim coverage --markdown`; a test holds it. One row for each fact of the platforms that we know.
*documented*: the platform says so. *recorded*: it was seen in real traffic. *assumed*: neither, so we chose; where the
platform contradicts itself there is a knob. The tests are in `tests/socialsim/`. Sources are resolved at the end.
"""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One row of a fact sheet: ``key`` names sheet, section and row, ``tag`` is documented, recorded or assumed.

    ``scope`` is imitated, shown by ``test`` (``folder/file.name``), or out, for the reason in
    ``note``; the note of an imitated row says what is particular about it.
    """

    key: str
    scope: str
    tag: str
    source: str
    test: str
    note: str

    @property
    def section(self) -> str:
        """The fact sheet's section, e.g. ``instagram.md#3.7``."""
        return self.key.partition("/")[0]


def behaviours() -> list[Behaviour]:
    """All rows of all platforms, in the order of the sheets."""
    tables = sorted((files("socialsim") / "behaviours").iterdir(), key=lambda table: table.name)
    return [
        Behaviour(**row) for table in tables for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    ]


def report(form: Form = "people") -> str:
    """The table for people, for programs, or as the page of the documentation."""
    rows = behaviours()
    match form:
        case "people":
            return _for_people(rows)
        case "json":
            return _for_programs(rows)
        case "markdown":
            return _page(rows)


def _for_programs(rows: list[Behaviour]) -> str:
    imitated = [row for row in rows if row.scope == "imitated"]
    summary = {
        "rows": len(rows),
        "imitated": len(imitated),
        "share": round(len(imitated) / len(rows), 4),
        "tags": Counter(row.tag for row in imitated),
        "sections": Counter(row.section for row in rows),
        "behaviours": [asdict(row) for row in rows],
    }
    return json.dumps(summary, indent=1, ensure_ascii=False)


def _for_people(rows: list[Behaviour]) -> str:
    width = max(len(row.key) for row in rows)
    lines = []
    for row in rows:
        what = row.tag if row.scope == "imitated" else "left out"
        lines.append(f"{row.key:<{width}}  {what:<10}  {row.source}{f'  ({row.note})' if row.note else ''}")
    tags = Counter(row.tag for row in rows if row.scope == "imitated")
    total = ", ".join(f"{count} {tag}" for tag, count in sorted(tags.items()))
    return "\n".join((*lines, "", f"{sum(tags.values())} of {len(rows)} behaviours imitated: {total}"))


def _page(rows: list[Behaviour]) -> str:
    with (files("socialsim") / "sheets.csv").open(encoding="utf-8") as table:
        sheets = list(csv.DictReader(table))
    titles = {f"{row['sheet']}#{row['key']}": row["text"] for row in sheets if row["kind"] == "section"}
    imitated = [row for row in rows if row.scope == "imitated"]
    tags = Counter(row.tag for row in imitated)
    counted = ", ".join(f"{count} {tag}" for tag, count in sorted(tags.items()))
    lines = [_HEAD, f"{len(imitated)} of {len(rows)} are imitated: {counted}.\n"]
    for section, inside in groupby(rows, key=lambda row: row.section):
        sheet, _, number = section.partition("#")
        lines += [f"## {_SHEETS[sheet]} {number}: {titles[section]}\n", "| behaviour | standing | source | shown by |"]
        lines += ["|---|---|---|---|", *(_line(row) for row in inside), ""]
    lines += ["## Sources\n", "| platform | key | what |", "|---|---|---|"]
    lines += [
        f"| {_SHEETS[row['sheet']]} | {row['key']} | {row['text']} |" for row in sheets if row["kind"] == "source"
    ]
    return "\n".join(lines)


def _line(row: Behaviour) -> str:
    name = row.key.partition("/")[2]
    standing = row.tag if row.scope == "imitated" else "left out"
    shown = f"`{row.test}`" if row.test else ""
    note = row.note if not shown else f" ({row.note})" if row.note else ""
    return f"| {name} | {standing} | {_cell(row.source)} | {shown}{_cell(note)} |"


def _cell(text: str) -> str:
    return text.replace("\\|", "|").replace("|", "\\|")
