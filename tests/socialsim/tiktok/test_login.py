"""Login Kit: redirect addresses, the consent page, what comes back (tiktok.md §1.1, §2.1 to §2.4, §9)."""

import re

import httpx2
import pytest

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import browse, submit
from tests.socialsim.tiktok.parts import (
    BACK,
    INES,
    MAYA,
    OpenApi,
    authorize_url,
    enveloped,
    make_client,
    oauth,
    redeem,
    returned,
    word,
)

VERIFIER = "simulated-verifier-0123456789-abcdefghijklmnopqrstuvwxyz"
HEX = "c25839ca7cdaea7140a2adb54f3ddf567444840f189ced6b6beaf623c03513ee"
BASE64URL = "wlg5ynza6nFAoq21Tz3fVnREhA8YnO1ra-r2I8A1E-4"


def approve(sim: SimulatorHandle, *permissions: str, creator: str = MAYA, **query: str) -> httpx2.Response:
    form: dict[str, str | list[str]] = {"creator": creator, "permission": list(permissions), "action": "continue"}
    return submit(authorize_url(sim, **query), form)


def test_a_creator_chooses_who_they_are_unticks_a_scope_and_approves(sim: SimulatorHandle) -> None:
    people = browse(authorize_url(sim))
    assert "Atelier Maya" in people.text
    assert "Private" in people.text
    link = re.search(r'href="(\?[^"]+sim_creator=7100000000000000001)"', people.text)
    assert link is not None
    consent = browse(f"{sim.tiktok_auth_url}/v2/auth/authorize/{link.group(1).replace('&amp;', '&')}")
    assert "Huntaze demo would like to access your TikTok account" in consent.text
    assert "Read your public videos on TikTok" in consent.text
    basic = re.search(r'<input[^>]*value="user.info.basic"[^>]*>', consent.text)
    assert basic is not None
    assert "disabled" in basic.group(0)
    back = returned(approve(sim))
    assert back["scopes"] == "user.info.basic"
    assert back["state"] == "s t/1"
    answer = redeem(sim, back["code"]).json()
    assert answer["scope"] == "user.info.basic"
    assert [row["kind"] for row in sim.truth()] == ["consent.given", "code.issued", "token.issued"]


def test_pages_stand_under_a_strict_policy_that_lets_the_form_return(sim: SimulatorHandle) -> None:
    for query in ({}, {"sim_creator": MAYA}, {"client_key": "nobody"}):
        page = browse(authorize_url(sim, **query))
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "<script" not in page.text
        assert "style=" not in page.text
    assert (
        "form-action 'self' http://127.0.0.1:9"
        in browse(authorize_url(sim, sim_creator=MAYA)).headers["content-security-policy"]
    )


def test_a_code_has_characters_that_want_encoding_and_is_spoiled_by_encoding_it_twice(sim: SimulatorHandle) -> None:
    location, code = sim.tiktok_login(BACK)
    assert "*" in code
    assert "!" in code
    assert word(redeem(sim, code.replace("*", "%2A"))) == "invalid_grant"
    assert redeem(sim, code).status_code == 200
    assert "%2A" in location


def test_who_cancels_goes_back_with_access_denied_and_the_state(sim: SimulatorHandle) -> None:
    back = returned(submit(authorize_url(sim), {"creator": MAYA, "action": "cancel"}))
    assert (back["error"], back["state"]) == ("access_denied", "s t/1")
    assert "error_type" not in back
    assert back["error_description"]
    assert sim.truth() == []
    without = returned(approve(sim, scope="video.list"))
    assert without["error"] == "access_denied"


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"response_type": ""}, "unsupported_response_type"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": ""}, "invalid_request"),
        ({"scope": "user.info.basic video.list"}, "invalid_request"),
        ({"scope": "user.info.basic,video.insights"}, "invalid_scope"),
        ({"scope": "portability.all.single"}, "invalid_scope"),
        ({"code_challenge": HEX}, "invalid_request"),
        ({"code_challenge": HEX, "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_a_wrong_request_returns_with_an_error(sim: SimulatorHandle, query: dict[str, str], error: str) -> None:
    back = returned(browse(authorize_url(sim, **query)))
    assert (back["error"], back["state"]) == (error, "s t/1")
    assert returned(approve(sim, "user.info.basic", **query))["error"] == error


def test_a_scope_that_the_app_was_not_approved_for_is_refused(sim: SimulatorHandle) -> None:
    client = make_client(sim, scopes=["user.info.basic", "video.upload"])
    for scope, error in (("user.info.basic,video.upload", None), ("video.publish", "invalid_scope")):
        answer = approve(sim, "video.upload", "video.publish", client_key=client["key"], scope=scope)
        assert returned(answer).get("error") == error


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"client_key": ""}, "client_key"),
        ({"client_key": "nobody"}, "client_key"),
        ({"client_key": "", "client_id": "simck0000000001"}, "client_key"),
        ({"redirect_uri": ""}, "redirect_uri"),
        ({"redirect_uri": "http://elsewhere.example/callback"}, "redirect_uri"),
        ({"redirect_uri": "https://app.example/callback?x=1"}, "redirect_uri"),
        ({"redirect_uri": "https://app.example/callback#top"}, "redirect_uri"),
        ({"redirect_uri": "https://app.example/\r\nx: y"}, "redirect_uri"),
        ({"redirect_uri": "/callback"}, "redirect_uri"),
        ({"redirect_uri": "https://[bad/"}, "redirect_uri"),
    ],
)
def test_without_a_safe_address_the_page_names_the_parameter(
    sim: SimulatorHandle, query: dict[str, str], parameter: str
) -> None:
    for answer in (browse(authorize_url(sim, **query)), approve(sim, **query)):
        assert answer.status_code == 400
        assert f"<code>{parameter}</code>" in answer.text


