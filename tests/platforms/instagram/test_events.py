"""Deliveries become single events with the identities of instagram.md §6.7 to §6.9. One fixture per kind of event."""

import json
from datetime import UTC, datetime

import pytest

from huntaze.kit.secret import Secret
from huntaze.platforms.contract import Attachment, IntakeItem, MessageReceived, Unhandled
from huntaze.platforms.instagram.events import GraphEvents
from tests.platforms.instagram.recorded import ACCOUNT, EXPECTED, FIXTURES, PAGE, UNKNOWN, fixture, message

EVENTS = GraphEvents()


def only(items: list[IntakeItem]) -> IntakeItem:
    assert len(items) == 1, items
    return items[0]


def decoded(body: bytes) -> object:
    """The one event of a delivery, as everybody understands it."""
    item = only(EVENTS.split(body))
    return EVENTS.decode(item.kind, item.account_ref, item.payload)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_recorded_event_is_cut_out_with_its_natural_identity_and_decoded(name: str) -> None:
    expected = EXPECTED[name]
    item = only(EVENTS.split(fixture(name)))

    assert item.account_ref == (PAGE if name == "message_page" else ACCOUNT)
    assert (item.kind, item.identity, item.partition) == (expected.kind, expected.identity, expected.partition)
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
        '{"id":"17841400000000001","messaging":[{"policy_enforcement":{"action":"block"}}]}',
        '{"id":"17841400000000001","changed_fields":[7]}',
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


@pytest.mark.parametrize("moment", ['"1770000000001"', '"1770000000"', "1770000000"])
def test_times_come_in_seconds_in_milliseconds_as_numbers_and_as_texts(moment: str) -> None:
    body = fixture("message").replace(b"1770000000001", moment.encode())
    told = decoded(body)
    assert isinstance(told, MessageReceived)
    assert told.sent_at.replace(microsecond=0) == datetime(2026, 2, 2, 2, 40, tzinfo=UTC)


def test_a_delivery_may_hold_a_thousand_updates_and_all_four_envelopes() -> None:
    change = json.loads(fixture("comments"))["entry"][0]["changes"][0]
    changes = [change | {"value": change["value"] | {"id": str(number)}} for number in range(1_000)]
    forms = [json.loads(fixture(name))["entry"][0] for name in ("comments_flat", "message", "standby")]
    body = json.dumps({"object": "instagram", "entry": [{"id": ACCOUNT, "time": 1, "changes": changes}, *forms]})

    items = EVENTS.split(body.encode())

    assert len({item.identity for item in items}) == 1_003
    assert [item.kind for item in items[-3:]] == ["comments", "message", "standby"]


def test_one_entry_may_hold_changes_and_messages_at_once() -> None:
    entry = json.loads(fixture("comments"))["entry"][0] | json.loads(fixture("message"))["entry"][0]
    entry |= {"standby": json.loads(fixture("standby"))["entry"][0]["standby"], "changed_fields": ["mentions"]}

    items = EVENTS.split(json.dumps({"object": "instagram", "entry": [entry]}).encode())

    assert [item.kind for item in items] == ["comments", "message", "standby", "changed_fields"]


def test_fields_that_nobody_knows_change_nothing_of_what_is_known() -> None:
    text = fixture("message_story_reply").decode()
    added = text.replace('"mid":', '"brand_new":{"deep":[1,null]},"mid":').replace('"object"', '"sent_by":7,"object"')

    assert added != text
    assert decoded(added.encode()) == EXPECTED["message_story_reply"].neutral


def test_what_is_null_or_absent_within_a_message_costs_nothing() -> None:
    nothing = ["text", "attachments", "reply_to", "quick_reply", "referral", "app_id"]
    body = (
        fixture("message").decode().replace('"text":"Bonjour \\u2728"', ",".join(f'"{name}":null' for name in nothing))
    )
    hollow = fixture("message_attachments").decode().replace('{"url"', '{"url":null,"was"')

    assert decoded(body.encode()) == message("aWdf1")
    told = decoded(hollow.encode())
    assert isinstance(told, MessageReceived)
    assert told.attachments == (Attachment("image"),)


def test_two_pictures_at_one_address_stay_two_and_two_posts_stay_two() -> None:
    def attached(*attachments: object) -> int:
        entry = json.loads(fixture("message_post_share"))
        entry["entry"][0]["messaging"][0]["message"]["attachments"] = attachments
        told = decoded(json.dumps(entry).encode())
        assert isinstance(told, MessageReceived)
        return len(told.attachments)

    picture = {"type": "image", "payload": {"url": "https://cdn.example/1"}}
    posts = [
        {"type": "ig_post", "payload": {"ig_post_media_id": ref, "url": "https://cdn.example/2"}} for ref in ("1", "2")
    ]
    share = {"type": "share", "payload": {"url": "https://cdn.example/2"}}
    assert attached(picture, picture) == 2
    assert attached(*posts) == 2
    assert attached(posts[0], share) == 1
    assert attached(share, {"type": "share"}) == 2


def test_a_message_for_the_page_is_ours_when_it_is_an_echo_whoever_the_sender_is() -> None:
    body = fixture("message_page").decode().replace('"id":"9988"', f'"id":"{ACCOUNT}"')
    body = body.replace(f'"recipient":{{"id":"{PAGE}"}}', '"recipient":{"id":"9988"}').replace(
        '"mid"', '"is_echo":true,"mid"'
    )

    told = decoded(body.encode())

    assert isinstance(told, MessageReceived)
    assert (told.from_account, told.person_ref) == (True, "9988")


@pytest.mark.parametrize("field", ["messages", "message_edits", "message_reads", "messaging_handovers", "standby"])
def test_the_test_button_sends_items_of_conversations_as_changes(field: str) -> None:
    inner = json.loads(fixture("message"))["entry"][0]["messaging"][0]
    body = json.dumps({"object": "instagram", "entry": [{"id": "0", "changes": [{"field": field, "value": inner}]}]})

    item = only(EVENTS.split(body.encode()))

    assert (item.kind, item.account_ref) == ("standby" if field == "standby" else "message", "0")


def test_an_unknown_item_in_changes_is_kept_under_the_name_of_its_field() -> None:
    value = {"field": "messaging_optins", "value": {"timestamp": 1, "brand_new": {}}}

    item = only(EVENTS.split(json.dumps({"entry": [{"id": "0", "changes": [value]}]}).encode()))

    assert item.kind == "messaging_optins"
    assert EVENTS.decode(item.kind, "0", item.payload) == Unhandled("messaging_optins", "0")


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
