"""docs/look-up/security.md is true: forty promises, and every test that it names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "look-up" / "security.md"
PROMISES = 40
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_PROMISE = re.compile(r"^(\d+)\. ", re.MULTILINE)


def promises(page: str) -> dict[int, str]:
    """The words of each promise, by its number."""
    found = list(_PROMISE.finditer(page))
    ends = [match.start() for match in found[1:]] + [len(page)]
    return {int(match[1]): page[match.end() : end] for match, end in zip(found, ends, strict=True)}


def missing(text: str) -> list[str]:
    """Named tests that do not exist."""
    return [f"{file}::{name}" for file, name in _TEST.findall(text) if name not in _tests(ROOT / file)]


def _tests(file: Path) -> set[str]:
    if not file.is_file():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_test_that_holds_a_promise_is_there() -> None:
    assert missing(PAGE.read_text(encoding="utf-8")) == []


def test_every_promise_names_its_test_or_says_why_there_is_none() -> None:
    page = promises(PAGE.read_text(encoding="utf-8"))
    assert list(page) == list(range(1, PROMISES + 1))
    empty = [number for number, text in page.items() if not _TEST.search(text) and "Not yet, because" not in text]
    assert empty == []


def test_a_test_that_is_gone_would_be_noticed() -> None:
    assert missing("`tests/contract/test_security_table.py::test_that_never_was`, `tests/nowhere.py::test_x`") == [
        "tests/contract/test_security_table.py::test_that_never_was",
        "tests/nowhere.py::test_x",
    ]
