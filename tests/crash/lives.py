"""Many lives (`tests.crash.machine`), drawn from seeds; a line for each is kept by commit, like those of the cells."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.prove import KEPT, commit_in_use
from tests.crash.cells import TIME_SCALE
from tests.crash.field import around, open_field
from tests.crash.life import Lived
from tests.crash.machine import HORIZON, live

SEEDS, LIVES_EACH, STEPS = 20, 6, 12
HOUSES = 2
"""Side by side, since most of a life is waiting."""


class Diary:
    """What is known of this commit's lives; of changed files nothing is known."""

    def __init__(self) -> None:
        commit = commit_in_use()
        self._path = KEPT / commit / "crash-lives.jsonl"
        self.known: dict[str, Lived] = {}
        if commit == "unknown" or commit.endswith("-dirty"):
            self._path.unlink(missing_ok=True)
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                one = Lived(**json.loads(line))
                self.known[one.life] = one

    def add(self, one: Lived) -> None:
        """Keep it; one that went wrong is told with all its steps."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(one.told()) + "\n")
        self.known[one.life] = one
        if one.wrong:
            print(f"red: {json.dumps(one.told(), indent=1)}", file=sys.stderr, flush=True)

    def whole(self, seed: int) -> bool:
        """Whether every life of a seed was lived to its end."""
        return sum(name.partition(".")[0] == str(seed) for name in self.known) >= LIVES_EACH


async def lives(shard: str, only: str, mutant: str = "") -> dict[str, object]:
    """The seeds of a shard, or those named (`life 7`: the same steps again); what is told of the whole."""
    number, _, of = shard.partition("/")
    seeds = [seed for seed in range(1, SEEDS + 1) if only in f"life {seed}"][int(number) - 1 :: int(of)]
    diary = Diary()
    todo = [seed for seed in seeds if not diary.whole(seed)]
    async with asyncio.TaskGroup() as beside:
        for part in filter(None, (todo[house::HOUSES] for house in range(HOUSES))):
            beside.create_task(_lived(part, diary, mutant))
    known = [one for one in diary.known.values() if int(one.life.partition(".")[0]) in seeds]
    return {
        "lives": len(known),
        "lives_posts": sum(one.posts for one in known),
        "lives_published": sum(one.published for one in known),
        "lives_unconfirmed": sum(one.unconfirmed for one in known),
        "lives_wrong": [one.life for one in known if one.wrong],
    }


async def _lived(seeds: Sequence[int], diary: Diary, mutant: str) -> None:
    """The lives of these seeds, one after the other in one house."""
    with tempfile.TemporaryDirectory() as folder, around() as (sim, servers):
        home = Path(folder)
        async with open_field(home, sim, servers, scale=TIME_SCALE, mutant=mutant, horizon=HORIZON) as field:
            for seed in seeds:
                print(f"life {seed}: {LIVES_EACH} lives of {STEPS} steps", file=sys.stderr, flush=True)
                await live(field, home, seed, LIVES_EACH, STEPS, diary.add)
