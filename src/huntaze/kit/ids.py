"""Identifiers that sort by the time they were made: UUID version 7 (RFC 9562 §5.7)."""

import secrets
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_TICK_BITS = 42
_RANDOM_BITS = 20


def new_id(now: datetime) -> UUID:
    """A fresh UUIDv7 for the aware moment `now`.

    For a `now` that does not go back, the ids of one process increase, even while a frozen clock gives the same
    `now`: after the millisecond stand its fraction (12 bits), the machine's monotonic nanoseconds (42 bits, which
    turn over after 73 minutes) and 20 random bits, so no state is kept here.
    """
    milliseconds, rest = divmod(now - _EPOCH, _MILLISECOND)
    fraction = rest.microseconds * 4096 // 1000
    ticks = time.monotonic_ns() & ((1 << _TICK_BITS) - 1)
    tail = (ticks << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | tail)
