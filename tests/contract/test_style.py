"""Long files and functions, patched tests, words that lead nowhere. The numbers are limits, not aims."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
LONGEST_FUNCTION = 60
LONGEST_FILE = 500
PATCHES_PER_HUNDRED_TESTS = 3
PATCHING = ("setattr", "setitem", "delattr", "patch", "object", "Mock", "MagicMock", "AsyncMock")
FACT_SHEETS = ("instagram.md", "tiktok.md")
_CITED = re.compile(r"(?<![\w*{])[\w./-]*\w\.md\b")


def python_files() -> list[Path]:
    return [path for folder in ("src", "tests", "bench") for path in sorted((REPOSITORY / folder).rglob("*.py"))]


def too_long(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    name = path.relative_to(REPOSITORY) if path.is_relative_to(REPOSITORY) else path
    if (lines := text.count("\n")) > LONGEST_FILE:
        yield f"{name}: {lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{name}:{node.lineno} {node.name}: {length} lines"


def lost_citations(path: Path) -> Iterator[str]:
    """Documents that are named and stand neither in the repository nor among the fact sheets."""
    pages = {page.name for page in [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]}
    for cited in _CITED.findall(path.read_text(encoding="utf-8")):
        if Path(cited).name not in pages.union(FACT_SHEETS):
            yield f"{path.name}: {cited}"


def patches(module: ast.Module) -> Iterator[ast.Call]:
    """Calls of monkeypatch.setattr and its kind, and of anything from unittest.mock."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            owned_by = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            if owned_by in ("monkeypatch", "mock", "patch", "mocker") and node.func.attr in PATCHING:
                yield node
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("patch", "Mock", "MagicMock", "AsyncMock"):
            yield node


def count_tests(module: ast.Module) -> int:
    return sum(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        for node in ast.walk(module)
    )


def test_no_function_and_no_file_is_too_long() -> None:
    assert [problem for path in python_files() for problem in too_long(path)] == []


def test_what_the_code_cites_can_be_read_by_whoever_reads_it() -> None:
    this = Path(__file__)
    assert [lost for path in python_files() if path != this for lost in lost_citations(path)] == []


def test_a_citation_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.py"
    page.write_text('"""instagram.md §3.5, docs/look-up/settings.md, plan.md."""')
    assert list(lost_citations(page)) == ["page.py: plan.md"]


def test_the_tests_patch_next_to_nothing() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted((REPOSITORY / "tests").rglob("*.py"))]
    patched = sum(len(list(patches(each))) for each in trees)
    assert patched * 100 <= PATCHES_PER_HUNDRED_TESTS * sum(map(count_tests, trees))


def test_a_long_function_and_a_long_file_are_found(tmp_path: Path) -> None:
    long = tmp_path / "long.py"
    long.write_text("async def much():\n" + "    x = 1\n" * LONGEST_FILE)
    assert [problem.partition(": ")[2] for problem in too_long(long)] == ["501 lines", "501 lines"]


@pytest.mark.parametrize(
    "line", ["monkeypatch.setattr(a, 'b', 1)", "mock.patch('a.b')", "patch.object(a, 'b')", "MagicMock()"]
)
def test_a_patch_is_counted(line: str) -> None:
    assert len(list(patches(ast.parse(line)))) == 1
    assert list(patches(ast.parse("monkeypatch.setenv('A', 'b')\nclient.patch('/posts/1')"))) == []
