"""How many calls are allowed and what is told of it (instagram.md §8.1, §8.2)."""

import json
from typing import Any

import httpx2
import pytest

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import IG, PAGE, Graph, problem

OTHER = "17841400000000002"
MAYA = "9001000000000001"


def usage(response: httpx2.Response, account_id: str = IG) -> dict[str, Any]:
    """The one row of the use-case header for an account."""
    rows: list[dict[str, Any]] = json.loads(response.headers["x-business-use-case-usage"])[account_id]
    assert len(rows) == 1
    return rows[0]


def force(sim: SimulatorHandle, percent: int, **rest: object) -> Any:
    """Lay a usage on a counter, by default the account's."""
    return sim.post("/_sim/limits", {"id": IG, "percent": percent, **rest})


def counted(sim: SimulatorHandle, kind: str, subject_id: str) -> int:
    """Calls on one counter."""
    rows = sim.get("/_sim/limits")["limits"]
    return sum(row["calls"] for row in rows if (row["type"], row["id"]) == (kind, subject_id))


def test_the_headers_rise_to_a_hundred_and_then_the_calls_are_refused_with_400(graph: Graph) -> None:
    graph.sim.configure({"accounts": {IG: {"impressions": 0}}, "limits": {"impressionsFloor": 0}})
    force(graph.sim, 99, minutes=19)
    first = graph.raw("GET", IG)
    assert (first.status_code, usage(first)["call_count"]) == (200, 99)
    assert usage(first)["estimated_time_to_regain_access"] == 0
    for _ in range(60):
        answer = graph.raw("GET", IG)
        if answer.status_code != 200:
            break
        last = answer
    assert usage(last)["call_count"] == 100
    assert answer.status_code == 400
    assert problem(answer) == (80002, None)
    told = usage(answer)
    assert (told["type"], told["call_count"]) == ("instagram", 100)
    assert told["estimated_time_to_regain_access"] >= 19
    other = graph.sim.tokens()["pages"][1]
    assert graph.raw("GET", OTHER, token=other["pageToken"]).status_code == 200


def test_each_call_while_blocked_lengthens_the_block(graph: Graph) -> None:
    graph.sim.use_up(IG, minutes=19)
    minutes = [usage(graph.raw("GET", IG))["estimated_time_to_regain_access"] for _ in range(3)]
    assert minutes == [20, 21, 22]
    graph.sim.advance(21 * 60)
    assert graph.fails("GET", IG) == (80002, None)
    graph.sim.advance(4 * 60)
    answer = graph.raw("GET", IG)
    assert answer.status_code == 200
    assert usage(answer)["call_count"] == 0


def test_the_allowance_is_4800_times_the_impressions_and_small_accounts_have_a_floor(graph: Graph) -> None:
    def limit() -> int:
        return int(force(graph.sim, 0)["limit"])

    graph.sim.configure({"accounts": {IG: {"impressions": 500}}, "limits": {"impressionsFloor": 10}})
    assert limit() == 4800 * 500
    graph.sim.configure({"accounts": {IG: {"impressions": 3}}})
    assert limit() == 4800 * 10


def test_the_window_rolls(graph: Graph) -> None:
    for _ in range(3):
        graph.get(IG)
    assert counted(graph.sim, "instagram", IG) == 3
    graph.sim.advance(43_200)
    graph.get(IG)
    assert counted(graph.sim, "instagram", IG) == 4
    graph.sim.advance(43_300)
    graph.get(IG)
    assert counted(graph.sim, "instagram", IG) == 2


def test_each_id_and_each_item_of_a_batch_counts(graph: Graph) -> None:
    ids = [graph.publish(graph.container()) for _ in range(3)]
    before = counted(graph.sim, "instagram", IG)
    graph.get(f"?ids={','.join(ids)}&fields=id")
    assert counted(graph.sim, "instagram", IG) == before + 3
    batch = json.dumps([{"method": "GET", "relative_url": f"v26.0/{media}"} for media in ids])
    items = graph.post("", batch=batch)
    assert [item["code"] for item in items] == [200, 200, 200]
    assert counted(graph.sim, "instagram", IG) == before + 6
    names = {header["name"] for header in items[0]["headers"]}
    assert "x-business-use-case-usage" in names
    force(graph.sim, 100)
    assert graph.fails("GET", f"?ids={','.join(ids)}") == (80002, None)
    assert [item["code"] for item in graph.post("", batch=batch)] == [400, 400, 400]


BLOCKED = [
    ("app", "", "me", "user", 4),
    ("user", MAYA, "me", "user", 17),
    ("pages", PAGE, PAGE, "user", 32),
    ("pages", PAGE, PAGE, "page", 80001),
    ("instagram", IG, f"{IG}/media", "page", 80002),
]


