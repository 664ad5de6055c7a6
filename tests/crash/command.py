"""What `python -m tests.crash` does: `matrix [--shard i/n] [--only words]` and `mutants`.

The matrix is followed by the lives that hypothesis draws; `--only "life 7"` lives those of one seed again. A line for
each cell and each life is kept in `.prove/<commit>/`: a run that was broken off goes on where it was.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.prove import KEPT, commit_in_use
from tests.crash.cells import FREEZE, RELAY, TIME_SCALE, Cell, fates, faults, kills, small
from tests.crash.field import around, open_field
from tests.crash.lives import lives
from tests.crash.matrix import LONGEST, Matrix, Verdict
from tests.crash.mutants import MUTANTS

KILLS_AT_ONCE, FAULTS_AT_ONCE = 16, 57
FATES_WITHIN = 1200.0


class Book:
    """What is known of this commit's cells; of changed files nothing is known."""

    def __init__(self, name: str) -> None:
        commit = commit_in_use()
        path = self._path = KEPT / commit / f"{name}.jsonl"
        self.known: dict[str, Verdict] = {}
        if commit == "unknown" or commit.endswith("-dirty"):
            path.unlink(missing_ok=True)
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                self._take(Verdict(**json.loads(line)))

    def add(self, verdict: Verdict) -> None:
        """Keep it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(verdict.told()) + "\n")
        self._take(verdict)
        if not verdict.right:
            print(f"red: {verdict.told()}", file=sys.stderr, flush=True)

    def _take(self, verdict: Verdict) -> None:
        """The worst that was seen of a cell stays, but for a checkpoint that was reached at last."""
        before = self.known.get(verdict.cell)
        if before is None or before.right:
            self.known[verdict.cell] = verdict

    def open(self, cells: Iterable[Cell]) -> list[Cell]:
        """Those of which nothing final is known."""
        return [
            cell
            for cell in cells
            if (known := self.known.get(cell.name)) is None or (known.right and not known.reached)
        ]


def total(verdicts: Sequence[Verdict]) -> dict[str, object]:
    """The line of the whole."""
    return {
        "cells": len(verdicts),
        "reached": sum(one.reached for one in verdicts),
        "unreached": [one.cell for one in verdicts if not one.reached],
        "sigkill": sum(one.sigkill for one in verdicts),
        "faults": sum(one.faults for one in verdicts),
        "published": sum(one.state == "PUBLISHED" for one in verdicts),
        "twice": sum(one.twice for one in verdicts),
        "lost": sum(one.lost for one in verdicts),
        "stuck": sum(one.stuck for one in verdicts),
        "wrong": [one.cell for one in verdicts if not one.right],
        "time_scale": TIME_SCALE,
    }


async def run(
    cells: Sequence[Cell], book: Book, at_once: int, *, scale: float = TIME_SCALE, longest: float = LONGEST
) -> None:
    """Those of which nothing final is known, in one house."""
    todo = book.open(cells)
    if not todo:
        return
    with tempfile.TemporaryDirectory() as folder, around() as (sim, servers):
        async with open_field(Path(folder), sim, servers, scale=scale) as field:
            known = 0
            async for verdict in Matrix(field, longest=longest).run(todo, at_once):
                book.add(verdict)
                known += 1
                if known % at_once == 0:
                    print(f"{known} of {len(todo)}", file=sys.stderr, flush=True)


async def matrix(shard: str, only: str) -> int:
    """The whole, or one shard of it: cells, fates and lives side by side, since most of it is waiting."""
    number, _, of = shard.partition("/")
    book = Book("crash")
    parts = [
        [cell for cell in cells if only in cell.name][int(number) - 1 :: int(of)]
        for cells in (kills(), faults(), fates())
    ]
    whole = Book("crash-fates")
    async with asyncio.TaskGroup() as beside:
        beside.create_task(_kills_and_faults(parts[0], parts[1], book))
        beside.create_task(run(parts[2], whole, len(parts[2]) or 1, scale=1.0, longest=FATES_WITHIN))
        living = beside.create_task(lives(shard, only))
    verdicts = [book.known[cell.name] for cell in (*parts[0], *parts[1])] + [
        whole.known[cell.name] for cell in parts[2]
    ]
    lived = living.result()
    line = total(verdicts) | {"fates_at_full_scale": len(parts[2])} | lived
    print(json.dumps(line), flush=True)
    return 0 if all(one.right and one.reached for one in verdicts) and not lived["lives_wrong"] else 1


async def _kills_and_faults(killed: Sequence[Cell], faulty: Sequence[Cell], book: Book) -> None:
    """One after the other: each of them alone keeps a small machine busy."""
    await run(killed, book, KILLS_AT_ONCE)
    await run(faulty, book, FAULTS_AT_ONCE)


async def mutants(only: str) -> int:
    """The small matrix: green as it is, red with each invariant switched off."""
    wanted = [mutant for mutant in MUTANTS if only in mutant]
    caught = []
    for mutant in ("", *wanted):
        verdicts = await _small_matrix(mutant)
        red = [one.told() for one in verdicts if not one.right]
        unreached = [one.cell for one in verdicts if not one.reached]
        words = MUTANTS.get(mutant, "as it is")
        line = {"mutant": mutant, "is": words, "cells": len(verdicts), "unreached": unreached, "red": red}
        print(json.dumps(line), file=sys.stderr, flush=True)
        if not mutant and red:
            return 1
        if mutant and red:
            caught.append(mutant)
    print(json.dumps({"mutants": len(wanted), "caught": len(caught)}), flush=True)
    return 0 if len(caught) == len(wanted) else 1


async def _small_matrix(mutant: str) -> list[Verdict]:
    """What dies, what stands still and what is only cut off come one after the other: none disturbs the others."""
    cells = small()
    deeds = [{order.deed for order in cell.orders} for cell in cells]
    with tempfile.TemporaryDirectory() as folder, around() as (sim, servers):
        async with open_field(Path(folder), sim, servers, scale=TIME_SCALE, mutant=mutant) as field:
            matrix = Matrix(field, longest=60.0)
            verdicts = []
            for kind in ({"worker"}, {FREEZE}, {FREEZE, RELAY}, set()):
                wave = [cell for cell, deed in zip(cells, deeds, strict=True) if deed == kind]
                verdicts += await matrix.wave(wave)
            return verdicts


def main() -> int:
    """0 when all is green (matrix) or all is caught (mutants)."""
    parser = argparse.ArgumentParser(prog="tests.crash")
    parser.add_argument("what", choices=["matrix", "mutants"])
    parser.add_argument("--shard", default="1/1")
    parser.add_argument("--only", default="", help="cells, lives (mutants) whose name has these words")
    options = parser.parse_args()
    return asyncio.run(matrix(options.shard, options.only) if options.what == "matrix" else mutants(options.only))
