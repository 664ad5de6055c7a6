"""What people do in an inbox, as it is told to apps (instagram.md §6.5, §6.8)."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import IG, PAGE, Graph, Listener, picture
from tests.socialsim.post_office import PostOffice, act, callback, send, subscribe_app, writes

OTHER, OTHER_PAGE = "17841400000000002", "101000000000002"
NOV_2025, FEB_2026 = 1_762_128_000, 1_769_904_000


@pytest.fixture
def office(graph: Graph, listener: Listener) -> PostOffice:
    """Maya's app, subscribed to everything."""
    return PostOffice.of(graph, listener)


def newest(graph: Graph) -> str:
    return str(graph.get(f"{IG}/media?limit=1")["data"][0]["id"])


def story(graph: Graph) -> str:
    return graph.publish(graph.container(media_type="STORIES"))


def reel(graph: Graph) -> str:
    url = f"{graph.sim.url}/_sim/videos/a.mp4"
    made = graph.post(f"{IG}/media", media_type="REELS", video_url=url)["id"]
    for _ in range(500):
        if graph.get(f"{made}?fields=status_code")["status_code"] == "FINISHED":
            break
    return graph.publish(made)


def test_text_and_attachments(office: PostOffice) -> None:
    made = writes(office.graph.sim, text="olá 😀", images=["sea-a.jpg"], video="https://cdn.example.org/v.mp4")
    item = office.item()
    assert (item["sender"], item["recipient"]) == ({"id": made["personId"]}, {"id": IG})
    assert (item["message"]["mid"], item["message"]["text"]) == (made["id"], "olá 😀")
    image, video = item["message"]["attachments"]
    assert (image["type"], video) == ("image", {"type": "video", "payload": {"url": "https://cdn.example.org/v.mp4"}})
    assert httpx2.get(image["payload"]["url"], trust_env=False).status_code == 200
    office.graph.sim.advance(4 * 86400)
    assert httpx2.get(image["payload"]["url"], trust_env=False).status_code == 403


def test_what_we_send_and_what_a_human_sends_in_the_app_are_echoes(office: PostOffice) -> None:
    sim = office.graph.sim
    person = {"id": writes(sim, text="hi")["personId"]}
    office.item()
    sent = send(office.graph, person, {"text": "ours"}).json()
    item = office.item()
    assert (item["sender"], item["recipient"]) == ({"id": IG}, person)
    echo = {"mid": sent["message_id"], "text": "ours", "is_echo": True, "app_id": int(sim.app_id)}
    assert item["message"] == echo
    writes(sim, text="by hand", byAccount=True)
    assert office.item()["message"].items() >= {"text": "by hand", "is_echo": True}.items()
    assert [row["source"] for row in sim.truth("message.sent")] == ["api", "audience"]


def test_an_unsent_message_comes_again_with_the_same_mid_and_no_words(office: PostOffice) -> None:
    sim = office.graph.sim
    made = writes(sim, text="oops")
    office.item()
    act(sim, "unsend", messageId=made["id"])
    assert office.item()["message"] == {"mid": made["id"], "is_deleted": True}
    assert sim.get(f"/_sim/inbox?accountId={IG}")["conversations"][0]["messages"] == []
    assert len(sim.truth("message.unsent")) == 1


def test_of_an_unsupported_message_nothing_is_told(office: PostOffice) -> None:
    made = writes(office.graph.sim, audio="voice.mp4", unsupported=True)
    assert office.item()["message"] == {"mid": made["id"], "is_unsupported": True}
    assert office.graph.get(f"{made['id']}?fields=is_unsupported")["is_unsupported"] is True


def test_replies_to_messages_name_them(office: PostOffice) -> None:
    sim = office.graph.sim
    made = writes(sim, text="question")
    office.item()
    answer = send(office.graph, {"id": made["personId"]}, {"text": "answer"}).json()["message_id"]
    office.item()
    writes(sim, text="ah", replyTo=answer)
    assert office.item()["message"]["reply_to"] == {"mid": answer}
    writes(sim, text="and", replyTo=made["id"])
    assert office.item()["message"]["reply_to"] == {"mid": made["id"], "is_self_reply": True}


