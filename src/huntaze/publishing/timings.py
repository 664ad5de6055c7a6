"""Every wait of publishing in one value, handed by wiring; the crash suites run it scaled down."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta


def _s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Timings:
    """Waits as designed; ``scaled(0.01)`` divides them all by a hundred.

    The polling steps start at ``poll_first`` and grow by ``poll_growth`` up to ``poll_max`` (instagram.md §3.1): computed
    to add about 0.2 s to a container ready in 0.5 s and under 10 % to one ready in 30 s, with 17 reads.
    """

    prepare_image: timedelta = _s(120)
    prepare_video: timedelta = _s(15 * 60)
    poll_first: timedelta = _s(0.3)
    poll_max: timedelta = _s(60)
    poll_growth: float = 1.2
    prepare_limit: timedelta = _s(24 * 3600)
    work_lease: timedelta = _s(10)
    work_beat: timedelta = _s(3)
    send_lease: timedelta = _s(75)
    hold_in_memory: timedelta = _s(20)
    """A wait shorter than this is slept through by the task that holds the row; longer ones go back to the queue."""
    baseline_fresh: timedelta = _s(120)
    arm_lead: timedelta = _s(8)
    """How long before the due time the baseline is read."""
    grace: timedelta = _s(60 * 60)
    retry_first: timedelta = _s(2)
    retry_max: timedelta = _s(5 * 60)
    unknown_reads: tuple[timedelta, ...] = (_s(5), _s(15), _s(60), _s(120), _s(300))
    settle: timedelta = _s(5 * 60)
    horizon: timedelta = _s(26 * 3600)
    link_reads: tuple[timedelta, ...] = (_s(0), _s(5), _s(30), _s(120), _s(600), _s(3600))
    link_limit: timedelta = _s(24 * 3600)
    link_slack: timedelta = _s(120)
    sweep: timedelta = _s(2)
    overdue: timedelta = _s(5 * 60)

    def scaled(self, factor: float) -> Timings:
        """The same waits multiplied by ``factor``; growth stays."""
        changed: dict[str, object] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, timedelta):
                changed[item.name] = value * factor
            elif isinstance(value, tuple):
                changed[item.name] = tuple(step * factor for step in value)
            else:
                changed[item.name] = value
        return Timings(**changed)  # type: ignore[arg-type]

    def poll_step(self, reads: int) -> timedelta:
        """How long to wait before read number ``reads`` (from 0)."""
        return min(self.poll_first * self.poll_growth**reads, self.poll_max)

    def unknown_step(self, reads: int) -> timedelta:
        """How long to wait before looking again after ``reads`` looks."""
        return self.unknown_reads[min(reads, len(self.unknown_reads) - 1)]

    def link_step(self, reads: int) -> timedelta:
        """How long to wait before asking for the link again."""
        return self.link_reads[min(reads, len(self.link_reads) - 1)]

    def retry_step(self, tries: int) -> timedelta:
        """Back-off after ``tries`` failures that will pass."""
        return min(self.retry_first * 2**tries, self.retry_max)


MAX_ATTEMPTS = 3
"""New artefacts after proof that the old one is dead (instagram.md §3.7: «new container, max 3»)."""
MAX_ITEM_TRIES = 3
"""One carousel item again, its finished siblings kept (instagram.md §10 T3)."""
SETTLE_READS = 3
PUBLISH_TIMEOUT = timedelta(seconds=60)
