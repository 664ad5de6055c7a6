"""What became of many posts that were due together, as the simulator's ledger tells it."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from huntaze.kit.json_value import JsonValue


@dataclass(frozen=True, slots=True)
class Rush:
    """The lateness of each post in seconds, by account, the first one first."""

    late: Mapping[str, Sequence[float]]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], due: float) -> "Rush":
        """From the ledger's rows; ``due`` in epoch seconds."""
        late = defaultdict(list)
        for row in rows:
            late[str(row["accountId"])].append(float(row["atEpoch"]) - due)
        return cls({account: sorted(times) for account, times in late.items()})

    @property
    def sent(self) -> int:
        """How many went out."""
        return sum(map(len, self.late.values()))

    @property
    def firsts(self) -> Sequence[float]:
        """When each account's first post was out."""
        return [times[0] for times in self.late.values()]

    @property
    def lasts(self) -> Sequence[float]:
        """When each account had nothing left."""
        return [times[-1] for times in self.late.values()]

    @property
    def all_out(self) -> float:
        """When the last of all was out."""
        return max(self.lasts)

    @property
    def earliest(self) -> float:
        """The first of all; never below 0."""
        return min(self.firsts)

    @property
    def out_of_order(self) -> int:
        """Posts that were out before another account had had its turn in the round before."""
        rounds = [
            [times[turn] for times in self.late.values() if turn < len(times)]
            for turn in range(max(map(len, self.late.values())))
        ]
        return sum(sum(one < max(before) for one in after) for before, after in pairwise(rounds))

    def told(self) -> dict[str, JsonValue]:
        """For the line of a figure."""
        lasts = sorted(self.lasts)
        return {
            "all_out_s": round(self.all_out, 2),
            "first_p99_s": round(p99(self.firsts), 2),
            "first_worst_s": round(max(self.firsts), 2),
            "earliest_s": round(self.earliest, 3),
            "account_done_s": [round(one, 2) for one in (lasts[0], statistics.median(lasts), lasts[-1])],
            "out_of_order": self.out_of_order,
        }


def p99(values: Sequence[float]) -> float:
    """The 99th percentile of at least two values."""
    return statistics.quantiles(values, n=100, method="inclusive")[98]
