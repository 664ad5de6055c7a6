"""Versions live and end on the virtual clock (instagram.md §9)."""

import pytest

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import IG, Graph, browse, problem

DAY = 86400.0
AUTUMN = 1_790_000_000.0
"""September 2026: v21.0 is the oldest that lives."""


def served_as(graph: Graph, version: str) -> str:
    """The version in the link to the next page."""
    path = f"{graph.sim.graph_url}/{version}/{IG}/media" if version else f"{graph.sim.graph_url}/{IG}/media"
    link: str = browse(path, {"limit": "1", "access_token": graph.page_token}).json()["paging"]["next"]
    return link.removeprefix(graph.sim.graph_url).split("/")[1]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("v26.0", "v26.0"), ("v21.0", "v21.0"), ("v20.0", "v21.0"), ("v2.12", "v21.0"), ("", IG)],
    ids=str,
)
def test_a_version_that_ended_is_served_by_the_oldest_living_one(
    sim: SimulatorHandle, asked: str, answered: str
) -> None:
    sim.post("/_sim/reset", {"seed": 7, "at": AUTUMN})
    with Graph.of(sim) as graph:
        assert served_as(graph, asked) == answered


def test_versions_end_with_time(sim: SimulatorHandle) -> None:
    sim.post("/_sim/reset", {"seed": 7, "at": AUTUMN + 300 * DAY})
    with Graph.of(sim) as graph:
        assert (served_as(graph, "v22.0"), served_as(graph, "v26.0")) == ("v23.0", "v26.0")


def test_what_never_was_a_version_is_an_unknown_path(graph: Graph) -> None:
    bearer = {"Authorization": f"Bearer {graph.user_token}"}
    answer = browse(f"{graph.sim.graph_url}/v99.0/me", headers=bearer)
    assert problem(answer) == (2500, None)
    assert "v99.0" in answer.json()["error"]["message"]
