"""What the matrix orders for one publication at a named place, and how a worker carries it out.

A folder for each publication, a file for each order: `0~publish.intent~worker`. An order that was carried out is named
`done~…`; that is written before the deed, since nothing can be written after it. Beside them stands what is wrong with
the clock of a worker: `clock~<its number>`, in seconds.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import SystemClock
from huntaze.kit.log import current_correlation
from tests.crash.cells import FREEZE, RELAY, Order

ANYWHERE = "anywhere"


class Orders:
    """The folder, as the matrix sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)

    def give(self, publication: str, orders: Sequence[Order]) -> None:
        """Write down what is to be done."""
        place = self.folder / publication
        place.mkdir()
        for number, order in enumerate(orders):
            (place / f"{number}~{order.checkpoint}~{order.deed}").touch()

    def replace(self, publication: str, order: Order) -> None:
        """One order instead of what is not carried out yet."""
        place = self.folder / publication
        place.mkdir(exist_ok=True)
        self.withdraw(publication)
        (place / f"{self.done(publication) % 10}~{order.checkpoint}~{order.deed}").touch()

    def withdraw(self, publication: str) -> None:
        """Nothing more is to be done at this one."""
        for file in (self.folder / publication).glob("[0-9]~*"):
            file.unlink(missing_ok=True)

    def done(self, publication: str) -> int:
        """How many were carried out."""
        return len(list((self.folder / publication).glob("done~*")))

    def frozen(self) -> dict[int, str]:
        """The numbers of workers that stand still, with the publications at which they do."""
        return {int(file.name.partition("~")[2]): file.parent.name for file in self.folder.glob("*/frozen~*")}

    def freeze(self, pid: int) -> None:
        """Make a worker stand still, wherever it is."""
        place = self.folder / ANYWHERE
        place.mkdir(exist_ok=True)
        (place / f"frozen~{pid}").touch()
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)

    def set_clock(self, pid: int, seconds: float) -> None:
        """From now on the clock of this worker is wrong by so much."""
        side = self.folder / f"clock.new~{pid}"
        side.write_text(str(seconds))
        side.replace(self.folder / f"clock~{pid}")

    def right_clocks(self) -> None:
        """Every clock is right again."""
        for file in self.folder.glob("clock~*"):
            file.unlink()

    def thaw(self, pid: int) -> None:
        """Let a worker go on."""
        _thaw(self.folder.glob(f"*/frozen~{pid}"))

    def name_victim(self, name: str, pid: int | None) -> None:
        """The number of the process that now plays ``web`` or ``postgres``; None: there is none just now."""
        if pid is None:
            return
        side = self.folder / f"{name}.new"
        side.write_text(str(pid))
        side.replace(self.folder / f"{name}.pid")


class Jumping:
    """The clock of this process, which may be put wrong at any time."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / f"clock~{os.getpid()}"

    def now(self) -> datetime:
        """What this process believes."""
        try:
            wrong = float(self._file.read_text())
        except FileNotFoundError:
            wrong = 0.0
        return SystemClock().now() + timedelta(seconds=wrong)


class Executioner(Checkpoints):
    """The checkpoints of a worker under orders."""

    def __init__(self, folder: Path) -> None:
        super().__init__(None)
        self._folder = folder

    def reach(self, name: str) -> None:
        """Do what is ordered for the publication in hand, if this is its next place. May not return."""
        place = self._folder / (current_correlation() or "nobody")
        pending = sorted(place.glob("[0-9]~*")) if place.is_dir() else []
        if not pending or pending[0].name.split("~")[1] != name:
            return
        deed = pending[0].name.split("~")[2]
        victim = os.getpid() if deed in ("worker", FREEZE, RELAY) else int((self._folder / f"{deed}.pid").read_text())
        try:
            os.kill(victim, 0)
            pending[0].rename(place / f"done~{pending[0].name}")
        except (ProcessLookupError, FileNotFoundError):
            return
        if deed == FREEZE:
            (place / f"frozen~{victim}").touch()
        if deed == RELAY:
            _thaw(place.glob("frozen~*"))
        os.kill(victim, signal.SIGSTOP if deed == FREEZE else signal.SIGKILL)


def _thaw(marks: Iterable[Path]) -> None:
    for mark in marks:
        mark.unlink()
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(mark.name.partition("~")[2]), signal.SIGCONT)