def test_a_story_is_answered_with_its_link_sticker(office: PostOffice) -> None:
    shown = story(office.graph)
    link = "https://example.org/shop"
    made = writes(office.graph.sim, text="wow", storyId=shown, linkStickerUrl=link)
    told = office.item()["message"]["reply_to"]["story"]
    assert (told["id"], told["link_sticker_url"]) == (shown, link)
    assert httpx2.get(told["url"], trust_env=False).status_code == 200
    assert office.graph.get(f"{made['id']}?fields=story")["story"]["reply_to"]["id"] == shown


def test_the_link_of_a_story_mention_goes_with_the_story(office: PostOffice) -> None:
    made = writes(office.graph.sim, storyMention="hills-b.jpg")
    (told,) = office.item()["message"]["attachments"]
    assert told["type"] == "story_mention"
    assert httpx2.get(told["payload"]["url"], trust_env=False).status_code == 200
    assert "mention" in office.graph.get(f"{made['id']}?fields=story")["story"]
    office.graph.sim.advance(86400)
    assert httpx2.get(told["payload"]["url"], trust_env=False).status_code == 403


@pytest.mark.parametrize(
    ("at", "kinds"),
    [(NOV_2025 - 60, ["share"]), (NOV_2025 + 60, ["share", "ig_post"]), (FEB_2026 + 60, ["ig_post"])],
    ids=["before", "both", "after"],
)
def test_a_shared_post_is_share_then_both_then_ig_post(sim: SimulatorHandle, at: int, kinds: list[str]) -> None:
    sim.post("/_sim/reset", {"at": at})
    with Graph.of(sim) as graph, Listener() as listener:
        office = PostOffice.of(graph, listener)
        media = newest(graph)
        made = writes(sim, postId=media)
        told = office.item()["message"]["attachments"]
        assert [part["type"] for part in told] == kinds
        payloads = {part["type"]: part["payload"] for part in told}
        if "ig_post" in payloads:
            assert payloads["ig_post"].keys() == {"ig_post_media_id", "title", "url"}
            assert payloads["ig_post"]["ig_post_media_id"] == media
        if "share" in payloads:
            assert payloads["share"].keys() == {"url"}
        assert graph.get(f"{made['id']}?fields=shares")["shares"]["data"][0]["id"] == media


def test_a_shared_reel_has_a_type_of_its_own(office: PostOffice) -> None:
    shared = reel(office.graph)
    for kind in ("ig_reel", "reel"):
        office.graph.sim.configure({"messaging": {"reelType": kind}})
        writes(office.graph.sim, postId=shared)
        (told,) = office.item()["message"]["attachments"]
        assert (told["type"], told["payload"]["reel_video_id"]) == (kind, shared)


def test_an_ad_starts_a_conversation(office: PostOffice) -> None:
    ad = {"id": "120210000000001", "title": "Autumn prints", "ref": "autumn", "photoUrl": "https://example.org/a.jpg"}
    writes(office.graph.sim, text="more?", ad=ad)
    assert office.item()["message"]["referral"] == {
        "ref": "autumn",
        "ad_id": "120210000000001",
        "source": "ADS",
        "type": "OPEN_THREAD",
        "ads_context_data": {"ad_title": "Autumn prints", "photo_url": "https://example.org/a.jpg"},
    }


def test_a_reaction_comes_and_goes(office: PostOffice) -> None:
    sim = office.graph.sim
    person = {"id": writes(sim, text="hi")["personId"]}
    office.item()
    mid = send(office.graph, person, {"text": "hello"}).json()["message_id"]
    office.item()
    act(sim, "react", messageId=mid, reaction="love")
    item = office.item()
    assert item["sender"] == person
    assert item["reaction"] == {"mid": mid, "action": "react", "reaction": "love", "emoji": "❤️"}
    act(sim, "react", messageId=mid, reaction="🦀")
    assert office.item()["reaction"].items() >= {"reaction": "other", "emoji": "🦀"}.items()
    act(sim, "unreact", messageId=mid)
    assert office.item()["reaction"] == {"mid": mid, "action": "unreact"}


