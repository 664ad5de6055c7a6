"""Clocks of machines that do not agree."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from huntaze.kit.clock import SystemClock


@dataclass(frozen=True)
class Skewed:
    """The clock of a machine that is wrong by ``by``."""

    by: timedelta

    def now(self) -> datetime:
        """What it believes."""
        return SystemClock().now() + self.by
