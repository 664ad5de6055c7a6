"""Writing from an inbox through the API: windows, kinds of messages, errors (instagram.md §5.1, §5.3, §5.4)."""

import json
import time
from collections.abc import Callable

import httpx2
import pytest

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import IG, PAGE, Graph, Listener, Reply, picture, problem
from tests.socialsim.post_office import PostOffice, act, ana, attached, newest, send, shown, writes

DAY = 86400
WINDOW_OVER = (10, 2018278)


# --- Who may be written to, and when ------------------------------------------------------------------------------


def test_a_person_must_write_first_and_is_then_answered_in_text(graph: Graph) -> None:
    comment = graph.sim.comment(IG, newest(graph), "ana", "nice")
    author = graph.get(f"{comment}?fields=from")["from"]["id"]
    assert problem(send(graph, {"id": author}, {"text": "Hi"})) == (10, 2018108)
    assert ana(graph.sim) == {"id": author}
    answer = send(graph, {"id": author}, {"text": "Hi"})
    assert answer.status_code == 200
    assert answer.json().keys() == {"recipient_id", "message_id"}
    (row,) = graph.sim.truth("message.sent")
    assert (row["objectId"], row["text"], row["source"]) == (answer.json()["message_id"], "Hi", "api")


def test_the_window_closes_a_day_after_the_persons_last_words(graph: Graph) -> None:
    person = ana(graph.sim)
    graph.sim.advance(DAY - 60)
    assert send(graph, person, {"text": "just in time"}).status_code == 200
    graph.sim.advance(120)
    assert problem(send(graph, person, {"text": "too late"})) == WINDOW_OVER
    assert ana(graph.sim) == person
    assert send(graph, person, {"text": "open again"}).status_code == 200


def test_a_human_may_answer_for_seven_days_if_the_app_has_the_feature(graph: Graph) -> None:
    person = ana(graph.sim)
    human = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    graph.sim.advance(7 * DAY - 60)
    assert problem(send(graph, person, {"text": "a robot"})) == WINDOW_OVER
    assert send(graph, person, {"text": "a person"}, **human).status_code == 200
    assert problem(send(graph, person, {"text": "?"}, messaging_type="MESSAGE_TAG", tag="SALE")) == (100, None)
    graph.sim.advance(120)
    assert problem(send(graph, person, {"text": "a person"}, **human)) == WINDOW_OVER
    app = {"id": graph.sim.app_id, "secret": graph.sim.app_secret, "features": []}
    graph.sim.post("/_sim/apps", app)
    assert ana(graph.sim) == person
    assert problem(send(graph, person, {"text": "a person"}, **human)) == (10, None)


def test_instagram_login_says_the_window_is_over_with_403_in_the_persons_language(sim: SimulatorHandle) -> None:
    token = sim.instagram_tokens()["token"]
    person = ana(sim)
    url, head = f"{sim.instagram_graph_url}/v26.0/me", {"Authorization": f"Bearer {token}"}
    body = {"recipient": person, "message": {"text": "Salut é"}}
    assert (
        httpx2.post(f"{url}/messages", json=body, headers=head, trust_env=False).json()["recipient_id"] == person["id"]
    )
    found = httpx2.get(f"{url}/conversations?platform=instagram&fields=participants", headers=head, trust_env=False)
    assert [end["id"] for end in found.json()["data"][0]["participants"]["data"]] == [IG, person["id"]]
    sim.configure({"messaging": {"language": "fr"}})
    sim.advance(DAY + 1)
    answer = httpx2.post(f"{url}/messages", json=body, headers=head, trust_env=False)
    assert (answer.status_code, problem(answer)) == (403, (10, 2534022))
    assert answer.json()["error"]["type"] == "IGApiException"
    assert "en dehors de la période autorisée" in answer.json()["error"]["message"]


def test_a_comment_is_answered_in_private_once_within_seven_days(graph: Graph) -> None:
    media = newest(graph)
    comment = graph.sim.comment(IG, media, "petra", "price?")
    answer = send(graph, {"comment_id": comment}, {"text": "40 €"}).json()
    assert answer.keys() == {"recipient_id", "message_id"}
    assert problem(send(graph, {"comment_id": comment}, {"text": "again"})) == (100, 2534025)
    assert problem(send(graph, {"id": answer["recipient_id"]}, {"text": "and?"})) == (10, 2018108)
    assert writes(graph.sim, "petra", text="thanks")["personId"] == answer["recipient_id"]
    assert send(graph, {"id": answer["recipient_id"]}, {"text": "welcome"}).status_code == 200
    late = graph.sim.comment(IG, media, "otto", "and me?")
    own = graph.post(f"{media}/comments", message="ours")["id"]
    graph.sim.advance(7 * DAY + 1)
    for comment_id in (late, own, "17850999999999999"):
        assert problem(send(graph, {"comment_id": comment_id}, {"text": "no"})) == (100, 2534025)