def test_an_app_without_login_kit_is_unknown_to_the_page(sim: SimulatorHandle) -> None:
    client = make_client(sim, products=["posting"])
    page = browse(authorize_url(sim, client_key=client["key"]))
    assert "<code>client_key</code>" in page.text


@pytest.mark.parametrize(
    "uris",
    [
        ["http://app.example/callback"],
        ["/callback"],
        ["https://app.example/callback?x=1"],
        ["https://app.example/callback#x"],
        ["https://app.example/" + "a" * 512],
        [f"https://app.example/{number}" for number in range(11)],
    ],
)
def test_the_portal_refuses_what_is_no_redirect_address(sim: SimulatorHandle, uris: list[str]) -> None:
    with pytest.raises(RuntimeError, match="422"):
        make_client(sim, redirectUris=uris)


def test_a_redirect_address_is_compared_character_by_character(sim: SimulatorHandle) -> None:
    registered = "https://app.example/callback/"
    others = ["https://app.example/callback", "https://www.app.example/callback/", "https://app.example/Callback/"]
    client = make_client(sim, redirectUris=[registered, *(f"https://app.example/{number}" for number in range(9))])
    key = client["key"]
    for other in others:
        assert browse(authorize_url(sim, client_key=key, redirect_uri=other)).status_code == 400
    code = returned(approve(sim, client_key=key, redirect_uri=registered), registered)["code"]
    mine = {"client_key": key, "client_secret": client["secret"]}
    assert word(redeem(sim, code, redirect_uri=others[0], **mine)) == "invalid_request"
    assert word(redeem(sim, code, redirect_uri="https://app.example/1", **mine)) == "invalid_grant"
    assert redeem(sim, code, redirect_uri=registered, **mine).status_code == 200


def test_the_domain_alone_admits_no_address(sim: SimulatorHandle) -> None:
    client = make_client(sim, redirectUris=["https://app.example/callback"])
    page = browse(authorize_url(sim, client_key=client["key"], redirect_uri="https://app.example/other"))
    assert "<code>redirect_uri</code>" in page.text


def test_the_business_portal_wants_a_final_slash(sim: SimulatorHandle) -> None:
    business = ["login", "business"]
    with pytest.raises(RuntimeError, match="must end in /"):
        make_client(sim, products=business, redirectUris=["https://app.example/callback"])
    assert make_client(sim, products=business, redirectUris=["https://app.example/callback/"])["key"]


def test_a_desktop_app_returns_to_a_loopback_port_and_must_use_pkce(sim: SimulatorHandle) -> None:
    for wrong in ("https://app.example/cb", "http://localhost/cb", "http://127.0.0.1.example:80/cb"):
        with pytest.raises(RuntimeError, match="with a port"):
            make_client(sim, platform="desktop", redirectUris=[wrong])
    client = make_client(sim, platform="desktop", redirectUris=["http://localhost:*/cb", "https://127.0.0.1:3455/cb"])
    here = {"client_key": client["key"], "redirect_uri": "http://localhost:9123/cb"}
    for other in ("http://localhost:x/cb", "http://localhost:/cb", "http://127.0.0.1:3456/cb", "http://localhost:1/c"):
        assert browse(authorize_url(sim, **{**here, "redirect_uri": other})).status_code == 400
    bare = returned(browse(authorize_url(sim, **here)), here["redirect_uri"])
    assert bare["error"] == "invalid_request"
    answer = approve(sim, **here, code_challenge=HEX, code_challenge_method="S256")
    code = returned(answer, here["redirect_uri"])["code"]
    mine = {"client_secret": client["secret"], **here}
    assert word(redeem(sim, code, **mine)) == "invalid_request"
    assert word(redeem(sim, code, **mine, code_verifier="x" * 43)) == "invalid_request"
    assert redeem(sim, code, **mine, code_verifier=VERIFIER).status_code == 200


