"""The behaviour table tells the truth about itself."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from socialsim.coverage import behaviours
from tests.socialsim.fact_sheet import counted_rows

HERE = Path(__file__).parent


def stories() -> set[str]:
    """``file.test`` of every test in this folder, with the sub-folder before it."""
    return {
        f"{path.relative_to(HERE).with_suffix('').as_posix()}.{node.name}"
        for path in HERE.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


@pytest.fixture
def sheets() -> Path:
    """Where the fact sheets lie; skips where they are not at hand."""
    folder = os.environ.get("FACT_SHEETS")
    if not folder:
        pytest.skip("FACT_SHEETS names no folder")
    return Path(folder)


def test_every_imitated_behaviour_names_a_story_that_exists() -> None:
    known = stories()
    assert [row.key for row in behaviours() if row.scope == "imitated" and row.test not in known] == []


def test_what_is_left_out_has_a_reason_and_is_little() -> None:
    rows = behaviours()
    left_out = [row for row in rows if row.scope == "out"]
    assert [row.key for row in left_out if not row.note or row.test] == []
    assert len(left_out) <= 0.1 * len(rows)


def test_keys_are_unique_and_words_are_known() -> None:
    rows = behaviours()
    assert len({row.key for row in rows}) == len(rows) > 100
    assert {row.tag for row in rows} <= {"documented", "recorded", "assumed"}
    assert {row.scope for row in rows} <= {"imitated", "out"}


def test_every_row_stands_in_a_fact_sheet(sheets: Path) -> None:
    assert {row.key for row in behaviours()} <= set(counted_rows(sheets))


def test_the_command_prints_it_for_people_and_for_programs() -> None:
    command = [sys.executable, "-m", "socialsim", "coverage"]
    people = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout
    programs = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=20, check=True).stdout
    assert "instagram.md#3.7/9007-2207027" in people
    assert json.loads(programs)["rows"] == len(behaviours())
