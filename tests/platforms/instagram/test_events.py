"""Deliveries become single events with the identities of instagram.md §6.7 to §6.9. One fixture per kind of event."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from huntaze.kit.secret import Secret
from huntaze.platforms.contract import CommentReceived, IntakeItem, MessageReceived, NeutralEvent, Unhandled
from huntaze.platforms.instagram.events import GraphEvents

FIXTURES = Path(__file__).parents[2] / "fixtures" / "instagram"
ACCOUNT = "17841400000000001"
SENT_AT = datetime(2026, 2, 2, 2, 40, 0, 1000, UTC)
EVENTS = GraphEvents()


@dataclass(frozen=True)
class Expected:
    kind: str
    identity: str
    conversation: str
    neutral: NeutralEvent
    replaces: bool = False


def comment(ref: str, media: str, text: str, parent: str = "") -> CommentReceived:
    return CommentReceived(ACCOUNT, ref, media, parent, text, "9988", "ana", None)


def message(mid: str, text: str = "", *, ours: bool = False, deleted: bool = False, edited: int = 0) -> MessageReceived:
    return MessageReceived(ACCOUNT, mid, "9988", ours, text, SENT_AT, deleted, edited)


def received(mid: str, text: str = "") -> Expected:
    return Expected("message", f"message/{mid}/created", "person/9988", message(mid, text))


def marked(kind: str, identity: str) -> Expected:
    inner = identity.removeprefix("standby/")
    details = {"person_ref": "9988", "identity": inner}
    return Expected(kind, identity, "person/9988", Unhandled(kind, ACCOUNT, details))


def of_media(kind: str, identity: str, media: str, neutral: NeutralEvent, *, replaces: bool = False) -> Expected:
    return Expected(kind, identity, f"media/{media}", neutral, replaces)


def mention(comment_ref: str, place: str) -> Expected:
    details = {"media_ref": "1792", "comment_ref": comment_ref}
    return of_media("mentions", f"mention/1792/{place}/created", "1792", Unhandled("mentions", ACCOUNT, details))


EXPECTED = {
    "comments": of_media("comments", "comment/17990/created", "1789", comment("17990", "1789", "café 😀")),
    "comments_reply": of_media(
        "comments", "comment/17991/created", "1789", comment("17991", "1789", "thank you", "17990")
    ),
    "comments_comment_id": of_media("comments", "comment/17992/created", "1789", comment("17992", "1789", "nice")),
    "comments_ad": of_media("comments", "comment/17993/created", "1790", comment("17993", "1790", "how much?")),
    "comments_flat": of_media("comments", "comment/17994/created", "1789", comment("17994", "1789", "nice")),
    "live_comments": of_media(
        "live_comments", "comment/17995/created", "1791", comment("17995", "1791", "hi from Brest")
    ),
    "mentions_caption": mention("", "caption"),
    "mentions_comment": mention("17996", "17996"),
    "story_insights": of_media(
        "story_insights",
        "story_insights/1793",
        "1793",
        Unhandled("story_insights", ACCOUNT, {"media_ref": "1793"}),
        replaces=True,
    ),
    "messages_in_changes": received("aWdf-test", "random_text"),
    "message": received("aWdf1", "Bonjour ✨"),
    "message_attachments": received("aWdf2"),
    "message_echo": Expected(
        "message_echo", "message/aWdf3/created", "person/9988", message("aWdf3", "Hello Ana", ours=True)
    ),
    "message_self": Expected(
        "message_echo",
        "message/aWdf4/created",
        f"person/{ACCOUNT}",
        MessageReceived(ACCOUNT, "aWdf4", ACCOUNT, True, "note to self", SENT_AT),
    ),
    "message_unsend": Expected(
        "message_deleted", "message/aWdf1/deleted", "person/9988", message("aWdf1", deleted=True)
    ),
    "message_unsupported": received("aWdf5"),
    "message_quick_reply": received("aWdf6", "Opening hours"),
    "message_reply": received("aWdf7", "the blue one"),
    "message_story_reply": received("aWdf8", "where is this?"),
    "message_story_mention": received("aWdf9"),
    "message_post_share": received("aWdf10"),
    "message_reel_share": received("aWdf11"),
    "message_ad_start": received("aWdf12", "Is this available?"),
    "message_edit": Expected(
        "message_edit", "message/aWdf1/edited:2", "person/9988", message("aWdf1", "Bonsoir", edited=2)
    ),
    "reaction": marked("reaction", "reaction/aWdf3/9988/react/1770000000001"),
    "reaction_unreact": marked("reaction", "reaction/aWdf3/9988/unreact/1770000000001"),
    "postback": marked("postback", "postback/aWdf13/created"),
    "referral": marked("referral", "referral/shop-window/9988/1770000000001"),
    "seen": marked("seen", "9988/aWdf3/seen"),
    "handover_pass": marked("handover", "pass_thread_control/9988/1770000000001"),
    "handover_take": marked("handover", "take_thread_control/9988/1770000000001"),
    "handover_request": marked("handover", "request_thread_control/9988/1770000000001"),
    "optin": marked("optin", "optin/9988/1770000000001"),
    "standby": marked("standby", "standby/message/aWdf14/created"),
}
UNKNOWN = {"unknown_change": "brand_new_field", "unknown_messaging": "messaging", "unknown_entry": "unknown"}


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def only(items: list[IntakeItem]) -> IntakeItem:
    assert len(items) == 1, items
    return items[0]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_recorded_event_is_cut_out_with_its_natural_identity_and_decoded(name: str) -> None:
    expected = EXPECTED[name]
    item = only(EVENTS.split(fixture(name)))

    assert (item.kind, item.account_ref, item.identity) == (expected.kind, ACCOUNT, expected.identity)
    assert item.partition == f"{ACCOUNT}/{expected.conversation}"
    assert item.replaces is expected.replaces
    assert EVENTS.decode(item.kind, item.account_ref, item.payload) == expected.neutral


@pytest.mark.parametrize("name", sorted(UNKNOWN))
def test_an_event_we_do_not_know_is_kept_under_its_own_name(name: str) -> None:
    item = only(EVENTS.split(fixture(name)))

    assert (item.kind, item.account_ref) == (UNKNOWN[name], ACCOUNT)
    assert EVENTS.decode(item.kind, item.account_ref, item.payload) == Unhandled(UNKNOWN[name], ACCOUNT)


def test_every_fixture_has_its_expectation() -> None:
    assert {path.stem for path in FIXTURES.glob("*.json")} == EXPECTED.keys() | UNKNOWN.keys()


@pytest.mark.parametrize("name", sorted(EXPECTED.keys() | {"unknown_change", "unknown_messaging"}))
def test_an_event_sent_again_in_another_batch_with_another_time_keeps_its_identity(name: str) -> None:
    first = only(EVENTS.split(fixture(name)))
    again = json.loads(fixture(name))
    again["entry"][0]["time"] = "1770003600"
    again["entry"].insert(0, json.loads(fixture("comments_ad"))["entry"][0])

    repeated = EVENTS.split(json.dumps(again, separators=(",", ":")).encode())[1]

    assert repeated.identity == first.identity


def test_an_unsent_message_is_not_a_duplicate_of_the_message() -> None:
    sent, unsent = only(EVENTS.split(fixture("message"))), only(EVENTS.split(fixture("message_unsend")))

    assert sent.identity != unsent.identity
    assert sent.partition == unsent.partition


def test_one_delivery_with_every_event_gives_them_all_in_order() -> None:
    names = sorted(EXPECTED)
    entries = [entry for name in names for entry in json.loads(fixture(name))["entry"]]

    items = EVENTS.split(json.dumps({"object": "instagram", "entry": entries}).encode())

    assert [item.identity for item in items] == [EXPECTED[name].identity for name in names]


def test_a_list_of_deliveries_is_read_like_its_parts() -> None:
    listed = b"[" + fixture("comments") + b", " + fixture("message") + b"]"

    assert EVENTS.split(listed) == EVENTS.split(fixture("comments")) + EVENTS.split(fixture("message"))


@pytest.mark.parametrize(
    "broken",
    [
        '"entry"',
        "17",
        "null",
        '{"id":"17841400000000001","changes":7}',
        '{"id":"17841400000000001","changes":[7]}',
        '{"id":"17841400000000001","changes":[{"field":"comments"}]}',
        '{"id":"17841400000000001","changes":[{"field":"comments","value":"text"}]}',
        '{"id":"17841400000000001","changes":[{"field":"comments","value":{"text":"no id"}}]}',
        '{"id":"17841400000000001","changes":[{"field":"mentions","value":{}}]}',
        '{"id":"17841400000000001","changes":[{"field":"story_insights","value":{"media_id":""}}]}',
        '{"id":"17841400000000001","messaging":[{"message":{"text":"no mid"}}]}',
        '{"id":"17841400000000001","messaging":["text"]}',
        '{"changes":[{"field":"comments","value":{"id":"1"}}]}',
    ],
)
def test_a_malformed_event_never_costs_its_neighbours(broken: str) -> None:
    good = [
        fixture(name).decode().removeprefix('{"object":"instagram","entry":[').removesuffix("]}")
        for name in ("comments", "message")
    ]
    body = f'{{"object":"instagram","entry":[{good[0]},{broken},{good[1]}]}}'

    items = EVENTS.split(body.encode())

    assert [item.kind for item in items] == ["comments", "malformed", "message"]
    with pytest.raises(ValueError, match="malformed"):
        EVENTS.decode(items[1].kind, items[1].account_ref, items[1].payload)


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]x", b'"text"', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_delivery_is_kept_as_one_malformed_item(body: bytes) -> None:
    item = only(EVENTS.split(body))

    assert (item.kind, item.payload) == ("malformed", body)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("\\ud83d", "\ufffd"),
        ("\\ude00!", "\ufffd!"),
        ("\\ud83d\\ud83d\\ude00", "\ufffd😀"),
        ("\\\\ud83d\\ud83d", "\\ud83d\ufffd"),
    ],
)
def test_a_text_cut_within_an_emoji_is_read_without_its_half(sent: str, read: str) -> None:
    body = fixture("message").decode().replace("Bonjour", f"{sent} Bonjour")

    item = only(EVENTS.split(body.encode()))

    assert EVENTS.decode(item.kind, item.account_ref, item.payload) == message("aWdf1", f"{read} Bonjour ✨")


def test_numbers_and_texts_are_the_same_id() -> None:
    text = fixture("comments").decode()
    numeric = text.replace('"17990"', "17990").replace(f'"{ACCOUNT}"', ACCOUNT).replace('"1789"', "1789")

    assert only(EVENTS.split(numeric.encode())).identity == only(EVENTS.split(text.encode())).identity
    assert only(EVENTS.split(numeric.encode())).account_ref == ACCOUNT


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b'{"message":{"mid":"m"},"sender":{"id":"1"}}',
        b'{"message":{"mid":"m"},"timestamp":"soon"}',
        b'{"message":{"mid":"m"},"timestamp":99999999999999999999}',
        b'{"message_edit":{"mid":"m","num_edit":"x"}}',
    ],
)
def test_a_stored_message_that_cannot_be_understood_says_so(payload: bytes) -> None:
    with pytest.raises(ValueError):
        EVENTS.decode("message", ACCOUNT, payload)


VERIFY = Secret("our-verify-token")


def test_the_handshake_is_answered_with_the_challenge() -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "our-verify-token"}

    assert EVENTS.handshake(query, VERIFY) == "1158201444"


@pytest.mark.parametrize(
    "query",
    [
        {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": "other"},
        {"hub.mode": "subscribe", "hub.challenge": "1"},
        {"hub.mode": "unsubscribe", "hub.challenge": "1", "hub.verify_token": "our-verify-token"},
        {"hub_mode": "subscribe", "hub_challenge": "1", "hub_verify_token": "our-verify-token"},
        {"hub.mode": "subscribe", "hub.challenge": "<script>", "hub.verify_token": "our-verify-token"},
        {"hub.mode": "subscribe", "hub.challenge": "", "hub.verify_token": "our-verify-token"},
        {},
    ],
)
def test_a_handshake_that_is_not_ours_or_not_safe_to_echo_is_refused(query: dict[str, str]) -> None:
    assert EVENTS.handshake(query, VERIFY) is None


def test_an_empty_verify_token_opens_no_door() -> None:
    assert EVENTS.handshake({"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": ""}, Secret("")) is None
