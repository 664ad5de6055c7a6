"""What is imitated, on what authority, and which test shows it: ``python -m socialsim coverage``."""

import csv
import json
from collections import Counter
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Literal

Scope = Literal["imitated", "out"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One row of a fact sheet: ``key`` names the sheet, its section and row, ``tag`` is documented, recorded or assumed.

    ``scope`` says whether it is imitated, shown by ``test`` (``folder/file.name``), or left out for the reason in
    ``note``; the note of an imitated row says what is particular about it.
    """

    key: str
    scope: Scope
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


def report(*, as_json: bool) -> str:
    """The table for people or for programs."""
    rows = behaviours()
    return _for_programs(rows) if as_json else _for_people(rows)


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
