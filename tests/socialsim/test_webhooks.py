"""Webhooks: handshake, signature, who is told, retries (instagram.md §6)."""

import hashlib
import hmac
import json
from urllib.parse import quote

from socialsim.meta.webhooks.envelopes import escaped_json, signed_headers
from socialsim.meta.webhooks.herald import RETRY_LADDER
from tests.socialsim.parts import IG, PAGE, Graph, Listener, Reply, Seen, eventually, problem

FIELDS = "comments,mentions"


def callback(listener: Listener, status: int = 200) -> str:
    """A callback that answers handshakes rightly and events with ``status``."""

    def answer(seen: Seen) -> Reply:
        if seen.method == "GET":
            right = seen.query["hub.verify_token"] == ["secret-word"] and seen.query["hub.mode"] == ["subscribe"]
            return Reply(200, seen.query["hub.challenge"][0].encode()) if right else Reply(403)
        return Reply(status)

    listener.answers["/hook"] = answer
    return f"{listener.url}/hook"


def subscribe(graph: Graph, url: str, *, page: bool = True, verify_token: str = "secret-word") -> None:
    app = graph.sim.app_id
    path = f"{app}/subscriptions?access_token={quote(f'{app}|{graph.sim.app_secret}')}"
    data = {"object": "instagram", "callback_url": url, "fields": FIELDS, "verify_token": verify_token}
    assert graph.client.post(path, data=data).json() == {"success": True}
    if page:
        assert graph.post(f"{PAGE}/subscribed_apps", subscribed_fields="feed") == {"success": True}


def newest(graph: Graph) -> str:
    return str(graph.get(f"{IG}/media?limit=1")["data"][0]["id"])


def test_the_callback_must_return_the_challenge(graph: Graph, listener: Listener) -> None:
    url = callback(listener)
    app = graph.sim.app_id
    path = f"{app}/subscriptions?access_token={quote(f'{app}|{graph.sim.app_secret}')}"
    wrong = {"object": "instagram", "callback_url": url, "fields": FIELDS, "verify_token": "other"}
    assert problem(graph.client.post(path, data=wrong)) == (2200, None)
    subscribe(graph, url, page=False)
    (row,) = graph.client.get(path).json()["data"]
    assert (row["object"], row["callback_url"], [field["name"] for field in row["fields"]]) == (
        "instagram",
        url,
        ["comments", "mentions"],
    )
    assert graph.client.delete(f"{path}&object=instagram").json() == {"success": True}
    assert graph.client.get(path).json() == {"data": []}


def test_an_app_subscription_needs_the_app_token(graph: Graph) -> None:
    assert graph.fails("POST", f"{graph.sim.app_id}/subscriptions", object="instagram") == (15, None)


def test_a_comment_arrives_signed_over_its_escaped_bytes(graph: Graph, listener: Listener) -> None:
    subscribe(graph, callback(listener))
    media = newest(graph)
    comment = graph.sim.comment(IG, media, "ana", "café 😀")
    (seen,) = listener.wait_for(1)
    assert b"caf\\u00e9 \\ud83d\\ude00" in seen.body
    key = graph.sim.app_secret.encode()
    assert seen.headers["x-hub-signature-256"] == "sha256=" + hmac.new(key, seen.body, hashlib.sha256).hexdigest()
    assert seen.headers["x-hub-signature"] == "sha1=" + hmac.new(key, seen.body, hashlib.sha1).hexdigest()
    body = json.loads(seen.body)
    assert body["object"] == "instagram"
    (entry,) = body["entry"]
    assert entry["id"] == IG
    (change,) = entry["changes"]
    assert change["field"] == "comments"
    assert change["value"]["id"] == comment
    assert change["value"]["text"] == "café 😀"
    assert change["value"]["from"]["username"] == "ana"
    assert change["value"]["media"] == {"id": media, "media_product_type": "FEED"}


def test_the_signature_is_the_one_of_the_fact_sheet() -> None:
    value = {"id": "17990", "text": "café 😀", "from": {"id": "9988", "username": "ana"}}
    entry = {"id": "17841400000000001", "time": 1770000000, "changes": [{"field": "comments", "value": value}]}
    body = escaped_json({"object": "instagram", "entry": [entry]}).encode()
    headers = signed_headers("demo-secret", body)
    assert len(body) == 203
    assert headers["x-hub-signature-256"].endswith("27d6b1b9db9979bf2756544e4cfa279e784a10a8f7ecc1d7f8a9598f2e624649")
    assert headers["x-hub-signature"].endswith("eb4b30378fa048ae625b884e979b68b1517c8e3a")