@pytest.mark.parametrize(
    ("challenge", "verifier", "status"),
    [
        (HEX, VERIFIER, 200),
        (BASE64URL, VERIFIER, 400),
        (HEX.upper(), VERIFIER, 400),
        (HEX, "short", 400),
        (HEX, VERIFIER + "ä", 400),
        ("", VERIFIER, 200),
        ("", "", 200),
    ],
)
def test_the_challenge_is_lower_case_hex_and_a_lone_verifier_is_ignored(
    sim: SimulatorHandle, challenge: str, verifier: str, status: int
) -> None:
    pkce = {"code_challenge": challenge, "code_challenge_method": "S256"} if challenge else {}
    code = returned(approve(sim, **pkce))["code"]
    assert redeem(sim, code, code_verifier=verifier).status_code == status


def test_a_session_passes_without_the_page_unless_that_is_switched_off(sim: SimulatorHandle) -> None:
    first = approve(sim, "video.list")
    cookie = {"cookie": first.headers["set-cookie"].partition(";")[0]}
    assert "would like to access" in browse(authorize_url(sim), headers=cookie).text
    for silent in ("0", ""):
        back = returned(browse(authorize_url(sim, disable_auto_auth=silent), headers=cookie))
        assert redeem(sim, back["code"]).json()["scope"] == "user.info.basic,video.list"
    asked = "user.info.basic,video.publish"
    more = browse(authorize_url(sim, disable_auto_auth="0", scope=asked), headers=cookie)
    assert "Post content to TikTok" in more.text
    choose = browse(authorize_url(sim, disable_auto_auth="0", sim_creator="choose"), headers=cookie)
    assert "Log in to TikTok" in choose.text
    for stranger in ("sim_tiktok_session=nobody", 'sim_tiktok_session="', "=;;"):
        page = browse(authorize_url(sim, disable_auto_auth="0"), headers={"cookie": stranger})
        assert "Log in to TikTok" in page.text


def test_only_target_users_authorise_a_sandbox(sim: SimulatorHandle) -> None:
    sandbox = make_client(sim, sandboxOf=sim.client_key, targets=[INES])
    assert sandbox["key"].startswith("sb")
    assert sandbox["secret"] != sim.client_secret
    key = sandbox["key"]
    back = returned(approve(sim, client_key=key))
    assert (back["error"], back["error_type"]) == ("access_denied", "non_sandbox_target")
    code = returned(approve(sim, client_key=key, creator=INES))["code"]
    assert redeem(sim, code, client_key=key, client_secret=sandbox["secret"]).status_code == 200
    sim.configure({"tiktok": {"targetDelay": 3600}})
    make_client(sim, key=key, targets=[INES, MAYA])
    assert returned(approve(sim, client_key=key))["error_type"] == "non_sandbox_target"
    sim.advance(3601)
    assert "code" in returned(approve(sim, client_key=key))


def test_an_app_has_five_sandboxes_and_a_sandbox_ten_targets(sim: SimulatorHandle) -> None:
    for _ in range(5):
        key = make_client(sim, sandboxOf=sim.client_key)["key"]
    with pytest.raises(RuntimeError, match="at most 5"):
        make_client(sim, sandboxOf=sim.client_key)
    many = [made["creatorId"] for made in sim.seed({"tiktok": {"creators": 11, "videos": 0}})["creators"]]
    assert len(make_client(sim, key=key, targets=many[:10])["targets"]) == 10
    with pytest.raises(RuntimeError, match="at most 10"):
        make_client(sim, key=key, targets=many)


def test_a_server_error_of_the_page_comes_back_on_the_redirect(sim: SimulatorHandle) -> None:
    sim.add_fault(
        {"what": "error", "match": {"endpoint": "GET /v2/auth/authorize/"}, "error": "temporarily_unavailable"}
    )
    assert returned(browse(authorize_url(sim)))["error"] == "temporarily_unavailable"
    sim.add_fault({"what": "error", "match": {"endpoint": "GET /v2/auth/authorize/"}})
    assert browse(authorize_url(sim, client_key="nobody")).status_code == 500


def test_each_host_does_its_part_and_others_are_not_there(sim: SimulatorHandle) -> None:
    hosts = sim.get("/_sim")["hosts"]
    assert {"www.tiktok.com", "open.tiktokapis.com"} <= set(hosts)
    assert "open-sandbox.tiktok.com" not in hosts
    for old in (
        "business-api.tiktok.com/open_api/v1.3/tt_user/oauth2/token/",
        "open-api.tiktok.com/oauth/access_token/",
    ):
        answer = browse(f"{sim.url}/{old}")
        assert answer.status_code == 501
        assert "not simulated" in answer.text
    page = browse(f"{sim.tiktok_auth_url}/v2/auth/authorize")
    assert page.status_code == 404
    with OpenApi.of(sim) as api:
        real = {"Host": "open.tiktokapis.com"}
        by_name = httpx2.get(
            f"{sim.url}/v2/user/info/?fields=open_id", headers={"Authorization": f"Bearer {api.token}", **real}
        )
        assert enveloped(by_name) == (200, "ok")
    assert oauth(sim, grant_type="nothing").status_code == 400
