"""What the documents name is there: files they link to, commands, make's targets, settings."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from huntaze.__main__ import parser
from huntaze.settings import SETTINGS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
_COMMAND = re.compile(r"^huntaze ([a-z]+)|`huntaze ([a-z]+)", re.MULTILINE)
_TARGET = re.compile(r"`make ([a-z]+)|^make ([a-z]+)", re.MULTILINE)
_SETTING = re.compile(r"^(?:export )?([A-Z][A-Z_]{3,})=", re.MULTILINE)


def named(pattern: re.Pattern[str], page: Path) -> Iterator[str]:
    for match in pattern.finditer(page.read_text(encoding="utf-8")):
        yield next(group for group in match.groups() if group)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_everything_a_page_links_to_is_there(page: Path) -> None:
    assert [link for link in named(_LINK, page) if not (page.parent / link).exists()] == []


def test_every_command_that_is_named_can_be_run() -> None:
    actions = [action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)]
    known = {name for action in actions for name in action.choices}
    assert {name for page in PAGES for name in named(_COMMAND, page)} <= known


def test_every_target_of_make_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {name for page in PAGES for name in named(_TARGET, page)} <= targets


def test_every_setting_of_the_examples_is_one() -> None:
    known = {row.name for row in SETTINGS} | {f"{row.name}_FILE" for row in SETTINGS}
    pages = [ROOT / "README.md", ROOT / "docs" / "start" / "production.md"]
    assert {name for page in pages for name in named(_SETTING, page)} <= known