def test_a_postback_has_a_mid_and_opens_the_window(office: PostOffice) -> None:
    act(office.graph.sim, "postback", accountId=IG, username="ana", title="Start", payload="START")
    item = office.item()
    assert item["postback"].keys() == {"mid", "title", "payload"}
    assert item["postback"].items() >= {"title": "Start", "payload": "START"}.items()
    assert send(office.graph, item["sender"], {"text": "Welcome"}).status_code == 200


def test_a_link_into_the_conversation_is_a_referral(office: PostOffice) -> None:
    writes(office.graph.sim, text="hi")
    office.item()
    act(office.graph.sim, "referral", accountId=IG, username="ana", ref="flyer")
    assert office.item()["referral"] == {"ref": "flyer", "source": "IGME-SOURCE-LINK", "type": "OPEN_THREAD"}


def test_seen_and_edited(office: PostOffice) -> None:
    sim = office.graph.sim
    made = writes(sim, text="teh print")
    office.item()
    assert act(sim, "edit", messageId=made["id"], text="the print") == {"edits": 1}
    assert office.item()["message_edit"] == {"mid": made["id"], "text": "the print", "num_edit": 1}
    assert act(sim, "edit", messageId=made["id"], text="the print!") == {"edits": 2}
    assert office.item()["message_edit"]["num_edit"] == 2
    assert office.graph.get(f"{made['id']}?fields=message")["message"] == "the print!"
    mid = send(office.graph, {"id": made["personId"]}, {"text": "this one?"}).json()["message_id"]
    office.item()
    act(sim, "seen", messageId=mid)
    item = office.item()
    assert (item["sender"], item["read"]) == ({"id": made["personId"]}, {"mid": mid})


def test_another_app_takes_the_conversation_and_we_stand_by(office: PostOffice) -> None:
    sim, graph = office.graph.sim, office.graph
    other = "700000000000009"
    person = {"id": writes(sim, text="hi")["personId"]}
    office.item()

    def hands(kind: str, app: str) -> None:
        act(sim, "handover", accountId=IG, username="ana", kind=kind, appId=app, metadata="why")

    hands("pass", sim.app_id)
    told = office.item()["pass_thread_control"]
    assert told == {"metadata": "why", "previous_owner_app_id": None, "new_owner_app_id": sim.app_id}
    hands("request", other)
    assert office.item()["request_thread_control"] == {"metadata": "why", "requested_owner_app_id": other}
    hands("take", other)
    told = office.item()["take_thread_control"]
    assert told == {"metadata": "why", "previous_owner_app_id": sim.app_id, "new_owner_app_id": other}
    writes(sim, text="still there?")
    entry = office.next()
    assert "messaging" not in entry
    assert entry["standby"][0]["message"]["text"] == "still there?"
    refused = send(graph, person, {"text": "no"}).json()["error"]
    assert refused["code"] == 10
    hands("pass", sim.app_id)
    office.item()
    assert send(graph, person, {"text": "here again"}).status_code == 200


def test_who_does_not_listen_to_standby_hears_nothing_of_it(graph: Graph, listener: Listener) -> None:
    office = PostOffice.of(graph, listener, "messages,messaging_handover")
    act(graph.sim, "handover", accountId=IG, username="ana", kind="take", appId="700000000000009")
    assert office.item()["take_thread_control"]["new_owner_app_id"] == "700000000000009"
    writes(graph.sim, text="hello")
    office.silent()


def test_rare_events_of_the_messenger_platform(office: PostOffice) -> None:
    sim = office.graph.sim
    act(sim, "policy", accountId=IG, action="block", reason="spam")
    item = office.item()
    assert item["policy_enforcement"] == {"action": "block", "reason": "spam"}
    made = writes(sim, text="hi")
    office.item()
    act(sim, "feedback", messageId=made["id"], text="Good")
    assert office.item()["response_feedback"] == {"mid": made["id"], "feedback": "Good"}
    act(sim, "optin", accountId=IG, username="ana", payload="NEWS")
    office.silent()


# --- Fields and logins ---------------------------------------------------------------------------------------------

