"""Facebook Login: the dialog, codes, tokens (instagram.md §1)."""

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from socialsim.testing import MAYA, SimulatorHandle
from tests.socialsim.parts import IG, PAGE, Graph, browse, problem, submit

BACK = "http://127.0.0.1:9/callback"
SCOPE = "pages_show_list,instagram_basic,instagram_content_publish"
JONAS = "9001000000000002"


def dialog(sim: SimulatorHandle, **query: str) -> str:
    asked = {"client_id": sim.app_id, "redirect_uri": BACK, "scope": SCOPE, "state": "s t/1", **query}
    return f"{sim.dialog_url}/v26.0/dialog/oauth?{urlencode(asked)}"


def decide(shown: httpx2.Response, /, **form: str | list[str]) -> dict[str, list[str]]:
    """Send the form of a consent page as a browser does; gives the query of the address it leads to."""
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', shown.text))
    answer = submit(str(shown.url), {**hidden, **form})
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert location.startswith(BACK + "?")
    return parse_qs(urlsplit(location).query)


def redeem(sim: SimulatorHandle, code: str, redirect_uri: str = BACK) -> httpx2.Response:
    query = {
        "client_id": sim.app_id,
        "client_secret": sim.app_secret,
        "redirect_uri": redirect_uri,
        "code": code,
    }
    return browse(f"{sim.graph_url}/v26.0/oauth/access_token", query)


def test_a_person_chooses_who_they_are_and_what_the_app_may_do(sim: SimulatorHandle) -> None:
    people = browse(dialog(sim))
    assert "Continue as Maya Le Goff" in people.text
    assert "Continue as Jonas Berg" in people.text
    consent = browse(dialog(sim, sim_user=MAYA))
    assert "Atelier Maya" in consent.text
    assert "instagram_content_publish" in consent.text
    back = decide(consent, user=MAYA, permission=["pages_show_list", "instagram_basic"], page=[PAGE], action="continue")
    assert back["state"] == ["s t/1"]
    token = redeem(sim, back["code"][0]).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    permissions = browse(f"{sim.graph_url}/v26.0/me/permissions", headers=bearer).json()["data"]
    statuses = {row["permission"]: row["status"] for row in permissions}
    assert (statuses["instagram_basic"], statuses["instagram_content_publish"]) == ("granted", "declined")
    pages = browse(f"{sim.graph_url}/v26.0/me/accounts", headers=bearer).json()["data"]
    assert [page["id"] for page in pages] == [PAGE]


def test_the_dialog_runs_no_script_and_may_only_return_to_the_app(sim: SimulatorHandle) -> None:
    page = browse(dialog(sim, sim_user=MAYA))
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:9" in policy
    assert "<script" not in page.text
    assert "style=" not in page.text


def test_success_carries_facebooks_odd_fragment(sim: SimulatorHandle) -> None:
    location, code = sim.login(BACK, scope=SCOPE, state="x")
    assert location == f"{BACK}?code={code}&state=x#_=_"


def test_cancelling_tells_the_app_so_and_keeps_the_state(sim: SimulatorHandle) -> None:
    back = decide(browse(dialog(sim, sim_user=MAYA)), user=MAYA, action="cancel")
    assert back["error"] == ["access_denied"]
    assert back["error_reason"] == ["user_denied"]
    assert back["state"] == ["s t/1"]
    assert "code" not in back


def test_an_unregistered_redirect_is_refused_on_the_page_itself(sim: SimulatorHandle) -> None:
    sim.post("/_sim/apps", {"id": "700000000000009", "secret": "s", "redirectUris": [BACK]})
    good = browse(dialog(sim, client_id="700000000000009"))
    bad = browse(dialog(sim, client_id="700000000000009", redirect_uri=BACK + "/"))
    assert (good.status_code, bad.status_code) == (200, 400)
    assert "URL blocked" in bad.text


@pytest.mark.parametrize(
    ("change", "word"),
    [({"client_id": "1"}, "Invalid app ID"), ({"scope": "instagram_everything"}, "Invalid Scopes")],
)
def test_a_wrong_app_or_permission_shows_an_error_page(sim: SimulatorHandle, change: dict[str, str], word: str) -> None:
    page = browse(dialog(sim, **change))
    assert page.status_code == 400
    assert word in page.text


