"""What the proof of the intake and the mirror reckons with."""

from __future__ import annotations

from bench.intake_crm.sync import least


def test_the_least_calls_are_a_page_for_each_kind_of_post_and_what_lies_behind_the_first_fifty_comments() -> None:
    assert least([], 1) == 0
    assert least([0] * 100, 1) == 1
    assert least([0] * 101, 2) == 4
    assert least([50, 51, 180], 2) == 2 + 1 + 3