def test_private_replies_have_limits_of_their_own(graph: Graph) -> None:
    usual = graph.sim.get("/_sim/config")["messaging"]
    assert (usual["privateRepliesPerHour"], usual["liveRepliesPerSecond"]) == (750, 100)
    graph.sim.configure({"messaging": {"privateRepliesPerHour": 2, "liveRepliesPerSecond": 1}})
    media = newest(graph)
    comments = [graph.sim.comment(IG, media, f"fan{number}", "hi") for number in range(3)]
    answers = [send(graph, {"comment_id": comment}, {"text": "hi"}) for comment in comments]
    assert [answer.status_code for answer in answers] == [200, 200, 400]
    assert problem(answers[2]) == (613, 2534013)
    graph.sim.advance(3600)
    assert send(graph, {"comment_id": comments[2]}, {"text": "hi"}).status_code == 200
    live = act(graph.sim, "live", accountId=IG)["mediaId"]
    graph.sim.post("/_sim/clock", {"stands": True})
    shouts = [graph.sim.comment(IG, live, f"viewer{number}", "wow") for number in range(3)]
    assert send(graph, {"comment_id": shouts[0]}, {"text": "hi"}).status_code == 200
    assert problem(send(graph, {"comment_id": shouts[1]}, {"text": "hi"})) == (613, 2534013)
    graph.sim.advance(2)
    act(graph.sim, "live", mediaId=live)
    assert problem(send(graph, {"comment_id": shouts[2]}, {"text": "over"})) == (100, 2534025)


def test_an_account_writes_to_itself_at_any_time(graph: Graph, listener: Listener) -> None:
    office = PostOffice.of(graph, listener)
    graph.sim.advance(30 * DAY)
    answer = send(graph, {"id": IG}, {"text": "note"}).json()
    message = office.item()["message"]
    assert (message["mid"], message["is_self"], message["is_echo"]) == (answer["message_id"], True, True)
    buttons = [{"content_type": "text", "title": "a", "payload": "A"}]
    assert problem(send(graph, {"id": IG}, {"text": "pick", "quick_replies": buttons})) == (100, None)
    graph.sim.configure({"messaging": {"selfAnswer": "id", "selfFlag": "item"}})
    assert send(graph, {"id": IG}, {"text": "note"}).json().keys() == {"id"}
    item = office.item()
    assert item["is_self"] is True
    assert "is_self" not in item["message"]


# --- What may be sent ----------------------------------------------------------------------------------------------


def test_a_text_is_at_most_a_thousand_bytes_as_json_or_as_a_form(graph: Graph) -> None:
    person = ana(graph.sim)
    assert send(graph, person, {"text": "é" * 500}).status_code == 200
    assert problem(send(graph, person, {"text": "é" * 501})) == (100, None)
    body = {"recipient": {"id": int(person["id"])}, "message": {"text": "😀" * 250}}
    head = {"Authorization": f"Bearer {graph.page_token}"}
    assert graph.client.post("me/messages", json=body, headers=head).status_code == 200
    wrong: list[object] = [{}, {"text": ""}, {"text": "a", "attachment": {"type": "like_heart"}}, []]
    for message in wrong:
        assert problem(send(graph, person, message)) == (100, None)
    assert graph.fails("POST", f"{PAGE}/messages", recipient="{", message="{}") == (100, None)


WAV = b"RIFF\x00\x00\x00\x00WAVEfmt "
MP4 = b"\x00\x00\x00\x20ftypisom" + b"\x00" * 32
FILES: list[tuple[str, bytes]] = [
    ("image", picture(8, 8)),
    ("image", picture(8, 8, "PNG")),
    ("audio", b"\xff\xf1" + b"\x00" * 32),
    ("audio", b"\x00\x00\x00\x20ftypM4A " + b"\x00" * 32),
    ("audio", WAV),
    ("audio", MP4),
    ("video", MP4),
    ("video", b"OggS" + b"\x00" * 32),
    ("video", b"RIFF\x00\x00\x00\x00AVI LIST"),
    ("video", b"\x00\x00\x00\x20ftypqt  " + b"\x00" * 32),
    ("video", b"\x1aE\xdf\xa3" + b"\x00" * 32),
    ("file", b"%PDF-1.7\n"),
]