def test_a_declined_permission_is_asked_again_only_on_rerequest(sim: SimulatorHandle) -> None:
    sim.login(BACK, scope=SCOPE, decline=["instagram_content_publish"])
    assert 'value="instagram_content_publish"' not in browse(dialog(sim, sim_user=MAYA)).text
    again = browse(dialog(sim, sim_user=MAYA, auth_type="rerequest")).text
    assert 'value="instagram_content_publish"' in again


def test_a_login_configuration_carries_its_own_permissions(sim: SimulatorHandle) -> None:
    body = {"id": "700000000000009", "secret": "s", "loginConfigs": {"42": ["instagram_basic"]}}
    sim.post("/_sim/apps", body)
    page = browse(dialog(sim, client_id="700000000000009", config_id="42", sim_user=MAYA)).text
    assert 'value="instagram_basic"' in page
    assert 'value="pages_show_list"' not in page


def test_an_error_of_the_app_comes_back_on_its_redirect_without_a_code(sim: SimulatorHandle) -> None:
    for change in ({"config_id": "43"}, {"response_type": "cookie"}):
        location = browse(dialog(sim, **change)).headers["location"]
        back = parse_qs(urlsplit(location).query)
        assert set(back) == {"error_code", "error_message", "state"}
        assert "#" not in location
    sim.add_fault({"what": "error", "code": 1349048, "message": "App not active", "times": 0})
    back = parse_qs(urlsplit(browse(dialog(sim)).headers["location"]).query)
    assert (back["error_code"], back["error_message"]) == (["1349048"], ["App not active"])
    assert browse(dialog(sim, redirect_uri="ftp://elsewhere")).status_code == 400


GUIDED = {"display": "page", "extras": '{"setup":{"channel":"IG_API_ONBOARDING"}}'}
TOM = "9001000000000004"


def forms(page: httpx2.Response, action: str) -> dict[str, str]:
    """The hidden values of the form whose button says that."""
    form = page.text.partition(f'value="{action}"')[0].rpartition("<form")[2]
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html.unescape(form)))


def test_the_guided_set_up_makes_an_account_professional_and_links_a_page(sim: SimulatorHandle) -> None:
    page = browse(dialog(sim, sim_user=TOM, **GUIDED))
    assert "Set up your Instagram account" in page.text
    assert ">Next<" not in page.text
    page = submit(str(page.url), {**forms(page, "convert"), "action": "convert"})
    assert ">Next<" in page.text
    with Graph.of(sim, TOM) as graph:
        assert graph.get("17841400000000004")["id"] == "17841400000000004"
    page = submit(str(page.url), {**forms(page, "link"), "action": "link"})
    with Graph.of(sim, TOM) as graph:
        pages = graph.get("me/accounts?fields=instagram_business_account", graph.user_token)["data"]
    linked = [one["instagram_business_account"]["id"] for one in pages]
    assert linked == ["17841400000000004", "17841400000000005"]
    onward = html.unescape(re.findall(r'href="([^"]+)">Next', page.text)[0])
    consent = browse(f"{sim.dialog_url}/v26.0/dialog/oauth{onward}")
    assert "code" in decide(consent, user=TOM, permission=["instagram_basic"], action="continue")
    assert "Set up" not in browse(dialog(sim, sim_user=TOM)).text


def test_people_who_are_linked_already_may_be_stuck_in_the_guided_set_up(sim: SimulatorHandle) -> None:
    assert ">Next<" in browse(dialog(sim, sim_user=MAYA, **GUIDED)).text
    sim.configure({"onboardingSticks": True})
    stuck = browse(dialog(sim, sim_user=MAYA, **GUIDED))
    assert ">Next<" not in stuck.text
    assert decide(stuck, **forms(stuck, "cancel"), action="cancel")["error"] == ["access_denied"]
    assert ">Next<" not in browse(dialog(sim, sim_user=MAYA, display="page", extras="[")).text


