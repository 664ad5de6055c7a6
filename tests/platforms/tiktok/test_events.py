"""A delivery of TikTok is one event, with the identity of tiktok.md §6.5. One fixture per kind of event (§6.3)."""

import json

import pytest

from huntaze.kit.clock import ManualClock
from huntaze.kit.secret import Secret
from huntaze.platforms.contract import AuthorizationRemoved, IntakeItem, RemovalReason, Unhandled
from huntaze.platforms.tiktok import TikTokEvents
from tests.platforms.tiktok.recorded import CREATOR, EXPECTED, FIXTURES, UNKNOWN, fixture

EVENTS = TikTokEvents(ManualClock())


def only(items: list[IntakeItem]) -> IntakeItem:
    assert len(items) == 1, items
    return items[0]


def changed(name: str, **changes: object) -> IntakeItem:
    """A recorded delivery with other values in its envelope, written in another form."""
    envelope = {key: value for key, value in {**json.loads(fixture(name)), **changes}.items() if value is not None}
    return only(EVENTS.split(json.dumps(envelope, indent=1, sort_keys=True).encode()))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_recorded_event_is_known_by_its_kind_and_decoded(name: str) -> None:
    kind, neutral = EXPECTED[name]
    item = only(EVENTS.split(fixture(name)))

    assert (item.kind, item.account_ref) == (kind, "" if name == "post_complete_without_openid" else CREATOR)
    assert not item.replaces
    assert EVENTS.decode(item.kind, item.account_ref, item.payload) == neutral


def test_an_event_we_do_not_know_is_kept_under_its_own_name() -> None:
    for name, kind in UNKNOWN.items():
        item = only(EVENTS.split(fixture(name)))
        assert (item.kind, item.account_ref) == (kind, CREATOR)
        assert EVENTS.decode(item.kind, item.account_ref, item.payload) == Unhandled(kind, CREATOR)


def test_every_fixture_has_its_expectation() -> None:
    assert {path.stem for path in FIXTURES.glob("*.json")} == EXPECTED.keys() | UNKNOWN.keys()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_same_event_in_another_form_keeps_its_identity(name: str) -> None:
    first = only(EVENTS.split(fixture(name)))
    content = json.loads(json.loads(fixture(name))["content"])
    turned = {
        key: str(content[key]) if isinstance(content[key], int) else content[key]
        for key in sorted(content, reverse=True)
    }  # fmt: skip

    for again in (changed(name), changed(name, content=json.dumps(turned, indent=2)), changed(name, content=content)):
        assert (again.kind, again.identity, again.partition) == (first.kind, first.identity, first.partition)
        assert EVENTS.decode(again.kind, again.account_ref, again.payload) == EXPECTED[name][1]


def test_one_draft_that_is_posted_twice_is_two_events_of_one_conversation() -> None:
    first, second = changed("post_complete"), changed("post_complete", create_time=1790000200)

    assert first.identity != second.identity
    assert first.partition == second.partition


def test_apps_and_contents_tell_events_apart() -> None:
    identities = {
        changed("post_public").identity,
        changed("post_public_text_id").identity,
        changed("post_public", client_key="another").identity,
    }
    assert len(identities) == 3


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (0, RemovalReason.UNKNOWN),
        (1, RemovalReason.DISCONNECTED),
        ("2", RemovalReason.ACCOUNT_DELETED),
        (3, RemovalReason.AGE_CHANGED),
        (4, RemovalReason.BANNED),
        (5, RemovalReason.REVOKED),
        (6, RemovalReason.UNKNOWN),
    ],
)
def test_why_an_authorization_ended(told: object, reason: RemovalReason) -> None:
    item = changed("authorization_removed", content=json.dumps({"reason": told}))
    neutral = EVENTS.decode(item.kind, item.account_ref, item.payload)

    assert isinstance(neutral, AuthorizationRemoved)
    assert neutral.reason is reason


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b'{"event":7}', b'{"event":""}', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_event_is_kept_as_one_malformed_item(body: bytes) -> None:
    item = only(EVENTS.split(body))

    assert (item.kind, item.payload) == ("malformed", body)
    with pytest.raises(ValueError, match="malformed"):
        EVENTS.decode(item.kind, item.account_ref, item.payload)


@pytest.mark.parametrize("content", ["", "not json", "{}", "[]", '{"publish_id":7}', "[" * 10_000, None])
def test_a_stored_event_that_cannot_be_understood_says_so(content: str | None) -> None:
    item = changed("post_complete", content=content)

    assert item.kind == "post.publish.complete"
    with pytest.raises(ValueError):
        EVENTS.decode(item.kind, item.account_ref, item.payload)


def test_tiktok_makes_no_handshake() -> None:
    assert (
        EVENTS.handshake({"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": "x"}, Secret("x")) is None
    )