def test_attachments_are_fetched_and_taken_in_the_listed_formats(graph: Graph, listener: Listener) -> None:
    person = ana(graph.sim)
    office = PostOffice.of(graph, listener)
    graph.sim.configure({"messaging": {"mediaPerSecond": 0}})
    for kind, data in FILES:
        url = listener.serve("/file", data, "application/octet-stream")
        assert send(graph, person, attached(kind, url)).status_code == 200, (kind, data[:12])
        (told,) = office.item()["message"]["attachments"]
        assert told["type"] == kind
        assert httpx2.get(told["payload"]["url"], trust_env=False).content == data
    for kind, data in (("image", MP4), ("file", WAV), ("audio", b"plain"), ("video", b"%PDF-1.7")):
        assert problem(send(graph, person, attached(kind, listener.serve("/file", data)))) == (100, 2018047)


def test_attachments_that_cannot_be_had_are_refused(graph: Graph, listener: Listener) -> None:
    person = ana(graph.sim)
    graph.sim.configure({"messaging": {"fetchTimeout": 0.3}})
    assert problem(send(graph, person, attached("image", f"{listener.url}/none"))) == (100, 2018008)
    big = listener.serve("/big", b"\x89PNG\r\n\x1a\n" + bytes(8 * 1024 * 1024))
    assert problem(send(graph, person, attached("image", big))) == (100, 2018109)

    def slow(_: object) -> Reply:
        time.sleep(0.8)
        return Reply()

    listener.answers["/slow"] = slow
    assert problem(send(graph, person, attached("image", f"{listener.url}/slow"))) == (100, 2018294)
    unknown = {"attachment": {"type": "image", "payload": {"attachment_id": "1"}}}
    assert problem(send(graph, person, unknown)) == (100, 2018074)
    assert problem(send(graph, person, attached("hologram", big))) == (100, None)
    assert graph.sim.truth("message.sent") == []


def test_up_to_ten_images_go_in_one_message(graph: Graph, listener: Listener) -> None:
    person = ana(graph.sim)
    url = listener.serve("/a.jpg", picture(8, 8))
    image = {"type": "image", "payload": {"url": url}}
    uploaded = graph.post(
        f"{PAGE}/message_attachments", platform="instagram", message=json.dumps({"attachment": image})
    )
    stored = {"type": "image", "payload": uploaded}
    assert send(graph, person, {"attachments": [*[image] * 9, stored]}).status_code == 200
    assert len(shown(graph.sim)[-1]["attachments"]) == 10
    assert problem(send(graph, person, {"attachments": [image] * 11})) == (100, None)
    assert problem(send(graph, person, {"attachments": [image, {"type": "audio", "payload": {}}]})) == (100, None)
    graph.sim.configure({"accounts": {IG: {"multiImages": False}}})
    assert problem(send(graph, person, {"attachments": [image] * 2})) == (100, 2534068)
    assert send(graph, person, {"attachments": [image]}).status_code == 200


def test_an_own_post_a_heart_and_templates_are_sent(graph: Graph, listener: Listener) -> None:
    person, media = ana(graph.sim), newest(graph)
    office = PostOffice.of(graph, listener)
    other = graph.get("17841400000000002/media?limit=1", graph.user_token)["data"][0]["id"]
    assert send(graph, person, {"attachment": {"type": "MEDIA_SHARE", "payload": {"id": media}}}).status_code == 200
    (told,) = office.item()["message"]["attachments"]
    assert told["payload"]["ig_post_media_id"] == media
    strange = {"attachment": {"type": "MEDIA_SHARE", "payload": {"id": other}}}
    assert problem(send(graph, person, strange)) == (100, None)
    assert send(graph, person, {"attachment": {"type": "like_heart"}}).status_code == 200
    assert office.item()["message"]["attachments"][0]["type"] == "like_heart"
    button = {"type": "web_url", "url": "https://example.org", "title": "Look"}
    right: list[dict[str, object]] = [
        {"template_type": "generic", "elements": [{"title": "Print", "buttons": [button]}]},
        {"template_type": "button", "text": "Which?", "buttons": [button]},
        {"template_type": "product", "elements": [{"id": "1234"}]},
    ]
    for payload in right:
        assert send(graph, person, {"attachment": {"type": "template", "payload": payload}}).status_code == 200
        assert office.item()["message"]["attachments"] == [{"type": "template", "payload": payload}]
    wrong: list[dict[str, object]] = [
        {"template_type": "list"},
        {"template_type": "generic", "elements": []},
        {"template_type": "button"},
    ]
    for payload in wrong:
        assert problem(send(graph, person, {"attachment": {"type": "template", "payload": payload}})) == (100, None)


