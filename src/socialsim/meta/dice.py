"""Chance that is always the same for the same words, and shares of a whole that add up."""

import hashlib
from collections.abc import Sequence
from itertools import pairwise

Weights = Sequence[tuple[str, float]]
_STEPS = 65536


class Dice:
    """Up to 32 even draws between 0 and 1 that belong to a subject."""

    def __init__(self, *subject: object) -> None:
        self._bytes = hashlib.blake2b("/".join(map(str, subject)).encode(), digest_size=64).digest()

    def draw(self, number: int, low: float = 0.0, high: float = 1.0) -> float:
        """The ``number``-th draw (0 to 31), laid between ``low`` and ``high``."""
        two = self._bytes[2 * number : 2 * number + 2]
        return low + (high - low) * (int.from_bytes(two) / _STEPS)


def split(total: int, weights: Weights) -> list[tuple[str, int]]:
    """``total`` divided by weight; the parts add up to it."""
    whole = sum(weight for _, weight in weights)
    if not whole:
        return [(name, 0) for name, _ in weights]
    marks, reached = [0], 0.0
    for _, weight in weights:
        reached += weight
        marks.append(int(total * reached / whole + 1e-9))
    marks[-1] = total
    return [(name, after - before) for (name, _), (before, after) in zip(weights, pairwise(marks), strict=True)]