Deed = Callable[[SimulatorHandle, dict[str, Any]], object]
FIELDS: dict[str, tuple[Deed, str]] = {
    "messages": (lambda sim, made: writes(sim, text="again"), "message"),
    "message_reactions": (lambda sim, made: act(sim, "react", messageId=made["id"]), "reaction"),
    "message_edit": (lambda sim, made: act(sim, "edit", messageId=made["id"], text="new"), "message_edit"),
    "messaging_seen": (lambda sim, made: act(sim, "seen", messageId=made["id"]), "read"),
    "messaging_postbacks": (
        lambda sim, made: act(sim, "postback", accountId=IG, username="ana", title="t", payload="p"),
        "postback",
    ),
    "messaging_referral": (lambda sim, made: act(sim, "referral", accountId=IG, username="ana", ref="r"), "referral"),
    "messaging_handover": (
        lambda sim, made: act(sim, "handover", accountId=IG, username="ana", kind="pass", appId=sim.app_id),
        "pass_thread_control",
    ),
    "messaging_optins": (lambda sim, made: act(sim, "optin", accountId=IG, username="ana", payload="p"), "optin"),
    "messaging_policy_enforcement": (lambda sim, made: act(sim, "policy", accountId=IG), "policy_enforcement"),
    "response_feedback": (
        lambda sim, made: act(sim, "feedback", messageId=made["id"], text="Good"),
        "response_feedback",
    ),
}
OF_FACEBOOK = {"messaging_policy_enforcement", "response_feedback"}
OF_INSTAGRAM = {"messaging_optins"}


def heard(sim: SimulatorHandle) -> set[str]:
    """Keys of every messaging item that was sent, without who and when."""
    sim.post("/_sim/clock", {"settle": True})
    bodies = [json.loads(delivery["body"]) for delivery in sim.deliveries()]
    items = [item for body in bodies for entry in body["entry"] for item in entry["messaging"]]
    return {key for item in items for key in item} - {"sender", "recipient", "timestamp"}


def by_instagram(sim: SimulatorHandle, method: str, path: str, **data: str) -> Any:
    """A call with Instagram Login as Maya's account."""
    head = {"Authorization": f"Bearer {sim.instagram_tokens()['token']}"}
    url = f"{sim.instagram_graph_url}/v26.0/{path}"
    return httpx2.request(method, url, data=data or None, headers=head, trust_env=False).json()


@pytest.mark.parametrize("login", ["facebook", "instagram"])
@pytest.mark.parametrize("field", sorted(FIELDS))
def test_each_field_is_told_to_the_logins_that_have_it(
    sim: SimulatorHandle, graph: Graph, listener: Listener, field: str, login: str
) -> None:
    made = writes(sim, text="hi")
    if login == "facebook":
        PostOffice.of(graph, listener, field)
    else:
        subscribe_by_instagram(sim, listener, field)
    for deed, _ in FIELDS.values():
        deed(sim, made)
    told = {FIELDS[field][1]} if field not in (OF_INSTAGRAM if login == "facebook" else OF_FACEBOOK) else set()
    assert heard(sim) == told


def subscribe_by_instagram(sim: SimulatorHandle, listener: Listener, fields: str) -> None:
    """The app's subscription, and the account's own switch."""
    subscribe_app(sim, callback(listener), fields)
    answer = by_instagram(sim, "POST", "me/subscribed_apps", subscribed_fields=fields.partition(",")[0])
    assert answer == {"success": True}


def test_echoes_are_a_field_of_their_own_with_instagram_login_only(
    sim: SimulatorHandle, graph: Graph, listener: Listener
) -> None:
    def sends_nobody_hears(fields: str) -> bool:
        before = len(sim.deliveries())
        recipient = json.dumps({"id": writes(sim, text="hi")["personId"]})
        by_instagram(sim, "POST", "me/messages", recipient=recipient, message='{"text":"hello"}')
        bodies = [delivery["body"] for delivery in sim.deliveries()[before:]]
        return not any('"is_echo":true' in body for body in bodies)

    subscribe_by_instagram(sim, listener, "messages")
    assert sends_nobody_hears("messages")
    subscribe_by_instagram(sim, listener, "message_echoes")
    assert not sends_nobody_hears("message_echoes")
    by_instagram(sim, "DELETE", "me/subscribed_apps")
    PostOffice.of(graph, listener, "messages")
    assert not sends_nobody_hears("messages")


