"""Instagram Login: window, codes, tokens, identity, and what its Graph API has and has not (instagram.md §0.1, §2)."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from socialsim.testing import ATELIER_MAYA, MAYA, SimulatorHandle
from tests.socialsim.parts import PAGE, Graph, Listener, Reply, browse, problem, submit

BACK = "http://127.0.0.1:9/callback"
BASIC = "instagram_business_basic"
PUBLISH = "instagram_business_content_publish"
TOM_PERSONAL = "17841400000000004"
SANNE_WITHOUT_PAGE = "17841400000000005"
DAY = 86400.0


class Insta(Graph):
    """A Graph client with one account's token."""

    @classmethod
    def of_account(
        cls, sim: SimulatorHandle, account_id: str = ATELIER_MAYA, scopes: list[str] | None = None
    ) -> "Insta":
        """Connected with Instagram Login."""
        token = sim.instagram_tokens(account_id, scopes)["token"]
        client = httpx2.Client(base_url=f"{sim.instagram_graph_url}/v26.0", trust_env=False, verify=False, timeout=10)
        return cls(sim, client, token, token)


@pytest.fixture
def insta(sim: SimulatorHandle) -> Iterator[Insta]:
    """The API with Instagram Login as @atelier.maya, everything granted."""
    with Insta.of_account(sim) as graph:
        yield graph


def window(sim: SimulatorHandle, **query: str) -> str:
    asked = {
        "client_id": sim.instagram_app_id,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": f"{BASIC},{PUBLISH}",
        "state": "s t/1",
        **query,
    }
    return f"{sim.instagram_dialog_url}/oauth/authorize?{urlencode(asked)}"


def hidden(page: httpx2.Response) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))


def decide(shown: httpx2.Response, /, **form: str | list[str]) -> str:
    """Send the form of a consent page as a browser does; gives the address it leads to."""
    answer = submit(str(shown.url), {**hidden(shown), **form})
    assert answer.status_code == 303
    return answer.headers["location"]


def redeem(sim: SimulatorHandle, code: str, **change: str) -> httpx2.Response:
    form = {
        "client_id": sim.instagram_app_id,
        "client_secret": sim.instagram_app_secret,
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "code": code,
        **change,
    }
    return submit(f"{sim.instagram_api_url}/oauth/access_token", form)


def exchange(sim: SimulatorHandle, token: str, secret: str = "") -> httpx2.Response:
    query = {"grant_type": "ig_exchange_token", "client_secret": secret or sim.instagram_app_secret}
    return browse(f"{sim.instagram_graph_url}/access_token", {**query, "access_token": token})


def refresh(sim: SimulatorHandle, token: str, version: str = "") -> httpx2.Response:
    query = {"grant_type": "ig_refresh_token", "access_token": token}
    return browse(f"{sim.instagram_graph_url}{version}/refresh_access_token", query)


def me(sim: SimulatorHandle, token: str) -> httpx2.Response:
    return browse(f"{sim.instagram_graph_url}/v26.0/me", {"fields": "user_id", "access_token": token})


# --- The window --------------------------------------------------------------------------------------------------


def test_a_person_chooses_an_account_and_what_the_app_may_do(sim: SimulatorHandle) -> None:
    people = browse(window(sim)).text
    assert "@atelier.maya" in people
    assert "@sanne.keramiek" in people
    consent = browse(window(sim, sim_account=ATELIER_MAYA))
    assert "Create posts, reels and stories for you" in consent.text
    location = decide(consent, permission=[], action="allow")
    code = parse_qs(urlsplit(location).query)["code"][0]
    assert redeem(sim, code).json()["permissions"] == [BASIC]


