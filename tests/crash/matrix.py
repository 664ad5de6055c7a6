"""Waves of cells through a house, and what the platforms' own ledgers say of each."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass

from tests.crash.cells import FREEZE, Cell
from tests.crash.field import Field, Seen
from tests.publishing.ground import Connected

WORKERS = 2
TRIES = (1, 4, 16, 64)
"""How much smaller the waves become in which a cell is run until its checkpoint is reached: its process may die just
before, for another cell. At last it is alone."""
LONGEST = 150.0
"""Seconds until every post of a wave has to be settled."""
FINAL = frozenset({"PUBLISHED", "FAILED", "UNCONFIRMED", "HELD", "IN_USER_INBOX"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one cell."""

    cell: str
    reached: bool
    sigkill: int
    faults: int
    public: int
    state: str
    twice: bool
    lost: bool
    stuck: bool
    why: str = ""

    @property
    def right(self) -> bool:
        """Public exactly once, or proven not public."""
        return not (self.twice or self.lost or self.stuck or self.why)

    def told(self) -> dict[str, object]:
        """As it is kept."""
        return asdict(self)


@dataclass(slots=True)
class Run:
    """A cell on its way."""

    cell: Cell
    account: Connected
    caption: str
    rules: list[tuple[str, int]]
    counter: str
    """The rule that sees every irreversible call of the account."""
    post: str = ""
    seen: Seen | None = None
    most_alive: int = 0

    @property
    def settled(self) -> bool:
        """Whether nobody will look at it again."""
        return self.seen is not None and self.seen.state in FINAL and not self.seen.waits


class Matrix:
    """Runs cells in one house."""

    def __init__(self, field: Field, *, longest: float = LONGEST, workers: int = WORKERS) -> None:
        self.field = field
        self.longest = longest
        self.workers = workers
        self._numbers = itertools.count(1)
        self._left = 0

    async def run(self, cells: Sequence[Cell], at_once: int) -> AsyncIterator[Verdict]:
        """Wave after wave; cells that were not reached come again, each with a fresh post, at last a few at once."""
        for share in TRIES:
            again = []
            size = max(1, at_once // share)
            for first in range(0, len(cells), size):
                wave = cells[first : first + size]
                for cell, verdict in zip(wave, await self.wave(wave), strict=True):
                    yield verdict
                    if verdict.right and not verdict.reached:
                        again.append(cell)
            cells = again

    async def wave(self, cells: Sequence[Cell]) -> list[Verdict]:
        """All of them at once, each on an account of its own."""
        began = time.monotonic()
        runs = await self._begin(cells)
        self.field.crew.wanted = self.workers
        try:
            await self._watch(runs, began)
            stuck = await self.field.stuck()
        finally:
            self.field.crew.dismiss()
        calm = not any(cell.orders for cell in cells)
        verdicts = [self._judge(run, calm) for run in runs]
        self.field.clear_faults()
        self._left += sum(verdict.stuck for verdict in verdicts)
        if stuck > self._left:
            raise AssertionError(f"{stuck} publications that nobody looks after")
        return verdicts

    async def _begin(self, cells: Sequence[Cell]) -> list[Run]:
        """Fresh posts, faults and orders; nobody is at work yet."""
        need: dict[str, int] = {}
        runs: list[Run] = []
        for cell in cells:
            need[cell.kind.platform] = need.get(cell.kind.platform, 0) + 1
        await self.field.provide(need)
        for cell in cells:
            need[cell.kind.platform] -= 1
            account = self.field.account(cell.kind.platform, need[cell.kind.platform])
            caption = f"{next(self._numbers)} {cell.name}"[:400]
            counter = self.field.count_sends(cell.kind, account)
            rules = [
                (self.field.arm(cell.kind, account, call.endpoint, form, nth=call.nth, times=times), times)
                for call, form, times in cell.faults
            ]
            post = await self.field.post(cell.kind, account, caption)
            runs.append(Run(cell, account, caption, rules, counter, post))
        await self._look(runs)
        for run in runs:
            assert run.seen is not None
            self.field.orders.give(run.seen.id, run.cell.orders)
        return runs

    async def _look(self, runs: Sequence[Run]) -> None:
        seen = await self.field.seen([run.post for run in runs])
        for run in runs:
            run.seen = seen[run.post]
            run.most_alive = max(run.most_alive, run.seen.alive)

    async def _watch(self, runs: Sequence[Run], began: float) -> None:
        """Until all is settled and nothing may come any more; frozen workers go on once their post is settled."""
        lingers = max(run.cell.lingers for run in runs)
        quiet = 0.0
        while time.monotonic() - began < self.longest:
            self.field.crew.tend()
            await self._look(runs)
            self._thaw(runs, time.monotonic() - began)
            if all(run.settled for run in runs) and not self.field.orders.frozen():
                quiet = quiet or time.monotonic()
                if time.monotonic() - quiet >= lingers:
                    return
            await asyncio.sleep(0.1)

    def _thaw(self, runs: Sequence[Run], seconds: float) -> None:
        settled = {run.seen.id for run in runs if run.seen is not None and run.settled}
        for pid, publication in self.field.orders.frozen().items():
            if publication in settled or seconds > self.longest / 2:
                self.field.orders.thaw(pid)

    def _judge(self, run: Run, calm: bool) -> Verdict:
        """The ledger's word against the house's."""
        assert run.seen is not None
        cell, seen = run.cell, run.seen
        public = self.field.public(cell.kind.platform, run.account, run.caption)
        armed = self.field.armed(cell.kind.platform) if run.rules else {}
        struck = [armed[rule].struck if rule in armed else times for rule, times in run.rules]
        sends = armed[run.counter].seen if calm and cell.sent_once else 1
        done = self.field.orders.done(seen.id)
        killed = sum(order.deed != FREEZE for order in cell.orders[:done])
        stuck = not run.settled
        known = (public > 0) == (seen.state == "PUBLISHED") and (public > 0 or seen.explained)
        lost = not stuck and not known
        return Verdict(
            cell.name, done == len(cell.orders) and all(struck), killed, sum(struck), public, seen.state,
            public > 1, lost, stuck, _why(run, seen, sends),
        )  # fmt: skip


def _why(run: Run, seen: Seen, sends: int) -> str:
    """What is wrong although the post is where it should be; ``sends``: irreversible calls that came to the platform,
    1 where processes die and more may be sent."""
    if run.most_alive > 1:
        return f"{run.most_alive} artefacts of one publication could have been published at once"
    if seen.taken_back:
        return "known to be published, and something else was written after that"
    if sends != 1:
        return f"sent {sends} times although the platform had taken the first"
    return ""
