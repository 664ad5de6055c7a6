"""The fault grammar: what the client sees and what is true nevertheless."""

import httpx2
import pytest

from tests.socialsim.parts import IG, Graph, eventually, problem

PUBLISH = "POST /{ig}/media_publish"


def fault(graph: Graph, **rule: object) -> None:
    rule.setdefault("match", {"endpoint": PUBLISH})
    graph.sim.add_fault(rule)


def publish(graph: Graph, container: str) -> httpx2.Response:
    return graph.raw("POST", f"{IG}/media_publish", {"creation_id": container})


def published(graph: Graph) -> int:
    return len(graph.sim.truth("media.published"))


@pytest.mark.parametrize(("where", "effects"), [("before", 0), ("after", 1), ("mid", 1)])
def test_a_cut_socket_leaves_the_effect_or_not(graph: Graph, where: str, effects: int) -> None:
    container = graph.container()
    fault(graph, where=where, what="reset")
    with pytest.raises((httpx2.ReadError, httpx2.RemoteProtocolError)):
        publish(graph, container)
    assert published(graph) == effects
    status = graph.get(f"{container}?fields=status_code")["status_code"]
    assert status == ("PUBLISHED" if effects else "FINISHED")
    assert graph.sim.get("/_sim/calls/log?limit=2")["calls"][1]["status"] == 0


def test_a_timeout_holds_the_line(graph: Graph) -> None:
    container = graph.container()
    fault(graph, where="after", what="timeout", seconds=30)
    with pytest.raises(httpx2.ReadTimeout):
        graph.client.post(
            f"{IG}/media_publish",
            data={"creation_id": container},
            headers={"Authorization": f"Bearer {graph.page_token}"},
            timeout=0.2,
        )
    assert published(graph) == 1


def test_a_status_a_graph_error_and_broken_json_after_the_effect(graph: Graph) -> None:
    fault(graph, where="after", what="status", status=502)
    fault(graph, where="after", what="error", code=4, subcode=2207051)
    fault(graph, where="after", what="malformed")
    answers = [publish(graph, graph.container()) for _ in range(3)]
    assert answers[0].status_code == 502
    assert answers[0].headers["content-type"] == "text/html"
    assert problem(answers[1]) == (4, 2207051)
    with pytest.raises(ValueError):
        answers[2].json()
    assert published(graph) == 3


def test_an_error_before_the_effect_leaves_none(graph: Graph) -> None:
    container = graph.container()
    fault(graph, where="before", what="error", code=2, status=500, transient=True)
    assert publish(graph, container).status_code == 500
    assert published(graph) == 0
    assert publish(graph, container).status_code == 200


def test_a_late_commit_happens_when_the_client_has_long_gone(graph: Graph) -> None:
    container = graph.container()
    fault(graph, what="late-commit", seconds=240)
    with pytest.raises((httpx2.ReadError, httpx2.RemoteProtocolError)):
        publish(graph, container)
    assert published(graph) == 0
    graph.sim.advance(241)
    eventually(lambda: published(graph) == 1)


def test_rules_choose_by_account_by_count_by_pattern_and_end(graph: Graph) -> None:
    fault(graph, what="status", status=500, match={"endpoint": "GET *", "accountId": IG, "nth": 2}, times=1)
    other = graph.sim.tokens()["pages"][1]
    statuses = [
        graph.raw("GET", IG).status_code,
        graph.raw("GET", other["instagramId"], token=other["pageToken"]).status_code,
        graph.raw("GET", IG).status_code,
        graph.raw("GET", IG).status_code,
    ]
    assert statuses == [200, 200, 500, 200]
    assert graph.sim.get("/_sim/faults") == {"rules": []}


def test_a_rule_expires_on_the_virtual_clock(graph: Graph) -> None:
    fault(graph, what="status", status=500, match={}, times=0, expiresIn=60)
    assert graph.raw("GET", IG).status_code == 500
    assert graph.raw("GET", IG).status_code == 500
    graph.sim.advance(61)
    assert graph.raw("GET", IG).status_code == 200


def test_chance_is_the_same_for_the_same_seed(graph: Graph) -> None:
    def run() -> list[int]:
        graph.sim.clear_faults()
        fault(graph, what="status", status=500, match={}, times=0, probability=0.5, seed=3)
        return [graph.raw("GET", IG).status_code for _ in range(12)]

    first = run()
    assert first == run()
    assert set(first) == {200, 500}


def test_a_rule_with_a_typo_is_refused(graph: Graph) -> None:
    with pytest.raises(RuntimeError, match="422"):
        graph.sim.add_fault({"what": "reset", "were": "after"})
