"""Tokens: exchange, refresh, revoke, lives, the words of errors (tiktok.md §1.2, §1.3, §2.5 to §2.8)."""

import json
from typing import Any

import httpx2
import pytest

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import Listener, browse, submit
from tests.socialsim.tiktok.parts import (
    BACK,
    INES,
    MAYA,
    OpenApi,
    enveloped,
    make_client,
    oauth,
    redeem,
    renew,
    word,
)

INFO = "/v2/user/info/?fields=open_id"


def connect(sim: SimulatorHandle, scope: str = "user.info.basic", **form: str) -> dict[str, Any]:
    """The answer of a whole login."""
    _, code = sim.tiktok_login(BACK, scope=scope, client_key=form.get("client_key", sim.client_key))
    answer = redeem(sim, code, **form)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def works(sim: SimulatorHandle, token: str) -> tuple[int, str]:
    return enveloped(browse(sim.tiktok_url + INFO, headers={"Authorization": f"Bearer {token}"}))


def test_an_exchange_tells_token_lives_open_id_and_granted_scopes(sim: SimulatorHandle) -> None:
    _, code = sim.tiktok_login(BACK, scope="user.info.basic,video.list,video.publish", decline=["video.list"])
    answer = redeem(sim, code)
    assert answer.headers["content-type"].startswith("application/json")
    made = answer.json()
    assert made["access_token"].startswith("act.")
    assert made["refresh_token"].startswith("rft.")
    assert (made["expires_in"], made["refresh_expires_in"]) == (7200, 15_552_000)
    assert made["scope"] == "user.info.basic,video.publish"
    assert made["token_type"] == "Bearer"
    assert "-" in made["open_id"]
    assert set(made) == {
        "access_token",
        "expires_in",
        "open_id",
        "refresh_expires_in",
        "refresh_token",
        "scope",
        "token_type",
    }
    assert works(sim, made["access_token"]) == (200, "ok")


def test_an_open_id_belongs_to_creator_and_app_and_comes_back_the_same(sim: SimulatorHandle) -> None:
    first = connect(sim)["open_id"]
    other = make_client(sim)
    mine = {"client_key": other["key"], "client_secret": other["secret"]}
    assert connect(sim)["open_id"] == first
    assert connect(sim, **mine)["open_id"] != first
    sim.post("/_sim/tiktok/act/disconnect", {"creatorId": MAYA})
    assert connect(sim)["open_id"] == first


@pytest.mark.parametrize(("profile", "access", "refresh"), [("2h", 7200, 15_552_000), ("24h", 86_400, 31_536_000)])
def test_both_profiles_of_token_lives_end_when_they_say(
    sim: SimulatorHandle, profile: str, access: int, refresh: int
) -> None:
    sim.post("/_sim/clock", {"stands": True})
    sim.configure({"tiktok": {"tokenProfile": profile}})
    made = connect(sim)
    assert (made["expires_in"], made["refresh_expires_in"]) == (access, refresh)
    sim.advance(access - 1)
    assert works(sim, made["access_token"]) == (200, "ok")
    sim.advance(1)
    assert works(sim, made["access_token"]) == (401, "access_token_invalid")
    sim.advance(refresh - access)
    assert word(renew(sim, made["refresh_token"])) == "invalid_grant"


def test_an_app_may_have_its_own_profile(sim: SimulatorHandle) -> None:
    client = make_client(sim, tokenProfile="24h")
    made = connect(sim, client_key=client["key"], client_secret=client["secret"])
    assert made["expires_in"] == 86_400
    assert connect(sim)["expires_in"] == 7200


def test_a_code_works_once_for_its_app_and_not_for_long(sim: SimulatorHandle) -> None:
    _, code = sim.tiktok_login(BACK)
    other = make_client(sim)
    stranger = redeem(sim, code, client_key=other["key"], client_secret=other["secret"])
    assert word(stranger) == "invalid_grant"
    assert redeem(sim, code).status_code == 200
    assert word(redeem(sim, code)) == "invalid_grant"
    _, late = sim.tiktok_login(BACK)
    sim.advance(601)
    assert word(redeem(sim, late)) == "invalid_grant"


