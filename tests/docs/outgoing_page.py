"""`python -m tests.docs.outgoing_page` writes the tables of docs/look-up/outgoing-webhooks.md from the kinds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from huntaze.outbox.outgoing import FACTS, GROUPS, KINDS
from huntaze.outbox.outgoing.sending import PAUSES

PAGE = Path(__file__).parents[2] / "docs" / "look-up" / "outgoing-webhooks.md"
BEGIN = "<!-- made by python -m tests.docs.outgoing_page -->\n"


def whole(written: str) -> str:
    """The page with its made part; what people wrote stands before it."""
    return written.partition(BEGIN)[0] + BEGIN + "".join(_made())


def _made() -> Iterator[str]:
    for group, words in GROUPS.items():
        kinds = [kind for kind in KINDS if kind.group == group]
        if kinds:
            yield f"\n### {words}\n\n| type | when | `data` |\n|---|---|---|\n"
        for kind in kinds:
            facts = ", ".join(f"`{name}`" for name in kind.facts)
            content = f"; with what people wrote `content`: {kind.content}" if kind.content else ""
            yield f"| `{kind.name}` | {kind.words} | {facts}{content} |\n"
    yield "\n### Facts\n\n| fact | what it is |\n|---|---|\n"
    named = {name for kind in KINDS for name in kind.facts}
    yield from (f"| `{name}` | {words} |\n" for name, words in FACTS.items() if name in named)
    pauses = ", ".join(_length(pause.total_seconds()) for pause in PAUSES)
    yield f"\n### Pauses\n\nAfter a failed attempt the next one comes after {pauses}, each up to a tenth more.\n"


def _length(seconds: float) -> str:
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


def main() -> None:
    """Write the page."""
    PAGE.write_text(whole(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
