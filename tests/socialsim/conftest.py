"""One simulator for all stories of this folder, put back to its first state before each."""

from collections.abc import Iterator

import pytest

from socialsim.testing import SimulatorHandle, simulator
from tests.socialsim.parts import Graph, Listener


@pytest.fixture(scope="session")
def running() -> Iterator[SimulatorHandle]:
    """A simulator in a thread."""
    with simulator(seed=7) as handle:
        yield handle


@pytest.fixture
def sim(running: SimulatorHandle) -> SimulatorHandle:
    """The same, fresh, its containers ready at once."""
    running.reset(seed=7)
    running.configure({"ready": {"IMAGE": 0, "CAROUSEL_ITEM": 0, "CAROUSEL": 0, "STORIES": 0, "default": 0}})
    return running


@pytest.fixture
def graph(sim: SimulatorHandle) -> Iterator[Graph]:
    """The Graph API as Maya, with everything granted."""
    with Graph.of(sim) as graph:
        yield graph


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A web server of the test's own, for media and webhooks."""
    with Listener() as listening:
        yield listening
