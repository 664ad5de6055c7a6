"""What the matrix orders for one publication at a named place, and how a worker carries it out.

A folder for each publication, a file for each order: `0~publish.intent~worker`. An order that was carried out is named
`done~…`; that is written before the deed, since nothing can be written after it.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Sequence
from pathlib import Path

from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.log import current_correlation
from tests.crash.cells import FREEZE, Order


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

    def done(self, publication: str) -> int:
        """How many were carried out."""
        return len(list((self.folder / publication).glob("done~*")))

    def frozen(self) -> dict[int, str]:
        """The numbers of workers that stand still, with the publications at which they do."""
        return {int(file.name.partition("~")[2]): file.parent.name for file in self.folder.glob("*/frozen~*")}

    def thaw(self, pid: int) -> None:
        """Let a worker go on."""
        for file in self.folder.glob(f"*/frozen~{pid}"):
            file.unlink()
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)

    def name_victim(self, name: str, pid: int | None) -> None:
        """The number of the process that now plays ``web`` or ``postgres``; None: there is none just now."""
        if pid is None:
            return
        side = self.folder / f"{name}.new"
        side.write_text(str(pid))
        side.replace(self.folder / f"{name}.pid")


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
        victim = os.getpid() if deed in ("worker", FREEZE) else int((self._folder / f"{deed}.pid").read_text())
        try:
            os.kill(victim, 0)
            pending[0].rename(place / f"done~{pending[0].name}")
        except (ProcessLookupError, FileNotFoundError):
            return
        if deed == FREEZE:
            (place / f"frozen~{victim}").touch()
        os.kill(victim, signal.SIGSTOP if deed == FREEZE else signal.SIGKILL)
