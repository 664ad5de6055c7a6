from datetime import UTC, datetime, timedelta, timezone

import pytest

from huntaze.kit.clock import Clock, ManualClock, SystemClock


def test_the_system_clock_speaks_aware_utc() -> None:
    clock: Clock = SystemClock()
    assert clock.now().tzinfo is UTC


def test_a_manual_clock_stands_still_until_it_is_moved() -> None:
    clock = ManualClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    first = clock.now()
    assert clock.now() == first
    assert clock.advance(timedelta(hours=2)) == first + timedelta(hours=2)
    clock.set(first - timedelta(days=1))
    assert clock.now() == first - timedelta(days=1)


def test_a_manual_clock_turns_every_zone_into_utc() -> None:
    clock = ManualClock(datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now().isoformat() == "2026-03-01T10:00:00+00:00"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        ManualClock().set(datetime(2026, 3, 1))  # noqa: DTZ001
