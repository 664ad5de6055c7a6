from datetime import UTC, datetime, timedelta

from huntaze.kit.clock import ManualClock, SystemClock
from huntaze.kit.ids import new_id

MOMENT = datetime(2026, 5, 4, 10, 30, 15, 123456, tzinfo=UTC)


def test_an_id_is_a_version_7_uuid_of_the_handed_moment() -> None:
    made = new_id(MOMENT)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(MOMENT.timestamp() * 1000)


def test_ids_increase_while_the_clock_stands_still() -> None:
    clock = ManualClock(MOMENT)
    made = [new_id(clock.now()) for _ in range(5_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_increase_within_one_running_millisecond() -> None:
    clock = SystemClock()
    made = [new_id(clock.now()) for _ in range(5_000)]
    assert made == sorted(made)


def test_a_later_microsecond_gives_a_later_id() -> None:
    assert new_id(MOMENT) < new_id(MOMENT + timedelta(microseconds=1))