def test_basic_cannot_be_unticked_and_has_to_be_asked_for(sim: SimulatorHandle) -> None:
    consent = browse(window(sim, sim_account=ATELIER_MAYA)).text
    (box,) = re.findall(rf'<input[^>]*value="{BASIC}"[^>]*>', consent)
    assert "disabled" in box
    refused = browse(window(sim, scope=PUBLISH))
    assert (refused.status_code, f"{BASIC} is required" in refused.text) == (400, True)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"client_id": "700000000000001"}, "Invalid platform app"),
        ({"scope": "business_basic,business_content_publish"}, "ended on 27 January 2025"),
        ({"scope": f"{BASIC},instagram_basic"}, "Invalid Scopes: instagram_basic"),
        ({"response_type": "token"}, "Invalid response_type"),
        ({"redirect_uri": "http://elsewhere.example/"}, "Invalid redirect_uri"),
    ],
)
def test_a_wrong_request_shows_an_error_page(sim: SimulatorHandle, change: dict[str, str], word: str) -> None:
    page = browse(window(sim, **change))
    assert (page.status_code, word in page.text) == (400, True)
    assert submit(window(sim, **change), {"action": "cancel"}).status_code == 400


def test_every_scope_of_the_platform_can_be_asked_for(sim: SimulatorHandle) -> None:
    names = ["basic", "content_publish", "manage_comments", "manage_messages", "manage_insights"]
    scope = " ".join(f"instagram_business_{name}" for name in names)
    page = browse(window(sim, scope=scope, sim_account=ATELIER_MAYA)).text
    assert all(f'value="instagram_business_{name}"' in page for name in names)


def test_success_carries_an_odd_fragment_that_is_no_part_of_the_code(sim: SimulatorHandle) -> None:
    location, code = sim.instagram_login(BACK, state="x")
    assert location == f"{BACK}?code={code}&state=x#_"
    assert redeem(sim, code + "#_").json()["error_message"] == "Matching code was not found or was already used"
    assert redeem(sim, code).status_code == 200


def test_cancelling_tells_the_app_so_and_keeps_the_state(sim: SimulatorHandle) -> None:
    location = decide(browse(window(sim, sim_account=ATELIER_MAYA)), action="cancel")
    back = {key: value[0] for key, value in parse_qs(urlsplit(location).query).items()}
    assert (back["error"], back["error_reason"], back["state"]) == ("access_denied", "user_denied", "s t/1")
    assert back["error_description"] == "The user denied your request"


def test_a_personal_account_is_told_why_it_cannot_be_used(sim: SimulatorHandle) -> None:
    page = browse(window(sim, sim_account=TOM_PERSONAL))
    assert (page.status_code, "@tom.keller is a personal account" in page.text) == (403, True)
    assert submit(window(sim), {"account": TOM_PERSONAL, "action": "allow"}).status_code == 403


def test_who_is_signed_in_is_known_unless_the_app_forces_a_new_login(sim: SimulatorHandle) -> None:
    cookie = browse(window(sim, sim_account=ATELIER_MAYA)).headers["set-cookie"].partition(";")[0]
    known = browse(window(sim), headers={"cookie": cookie})
    assert "Logged in as @atelier.maya" in known.text
    assert "@sanne.keramiek" in browse(window(sim, sim_account="choose"), headers={"cookie": cookie}).text
    forced = browse(window(sim, force_reauth="true"), headers={"cookie": cookie})
    assert 'type="password"' in forced.text
    address = str(forced.url)
    wrong = submit(address, {**hidden(forced), "username": "nobody", "password": "x", "action": "sign-in"})
    assert wrong.status_code == 400
    right = submit(address, {**hidden(forced), "username": "sanne.keramiek", "password": "x", "action": "sign-in"})
    assert "Logged in as @sanne.keramiek" in right.text
    assert "code=" in decide(right, action="allow")


def test_facebook_is_another_way_in_unless_the_app_switches_it_off(sim: SimulatorHandle) -> None:
    assert "Log in with Facebook" in browse(window(sim)).text
    assert "Log in with Facebook" not in browse(window(sim, enable_fb_login="false")).text
    assert "Maya Le Goff" in browse(window(sim, sim_facebook="choose")).text
    theirs = browse(window(sim, sim_facebook=MAYA)).text
    assert "@roue.libre" in theirs
    assert "@sanne.keramiek" not in theirs
    consent = browse(window(sim, sim_facebook=MAYA, sim_account=ATELIER_MAYA))
    assert "Logged in as @atelier.maya" in consent.text
    off = browse(window(sim, enable_fb_login="false", sim_facebook=MAYA))
    assert "@sanne.keramiek" in off.text


