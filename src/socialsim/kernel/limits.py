"""Sliding windows: how often something happened in the last so many seconds."""

import bisect

from msgspec import Struct, field


class Windows(Struct):
    """Times of what was admitted, by key, oldest first. Part of a world, so that a snapshot carries it."""

    hits: dict[str, list[float]] = field(default_factory=dict)

    def admit(self, key: str, now: float, most: int, seconds: float = 60.0) -> bool:
        """Count one more unless ``most`` happened within the last ``seconds``; what is refused does not count."""
        if self.count(key, now, seconds) >= most:
            return False
        self.hits.setdefault(key, []).append(now)
        return True

    def count(self, key: str, now: float, seconds: float = 60.0) -> int:
        """How many fall into the last ``seconds``; what lies before, or after a clock set back, is forgotten."""
        hits = self.hits.get(key)
        if hits is None:
            return 0
        del hits[bisect.bisect_right(hits, now) :]
        del hits[: bisect.bisect_right(hits, now - seconds)]
        if not hits:
            del self.hits[key]
        return len(hits)