def test_nothing_arrives_unless_the_page_is_subscribed_too(graph: Graph, listener: Listener) -> None:
    subscribe(graph, callback(listener), page=False)
    media = newest(graph)
    graph.sim.comment(IG, media, "ana", "unheard")
    assert graph.sim.deliveries() == []
    graph.post(f"{PAGE}/subscribed_apps", subscribed_fields="feed")
    assert graph.get(f"{PAGE}/subscribed_apps")["data"][0]["subscribed_fields"] == ["feed"]
    graph.sim.comment(IG, media, "ana", "heard")
    assert b'"heard"' in listener.wait_for(1)[0].body
    assert graph.delete(f"{PAGE}/subscribed_apps") == {"success": True}
    graph.sim.comment(IG, media, "ana", "unheard again")
    assert len(graph.sim.deliveries()) == 1


def test_the_page_switch_needs_the_page_token_and_known_fields(graph: Graph) -> None:
    answer = graph.raw("POST", f"{PAGE}/subscribed_apps", {"subscribed_fields": "feed"}, graph.user_token)
    assert problem(answer) == (210, None)
    assert graph.fails("POST", f"{PAGE}/subscribed_apps", subscribed_fields="nonsense") == (100, None)


def test_an_app_that_is_not_live_hears_nothing(graph: Graph, listener: Listener) -> None:
    subscribe(graph, callback(listener))
    graph.sim.post("/_sim/apps", {"id": graph.sim.app_id, "secret": graph.sim.app_secret, "live": False})
    graph.sim.comment(IG, newest(graph), "ana", "unheard")
    assert graph.sim.deliveries() == []


def test_a_refused_event_is_tried_again_until_it_is_taken(graph: Graph, listener: Listener) -> None:
    subscribe(graph, callback(listener, 503))
    graph.sim.comment(IG, newest(graph), "ana", "hello?")
    listener.wait_for(1)
    eventually(lambda: len(graph.sim.deliveries()[0]["attempts"]) == 1)
    callback(listener)
    graph.sim.advance(RETRY_LADDER[0])
    first, second = listener.wait_for(2)
    assert first.body == second.body
    eventually(lambda: graph.sim.deliveries()[0]["state"] == "delivered")


def test_after_a_day_and_a_half_an_event_is_given_up(graph: Graph) -> None:
    assert 86400 < sum(RETRY_LADDER) <= 36 * 3600
    listener = Listener()
    with listener:
        subscribe(graph, callback(listener))
    graph.sim.comment(IG, newest(graph), "ana", "nobody there")
    for step, wait in enumerate((0.0, *RETRY_LADDER), start=1):
        graph.sim.advance(wait)
        eventually(lambda step=step: len(graph.sim.deliveries()[0]["attempts"]) == step)  # type: ignore[misc]
    eventually(lambda: graph.sim.deliveries()[0]["state"] == "dropped")


def test_events_can_be_doubled_joined_and_flat(graph: Graph, listener: Listener) -> None:
    subscribe(graph, callback(listener))
    media = newest(graph)
    graph.sim.configure({"webhooks": {"duplicates": 2}})
    graph.sim.comment(IG, media, "ana", "thrice")
    assert len({seen.body for seen in listener.wait_for(3)}) <= 2
    graph.sim.configure({"webhooks": {"duplicates": 0, "batch": 2, "shape": "flat"}})
    graph.sim.comment(IG, media, "ana", "one")
    graph.sim.comment(IG, media, "ana", "two")
    body = json.loads(listener.wait_for(4)[3].body)
    assert [entry["field"] for entry in body["entry"]] == ["comments", "comments"]
    assert [entry["value"]["text"] for entry in body["entry"]] == ["one", "two"]
    graph.sim.comment(IG, media, "ana", "left over")
    assert b"left over" in listener.wait_for(5)[4].body


def test_the_accounts_own_reply_is_told_as_well(graph: Graph, listener: Listener) -> None:
    subscribe(graph, callback(listener))
    media = newest(graph)
    graph.post(f"{media}/comments", message="from us")
    body = json.loads(listener.wait_for(1)[0].body)
    assert body["entry"][0]["changes"][0]["value"]["from"]["id"] == IG
