"""Prove: run the figures of one subject, hold each against its target, keep the lines by commit."""

import importlib
import json
import os
import pkgutil
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.figure import Figure, Ground, Measured
from huntaze.kit.json_value import JsonValue
from tests.browser.provide import REMEDY, there_is_one

ROOT = Path(__file__).parent.parent
KEPT = ROOT / ".prove"


class NoSuchFigure(Exception):
    """There is no subject, or no figure, of this name."""


def figures(what: str) -> list[Figure]:
    """The figures of `bench/<what>/`: its modules in the order of their names, then those that are `last`.

    Raises NoSuchFigure, and ValueError for a name used twice.
    """
    name = f"bench.{what.replace('-', '_')}"
    try:
        package = importlib.import_module(name)
        places = package.__path__
    except (ModuleNotFoundError, AttributeError):
        raise NoSuchFigure(f"bench/{what.replace('-', '_')}/ is not there") from None
    modules = sorted(module.name for module in pkgutil.iter_modules(places))
    found: list[Figure] = []
    for module in modules:
        found += getattr(importlib.import_module(f"{name}.{module}"), "FIGURES", ())
    names = [figure.name for figure in found]
    if twice := {each for each in names if names.count(each) > 1}:
        raise ValueError(f"two figures of one name: {', '.join(sorted(twice))}")
    return sorted(found, key=lambda figure: figure.last)


def prove(what: str, only: str | None, seed: int) -> list[Mapping[str, JsonValue]]:
    """Measure, print one line of JSON a figure, keep them by commit. Raises NoSuchFigure."""
    chosen = [figure for figure in figures(what) if only in (None, figure.name)]
    if not chosen:
        raise NoSuchFigure(f"{what} has no figure {only}")
    commit = commit_in_use()
    lines: list[Mapping[str, JsonValue]] = []
    sheets = os.environ.get("FACT_SHEETS")
    with Ground(ROOT, sys.executable, seed, Path(sheets).absolute() if sheets else None) as ground:
        for figure in chosen:
            line = {**_line(figure, ground), "commit": commit, "cores": os.cpu_count()}
            print(json.dumps(line, ensure_ascii=False), flush=True)
            lines.append(line)
    _keep(what, only, commit, lines)
    return lines


def _line(figure: Figure, ground: Ground) -> dict[str, JsonValue]:
    asked: dict[str, JsonValue] = {"figure": figure.name}
    wanted: dict[str, JsonValue] = {"target": figure.target, "op": figure.op}
    if figure.needs_sheets and ground.sheets is None:
        return {**asked, "value": None, **wanted, "ok": False, "why": "FACT_SHEETS names no folder"}
    if figure.needs_chromium and not there_is_one():
        return {**asked, "value": None, **wanted, "ok": False, "why": REMEDY}
    try:
        measured = figure.measure(ground)
    except Exception as error:
        traceback.print_exc()
        return {**asked, "value": None, **wanted, "ok": False, "why": f"{type(error).__name__}: {error}"}
    return {**asked, "value": _short(measured.value), **wanted, "ok": figure.met(measured), **_rest(measured)}


def _rest(measured: Measured) -> dict[str, JsonValue]:
    runs: Sequence[float] = measured.runs or (measured.value,)
    return {
        "runs": [_short(run) for run in runs],
        "n": measured.n,
        "baseline": measured.baseline,
        "seed": measured.seed,
        **measured.detail,
    }


def _short(value: float) -> float:
    return round(value, 4) if isinstance(value, float) else value


def _keep(what: str, only: str | None, commit: str, lines: Sequence[Mapping[str, JsonValue]]) -> None:
    folder = KEPT / commit
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{what}{'.part' if only else ''}.jsonl").open("a" if only else "w", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def commit_in_use() -> str:
    """The commit in use, marked when files differ from it."""
    git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    done = subprocess.run(git, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