@pytest.mark.parametrize(("kind", "subject", "path", "token", "code"), BLOCKED, ids=str)
def test_each_limit_has_its_own_code(graph: Graph, kind: str, subject: str, path: str, token: str, code: int) -> None:
    bearer = graph.user_token if token == "user" else graph.page_token
    assert graph.raw("GET", path, token=bearer).status_code == 200
    force(graph.sim, 100, type=kind, id=subject)
    answer = graph.raw("GET", path, token=bearer)
    assert problem(answer) == (code, None)
    assert answer.status_code == 400
    graph.sim.delete("/_sim/limits")
    assert graph.raw("GET", path, token=bearer).status_code == 200


def test_the_apps_limit_is_200_times_its_users_an_hour_and_page_tokens_are_free_of_it(graph: Graph) -> None:
    graph.sim.configure({"limits": {"usersFloor": 2}})
    answers = [graph.raw("GET", "me", token=graph.user_token).status_code for _ in range(401)]
    assert answers == [200] * 400 + [400]
    assert graph.raw("GET", IG).status_code == 200
    blocked = graph.raw("GET", "me", token=graph.user_token)
    assert problem(blocked) == (4, None)
    assert json.loads(blocked.headers["x-app-usage"]) == {"call_count": 100, "total_time": 16, "total_cputime": 12}
    graph.sim.advance(3 * 3600)
    assert graph.raw("GET", "me", token=graph.user_token).status_code == 200


def test_discovery_and_hashtags_count_for_the_app_alone(graph: Graph) -> None:
    asked = [f"ig_hashtag_search?user_id={IG}&q=sea", f"{IG}?fields=business_discovery.username(roue.libre){{id}}"]
    for token in (graph.page_token, graph.user_token):
        for path in asked:
            assert graph.raw("GET", path, token=token).status_code == 200
    assert (counted(graph.sim, "app", ""), counted(graph.sim, "instagram", IG)) == (4, 0)


def test_cpu_time_and_time_are_limits_of_their_own(graph: Graph) -> None:
    force(graph.sim, 12, cputime=100, time=40)
    answer = graph.raw("GET", IG)
    assert problem(answer) == (80002, None)
    told = usage(answer)
    assert (told["call_count"], told["total_cputime"], told["total_time"]) == (12, 100, 40)


def test_several_use_cases_of_one_page_stand_in_one_header(graph: Graph) -> None:
    graph.sim.use_up(PAGE, 30, kind="messenger")
    graph.sim.use_up(PAGE, 70, kind="pages")
    told = json.loads(graph.raw("GET", PAGE).headers["x-business-use-case-usage"])[PAGE]
    assert [(row["type"], row["call_count"]) for row in told] == [("messenger", 30), ("pages", 70)]


def test_headers_come_only_sometimes_where_the_knob_says_so(graph: Graph) -> None:
    def seen() -> set[bool]:
        return {"x-app-usage" in graph.raw("GET", IG).headers for _ in range(20)}

    assert seen() == {True}
    graph.sim.configure({"limits": {"headers": 0.5}})
    assert seen() == {True, False}
    graph.sim.configure({"limits": {"headers": 0}})
    assert seen() == {False}


def test_a_rate_of_an_endpoint_answers_613_and_one_of_messaging_80006(graph: Graph) -> None:
    rates = {"GET /{ig}/media": {"calls": 2, "seconds": 10}, "GET /{page}/conversations": {"calls": 2, "seconds": 1}}
    graph.sim.configure({"limits": {"rates": rates}})
    graph.sim.post("/_sim/clock", {"stands": True})
    assert [graph.raw("GET", f"{IG}/media").status_code for _ in range(3)] == [200, 200, 400]
    assert graph.fails("GET", f"{IG}/media") == (613, None)
    assert graph.raw("GET", IG).status_code == 200
    asked = [graph.raw("GET", f"{PAGE}/conversations?platform=instagram") for _ in range(3)]
    assert problem(asked[-1]) == (80006, None)
    assert all("80006" not in answer.text for answer in asked[:2])


def test_a_token_that_is_not_known_costs_nobody_anything(graph: Graph) -> None:
    answer = graph.raw("GET", IG, token="nobody")
    assert problem(answer)[0] == 190
    assert "x-app-usage" not in answer.headers
    assert graph.sim.get("/_sim/limits") == {"limits": []}


def test_instagrams_own_host_speaks_of_the_same_in_other_words(sim: SimulatorHandle) -> None:
    token = sim.post("/_sim/tokens", {"with": "instagram", "accountId": IG})["token"]
    url = f"{sim.url}/graph.instagram.com/v26.0/me?fields=id"
    with httpx2.Client(trust_env=False, headers={"Authorization": f"Bearer {token}"}) as client:
        force(sim, 64, cputime=9)
        answer = client.get(url)
        assert json.loads(answer.headers["x-app-usage"]) == {"call_volume": 64, "cpu_time": 9}
        assert answer.headers["instagram-api-version"] == "v26.0"
        force(sim, 100)
        assert problem(client.get(url)) == (80002, None)
