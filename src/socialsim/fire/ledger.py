"""What became of the shots."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Ledger:
    """Statuses, acknowledged events, waits. Times in seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    """By status; 0: no answer came."""
    acknowledged: list[str] = field(default_factory=list)
    """Ids of events that were answered with 2xx, in the order of the answers."""
    waits: list[float] = field(default_factory=list)
    """From when a request was due to its answer: at a rate, a receiver that falls behind is charged for it."""
    seconds: float = 0.0

    def rate(self) -> float:
        """2xx answers a second."""
        good = sum(count for status, count in self.statuses.items() if 200 <= status < 300)
        return good / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The wait that ``share`` of the answers did not pass."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
