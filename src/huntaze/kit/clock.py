"""Time is handed in: features ask a `Clock`, tests move a `ManualClock`."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """The present moment as an aware UTC datetime."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment as an aware UTC datetime."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._at = _in_utc(at)

    def now(self) -> datetime:
        """The moment last set, as an aware UTC datetime."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move to `at`, forwards or backwards; a naive datetime raises ValueError."""
        self._at = _in_utc(at)

    def advance(self, by: timedelta) -> datetime:
        """Move by `by` and return the new moment."""
        self._at += by
        return self._at


def _in_utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone: give an aware datetime")
    return at.astimezone(UTC)
