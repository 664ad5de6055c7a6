"""The behaviour table tells the truth about itself."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from socialsim.coverage import behaviours
from tests.socialsim.fact_sheet import rows_of

HERE = Path(__file__).parent


def stories() -> set[str]:
    """``module.test`` of every test in this folder."""
    return {
        f"{path.stem}.{node.name}"
        for path in HERE.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_imitated_behaviour_names_a_story_that_exists() -> None:
    known = stories()
    assert [row.key for row in behaviours() if row.test not in known] == []


def test_keys_are_unique_and_tags_are_known() -> None:
    rows = behaviours()
    assert len({row.key for row in rows}) == len(rows) > 100
    assert {row.tag for row in rows} <= {"documented", "recorded", "assumed"}


def test_every_row_stands_in_the_fact_sheet() -> None:
    sheets = os.environ.get("FACT_SHEETS")
    if not sheets:
        pytest.skip("FACT_SHEETS names no folder")
    known = {f"instagram.md#{key}" for key in rows_of((Path(sheets) / "instagram.md").read_text(encoding="utf-8"))}
    assert {row.key for row in behaviours()} <= known


def test_the_command_prints_it_for_people_and_for_programs() -> None:
    command = [sys.executable, "-m", "socialsim", "coverage"]
    people = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout
    programs = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=20, check=True).stdout
    assert "instagram.md#3.7/9007-2207027" in people
    assert json.loads(programs)["imitated"] == len(behaviours())