def test_the_window_runs_no_script_and_posts_keep_their_permalinks(sim: SimulatorHandle, graph: Graph) -> None:
    page = browse(window(sim, sim_account=ATELIER_MAYA))
    assert "form-action 'self' http://127.0.0.1:9" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "style=" not in page.text
    link = graph.get(f"{ATELIER_MAYA}/media?limit=1&fields=permalink")["data"][0]["permalink"]
    assert browse(link).status_code == 200
    assert browse(f"{sim.instagram_dialog_url}/accounts/edit/").status_code == 404


# --- Codes and tokens --------------------------------------------------------------------------------------------


def test_a_code_lives_an_hour_and_works_once_with_the_same_redirect(sim: SimulatorHandle) -> None:
    _, code = sim.instagram_login(BACK)
    assert "redirect_uri is identical" in redeem(sim, code, redirect_uri=BACK + "/").json()["error_message"]
    assert redeem(sim, code).status_code == 200
    assert redeem(sim, code).status_code == 400
    _, late = sim.instagram_login(BACK)
    sim.advance(3601)
    assert redeem(sim, late).json()["error_message"] == "This authorization code has expired"


def test_the_code_exchange_has_an_error_envelope_of_its_own(sim: SimulatorHandle) -> None:
    _, code = sim.instagram_login(BACK)
    wrong = redeem(sim, code, client_id=sim.app_id)
    assert (wrong.status_code, wrong.json()) == (
        400,
        {"error_type": "OAuthException", "code": 400, "error_message": "Invalid platform app"},
    )
    assert "client secret" in redeem(sim, code, client_secret=sim.app_secret).json()["error_message"]
    assert "grant_type" in redeem(sim, code, grant_type="").json()["error_message"]
    assert browse(f"{sim.instagram_api_url}/oauth/access_token").json()["error_type"] == "OAuthException"
    assert browse(f"{sim.instagram_api_url}/").status_code == 404
    sim.add_fault({"what": "error", "message": "Try later", "status": 503})
    assert redeem(sim, code).json()["error_message"] == "Try later"


def test_a_code_is_exchanged_in_two_shapes_from_forms_of_two_kinds(sim: SimulatorHandle) -> None:
    _, code = sim.instagram_login(BACK, scope=f"{BASIC},{PUBLISH}")
    flat = redeem(sim, code).json()
    assert (flat["user_id"], flat["permissions"]) == (int(ATELIER_MAYA), [BASIC, PUBLISH])
    sim.configure({"instagram": {"tokenAnswer": "documented"}})
    _, code = sim.instagram_login(BACK, scope=f"{BASIC},{PUBLISH}")
    form = {"client_id": sim.instagram_app_id, "client_secret": sim.instagram_app_secret, "redirect_uri": BACK}
    parts = {key: (None, value) for key, value in {**form, "grant_type": "authorization_code", "code": code}.items()}
    with httpx2.Client(trust_env=False) as client:
        answer = client.post(f"{sim.instagram_api_url}/oauth/access_token", files=parts).json()
    (listed,) = answer["data"]
    assert listed["permissions"] == f"{BASIC},{PUBLISH}"
    assert listed["user_id"].startswith("1020")


def test_a_short_token_lives_an_hour_and_becomes_one_of_sixty_days(sim: SimulatorHandle) -> None:
    _, code = sim.instagram_login(BACK)
    short = redeem(sim, code).json()["access_token"]
    assert problem(exchange(sim, short, sim.app_secret)) == (1, None)
    long = exchange(sim, short).json()
    assert (long["token_type"], long["expires_in"]) == ("bearer", 5_184_000)
    assert problem(exchange(sim, long["access_token"])) == (100, None)
    sim.advance(3601)
    assert problem(me(sim, short)) == (190, 463)
    assert problem(exchange(sim, short)) == (190, 463)
    assert me(sim, long["access_token"]).json()["user_id"] == ATELIER_MAYA


