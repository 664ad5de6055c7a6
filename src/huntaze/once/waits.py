"""The waits around a call that cannot be taken back, in one value; the crash suites run it scaled down."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Self

CALL_TIMEOUT = timedelta(seconds=60)
SETTLE_READS = 3
"""So many looks must have been answered before «it is not there» is believed."""
_STEPS = 30
"""After so many growing steps every wait has reached its longest; beyond, the product would overflow a timedelta."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits as designed; ``scaled(0.01)`` divides them all by a hundred."""

    send_lease: timedelta = timedelta(seconds=75)
    """Longer than the call may take: while it runs nobody sends a second time."""
    grace: timedelta = timedelta(hours=1)
    """What is later than this never goes out by itself."""
    retry_first: timedelta = timedelta(seconds=2)
    retry_max: timedelta = timedelta(minutes=5)
    unknown_reads: tuple[timedelta, ...] = (
        timedelta(seconds=5),
        timedelta(seconds=15),
        timedelta(seconds=60),
        timedelta(seconds=120),
        timedelta(seconds=300),
    )
    settle: timedelta = timedelta(minutes=5)
    horizon: timedelta = timedelta(hours=26)
    link_slack: timedelta = timedelta(seconds=120)
    """How far the platform's clock may be from ours: what is older than the intent by more is none of ours."""
    sweep: timedelta = timedelta(seconds=2)

    def scaled(self, factor: float) -> Self:
        """The same waits multiplied by ``factor``."""
        changed: dict[str, object] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, timedelta):
                changed[item.name] = value * factor
            elif isinstance(value, tuple):
                changed[item.name] = tuple(step * factor for step in value)
            else:
                changed[item.name] = value
        return type(self)(**changed)  # type: ignore[arg-type]

    def unknown_step(self, reads: int) -> timedelta:
        """How long to wait before looking again after ``reads`` looks."""
        return self.unknown_reads[min(reads, len(self.unknown_reads) - 1)]

    def retry_step(self, tries: int) -> timedelta:
        """Back-off after ``tries`` failures that will pass."""
        return min(self.retry_first * (1 << min(tries, _STEPS)), self.retry_max)
