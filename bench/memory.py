"""Proportional memory of processes, as the kernel counts it: shared pages are divided among those who share them."""

from collections.abc import Iterator
from pathlib import Path


def pss_of(pid: int) -> float:
    """Memory of one process in MB; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def tree_of(pid: int, *, depth: int = 99) -> dict[int, str]:
    """The command lines of the processes below `pid`, by number."""
    return dict(_below(pid, depth))


def _below(pid: int, depth: int) -> Iterator[tuple[int, str]]:
    for child in _children(pid) if depth else ():
        try:
            title = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        yield child, title
        yield from _below(child, depth - 1)


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(number) for number in task.read_text().split()]
        except OSError:
            continue
    return found