def test_a_token_is_refreshed_only_a_day_old_alive_long_and_with_basic(sim: SimulatorHandle) -> None:
    _, code = sim.instagram_login(BACK)
    short = redeem(sim, code).json()["access_token"]
    long = sim.instagram_tokens()["token"]
    assert problem(refresh(sim, long)) == (100, None)
    without_basic = sim.instagram_tokens("17841400000000002", [PUBLISH])["token"]
    assert problem(refresh(sim, short)) == (100, None)
    sim.advance(DAY + 1)
    again = refresh(sim, long).json()
    assert (again["expires_in"], again["permissions"].split(",")[0]) == (5_184_000, BASIC)
    assert again["access_token"] != long
    assert problem(refresh(sim, without_basic)) == (10, None)
    assert problem(refresh(sim, short)) == (190, 463)
    issued = sim.truth("token.issued", ATELIER_MAYA)
    assert len(issued) == 2


def test_both_lengthening_calls_are_unversioned_and_a_refresh_needs_no_secret(sim: SimulatorHandle) -> None:
    long = sim.instagram_tokens()["token"]
    sim.advance(DAY + 1)
    sim.configure({"instagram": {"versionedLengthening": False}})
    assert problem(refresh(sim, long, "/v26.0")) == (2500, None)
    assert refresh(sim, long).status_code == 200


def test_sixty_days_without_a_refresh_end_a_token_for_good(sim: SimulatorHandle) -> None:
    long = sim.instagram_tokens()["token"]
    sim.advance(59 * DAY)
    longer = refresh(sim, long).json()["access_token"]
    sim.advance(2 * DAY)
    assert problem(refresh(sim, long)) == (190, 463)
    sim.advance(57 * DAY)
    assert me(sim, longer).status_code == 200
    sim.advance(1 * DAY + 1)
    assert problem(me(sim, longer)) == (190, 463)


@pytest.mark.parametrize("lives", [True, False])
def test_the_token_before_a_refresh_lives_on_or_not_as_is_wished(sim: SimulatorHandle, lives: bool) -> None:
    sim.configure({"instagram": {"oldTokenLives": lives}})
    long = sim.instagram_tokens()["token"]
    sim.advance(DAY + 1)
    new = refresh(sim, long).json()["access_token"]
    assert me(sim, new).status_code == 200
    assert (me(sim, long).status_code == 200) is lives


def test_a_removed_app_is_learned_from_the_callback_and_the_next_call_never_from_a_webhook(
    insta: Insta, listener: Listener
) -> None:
    sim = insta.sim
    listening(sim, listener)
    insta.post("me/subscribed_apps", subscribed_fields="comments")
    callback = {"id": sim.app_id, "secret": sim.app_secret, "deauthorizeUrl": f"{listener.url}/gone"}
    listener.answers["/gone"] = Reply()
    sim.post("/_sim/apps", callback)
    sim.post("/_sim/act/remove-app", {"userId": ATELIER_MAYA})
    assert insta.fails("GET", "me") == (190, 458)
    assert [seen.path for seen in listener.wait_for(1)] == ["/gone"]
    assert {delivery["field"] for delivery in sim.deliveries()} == {"deauthorize"}


@pytest.mark.parametrize(("deed", "subcode"), [("change-password", 460), ("log-out", 467), ("checkpoint", 459)])
def test_what_happens_to_the_account_ends_its_tokens(insta: Insta, deed: str, subcode: int) -> None:
    insta.sim.post(f"/_sim/act/{deed}", {"userId": ATELIER_MAYA})
    assert insta.fails("GET", "me") == (190, subcode)