def test_reactions_and_signs_of_presence_stand_alone(graph: Graph) -> None:
    made = writes(graph.sim, "ana", text="look")
    person, mid = {"id": made["personId"]}, made["id"]
    payload = json.dumps({"message_id": mid, "reaction": "love"})
    assert send(graph, person, sender_action="react", payload=payload).json() == {"recipient_id": person["id"]}
    found = graph.get(f"{mid}?fields=reactions")["reactions"]["data"]
    assert [(told["reaction"], told["users"][0]["id"]) for told in found] == [("love", IG)]
    assert send(graph, person, sender_action="unreact", payload=payload).status_code == 200
    assert "reactions" not in graph.get(f"{mid}?fields=reactions")
    for action, kind in (
        ("typing_on", "typing.started"),
        ("typing_off", "typing.stopped"),
        ("mark_seen", "conversation.seen"),
    ):
        assert send(graph, person, sender_action=action).json() == {"recipient_id": person["id"]}
        assert len(graph.sim.truth(kind)) == 1
    assert problem(send(graph, person, {"text": "and"}, sender_action="typing_on")) == (100, None)
    assert problem(send(graph, person, sender_action="dance")) == (100, None)
    assert problem(send(graph, person, sender_action="react", payload='{"message_id":"no","reaction":"love"}')) == (
        100,
        None,
    )


def test_a_message_quotes_another_of_the_same_conversation(graph: Graph, listener: Listener) -> None:
    office = PostOffice.of(graph, listener)
    made = writes(graph.sim, "ana", text="red or blue?")
    office.item()
    quote = {"reply_to": json.dumps({"mid": made["id"]})}
    assert send(graph, {"id": made["personId"]}, {"text": "blue"}, **quote).status_code == 200
    assert office.item()["message"]["reply_to"] == {"mid": made["id"]}
    stranger = writes(graph.sim, "bruno", text="hi")
    assert problem(send(graph, {"id": stranger["personId"]}, {"text": "?"}, **quote)) == (100, None)


def test_quick_replies_are_at_most_thirteen_short_texts(graph: Graph, listener: Listener) -> None:
    office = PostOffice.of(graph, listener)
    person = ana(graph.sim)
    office.item()
    reply: dict[str, object] = {"content_type": "text", "title": "t" * 20, "payload": "P"}
    assert send(graph, person, {"text": "pick", "quick_replies": [reply] * 13}).status_code == 200
    office.item()
    wrong: list[list[dict[str, object]]] = [
        [reply] * 14,
        [{**reply, "title": "t" * 21}],
        [{**reply, "content_type": "image"}],
        [{"content_type": "text", "title": "a"}],
        [],
    ]
    for replies in wrong:
        assert problem(send(graph, person, {"text": "pick", "quick_replies": replies})) == (100, None)
    writes(graph.sim, "ana", text="t" * 20, quickReply="P")
    message = office.item()["message"]
    assert (message["text"], message["quick_reply"]) == ("t" * 20, {"payload": "P"})


def test_up_to_four_ice_breakers_wait_for_a_tap(graph: Graph, listener: Listener) -> None:
    office = PostOffice.of(graph, listener)
    questions = [{"question": f"Question {n}?", "payload": f"Q{n}"} for n in range(5)]

    def body(count: int) -> str:
        return json.dumps([{"call_to_actions": questions[:count], "locale": "default"}])

    path = "me/messenger_profile?platform=instagram"
    assert graph.fails("POST", path, platform="instagram", ice_breakers=body(5)) == (100, None)
    assert graph.post(path, platform="instagram", ice_breakers=body(4)) == {"result": "success"}
    (found,) = graph.get(f"{path}&fields=ice_breakers")["data"]
    assert found["ice_breakers"][0]["call_to_actions"] == questions[:4]
    act(graph.sim, "postback", accountId=IG, username="ana", iceBreaker=2)
    assert office.item()["postback"].items() >= {"title": "Question 2?", "payload": "Q2"}.items()
    assert graph.delete(f"{path}&fields=%5B%22ice_breakers%22%5D") == {"result": "success"}
    assert graph.get(path) == {"data": []}


