"""The virtual clock: wall time plus an offset that the control plane may move."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

_END_OF_CALENDAR = 253_370_764_800.0
"""1 January 9999."""


class VirtualClock:
    """Time as the simulated platforms see it.

    It runs at the speed of the wall clock and can be pushed forward, so that a 24-hour expiry is tried in milliseconds;
    or it stands still until it is pushed, so that a run can be repeated byte for byte.
    """

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._listeners: list[Callable[[], None]] = []
        self._stopped: float | None = None
        self.offset = 0.0

    def epoch(self) -> float:
        """Seconds since 1970 in virtual time, with sub-millisecond fractions."""
        return self._wall() + self.offset if self._stopped is None else self._stopped

    @property
    def stands(self) -> bool:
        """Whether time passes only by :meth:`advance`."""
        return self._stopped is not None

    def stop(self, at: float | None = None) -> None:
        """Stand still at exactly that epoch second, or at the present one."""
        now = self.epoch()
        self._stopped = now if at is None else _sane(at)
        self.offset += self._stopped - now
        self._tell()

    def run(self) -> None:
        """Go on from where it stands."""
        if self._stopped is not None:
            self.offset = self._stopped - self._wall()
            self._stopped = None
            self._tell()

    def reset(self) -> None:
        """The wall clock again."""
        self._stopped = None
        self.set_offset(0.0)

    def now(self) -> datetime:
        """The virtual time as an aware UTC datetime."""
        return datetime.fromtimestamp(self.epoch(), UTC)

    def advance(self, seconds: float) -> None:
        """Jump by that many seconds and wake whoever waits for a time. ValueError beyond what a calendar can write."""
        _sane(self.epoch() + seconds)
        if self._stopped is not None:
            self._stopped += seconds
        self.offset += seconds
        self._tell()

    def set_offset(self, seconds: float) -> None:
        """Be that many seconds away from the wall clock, or from the time at which it was stopped."""
        _sane(self.epoch() - self.offset + seconds)
        if self._stopped is not None:
            self._stopped += seconds - self.offset
        self.offset = seconds
        self._tell()

    def on_jump(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after each jump."""
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


def _sane(epoch: float) -> float:
    if not 0 <= epoch < _END_OF_CALENDAR:
        raise ValueError("the clock can only stand between the years 1970 and 9999")
    return epoch


def iso(epoch: float) -> str:
    """``2026-01-31T08:00:00.123456Z`` for the control plane."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