def test_tokens_of_one_login_mean_nothing_to_the_other(sim: SimulatorHandle) -> None:
    with Graph.of(sim) as graph, Insta.of_account(sim) as insta:
        assert graph.get(ATELIER_MAYA)["id"] == ATELIER_MAYA
        assert insta.get(ATELIER_MAYA)["id"] != ATELIER_MAYA
        assert problem(graph.raw("GET", "me", token=insta.user_token)) == (190, None)
        assert problem(insta.raw("GET", "me", token=graph.user_token)) == (190, None)
        app = f"{sim.app_id}|{sim.app_secret}"
        asked = urlencode({"input_token": insta.user_token, "access_token": app})
        assert graph.client.get(f"/debug_token?{asked}").json()["data"]["is_valid"] is False
        assert problem(insta.raw("GET", "me", token=app)) == (190, None)


# --- Who it is ---------------------------------------------------------------------------------------------------


def test_an_account_has_the_id_of_webhooks_and_one_for_each_app(sim: SimulatorHandle) -> None:
    sim.post("/_sim/apps", {"id": "700000000000009", "secret": "s", "instagramId": "809", "instagramSecret": "t"})
    made = sim.instagram_tokens(ATELIER_MAYA)
    other = sim.post("/_sim/tokens", {"with": "instagram", "accountId": ATELIER_MAYA, "appId": "700000000000009"})
    with Insta.of_account(sim) as insta:
        mine = insta.get("me?fields=id,user_id,username,account_type", made["token"])
        theirs = insta.get("me?fields=id,user_id", other["token"])
        assert (mine["user_id"], theirs["user_id"]) == (ATELIER_MAYA, ATELIER_MAYA)
        assert (mine["id"], theirs["id"]) == (made["scopedId"], other["scopedId"])
        assert len({mine["id"], theirs["id"], ATELIER_MAYA}) == 3
        assert insta.get(f"{mine['id']}?fields=username") == {"username": "atelier.maya", "id": mine["id"]}


def test_the_account_type_is_told_in_capitals_or_not(sim: SimulatorHandle) -> None:
    with Insta.of_account(sim) as maya, Insta.of_account(sim, SANNE_WITHOUT_PAGE) as sanne:
        assert maya.get("me?fields=account_type")["account_type"] == "BUSINESS"
        assert sanne.get("me?fields=account_type")["account_type"] == "MEDIA_CREATOR"
        sim.configure({"instagram": {"mixedCaseType": True, "wrappedMe": True}})
        assert maya.get("me?fields=account_type")["data"][0]["account_type"] == "Business"


# --- What this API has and has not -------------------------------------------------------------------------------


def test_an_account_without_any_page_publishes(sim: SimulatorHandle) -> None:
    with Insta.of_account(sim, SANNE_WITHOUT_PAGE) as insta:
        picture = f"{sim.url}/_sim/pictures/still-test.jpg?w=320&h=400"
        container = insta.post("me/media", image_url=picture, caption="Cone 9")["id"]
        media = insta.post("me/media_publish", creation_id=container)["id"]
        assert insta.get(f"{media}?fields=caption")["caption"] == "Cone 9"
        assert insta.get("me/content_publishing_limit")["data"] == [{"quota_usage": 1}]
        assert sim.truth("media.published")[0]["accountId"] == SANNE_WITHOUT_PAGE
        comment = sim.comment(SANNE_WITHOUT_PAGE, media, "ana", "Lovely")
        assert insta.post(f"{comment}/replies", message="Thanks")["id"]


def test_permissions_have_their_own_names_and_one_account_is_all_there_is(sim: SimulatorHandle) -> None:
    with Insta.of_account(sim, scopes=[BASIC]) as insta:
        refused = insta.raw("POST", "me/media", {"image_url": "http://127.0.0.1:9/x.jpg"})
        assert problem(refused) == (10, None)
        assert PUBLISH in refused.json()["error"]["message"]
        assert insta.fails("GET", "17841400000000002") == (100, 33)
        assert insta.fails("GET", PAGE) == (100, 33)
        assert insta.fails("GET", MAYA) == (100, 33)