def test_the_page_product_tells_inbox_events_under_its_own_names(graph: Graph, listener: Listener) -> None:
    office = PostOffice.of(graph, listener, "messages,message_echoes,message_edits", object="page")
    made = writes(graph.sim, text="hi")
    entry = office.next()
    assert (entry["object"], entry["messaging"][0]["message"]["mid"]) == ("page", made["id"])
    send(graph, {"id": made["personId"]}, {"text": "hello"})
    assert office.next()["messaging"][0]["message"]["is_echo"] is True
    act(graph.sim, "edit", messageId=made["id"], text="new")
    assert "message_edit" in office.next()["messaging"][0]
    graph.sim.comment(IG, newest(graph), "ana", "no comments there")
    office.silent()


def test_no_direct_message_is_told_while_the_owner_forbids_it(office: PostOffice) -> None:
    office.graph.sim.configure({"accounts": {IG: {"messagesAllowed": False}}})
    writes(office.graph.sim, text="unheard")
    office.silent()
    office.graph.sim.comment(IG, newest(office.graph), "ana", "heard")
    assert office.next()["changes"][0]["field"] == "comments"


def test_two_accounts_of_one_owner_share_a_conversation_and_its_mids(office: PostOffice) -> None:
    sim, graph = office.graph.sim, office.graph
    sim.configure({"messaging": {"conversationsPerSecond": 0}})
    token = sim.tokens()["pages"][1]["pageToken"]
    graph.raw("POST", f"{OTHER_PAGE}/subscribed_apps", {"subscribed_fields": "feed"}, token)
    made = writes(sim, "roue.libre", text="à table ?")
    entries = {entry["id"]: entry["messaging"][0] for entry in (office.next(), office.next())}
    assert [entries[account]["message"]["mid"] for account in (IG, OTHER)] == [made["id"]] * 2
    assert [entries[account]["message"].get("is_echo") for account in (IG, OTHER)] == [None, True]
    sides = [graph.get(f"{made['id']}?fields=from,to,message", token=key) for key in (graph.page_token, token)]
    assert [side["from"]["username"] for side in sides] == ["roue.libre"] * 2
    assert [side["from"]["id"] for side in sides] == [made["personId"], OTHER]
    answer = send(graph, {"id": made["personId"]}, {"text": "oui !"}).json()["message_id"]
    entries = {entry["id"]: entry["messaging"][0] for entry in (office.next(), office.next())}
    assert entries[OTHER]["message"] == {"mid": answer, "text": "oui !"}
    threads = graph.get(f"{OTHER_PAGE}/conversations?platform=instagram&fields=messages{{message}}", token=token)[
        "data"
    ]
    assert [said["message"] for said in threads[0]["messages"]["data"]] == ["oui !", "à table ?"]
    act(sim, "unsend", messageId=made["id"])
    for key in (graph.page_token, token):
        assert graph.get(f"{made['id']}?fields=message", token=key)["error"]["error_subcode"] == 33


def test_an_upload_is_sent_later_by_its_id(office: PostOffice) -> None:
    url = office.listener.serve("/a.png", picture(8, 8, "PNG"))
    person = {"id": writes(office.graph.sim, text="hi")["personId"]}
    office.item()
    message = json.dumps({"attachment": {"type": "image", "payload": {"url": url, "is_reusable": True}}})
    made = office.graph.post(f"{PAGE}/message_attachments", platform="instagram", message=message)
    stored = {"attachment": {"type": "image", "payload": made}}
    assert send(office.graph, person, stored).status_code == 200
    assert office.item()["message"]["attachments"][0]["type"] == "image"
    wrong = {"attachment": {"type": "audio", "payload": made}}
    assert send(office.graph, person, wrong).json()["error"]["error_subcode"] == 2018074
