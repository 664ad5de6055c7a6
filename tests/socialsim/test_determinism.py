"""The same seed and the same calls give the same bytes, in answers and in webhooks, in any simulator."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from socialsim.testing import Json
from tests.socialsim.long_story import Answer, Written, retell, running, tell
from tests.socialsim.parts import Listener


@dataclass
class Told:
    """The story, the state that it led to, and what can be read in that state."""

    written: Written
    state: Json
    readable: list[Answer]


@pytest.fixture(scope="module")
def ear() -> Iterator[Listener]:
    """One listener for all tellings, so that its address is the same."""
    with Listener() as listener:
        yield listener


def told(seed: int, ear: Listener) -> Told:
    with running(seed) as sim:
        written = tell(sim, ear)
        return Told(written, sim.get("/_sim/snapshot"), retell(sim, ear))


@pytest.fixture(scope="module")
def once(ear: Listener) -> Told:
    """In a first simulator."""
    return told(7, ear)


@pytest.fixture(scope="module")
def again(ear: Listener) -> Told:
    """In another one."""
    return told(7, ear)


def test_two_simulators_of_one_seed_answer_byte_for_byte_the_same(once: Told, again: Told) -> None:
    assert len(once.written.answers) > 120
    for first, second in zip(once.written.answers, again.written.answers, strict=True):
        assert first == second
    assert {status for _, status, _, _ in once.written.answers} >= {200, 201, 303}


def test_their_webhooks_are_the_same_to_the_last_header(once: Told, again: Told) -> None:
    assert len(once.written.events) > 10
    assert once.written.events == again.written.events
    signatures = {name for headers, _ in once.written.events for name in headers if "signature" in name}
    assert signatures == {"x-hub-signature", "x-hub-signature-256", "tiktok-signature"}


def test_another_seed_is_another_world(once: Told, ear: Listener) -> None:
    with running(8) as sim:
        other = retell(sim, ear)
    assert {body for *_, body in other}.isdisjoint(body for _, _, _, body in once.readable if b"access_token" in body)
    assert other != once.readable


def test_a_snapshot_in_a_fresh_simulator_answers_the_same(once: Told, ear: Listener) -> None:
    with running(99) as fresh:
        fresh.put("/_sim/snapshot", once.state)
        after = retell(fresh, ear)
    for first, second in zip(once.readable, after, strict=True):
        assert first == second
