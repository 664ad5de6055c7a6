"""Every error of the tables can be made to happen on any endpoint (instagram.md §3.7, §8.3)."""

import pytest

from tests.socialsim.parts import IG, Graph, problem

ROWS: list[tuple[int, int | None, int]] = [
    (-2, 2207003, 400),
    (-2, 2207020, 400),
    (-1, 2207001, 400),
    (-1, 2207032, 400),
    (-1, 2207053, 400),
    (1, 2207057, 400),
    (4, 2207051, 400),
    (10, None, 403),
    (24, 2207006, 400),
    (25, 2207050, 400),
    (100, 2207035, 400),
    (100, 2207036, 400),
    (100, 2207037, 400),
    (100, 2207085, 400),
    (1, None, 500),
    (2, None, 503),
    (3, None, 400),
    (4, None, 400),
    (17, None, 400),
    (32, None, 400),
    (102, None, 400),
    (110, 2207013, 400),
    (190, 464, 400),
    (200, None, 403),
    (341, None, 400),
    (368, None, 400),
    (506, None, 400),
    (613, 1996, 400),
    (80001, None, 400),
    (80002, None, 400),
    (80006, None, 400),
    (1609005, None, 400),
]


@pytest.mark.parametrize(("code", "subcode", "status"), ROWS, ids=str)
def test_an_error_of_the_tables_is_injected(graph: Graph, code: int, subcode: int | None, status: int) -> None:
    graph.sim.add_fault({"what": "error", "code": code, "subcode": subcode, "status": status})
    answer = graph.raw("GET", IG)
    assert answer.status_code == status
    assert problem(answer) == (code, subcode)