def test_a_refresh_gives_a_new_pair_and_the_old_refresh_token_is_dead_at_once(sim: SimulatorHandle) -> None:
    made = connect(sim)
    answer = renew(sim, made["refresh_token"])
    again = answer.json()
    assert set(again) == set(made)
    assert again["refresh_token"] != made["refresh_token"]
    assert again["access_token"] != made["access_token"]
    assert (again["open_id"], again["refresh_expires_in"]) == (made["open_id"], 15_552_000)
    assert word(renew(sim, made["refresh_token"])) == "invalid_grant"
    assert works(sim, made["access_token"]) == (200, "ok")
    assert works(sim, again["access_token"]) == (200, "ok")
    assert renew(sim, again["refresh_token"]).status_code == 200
    assert [row["kind"] for row in sim.truth()][-2:] == ["token.refreshed", "token.refreshed"]


def test_a_lost_answer_of_a_refresh_costs_the_login_unless_there_is_a_grace(sim: SimulatorHandle) -> None:
    made = connect(sim)
    drop = {"what": "reset", "where": "after", "match": {"endpoint": "POST /v2/oauth/token/", "accountId": MAYA}}
    sim.add_fault(drop)
    with pytest.raises(httpx2.HTTPError):
        renew(sim, made["refresh_token"])
    assert [row["kind"] for row in sim.truth("token.refreshed")] == ["token.refreshed"]
    assert word(renew(sim, made["refresh_token"])) == "invalid_grant"
    sim.configure({"tiktok": {"refreshGrace": 30}})
    assert renew(sim, made["refresh_token"]).status_code == 200
    sim.advance(31)
    assert word(renew(sim, made["refresh_token"])) == "invalid_grant"


def test_knobs_settle_what_is_not_documented_about_a_refresh(sim: SimulatorHandle) -> None:
    sim.post("/_sim/clock", {"stands": True})
    sim.configure({"tiktok": {"refreshRestarts": False, "refreshEndsAccess": True}})
    made = connect(sim)
    sim.advance(3600)
    again = renew(sim, made["refresh_token"]).json()
    assert (again["expires_in"], again["refresh_expires_in"]) == (7200, 15_552_000 - 3600)
    assert works(sim, made["access_token"]) == (401, "access_token_invalid")


def test_scopes_do_not_grow_by_a_refresh_only_by_a_new_consent(sim: SimulatorHandle) -> None:
    made = connect(sim)
    connect(sim, "user.info.basic,video.list")
    assert renew(sim, made["refresh_token"]).json()["scope"] == "user.info.basic"
    assert renew(sim, made["refresh_token"], scope="video.list").status_code == 400


def test_revoking_ends_the_authorisation_and_echoes_with_reason_5(sim: SimulatorHandle, listener: Listener) -> None:
    url = listener.serve("/hook", b"", "text/plain")
    make_client(sim, key=sim.client_key, callbackUrl=url)
    made = connect(sim)
    second = connect(sim)
    answer = oauth(sim, "revoke", token=made["access_token"])
    assert (answer.status_code, answer.json()) == (200, {})
    for token in (made["access_token"], second["access_token"]):
        assert works(sim, token) == (401, "access_token_invalid")
    assert word(renew(sim, second["refresh_token"])) == "invalid_grant"
    event = json.loads(listener.wait_for(1)[0].body)
    assert (event["event"], event["user_openid"]) == ("authorization.removed", made["open_id"])
    assert json.loads(event["content"]) == {"reason": 5}
    assert word(oauth(sim, "revoke", token=made["access_token"])) == "invalid_grant"
    assert [row["kind"] for row in sim.truth()][-2:] == ["token.revoked", "consent.removed"]


def test_revoking_wants_the_secret_and_an_own_token(sim: SimulatorHandle) -> None:
    made = connect(sim)
    other = make_client(sim)
    stranger = {"client_key": other["key"], "client_secret": other["secret"]}
    assert word(oauth(sim, "revoke", token=made["access_token"], client_secret="")) == "invalid_request"
    assert word(oauth(sim, "revoke", token=made["access_token"], **stranger)) == "invalid_grant"
    assert word(oauth(sim, "revoke", token="")) == "invalid_request"
    assert works(sim, made["access_token"]) == (200, "ok")


