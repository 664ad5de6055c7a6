"""Which chunk plans are taken: the rules and the planner of tiktok.md §4.5."""

import pytest

from socialsim.tiktok.posting.chunks import Plan, Span, span_of
from tests.socialsim.tiktok.posting_parts import Poster, file_body

MB = 1_000_000
MIB = 1024**2
PLANNER = (
    (1, 1, 1, 1),
    (4_999_999, 4_999_999, 1, 4_999_999),
    (5_242_879, 5_242_879, 1, 5_242_879),
    (64_000_000, 64_000_000, 1, 64_000_000),
    (64_000_001, 10_000_000, 6, 14_000_001),
    (67_108_864, 10_000_000, 6, 17_108_864),
    (81_234_567, 10_000_000, 8, 11_234_567),
    (127_999_999, 10_000_000, 12, 17_999_999),
    (1_234_567_890, 10_000_000, 123, 14_567_890),
    (4_294_967_296, 10_000_000, 429, 14_967_296),
)
"""Size, chunk size, count, bytes of the last chunk: the table of §4.5."""


def test_every_row_of_the_planner_is_accepted_and_its_last_chunk_takes_the_tail(poster: Poster) -> None:
    poster.knobs(postCap=100)
    for size, chunk, count, last in PLANNER:
        plan = Plan(size, chunk, count)
        first_of_last = (count - 1) * chunk
        assert plan.last(first_of_last) - first_of_last + 1 == last
        assert [plan.last(i * chunk) for i in range(count - 1)] == [(i + 1) * chunk - 1 for i in range(count - 1)]
        for reading in ("either", "decimal", "binary"):
            poster.knobs(megabyte=reading)
            made = poster.data("video/init", file_body(size, chunk, count))
            assert set(made) == {"publish_id", "upload_url"}


@pytest.mark.parametrize(
    ("size", "chunk", "count"),
    [
        (0, 0, 0),
        (0, 1, 0),
        (10, 10, 2),
        (81_234_567, 10_000_000, 9),
        (81_234_567, 10_000_000, 7),
        (30 * MB, 10 * MB, 4),
        (30 * MB, 4 * MB, 7),
        (4 * MB, 2 * MB, 2),
        (200 * MB, 68 * MB, 2),
        (100 * MB, 64 * MB, 1),
        (65 * MIB, 65 * MIB, 1),
        (5100 * MB, 5 * MB, 1020),
        (4 * 1024**3 + 1, 10 * MB, 429),
        (-1, -1, 1),
        (10 * MB, -5 * MB, -2),
        (10 * MB, 10 * MB, 0),
        (2**63 - 1, 1, 2**63 - 1),
    ],
)
def test_a_plan_that_breaks_a_rule_is_refused(poster: Poster, size: int, chunk: int, count: int) -> None:
    for path in ("video/init", "inbox/video/init"):
        assert poster.code(path, file_body(size, chunk, count)) == (400, "invalid_params")
    poster.sim.configure({"tiktok": {"invalidWord": "invalid_param"}})
    assert poster.code("video/init", file_body(size, chunk, count)) == (400, "invalid_param")
    assert poster.kinds() == []


def test_the_last_chunk_may_be_twice_a_chunk_but_never_over_128_mb() -> None:
    assert Plan(127 * MB, 63 * MB + 500_000, 2).problem() == ""
    assert Plan(191 * MB, 64 * MB, 2).problem() == ""
    assert Plan(191 * MB, 64 * MB, 2).last(64 * MB) == 191 * MB - 1
    assert Plan(40 * MB, 20 * MB, 2).problem() == ""
    assert Plan(12 * MB, 10 * MB, 1).problem() == ""


def test_megabytes_can_be_read_either_way() -> None:
    """64·10⁶ and 64·2²⁰, 5·10⁶ and 5·2²⁰: what one reading forbids the other may allow."""
    between = Plan(66 * MB, 66 * MB, 1)
    assert [bool(between.problem(reading)) for reading in ("either", "decimal", "binary")] == [False, True, False]
    small = Plan(50 * MB, 5 * MB, 10)
    assert [bool(small.problem(reading)) for reading in ("either", "decimal", "binary")] == [False, False, True]


def test_a_content_range_is_read_strictly() -> None:
    assert span_of("bytes 0-9/10") == Span(0, 9, 10)
    assert span_of(" bytes 5-9/10 ") == Span(5, 9, 10)
    for wrong in ("", "bytes 0-10/10", "bytes 5-4/10", "bytes */10", "0-9/10", "bytes=0-9/10", "bytes -1-9/10"):
        assert span_of(wrong) is None