def test_a_page_has_one_account_and_an_account_one_page(sim: SimulatorHandle) -> None:
    made = sim.seed({"accounts": 3})
    pairs = [(account["pageId"], account["accountId"]) for account in made["accounts"]]
    assert len({page for page, _ in pairs}) == len({account for _, account in pairs}) == 3
    page = browse(dialog(sim, sim_user=MAYA, **GUIDED))
    again = {**forms(page, "link"), "action": "link"}
    for _ in range(2):
        submit(str(page.url), again)
    with Graph.of(sim) as graph:
        pages = graph.get("me/accounts?fields=instagram_business_account&limit=100", graph.user_token)["data"]
    linked = [one["instagram_business_account"]["id"] for one in pages if "instagram_business_account" in one]
    assert sorted(linked) == ["17841400000000001", "17841400000000002", "17841400000000005"]


def test_a_code_works_once_and_only_with_the_same_redirect(sim: SimulatorHandle) -> None:
    _, code = sim.login(BACK, scope=SCOPE)
    assert problem(redeem(sim, code, BACK + "/")) == (100, 36008)
    assert redeem(sim, code).json()["token_type"] == "bearer"
    assert problem(redeem(sim, code)) == (100, 36009)


def test_a_code_ends_after_an_hour(sim: SimulatorHandle) -> None:
    _, code = sim.login(BACK, scope=SCOPE)
    sim.advance(3601)
    assert problem(redeem(sim, code)) == (100, 36007)


def test_a_short_token_is_exchanged_for_sixty_days(sim: SimulatorHandle) -> None:
    _, code = sim.login(BACK, scope=SCOPE)
    short = redeem(sim, code).json()
    assert 3600 <= short["expires_in"] <= 7200
    long = exchange(sim, short["access_token"])
    assert long["expires_in"] == 5_184_000
    assert exchange(sim, long["access_token"])["access_token"] == long["access_token"]
    sim.configure({"exchangeExtends": True})
    assert exchange(sim, long["access_token"])["access_token"] != long["access_token"]


def exchange(sim: SimulatorHandle, token: str) -> Any:
    query = {
        "grant_type": "fb_exchange_token",
        "client_id": sim.app_id,
        "client_secret": sim.app_secret,
        "fb_exchange_token": token,
    }
    return browse(f"{sim.graph_url}/oauth/access_token", query).json()


def test_an_expired_token_cannot_be_exchanged(sim: SimulatorHandle) -> None:
    _, code = sim.login(BACK, scope=SCOPE)
    short = redeem(sim, code).json()["access_token"]
    sim.advance(8000)
    assert exchange(sim, short)["error"]["error_subcode"] == 463


@pytest.mark.parametrize(("wish", "told"), [("absent", None), ("zero", 0)])
def test_a_token_whose_end_is_not_told_has_none_by_time(sim: SimulatorHandle, wish: str, told: int | None) -> None:
    sim.configure({"exchangeExpiry": wish, "dataAccessLifetime": 90_000_000})
    _, code = sim.login(BACK, scope=SCOPE)
    answer = exchange(sim, redeem(sim, code).json()["access_token"])
    assert answer.get("expires_in") == told
    with Graph.of(sim, JONAS) as graph:
        assert inspect(graph, answer["access_token"])["expires_at"] == 0
    sim.advance(80_000_000)
    assert browse(f"{sim.graph_url}/me", {"access_token": answer["access_token"]}).status_code == 200


def test_secrets_in_addresses_stay_out_of_the_transcript(sim: SimulatorHandle) -> None:
    _, code = sim.login(BACK, scope=SCOPE)
    token = redeem(sim, code).json()["access_token"]
    exchange(sim, token)
    transcript = browse(f"{sim.url}/_sim/calls/log").text
    assert "client_secret=***" in transcript
    assert not [secret for secret in (sim.app_secret, code, token) if secret in transcript]


