"""What is imitated, on what authority, and which test shows it: ``python -m socialsim coverage``."""

import csv
import json
from collections import Counter
from dataclasses import asdict, dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One row. ``key`` names a fact sheet's section and row, ``tag`` is documented, recorded or assumed."""

    key: str
    tag: str
    source: str
    test: str
    note: str

    @property
    def section(self) -> str:
        """The fact sheet's section, e.g. ``instagram.md#3.7``."""
        return self.key.partition("/")[0]


def behaviours() -> list[Behaviour]:
    """All rows of all platforms."""
    text = (files("socialsim.meta") / "behaviours.csv").read_text(encoding="utf-8")
    return [Behaviour(**row) for row in csv.DictReader(text.splitlines())]


def report(*, as_json: bool) -> str:
    """The table for people or for programs."""
    rows = behaviours()
    tags = Counter(row.tag for row in rows)
    if as_json:
        sections = Counter(row.section for row in rows)
        summary = {
            "imitated": len(rows),
            "tags": tags,
            "sections": sections,
            "behaviours": [asdict(row) for row in rows],
        }
        return json.dumps(summary, indent=1, ensure_ascii=False)
    width = max(len(row.key) for row in rows)
    lines = [f"{row.key:<{width}}  {row.tag:<10}  {row.source}{f'  ({row.note})' if row.note else ''}" for row in rows]
    total = ", ".join(f"{count} {tag}" for tag, count in sorted(tags.items()))
    return "\n".join((*lines, "", f"{len(rows)} behaviours imitated: {total}"))
