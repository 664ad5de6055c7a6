"""Callbacks about people's data: deauthorize and data deletion (instagram.md §7)."""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from socialsim.meta.webhooks.compliance import signed_request
from socialsim.testing import ATELIER_MAYA, MAYA, SimulatorHandle
from tests.socialsim.parts import Graph, Listener, Reply, Seen, eventually

TOLD = Reply(body=b'{"url": "https://app.example/deletion/AB12", "confirmation_code": "AB12"}')


@pytest.fixture
def app(sim: SimulatorHandle, listener: Listener) -> SimulatorHandle:
    """The default app with both callbacks at the listener."""
    listener.answers |= {"/deauthorize": Reply(), "/deletion": TOLD}
    body = {
        "id": sim.app_id,
        "secret": sim.app_secret,
        "deauthorizeUrl": f"{listener.url}/deauthorize",
        "dataDeletionUrl": f"{listener.url}/deletion",
    }
    sim.post("/_sim/apps", body)
    return sim


def opened(seen: Seen, secret: str) -> dict[str, Any] | None:
    """The payload of a signed request, or None if the signature is not right."""
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    (word,) = parse_qs(seen.body.decode())["signed_request"]
    signature, _, payload = word.partition(".")
    assert "=" not in word
    right = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(right, base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))):
        return None
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def test_the_signed_request_is_the_one_of_the_fact_sheet() -> None:
    payload = {"algorithm": "HMAC-SHA256", "user_id": "9001", "issued_at": 1770000000, "expires": 0}
    assert signed_request("demo-secret", payload) == (
        "3Wdj6_VUb1miYf-CVkJisBdI5_pcaLYbHf9632GUsR0.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImV4cGlyZXMiOjAsImlzc3VlZF9h"
        "dCI6MTc3MDAwMDAwMCwidXNlcl9pZCI6IjkwMDEifQ"
    )


def test_deleting_the_permissions_calls_the_deauthorize_callback(app: SimulatorHandle, listener: Listener) -> None:
    with Graph.of(app) as graph:
        assert graph.delete(f"{MAYA}/permissions/instagram_basic") == {"success": True}
        assert listener.seen == []
        assert graph.delete(f"{MAYA}/permissions") == {"success": True}
    (seen,) = listener.wait_for(1)
    payload = opened(seen, app.app_secret)
    assert seen.path == "/deauthorize"
    assert payload is not None
    assert (payload["algorithm"], payload["user_id"], payload["expires"]) == ("HMAC-SHA256", MAYA, 0)
    (delivery,) = app.deliveries()
    assert (delivery["field"], delivery["url"]) == ("deauthorize", f"{listener.url}/deauthorize")


def test_a_deletion_is_asked_for_and_its_confirmation_is_kept(app: SimulatorHandle, listener: Listener) -> None:
    app.tokens()
    app.post("/_sim/act/remove-app", {"userId": MAYA, "askDeletion": True})
    paths = {seen.path: opened(seen, app.app_secret) for seen in listener.wait_for(2)}
    assert {path: payload and payload["user_id"] for path, payload in paths.items()} == {
        "/deauthorize": MAYA,
        "/deletion": MAYA,
    }
    eventually(lambda: app.get("/_sim/deletions")["deletions"][0]["state"] == "delivered")
    assert app.get("/_sim/deletions")["deletions"] == [
        {
            "userId": MAYA,
            "url": "https://app.example/deletion/AB12",
            "confirmationCode": "AB12",
            "problem": "",
            "state": "delivered",
        }
    ]


@pytest.mark.parametrize(
    ("body", "word"), [(b"thanks", "no JSON"), (b"{url: 'x'}", "no JSON"), (b'{"url": "https://x.example"}', "lacks")]
)
def test_an_answer_that_is_not_the_agreed_json_is_noted(
    app: SimulatorHandle, listener: Listener, body: bytes, word: str
) -> None:
    listener.answers["/deletion"] = Reply(body=body)
    app.tokens()
    app.post("/_sim/act/remove-app", {"userId": MAYA, "askDeletion": True})
    eventually(lambda: word in app.get("/_sim/deletions")["deletions"][0]["problem"])


@pytest.mark.parametrize("signed_with", ["instagram", "meta"])
def test_an_account_of_instagram_login_is_named_by_the_id_that_the_app_sees(
    app: SimulatorHandle, listener: Listener, signed_with: str
) -> None:
    app.configure({"instagram": {"signedWith": signed_with}})
    scoped = app.instagram_tokens()["scopedId"]
    app.post("/_sim/act/remove-app", {"userId": ATELIER_MAYA})
    (seen,) = listener.wait_for(1)
    payload = opened(seen, app.instagram_app_secret if signed_with == "instagram" else app.app_secret)
    assert payload is not None
    assert payload["user_id"] == scoped != ATELIER_MAYA


def test_the_same_request_may_come_again_and_may_be_wrongly_signed(app: SimulatorHandle, listener: Listener) -> None:
    app.configure({"compliance": {"repeats": 1, "badSignature": True}})
    app.tokens()
    app.post("/_sim/act/remove-app", {"userId": MAYA})
    first, second = listener.wait_for(2)
    assert first.body == second.body
    assert opened(first, app.app_secret) is None


def test_a_callback_that_fails_is_tried_again(app: SimulatorHandle, listener: Listener) -> None:
    listener.answers["/deauthorize"] = Reply(500)
    app.tokens()
    app.post("/_sim/act/remove-app", {"userId": MAYA})
    listener.wait_for(1)
    listener.answers["/deauthorize"] = Reply()
    app.advance(6)
    listener.wait_for(2)
    eventually(lambda: app.deliveries()[0]["state"] == "delivered")


def test_without_addresses_or_without_a_grant_nobody_is_called(sim: SimulatorHandle, listener: Listener) -> None:
    sim.tokens()
    sim.post("/_sim/act/remove-app", {"userId": MAYA, "askDeletion": True})
    body = {"id": sim.app_id, "secret": sim.app_secret, "deauthorizeUrl": f"{listener.url}/deauthorize"}
    sim.post("/_sim/apps", body)
    sim.post("/_sim/act/remove-app", {"userId": MAYA})
    assert sim.deliveries() == []