def test_media_cannot_be_deleted_and_discovery_is_not_there(insta: Insta) -> None:
    media = insta.get("me/media?limit=1")["data"][0]["id"]
    refused = insta.raw("DELETE", media)
    assert problem(refused) == (100, 33)
    assert "does not support this operation" in refused.json()["error"]["message"]
    assert insta.fails("GET", "me?fields=business_discovery.username(roue.libre){id}") == (100, None)
    assert problem(insta.raw("GET", f"ig_hashtag_search?user_id={ATELIER_MAYA}&q=linocut"))[0] in {100, 2500}
    assert insta.get(f"{media}?fields=id") == {"id": media}


def test_errors_say_so_in_the_type_of_this_host(insta: Insta) -> None:
    assert insta.raw("GET", "me?fields=nonsense").json()["error"]["type"] == "IGApiException"
    assert insta.raw("GET", "me", token="x").json()["error"]["type"] == "OAuthException"
    insta.sim.add_fault({"what": "error", "code": 10, "subcode": 2534022, "status": 403})
    assert insta.raw("GET", "me").json()["error"]["type"] == "IGApiException"


def test_a_proof_is_made_with_the_instagram_secret(insta: Insta) -> None:
    def proof(secret: str) -> str:
        return hmac.new(secret.encode(), insta.user_token.encode(), hashlib.sha256).hexdigest()

    assert insta.fails("GET", f"me?appsecret_proof={proof(insta.sim.app_secret)}") == (100, None)
    assert "id" in insta.get(f"me?appsecret_proof={proof(insta.sim.instagram_app_secret)}")


# --- Webhooks ----------------------------------------------------------------------------------------------------


def listening(sim: SimulatorHandle, listener: Listener) -> None:
    """The app itself is subscribed to comments."""
    with Graph.of(sim) as graph:
        listener.answers["/hook"] = lambda seen: Reply(body=seen.query.get("hub.challenge", [""])[0].encode())
        form = {
            "object": "instagram",
            "callback_url": f"{listener.url}/hook",
            "verify_token": "v",
            "fields": "comments",
        }
        app = f"{sim.app_id}|{sim.app_secret}"
        assert graph.raw("POST", f"{sim.app_id}/subscriptions", form, token=app).json() == {"success": True}


def test_an_account_is_switched_on_listed_and_switched_off(insta: Insta) -> None:
    assert insta.get("me/subscribed_apps") == {"data": []}
    assert insta.fails("POST", "me/subscribed_apps", subscribed_fields="story_insights") == (100, None)
    assert insta.post("me/subscribed_apps", subscribed_fields="comments,messages") == {"success": True}
    (row,) = insta.get(f"{ATELIER_MAYA}/subscribed_apps")["data"]
    assert (row["id"], row["subscribed_fields"]) == (insta.sim.instagram_app_id, ["comments", "messages"])
    assert insta.delete("me/subscribed_apps") == {"success": True}
    assert insta.get("me/subscribed_apps") == {"data": []}
    assert len(insta.sim.truth("subscription.changed", ATELIER_MAYA)) == 2


@pytest.mark.parametrize("signed_with", ["instagram", "meta"])
def test_events_of_this_login_are_signed_with_the_instagram_secret(
    insta: Insta, listener: Listener, signed_with: str
) -> None:
    sim = insta.sim
    sim.configure({"instagram": {"signedWith": signed_with}})
    listening(sim, listener)
    insta.post("me/subscribed_apps", subscribed_fields="comments")
    media = insta.get("me/media?limit=1")["data"][0]["id"]
    sim.comment(ATELIER_MAYA, media, "ana", "Ça alors 😀")
    (event,) = listener.wait_for(1)
    secret = sim.instagram_app_secret if signed_with == "instagram" else sim.app_secret
    digest = hmac.new(secret.encode(), event.body, hashlib.sha256).hexdigest()
    assert event.headers["x-hub-signature-256"] == f"sha256={digest}"
    assert json.loads(event.body)["entry"][0]["id"] == insta.get("me?fields=user_id")["user_id"]
