"""Every wait of publishing in one value, handed by wiring; the crash suites run it scaled down."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from huntaze.once import Waits


@dataclass(frozen=True, slots=True)
class Timings(Waits):
    """Waits as designed; ``scaled(0.01)`` divides them all by a hundred.

    The polling steps begin with ``poll_first`` and grow more slowly than what was waited, after ``poll_far`` with it,
    up to ``poll_max`` (instagram.md §3.1). Computed for the median: 0.2 s more for what is ready in 0.5 s, 0.5 s for
    3 s, 9 % for 30 s with 16 reads; 45 reads for a quarter of an hour.
    """

    prepare_image: timedelta = timedelta(seconds=120)
    prepare_video: timedelta = timedelta(minutes=15)
    poll_first: timedelta = timedelta(seconds=0.2)
    poll_max: timedelta = timedelta(seconds=60)
    poll_far: timedelta = timedelta(seconds=45)
    prepare_limit: timedelta = timedelta(hours=24)
    work_lease: timedelta = timedelta(seconds=10)
    work_beat: timedelta = timedelta(seconds=3)
    hold_in_memory: timedelta = timedelta(seconds=20)
    """A wait shorter than this is slept through by the task that holds the row; longer ones go back to the queue."""
    baseline_fresh: timedelta = timedelta(seconds=120)
    arm_lead: timedelta = timedelta(seconds=15)
    """How long before the due time a prepared row is taken in hand and its baseline read: a thousand that are due
    together take some seconds."""
    link_reads: tuple[timedelta, ...] = (
        timedelta(seconds=0),
        timedelta(seconds=5),
        timedelta(seconds=30),
        timedelta(seconds=120),
        timedelta(seconds=600),
        timedelta(seconds=3600),
    )
    link_patience: timedelta = timedelta(seconds=10)
    """How long a link waits while posts are to be sent."""
    link_limit: timedelta = timedelta(hours=24)
    overdue: timedelta = timedelta(minutes=5)

    def poll_step(self, waited: timedelta) -> timedelta:
        """How long to wait before the next read of what was begun ``waited`` ago."""
        slowly = self.poll_first * (_POLL_PACE * math.pow(max(waited / self.poll_first, 0), _POLL_POWER))
        return min(max(self.poll_first, slowly, (waited - self.poll_far) * _POLL_SHARE), self.poll_max)

    def link_step(self, reads: int) -> timedelta:
        """How long to wait before asking for the link again."""
        return self.link_reads[min(reads, len(self.link_reads) - 1)]


MAX_ATTEMPTS = 3
"""New artefacts after proof that the old one is dead (instagram.md §3.7: «new container, max 3»)."""
MAX_ITEM_TRIES = 3
"""One carousel item again, its finished siblings kept (instagram.md §10 T3)."""
_POLL_PACE = 0.85
_POLL_POWER = 0.7
_POLL_SHARE = 0.2
