"""The forms a webhook comes in, and the values of ``changes`` (instagram.md §6.4 to §6.7)."""

import hashlib
import hmac
import json
from typing import Any

import httpx2
import pytest

from socialsim.meta.webhooks.herald import MESSENGER_LADDER, MOST_UPDATES, RETRY_LADDER
from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import IG, Graph, Listener
from tests.socialsim.post_office import PostOffice, act, callback, send, subscribe_app, writes

DAY = 86400


@pytest.fixture
def office(graph: Graph, listener: Listener) -> PostOffice:
    """Maya's app, subscribed to everything."""
    return PostOffice.of(graph, listener)


def newest(graph: Graph) -> str:
    return str(graph.get(f"{IG}/media?limit=1")["data"][0]["id"])


def change(entry: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Field and value of the one change of an entry, whose time is in seconds."""
    (found,) = entry["changes"]
    assert entry["id"] == IG
    assert 10**9 < entry["time"] < 10**10
    return found["field"], found["value"]


def by_instagram(sim: SimulatorHandle, listener: Listener) -> None:
    """Connected with Instagram Login, and subscribed to everything."""
    subscribe_app(sim, callback(listener))
    head = {"Authorization": f"Bearer {sim.instagram_tokens()['token']}"}
    url = f"{sim.instagram_graph_url}/v26.0/me/subscribed_apps?subscribed_fields=comments"
    assert httpx2.post(url, headers=head, trust_env=False).json() == {"success": True}


# --- Forms ---------------------------------------------------------------------------------------------------------


def test_an_inbox_event_can_come_in_each_of_the_four_forms(office: PostOffice) -> None:
    for shape, keys in (
        ("messaging", {"messaging"}),
        ("standby", {"standby"}),
        ("changes", {"changes"}),
        ("flat", {"field", "value"}),
    ):
        office.graph.sim.configure({"webhooks": {"messageShape": shape}})
        made = writes(office.graph.sim, text="hi")
        entry = office.next()
        assert entry.keys() == {"object", "id", "time", *keys}
        assert (entry["time"] > 10**12) is (shape in {"messaging", "standby"})
        assert made["id"] in json.dumps(entry)
    office.graph.sim.configure({"webhooks": {"wrapped": True}})
    writes(office.graph.sim, text="as in the platform's samples")
    (body,) = json.loads(office.listener.wait_for(5)[4].body)
    assert body["object"] == "instagram"


def test_the_dashboards_test_button_sends_message_fields_in_changes_too(graph: Graph, listener: Listener) -> None:
    subscribe_app(graph.sim, callback(listener), "messages,comments")
    for number, field in enumerate(("messages", "comments", "story_insights", "standby")):
        graph.sim.post("/_sim/webhooks/test", {"field": field})
        (entry,) = json.loads(listener.wait_for(number + 1)[number].body)["entry"]
        assert entry["id"] == "0"
        assert [told["field"] for told in entry["changes"]] == [field]
    graph.sim.post("/_sim/webhooks/test", {"field": "messages"})
    (told,) = json.loads(listener.wait_for(5)[4].body)["entry"][0]["changes"]
    assert told["value"].keys() == {"sender", "recipient", "timestamp", "message"}
    with pytest.raises(RuntimeError, match="404"):
        graph.sim.post("/_sim/webhooks/test", {"field": "no_such_field"})


def test_without_include_values_only_the_names_of_fields_are_told(graph: Graph, listener: Listener) -> None:
    office = PostOffice.of(graph, listener, include_values="false")
    graph.sim.comment(IG, newest(graph), "ana", "secret")
    entry = office.next()
    assert entry["changed_fields"] == ["comments"]
    assert "secret" not in json.dumps(entry)


def test_times_can_be_text(office: PostOffice) -> None:
    office.graph.sim.configure({"webhooks": {"times": "strings"}})
    made = writes(office.graph.sim, text="hi")
    entry = office.next()
    assert entry["time"].isdigit()
    assert entry["messaging"][0]["timestamp"].isdigit()
    act(office.graph.sim, "edit", messageId=made["id"], text="new")
    assert office.next()["messaging"][0]["message_edit"]["num_edit"] == "1"


def test_a_comment_names_itself_by_either_key(office: PostOffice) -> None:
    media = newest(office.graph)
    first = office.graph.sim.comment(IG, media, "ana", "one")
    assert change(office.next())[1]["id"] == first
    office.graph.sim.configure({"webhooks": {"commentKey": "comment_id"}})
    second = office.graph.sim.comment(IG, media, "ana", "two")
    field, value = change(office.next())
    assert (field, value["comment_id"], "id" in value) == ("comments", second, False)


def test_no_post_holds_more_than_a_thousand_updates(office: PostOffice) -> None:
    sim = office.graph.sim
    made = writes(sim, text="hi")
    sim.configure({"webhooks": {"batch": 2 * MOST_UPDATES, "duplicates": MOST_UPDATES + 100 - 1}})
    office.item()
    act(sim, "react", messageId=made["id"])
    act(sim, "seen", messageId=made["id"])
    sizes = sorted(len(office.next()["messaging"]) for _ in range(3))
    assert sizes == [200, 1000, 1000]


def test_different_kinds_share_a_post_in_entries_of_their_own(office: PostOffice) -> None:
    sim = office.graph.sim
    media = newest(office.graph)
    sim.configure({"webhooks": {"batch": 4}})
    sim.comment(IG, media, "ana", "one")
    writes(sim, text="two")
    sim.comment(IG, media, "ana", "three")
    writes(sim, text="four")
    changes, messaging = json.loads(office.listener.wait_for(1)[0].body)["entry"]
    assert [told["value"]["text"] for told in changes["changes"]] == ["one", "three"]
    assert [told["message"]["text"] for told in messaging["messaging"]] == ["two", "four"]
    assert messaging["time"] // 1000 == pytest.approx(changes["time"], abs=1)


# --- Delivery ------------------------------------------------------------------------------------------------------


def test_a_copy_and_a_retry_can_carry_the_time_of_their_own_sending(graph: Graph, listener: Listener) -> None:
    office = PostOffice.of(graph, listener)
    callback(listener, 500)
    graph.sim.configure({"webhooks": {"newTime": True, "duplicates": 1}})
    graph.sim.post("/_sim/clock", {"stands": True})
    graph.sim.comment(IG, newest(graph), "ana", "hello")
    first, copy = (json.loads(seen.body)["entry"][0] for seen in listener.wait_for(2))
    assert abs(first["time"] - copy["time"]) == 1
    callback(listener)
    graph.sim.post("/_sim/clock", {"advance": RETRY_LADDER[0], "settle": True})
    again = [json.loads(seen.body)["entry"][0] for seen in listener.wait_for(4)[2:]]
    assert sorted(entry["time"] for entry in again) == sorted(
        int(entry["time"] + RETRY_LADDER[0]) for entry in (first, copy)
    )
    assert again[0]["changes"] == first["changes"]
    assert [delivery["state"] for delivery in graph.sim.deliveries()] == ["delivered", "delivered"]
    assert office.read == 0


def test_inbox_events_are_tried_again_at_another_pace(graph: Graph, listener: Listener) -> None:
    PostOffice.of(graph, listener)
    callback(listener, 500)
    graph.sim.post("/_sim/clock", {"stands": True})
    writes(graph.sim, text="hi")
    graph.sim.comment(IG, newest(graph), "ana", "hello")
    for ladder, field in ((MESSENGER_LADDER, "messages"), (RETRY_LADDER, "comments")):
        assert sum(ladder) <= 36 * 3600, field
    graph.sim.post("/_sim/clock", {"advance": 36 * 3600, "settle": True})
    tries = {delivery["field"]: delivery for delivery in graph.sim.deliveries()}
    assert len(tries["messages"]["attempts"]) == 1 + len(MESSENGER_LADDER)
    assert len(tries["comments"]["attempts"]) == 1 + len(RETRY_LADDER)
    assert {delivery["state"] for delivery in tries.values()} == {"dropped"}
    assert tries["messages"]["attempts"][1]["at"] < tries["comments"]["attempts"][1]["at"]


def test_a_subscription_that_fails_too_long_is_switched_off(graph: Graph, listener: Listener) -> None:
    office = PostOffice.of(graph, listener)
    callback(listener, 500)
    graph.sim.configure({"webhooks": {"disableAfter": 3600}})
    graph.sim.post("/_sim/clock", {"stands": True})
    graph.sim.comment(IG, newest(graph), "ana", "hello")
    graph.sim.post("/_sim/clock", {"advance": 600, "settle": True})
    assert graph.sim.truth("subscription.disabled") == []
    graph.sim.post("/_sim/clock", {"advance": 36 * 3600, "settle": True})
    assert len(graph.sim.truth("subscription.disabled")) == 1
    app = f"{graph.sim.app_id}|{graph.sim.app_secret}"
    (row,) = graph.get(f"{graph.sim.app_id}/subscriptions", token=app)["data"]
    assert row["active"] is False
    graph.sim.comment(IG, newest(graph), "ana", "unheard")
    assert len(graph.sim.deliveries()) == 1
    subscribe_app(graph.sim, callback(listener))
    graph.sim.comment(IG, newest(graph), "ana", "heard")
    assert len(graph.sim.deliveries()) == 2
    assert office.read == 0


def test_comments_need_advanced_access_and_a_public_account(office: PostOffice) -> None:
    sim, media = office.graph.sim, newest(office.graph)
    sim.configure({"accounts": {IG: {"public": False}}})
    sim.comment(IG, media, "ana", "private account")
    sim.configure({"accounts": {IG: {"public": True}}})
    app = {"id": sim.app_id, "secret": sim.app_secret}
    sim.post("/_sim/apps", {**app, "advancedAccess": False})
    sim.comment(IG, media, "ana", "standard access")
    office.silent()
    writes(sim, text="messages still come")
    office.item()
    sim.post("/_sim/apps", {**app, "advancedAccess": True})
    sim.comment(IG, media, "ana", "heard")
    assert change(office.next())[1]["text"] == "heard"


def test_instagram_login_signs_with_the_instagram_app_secret(sim: SimulatorHandle, listener: Listener) -> None:
    by_instagram(sim, listener)
    for number, (signed_with, secret) in enumerate((("instagram", sim.instagram_app_secret), ("meta", sim.app_secret))):
        sim.configure({"instagram": {"signedWith": signed_with}})
        writes(sim, text="hé")
        seen = listener.wait_for(number + 1)[number]
        right = hmac.new(secret.encode(), seen.body, hashlib.sha256).hexdigest()
        assert seen.headers["x-hub-signature-256"] == f"sha256={right}"


# --- Values --------------------------------------------------------------------------------------------------------


def test_a_mention_is_ids_alone(office: PostOffice) -> None:
    sim = office.graph.sim
    posted = act(sim, "mention", accountId=IG, username="lena", text="look")
    field, value = change(office.next())
    assert field == "mentions"
    assert value.keys() == {"media_id"}
    act(sim, "mention", accountId=IG, username="ana", text="and here", mediaId=value["media_id"])
    field, value = change(office.next())
    assert (field, set(value)) == ("mentions", {"media_id", "comment_id"})
    assert posted


def test_with_instagram_login_a_mention_is_a_comment(sim: SimulatorHandle, listener: Listener) -> None:
    by_instagram(sim, listener)
    act(sim, "mention", accountId=IG, username="lena", text="look")
    (entry,) = json.loads(listener.wait_for(1)[0].body)["entry"]
    field, value = change(entry)
    assert field == "comments"
    assert value["from"]["username"] == "lena"


def test_a_story_that_ends_is_told_in_numbers_and_small_ones_are_minus_one(office: PostOffice) -> None:
    graph = office.graph
    media = graph.publish(graph.container(media_type="STORIES"))
    for number in range(6):
        writes(graph.sim, f"fan{number}", text="wow", storyId=media)
        office.item()
    quiet = graph.publish(graph.container(media_type="STORIES"))
    graph.sim.post("/_sim/clock", {"advance": DAY - 60, "settle": True})
    office.silent()
    graph.sim.post("/_sim/clock", {"advance": 120, "settle": True})
    told = {value["media_id"]: value for field, value in (change(office.next()), change(office.next()))}
    names = {"media_id", "impressions", "reach", "taps_forward", "taps_back", "exits", "replies"}
    assert told.keys() == {media, quiet}
    assert all(value.keys() == names for value in told.values())
    assert (told[media]["replies"], told[quiet]["replies"]) == (6, -1)
    assert told[media]["impressions"] >= told[media]["reach"] > 4


def test_a_story_of_before_a_restore_still_ends(office: PostOffice) -> None:
    graph = office.graph
    media = graph.publish(graph.container(media_type="STORIES"))
    saved = graph.sim.get("/_sim/snapshot")
    assert httpx2.put(f"{graph.sim.url}/_sim/snapshot", json=saved, trust_env=False).status_code == 200
    graph.sim.post("/_sim/clock", {"advance": DAY + 60, "settle": True})
    field, value = change(office.next())
    assert (field, value["media_id"]) == ("story_insights", media)


def test_instagram_login_hears_nothing_of_ended_stories(graph: Graph, listener: Listener) -> None:
    by_instagram(graph.sim, listener)
    graph.publish(graph.container(media_type="STORIES"))
    graph.sim.post("/_sim/clock", {"advance": DAY + 60, "settle": True})
    assert graph.sim.deliveries() == []


def test_a_comment_under_an_ad_comes_twice_and_a_live_one_in_its_own_field(office: PostOffice) -> None:
    sim, media = office.graph.sim, newest(office.graph)
    act(sim, "comment-ad", mediaId=media, username="ana", text="price?", adId="120210000000001")
    both = [change(office.next())[1] for _ in range(2)]
    organic, advertised = sorted(both, key=lambda value: "ad_id" in value["media"])
    assert organic["id"] == advertised["id"]
    assert organic["media"].keys() == {"id", "media_product_type"}
    assert advertised["media"].items() >= {"ad_id": "120210000000001", "original_media_id": media}.items()
    live = act(sim, "live", accountId=IG)["mediaId"]
    sim.comment(IG, live, "ana", "hello from here")
    field, value = change(office.next())
    assert (field, value["text"], value["media"]["id"]) == ("live_comments", "hello from here", live)
    act(sim, "live", mediaId=live)
    sim.comment(IG, live, "ana", "is it over?")
    office.silent()


def test_message_events_in_changes_are_what_a_messaging_item_is(office: PostOffice) -> None:
    sim = office.graph.sim
    person = {"id": writes(sim, text="hi")["personId"]}
    office.item()
    sent = send(office.graph, person, {"text": "one"}).json()["message_id"]
    usual = office.item()
    assert usual["message"]["mid"] == sent
    sim.configure({"webhooks": {"messageShape": "changes"}})
    writes(sim, text="two")
    field, value = change(office.next())
    assert field == "messages"
    assert value.keys() == usual.keys() == {"sender", "recipient", "timestamp", "message"}