@pytest.mark.parametrize(
    ("deed", "reason"),
    [("disconnect", 1), ("delete-account", 2), ("change-age", 3), ("ban-account", 4)],
)
def test_what_a_creator_does_elsewhere_ends_all_tokens_and_codes(
    sim: SimulatorHandle, listener: Listener, deed: str, reason: int
) -> None:
    make_client(sim, key=sim.client_key, callbackUrl=listener.serve("/hook", b"", "text/plain"))
    made = connect(sim)
    _, code = sim.tiktok_login(BACK)
    sim.post(f"/_sim/tiktok/act/{deed}", {"creatorId": MAYA})
    assert works(sim, made["access_token"]) == (401, "access_token_invalid")
    assert word(renew(sim, made["refresh_token"])) == "invalid_grant"
    assert word(redeem(sim, code)) == "invalid_grant"
    assert json.loads(json.loads(listener.wait_for(1)[0].body)["content"]) == {"reason": reason}
    assert sim.truth("consent.removed")[0]["text"] == str(reason)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"client_key": ""}, "invalid_request"),
        ({"client_key": "", "client_id": "simck0000000001"}, "invalid_request"),
        ({"client_key": "nobody"}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_secret": ""}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
        ({"code": ""}, "invalid_request"),
        ({"code": "made-up"}, "invalid_grant"),
        ({"redirect_uri": ""}, "invalid_request"),
        ({"redirect_uri": "ftp://127.0.0.1/"}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "rft.made-up"}, "invalid_grant"),
    ],
)
def test_each_mistake_has_its_word_with_400_or_200(sim: SimulatorHandle, form: dict[str, str], error: str) -> None:
    _, code = sim.tiktok_login(BACK)
    answer = redeem(sim, code, **form)
    assert (answer.status_code, word(answer)) == (400, error)
    sim.configure({"tiktok": {"oauthErrorStatus": 200}})
    answer = redeem(sim, code, **form)
    assert (answer.status_code, word(answer)) == (200, error)


def test_a_token_request_is_a_form_and_never_json(sim: SimulatorHandle) -> None:
    _, code = sim.tiktok_login(BACK)
    form = {
        "client_key": sim.client_key,
        "client_secret": sim.client_secret,
        "code": code,
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
    }
    url = f"{sim.tiktok_url}/v2/oauth/token/"
    with httpx2.Client(trust_env=False) as client:
        assert word(client.post(url, json=form)) == "invalid_request"
        assert word(client.post(url, params=form)) == "invalid_request"
        assert word(client.post(url, files={key: (None, value) for key, value in form.items()})) == "invalid_request"
    assert submit(url, form).status_code == 200


@pytest.mark.parametrize("error", ["server_error", "temporarily_unavailable"])
def test_a_failing_server_answers_flat_and_may_have_rotated(sim: SimulatorHandle, error: str) -> None:
    made = connect(sim)
    match = {"endpoint": "POST /v2/oauth/token/"}
    sim.add_fault({"what": "error", "where": "before", "match": match, "error": error, "status": 503})
    answer = renew(sim, made["refresh_token"])
    assert (answer.status_code, word(answer)) == (503, error)
    sim.add_fault({"what": "error", "where": "after", "match": match, "error": error, "status": 500})
    assert word(renew(sim, made["refresh_token"])) == error
    assert word(renew(sim, made["refresh_token"])) == "invalid_grant"


def test_a_clients_own_token_lives_two_hours_and_reads_no_creator(sim: SimulatorHandle) -> None:
    client = make_client(sim, products=["login", "research"])
    mine = {"client_key": client["key"], "client_secret": client["secret"]}
    made = oauth(sim, grant_type="client_credentials", **mine).json()
    assert made["access_token"].startswith("clt.")
    assert (made["expires_in"], made["token_type"]) == (7200, "Bearer")
    assert "refresh_token" not in made
    assert works(sim, made["access_token"]) == (401, "access_token_invalid")


def test_a_token_goes_into_the_header_and_nowhere_else(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim, INES) as api:
        assert api.code("GET", INFO) == (200, "ok")
        for header in ("", "act.unknown", f"Basic {api.token}", api.token):
            answer = api.client.get(INFO, headers={"Authorization": header})
            assert enveloped(answer) == (401, "access_token_invalid")
        assert enveloped(api.client.get(f"{INFO}&access_token={api.token}")) == (401, "access_token_invalid")
        assert enveloped(api.client.get(INFO, headers={"Authorization": f"bearer {api.token}"})) == (200, "ok")
