"""Named places where a test may have the process killed, to prove what a crash there leaves behind."""

import os
import signal
from collections import Counter


class Checkpoints:
    """Kills this process, as `kill -9` would, when the wanted checkpoint is reached for the n-th time.

    `kill_at` is `name` or `name:n` (n from 1); None means that every `reach` only counts.
    """

    def __init__(self, kill_at: str | None) -> None:
        self._reached: Counter[str] = Counter()
        self._name: str | None = None
        self._nth = 1
        if kill_at is not None:
            self._name, self._nth = parse_kill_at(kill_at)

    def reach(self, name: str) -> None:
        """Say that `name` was reached. May not return."""
        self._reached[name] += 1
        if name == self._name and self._reached[name] == self._nth:
            os.kill(os.getpid(), signal.SIGKILL)


def parse_kill_at(text: str) -> tuple[str, int]:
    """`"publish.intent:2"` → `("publish.intent", 2)`; raises ValueError with words for people."""
    name, colon, nth = text.partition(":")
    if not name or (colon and (not nth.isascii() or not nth.isdigit() or int(nth) < 1)):
        raise ValueError(f"{text!r} is not a checkpoint: write name or name:n with n from 1")
    return name, int(nth) if colon else 1
