"""What the proof of publishing once and on time makes of what it sees."""

from __future__ import annotations

from bench.publish_once.crash import wrong_things
from bench.publish_once.rush import Rush

DUE = 1_000.0
GREEN = {"twice": 0, "lost": 0, "stuck": 0, "unreached": [], "wrong": []}


def _rush(*sent: tuple[str, float]) -> Rush:
    return Rush.of(({"accountId": account, "atEpoch": DUE + late} for account, late in sent), DUE)


def test_a_rush_knows_each_accounts_first_and_last_post_in_any_order_of_the_ledger() -> None:
    rush = _rush(("a", 3.0), ("b", 2.0), ("a", 1.0), ("b", 7.0))
    assert (rush.sent, sorted(rush.firsts), sorted(rush.lasts)) == (4, [1.0, 2.0], [3.0, 7.0])
    assert (rush.earliest, rush.all_out) == (1.0, 7.0)


def test_a_second_post_before_another_accounts_first_is_out_of_order() -> None:
    assert _rush(("a", 1.0), ("b", 2.0), ("a", 3.0), ("b", 4.0)).out_of_order == 0
    assert _rush(("a", 1.0), ("a", 1.5), ("b", 2.0), ("b", 4.0)).out_of_order == 1
    assert _rush(("a", 1.0), ("a", 1.5), ("a", 1.7), ("b", 2.0)).out_of_order == 1


def test_everything_a_matrix_may_not_have_counts() -> None:
    assert wrong_things(GREEN) == 0
    for name, bad in (("twice", 1), ("lost", 1), ("stuck", 1), ("unreached", ["x"]), ("wrong", ["x"])):
        assert wrong_things(GREEN | {name: bad}) == 1
