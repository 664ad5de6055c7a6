"""FILE_UPLOAD: which plans are accepted and where each chunk lies (tiktok.md §4.5, §4.6)."""

import re
from dataclasses import dataclass
from typing import Literal

LARGEST_FILE = 4 * 1024**3
MOST_CHUNKS = 1000
Megabyte = Literal["either", "decimal", "binary"]
"""The guide's own examples mix MB and MiB (§4.5): ``either`` takes what is right in one of the readings."""
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")


@dataclass(frozen=True, slots=True)
class Plan:
    """What an init declares. All in bytes but ``count``."""

    size: int
    chunk: int
    count: int

    def problem(self, megabyte: Megabyte = "either") -> str:
        """What is wrong with it by the rules of §4.5, or an empty text."""
        low = 1024**2 if megabyte == "binary" else 1000**2
        high = 1000**2 if megabyte == "decimal" else 1024**2
        checks = (
            (1 <= self.size <= LARGEST_FILE, "The video size is invalid"),
            (self.chunk >= 1, "The chunk size is invalid"),
            (1 <= self.count <= MOST_CHUNKS, "The total chunk count is invalid"),
            (self.chunk < 1 or self.count == self.size // self.chunk, "The total chunk count is invalid"),
            (self.size >= 5 * low or self.chunk == self.size, "The chunk size is invalid"),
            (self.size < 5 * low or 5 * low <= self.chunk <= 64 * high, "The chunk size is invalid"),
            (self.size <= 64 * high or self.count > 1, "The chunk size is invalid"),
            (self.size - (self.count - 1) * self.chunk <= 128 * high, "The last chunk is too large"),
        )
        return next((words for holds, words in checks if not holds), "")

    def last(self, first: int) -> int:
        """The last byte of the chunk that begins at ``first``; the final chunk takes the tail."""
        number = first // self.chunk
        return self.size - 1 if number >= self.count - 1 else first + self.chunk - 1


@dataclass(frozen=True, slots=True)
class Span:
    """A ``Content-Range``: first and last byte, and the size of the whole."""

    first: int
    last: int
    total: int

    @property
    def length(self) -> int:
        """Bytes in it."""
        return self.last - self.first + 1


def span_of(header: str) -> Span | None:
    """The header's value; None if it is not of that form or does not fit in itself."""
    found = _RANGE.fullmatch(header.strip())
    if found is None:
        return None
    span = Span(*(int(number) for number in found.groups()))
    return span if span.first <= span.last < span.total else None