@pytest.mark.parametrize(
    ("permission", "method", "path", "form"),
    [
        ("instagram_basic", "GET", f"{IG}?fields=username", {}),
        ("pages_read_engagement", "GET", f"{PAGE}?fields=fan_count", {}),
        ("instagram_manage_insights", "GET", f"{IG}/insights?metric=reach&period=day", {}),
        ("instagram_manage_messages", "GET", f"{PAGE}/conversations?platform=instagram", {}),
        ("instagram_manage_engagement", "POST", f"{IG}/likes", {"media_id": "{media}"}),
        (
            "instagram_branded_content_creator",
            "POST",
            f"{IG}/media",
            {"image_url": "{picture}", "branded_content_sponsor_ids": '["17841400000000002"]'},
        ),
    ],
)
def test_each_permission_opens_what_it_is_for(
    graph: Graph, permission: str, method: str, path: str, form: dict[str, str]
) -> None:
    assert f'value="{permission}"' in browse(dialog(graph.sim, sim_user=JONAS, scope=permission)).text
    media = graph.get(f"{IG}/media?limit=1")["data"][0]["id"]
    picture = f"{graph.sim.url}/_sim/pictures/sea-test.jpg?w=320&h=400"
    filled = {key: value.replace("{media}", media).replace("{picture}", picture) for key, value in form.items()}
    assert graph.raw(method, path, filled).status_code == 200
    graph.delete(f"{MAYA}/permissions/{permission}")
    assert graph.fails(method, path, **filled) == (10, None)


def test_hashtag_search_needs_a_reviewed_feature(graph: Graph) -> None:
    search = f"ig_hashtag_search?user_id={IG}&q=linocut"
    assert graph.raw("GET", search, token=graph.user_token).status_code == 200
    app = {"id": graph.sim.app_id, "secret": graph.sim.app_secret, "features": ["human_agent"]}
    graph.sim.post("/_sim/apps", app)
    refused = graph.raw("GET", search, token=graph.user_token)
    assert problem(refused) == (10, None)
    assert "Instagram Public Content Access" in refused.json()["error"]["message"]


def test_a_wrong_secret_is_refused(sim: SimulatorHandle) -> None:
    query = {"client_id": sim.app_id, "client_secret": "no", "grant_type": "client_credentials"}
    assert problem(browse(f"{sim.graph_url}/oauth/access_token", query)) == (1, None)


def inspect(graph: Graph, token: str) -> Any:
    app = f"{graph.sim.app_id}|{graph.sim.app_secret}"
    query = urlencode({"input_token": token, "access_token": app})
    return graph.client.get(f"/debug_token?{query}").json()["data"]


def test_debug_token_tells_scopes_targets_and_both_ends(sim: SimulatorHandle) -> None:
    made = sim.tokens(MAYA, ["pages_show_list", "instagram_basic"], [PAGE])
    with Graph.of(sim, JONAS) as graph:
        user = inspect(graph, made["userToken"])
        page = inspect(graph, made["pages"][0]["pageToken"])
    assert user["type"] == "USER"
    assert user["granular_scopes"] == [
        {"scope": "pages_show_list", "target_ids": [PAGE]},
        {"scope": "instagram_basic", "target_ids": ["17841400000000001"]},
    ]
    assert round(user["data_access_expires_at"] - sim.now(), -3) == 7_776_000
    assert (page["type"], page["profile_id"], page["expires_at"]) == ("PAGE", PAGE, 0)


@pytest.mark.parametrize(
    ("deed", "subcode"),
    [("change-password", 460), ("remove-app", 458), ("checkpoint", 459), ("log-out", 467), ("lose-role", 492)],
)
def test_what_a_person_does_elsewhere_kills_the_token(graph: Graph, deed: str, subcode: int) -> None:
    graph.sim.post(f"/_sim/act/{deed}", {"userId": MAYA, "pageId": PAGE})
    assert graph.fails("GET", "me") == (190, subcode)
    data = inspect(graph, graph.page_token)
    assert data["is_valid"] is False
    assert data["error"]["subcode"] == subcode


def test_after_ninety_days_data_access_ends_though_the_token_lives(graph: Graph) -> None:
    graph.sim.advance(7_776_001)
    assert graph.fails("GET", "me") == (190, None)
    assert inspect(graph, graph.page_token)["is_valid"] is True


def test_revoking_removes_the_app(graph: Graph) -> None:
    assert graph.delete(f"{MAYA}/permissions/instagram_basic") == {"success": True}
    assert graph.fails("GET", "17841400000000001") == (10, None)
    assert graph.delete(f"{MAYA}/permissions") == {"success": True}
    assert graph.fails("GET", "me") == (190, 458)
