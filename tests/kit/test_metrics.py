import pytest

from huntaze.kit.metrics import Metrics


def test_what_was_counted_is_shown_under_our_name() -> None:
    metrics = Metrics()
    calls = metrics.counter("calls_total", "Calls made.", ["outcome"])
    waiting = metrics.gauge("waiting", "Things that wait.")
    took = metrics.histogram("took_seconds", "How long it took.", buckets=[0.1, 1])
    calls.labels("good").inc()
    calls.labels("good").inc()
    waiting.set(7)
    took.observe(0.5)
    body, content_type = metrics.render()
    lines = body.decode().splitlines()
    for line in (
        'huntaze_calls_total{outcome="good"} 2.0',
        "huntaze_waiting 7.0",
        'huntaze_took_seconds_bucket{le="0.1"} 0.0',
        'huntaze_took_seconds_bucket{le="1.0"} 1.0',
        "# HELP huntaze_calls_total Calls made.",
    ):
        assert line in lines
    assert content_type.startswith("text/plain")


def test_two_applications_in_one_process_do_not_count_together() -> None:
    first, second = Metrics(), Metrics()
    first.counter("calls", "Calls.").inc()
    second.counter("calls", "Calls.")
    assert b"huntaze_calls_total 1.0" in first.render()[0]
    assert b"huntaze_calls_total 0.0" in second.render()[0]


def test_a_name_is_declared_once() -> None:
    metrics = Metrics()
    metrics.counter("calls", "Calls.")
    with pytest.raises(ValueError, match="Duplicated"):
        metrics.counter("calls", "Calls.")