def test_flows_and_moderation(graph: Graph) -> None:
    content = json.dumps([{"message": {"text": "Welcome"}}])
    path = f"{PAGE}/welcome_message_flows"
    flow = graph.post(path, name="Ad", welcome_message_flow=content)["flow_id"]
    assert graph.post(path, flow_id=flow, name="Ad 2", welcome_message_flow=content) == {"flow_id": flow}
    assert [row["name"] for row in graph.get(f"{path}?flow_id={flow}")["data"]] == ["Ad 2"]
    assert graph.delete(f"{path}?flow_id={flow}") == {"success": True}
    assert graph.get(path) == {"data": []}
    person = ana(graph.sim)
    for actions, code in (('["BLOCK_USER"]', (100, 2534014)), ('["UNBLOCK_USER","MOVE_TO_SPAM"]', None)):
        done = graph.post(f"{PAGE}/moderate_conversations", actions=actions, user_ids=json.dumps([person]))
        assert done == {"success": True}
        answer = send(graph, person, {"text": "hi"})
        assert (problem(answer) if code else None) == code
    assert graph.get(f"{PAGE}/conversations?platform=instagram")["data"] == []
    assert len(graph.get(f"{PAGE}/conversations?platform=instagram&folder=spam")["data"]) == 1


# --- Errors --------------------------------------------------------------------------------------------------------

Reason = Callable[[Graph, dict[str, str]], None]


def _state(word: str) -> Reason:
    def change(graph: Graph, person: dict[str, str]) -> None:
        act(graph.sim, "person", accountId=IG, username="ana", state=word)

    return change


def _archive(graph: Graph, person: dict[str, str]) -> None:
    act(graph.sim, "archive", accountId=IG, username="ana")


def _switch_off(graph: Graph, person: dict[str, str]) -> None:
    graph.sim.configure({"accounts": {IG: {"messagesAllowed": False}}})


def _slow_down(graph: Graph, person: dict[str, str]) -> None:
    graph.sim.configure({"messaging": {"sendsPerSecond": 2}})
    graph.sim.post("/_sim/clock", {"stands": True})
    assert [send(graph, person, {"text": str(n)}).status_code for n in range(2)] == [200, 200]


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (_state("blocked"), (100, 2534014)),
        (_state("deleted"), (100, 2534014)),
        (_state("unavailable"), (551, 1545041)),
        (_archive, (100, 2534001)),
        (_switch_off, (200, 2534041)),
        (_slow_down, (613, 2534040)),
    ],
    ids=["blocked", "deleted", "unavailable", "archived", "switched-off", "too-fast"],
)
def test_a_message_that_cannot_go_says_why(graph: Graph, reason: Reason, code: tuple[int, int]) -> None:
    person = ana(graph.sim)
    assert send(graph, person, {"text": "hi"}).status_code == 200
    graph.sim.advance(2)
    reason(graph, person)
    assert problem(send(graph, person, {"text": "hi"})) == code


def test_a_thread_is_no_recipient_and_there_are_no_groups(graph: Graph) -> None:
    made = writes(graph.sim, "ana", text="hi")
    for recipient in ({"id": made["conversationId"]}, {"thread_id": made["conversationId"]}, {"id": "1"}):
        assert problem(send(graph, recipient, {"text": "hi"})) == (100, 2534014)
    assert problem(send(graph, {"ids": [made["personId"], "2"]}, {"text": "hi"})) == (100, None)  # type: ignore[dict-item]
    (found,) = graph.get(f"{PAGE}/conversations?platform=instagram&fields=participants")["data"]
    assert [end["username"] for end in found["participants"]["data"]] == ["atelier.maya", "ana"]


def test_a_hundred_texts_a_second_go_out_but_ten_of_sound_and_film(graph: Graph, listener: Listener) -> None:
    person = ana(graph.sim)
    graph.sim.post("/_sim/clock", {"stands": True})
    url = listener.serve("/a.wav", WAV)
    answers = [send(graph, person, attached("audio", url)) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [400]
    assert problem(answers[10]) == (613, 2534040)
    texts = [send(graph, person, {"text": "text still goes"}) for _ in range(101)]
    assert [answer.status_code for answer in texts] == [200] * 100 + [400]


def test_after_a_temporary_error_only_the_echo_tells_whether_it_went(graph: Graph, listener: Listener) -> None:
    office = PostOffice.of(graph, listener)
    person = ana(graph.sim)
    office.item()
    rule = {"what": "error", "code": 2, "subcode": 1545133, "transient": True, "status": 500}
    endpoint = {"endpoint": "POST /{page}/messages"}
    graph.sim.add_fault({**rule, "where": "after", "match": endpoint})
    assert problem(send(graph, person, {"text": "did it go?"})) == (2, 1545133)
    assert office.item()["message"]["text"] == "did it go?"
    graph.sim.add_fault({**rule, "where": "before", "match": endpoint})
    assert problem(send(graph, person, {"text": "it did not"})) == (2, 1545133)
    office.silent()
    assert [row["text"] for row in graph.sim.truth("message.sent")] == ["did it go?"]
