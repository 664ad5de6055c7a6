"""Finding Pages and accounts, proofs, visibility (instagram.md §1.4, §1.6)."""

import hashlib
import hmac

from socialsim.meta.access import proof
from socialsim.testing import MAYA, SimulatorHandle
from tests.socialsim.parts import IG, PAGE, Graph, browse, problem

JONAS, INES, TOM = "9001000000000002", "9001000000000003", "9001000000000004"
FIELDS = "id,name,access_token,tasks,instagram_business_account{id,username}"


def test_pages_come_with_tokens_tasks_and_the_account_behind_them(graph: Graph) -> None:
    pages = graph.get(f"me/accounts?fields={FIELDS}", graph.user_token)["data"]
    assert [page["name"] for page in pages] == ["Atelier Maya", "Roue Libre", "Marché de Douarnenez"]
    assert pages[0]["instagram_business_account"] == {"id": IG, "username": "atelier.maya"}
    assert "CREATE_CONTENT" in pages[0]["tasks"]
    assert pages[0]["access_token"] == graph.page_token
    assert "instagram_business_account" not in pages[2]


def test_a_list_of_pages_is_walked_by_its_next_links(graph: Graph) -> None:
    url = f"{graph.sim.graph_url}/v26.0/me/accounts?fields=id&limit=2&access_token={graph.user_token}"
    names: list[str] = []
    while url:
        answer = browse(url).json()
        names += [page["id"] for page in answer["data"]]
        url = answer["paging"].get("next", "")
    assert names == [PAGE, "101000000000002", "101000000000003"]


def test_a_person_without_pages_gets_an_empty_list(sim: SimulatorHandle) -> None:
    with Graph.of(sim, JONAS) as graph:
        assert graph.get("me/accounts", graph.user_token) == {"data": []}


def test_a_portfolio_page_is_found_only_through_the_business(sim: SimulatorHandle) -> None:
    with Graph.of(sim, INES) as graph:
        assert graph.get("me/accounts", graph.user_token) == {"data": []}
        (business,) = graph.get("me/businesses", graph.user_token)["data"]
        (page,) = graph.get(f"{business['id']}/owned_pages?fields={FIELDS}", graph.user_token)["data"]
        assert page["instagram_business_account"]["username"] == "maison.carvalho"
        assert graph.get(f"{business['id']}/client_pages", graph.user_token) == {"data": []}


def test_the_business_is_closed_without_its_permission(sim: SimulatorHandle) -> None:
    with Graph.of(sim, INES, ["pages_show_list"]) as graph:
        answer = graph.raw("GET", "me/businesses", token=graph.user_token)
        assert problem(answer) == (10, None)


def test_a_personal_account_is_connected_but_not_reachable(sim: SimulatorHandle) -> None:
    with Graph.of(sim, TOM) as graph:
        fields = "instagram_business_account,connected_instagram_account{username}"
        (page,) = graph.get(f"me/accounts?fields={fields}", graph.user_token)["data"]
        assert "instagram_business_account" not in page
        assert page["connected_instagram_account"]["username"] == "tom.keller"
        assert graph.fails("GET", "17841400000000004") == (100, 33)


def test_a_page_that_was_not_ticked_is_not_there(sim: SimulatorHandle) -> None:
    made = sim.tokens(MAYA, None, [PAGE])
    with Graph.of(sim, JONAS) as graph:
        assert [page["id"] for page in graph.get("me/accounts", made["userToken"])["data"]] == [PAGE]
        assert problem(graph.raw("GET", "17841400000000002", token=made["userToken"])) == (100, 33)


def test_a_role_through_a_portfolio_may_need_an_ads_permission(sim: SimulatorHandle) -> None:
    page = {"name": "P", "needsAdsPermission": True, "instagram": {"username": "p", "media": 0}}
    made = sim.seed({"users": [{"name": "U", "pages": [page]}]})
    account = made["accounts"][0]["accountId"]
    with Graph.of(sim, made["userId"], ["instagram_basic"]) as graph:
        answer = graph.raw("GET", account)
        assert (answer.status_code, problem(answer)[0]) == (403, 200)
    with Graph.of(sim, made["userId"], ["instagram_basic", "ads_read"]) as graph:
        assert graph.get(account)["id"] == account


def test_the_proof_is_the_one_of_the_fact_sheet() -> None:
    expected = "34cc574d702ebc6bbf9189660659ef0cd47d8d72691edb45000e1947387d06d8"
    assert proof("demo-secret", "EAAB-demo-token") == expected


def test_a_wrong_proof_is_always_refused_a_missing_one_only_if_required(graph: Graph) -> None:
    sim = graph.sim
    right = hmac.new(sim.app_secret.encode(), graph.page_token.encode(), hashlib.sha256).hexdigest()
    assert graph.get(f"me?appsecret_proof={right}")["id"] == PAGE
    answer = graph.raw("GET", f"me?appsecret_proof={'0' * 64}")
    assert problem(answer) == (100, None)
    assert answer.json()["error"]["type"] == "GraphMethodException"
    sim.post("/_sim/apps", {"id": sim.app_id, "secret": sim.app_secret, "requireProof": True})
    assert graph.fails("GET", "me") == (100, None)
    assert graph.get(f"me?appsecret_proof={right}")["id"] == PAGE


def test_me_is_whoever_the_token_belongs_to(graph: Graph) -> None:
    assert graph.get("me", graph.user_token) == {"id": MAYA, "name": "Maya Le Goff"}
    assert graph.get("me") == {"id": PAGE, "name": "Atelier Maya"}
    assert graph.fails("GET", "me/permissions") == (100, None)
    assert problem(browse(f"{graph.sim.graph_url}/me")) == (2500, None)
    assert problem(browse(f"{graph.sim.graph_url}/me?access_token=nonsense")) == (190, None)


def test_hosts_are_found_by_prefix_and_by_name_versions_are_optional(graph: Graph) -> None:
    headers = {"Authorization": f"Bearer {graph.page_token}"}
    for path in ("/me", "/v22.0/me", "/v25.0/me", "/v26.0/me"):
        assert browse(graph.sim.graph_url + path, headers=headers).json()["id"] == PAGE
    named = {**headers, "Host": "graph.facebook.com"}
    answer = browse(f"{graph.sim.url}/v26.0/{IG}/media?limit=1", headers=named).json()
    assert answer["paging"]["next"].startswith("http://graph.facebook.com/v26.0/")
    assert browse(f"{graph.sim.url}/graph.instagram.com/me").status_code == 400
