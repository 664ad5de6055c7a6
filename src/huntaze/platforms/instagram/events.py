"""Webhooks: handshake, signature, single events (instagram.md §6).

``split`` runs for every request, so it decodes with msgspec into small structs, reads only what an identity needs
and cuts payloads out of the body as they came. The intake stores them; ``decode`` runs later, in the drain.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from huntaze.kit.secret import Secret
from huntaze.platforms.contract import IntakeItem, NeutralEvent
from huntaze.platforms.events import MALFORMED, malformed_item, unknown_item
from huntaze.platforms.instagram.event_shapes import (
    CHANGED_FIELDS,
    STANDBY,
    Change,
    CommentKey,
    Delivery,
    Entry,
    MentionValue,
    MessagingItem,
    StoryValue,
    id_text,
)
from huntaze.platforms.instagram.neutral import neutral_event

UNKNOWN = "unknown"

_SIGNATURE = "x-hub-signature-256"
_CHALLENGE = re.compile(r"[A-Za-z0-9_.-]{1,200}")
_UNREADABLE = (msgspec.DecodeError, RecursionError)
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)
"""An escape in JSON text; the group is half an emoji, which is allowed there and which msgspec refuses."""
_MESSAGING_FIELDS = frozenset(
    {
        "messages",
        "message_echoes",
        "message_edit",
        "message_edits",
        "message_reactions",
        "message_reads",
        "messaging_handover",
        "messaging_handovers",
        "messaging_optins",
        "messaging_policy_enforcement",
        "messaging_postbacks",
        "messaging_referral",
        "messaging_referrals",
        "messaging_seen",
        "response_feedback",
        STANDBY,
    }
)
"""Fields whose ``value`` is one ``messaging`` item: the dashboard's test button sends them as changes (§6.6). The
names of both products, Instagram's and the Page's (§6.1, §6.5)."""

Cut = Callable[[str, str, bytes], IntakeItem]


class GraphEvents:
    """``contract.Events`` for the objects ``instagram`` and ``page``."""

    def handshake(self, query: Mapping[str, str], verify_token: Secret) -> str | None:
        """The challenge, if the token is ours and the challenge is safe to echo (§6.2)."""
        given, challenge = query.get("hub.verify_token", ""), query.get("hub.challenge", "")
        ours = bool(verify_token) and Secret(given) == verify_token
        if not ours or query.get("hub.mode") != "subscribe" or not _CHALLENGE.fullmatch(challenge):
            return None
        return challenge

    def authentic(self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[Secret]) -> bool:
        """Whether one of ``secrets`` signed these bytes; header names in lower case or case-insensitive (§6.3).

        The SHA-1 twin is ignored. Every secret is tried, so the time does not tell which one fits.
        """
        given = headers.get(_SIGNATURE, "").encode("utf-8", "surrogatepass")
        found = False
        for secret in secrets:
            if secret:
                digest = hmac.digest(secret.reveal().encode(), raw, "sha256").hex()
                found |= hmac.compare_digest(f"sha256={digest}".encode(), given)
        return found

    def split(self, raw: bytes) -> list[IntakeItem]:
        """Single events of a delivery in any of the four envelopes (§6.6), or of a list of deliveries.

        What cannot be read becomes one item of kind ``malformed``, what we do not know keeps its own name as kind.
        """
        try:
            deliveries = _decode_deliveries(raw)
        except _UNREADABLE:
            mended = _ESCAPE.sub(_mend, raw)
            return self.split(mended) if mended != raw else [malformed_item("", raw)]
        items: list[IntakeItem] = []
        for delivery in deliveries:
            for entry in delivery.entry:
                _split_entry(entry, items)
        return items

    def decode(self, kind: str, account_ref: str, payload: bytes) -> NeutralEvent:
        """The neutral event of an item of ``split``; raises ``ValueError`` for one that cannot be understood."""
        if kind == MALFORMED:
            raise ValueError("the delivery is malformed")
        return neutral_event(kind, account_ref, payload)


def _mend(escape: re.Match[bytes]) -> bytes:
    """A text that was cut within an emoji must not cost a whole delivery."""
    return escape.group() if escape.group(1) is None else b"\\ufffd"


def _decode_deliveries(raw: bytes) -> Sequence[Delivery]:
    if raw.lstrip()[:1] == b"[":
        return _DELIVERIES.decode(raw)
    return (_DELIVERY.decode(raw),)


def _split_entry(raw: msgspec.Raw, items: list[IntakeItem]) -> None:
    """Changes, then messaging, then standby, then the flat form (§6.6)."""
    try:
        entry = _ENTRY.decode(raw)
    except _UNREADABLE:
        items.append(malformed_item("", bytes(raw)))
        return
    account = id_text(entry.id)
    if not account:
        items.append(malformed_item("", bytes(raw)))
        return
    before = len(items)
    for change in entry.changes:
        items.append(_cut(_cut_raw_change, account, "", bytes(change)))
    for message in entry.messaging:
        items.append(_cut(_cut_messaging, account, "", bytes(message)))
    for message in entry.standby:
        items.append(_cut(_cut_messaging, account, STANDBY, bytes(message)))
    for name in entry.changed_fields:
        items.append(_cut(_cut_changed_field, account, "", bytes(name)))
    if entry.field:
        items.append(_cut(_cut_change, account, entry.field, bytes(entry.value)))
    if len(items) == before:
        items.append(unknown_item(account, UNKNOWN, bytes(raw)))


def _cut(cut: Cut, account: str, field: str, payload: bytes) -> IntakeItem:
    """A broken event costs itself only."""
    try:
        return cut(account, field, payload)
    except _UNREADABLE:
        return malformed_item(account, payload)


def _cut_raw_change(account: str, field: str, payload: bytes) -> IntakeItem:
    change = _CHANGE.decode(payload)
    return _cut(_cut_change, account, change.field, bytes(change.value))


def _cut_change(account: str, field: str, payload: bytes) -> IntakeItem:
    if field in _MESSAGING_FIELDS:
        return _cut_messaging(account, field, payload)
    cut = _CHANGES.get(field)
    return unknown_item(account, field, payload) if cut is None else cut(account, field, payload)


def _cut_comment(account: str, field: str, payload: bytes) -> IntakeItem:
    """Identity: (account, comment id). Meta sends neither edits nor deletions of comments (§6.7)."""
    value = _COMMENT.decode(payload)
    ref = value.ref
    if not ref:
        return malformed_item(account, payload)
    media = id_text(value.media.id)
    return IntakeItem(field, account, f"comment/{ref}/created", f"{account}/media/{media}", payload)


def _cut_mention(account: str, field: str, payload: bytes) -> IntakeItem:
    """Identity: (account, media id, comment id or "caption") (§6.7)."""
    value = _MENTION.decode(payload)
    media = id_text(value.media_id)
    if not media:
        return malformed_item(account, payload)
    place = id_text(value.comment_id or "caption")
    return IntakeItem(field, account, f"mention/{media}/{place}/created", f"{account}/media/{media}", payload)


def _cut_story_insights(account: str, field: str, payload: bytes) -> IntakeItem:
    """Identity: (account, media id), last write wins (§6.7)."""
    media = id_text(_STORY.decode(payload).media_id)
    if not media:
        return malformed_item(account, payload)
    return IntakeItem(field, account, f"story_insights/{media}", f"{account}/media/{media}", payload, replaces=True)


def _cut_messaging(account: str, field: str, payload: bytes) -> IntakeItem:
    """One ``messaging`` item, or a ``standby`` one, which is the same while another app owns the thread (§6.8)."""
    item = _MESSAGING.decode(payload)
    kind, identity = item.identity()
    if not kind:
        return unknown_item(account, field or "messaging", payload)
    if not identity:
        return malformed_item(account, payload)
    if field == STANDBY:
        kind, identity = STANDBY, f"{STANDBY}/{identity}"
    return IntakeItem(kind, account, identity, f"{account}/person/{item.person(account)}", payload)


def _cut_changed_field(account: str, _: str, payload: bytes) -> IntakeItem:
    """No identity and no time of its own: each arrival says that the field has to be read again (§6.4)."""
    name = _NAME.decode(payload)
    return IntakeItem(CHANGED_FIELDS, account, f"{CHANGED_FIELDS}/{name}", account, payload, replaces=True)


_DELIVERY = msgspec.json.Decoder(Delivery)
_DELIVERIES = msgspec.json.Decoder(list[Delivery])
_ENTRY = msgspec.json.Decoder(Entry)
_CHANGE = msgspec.json.Decoder(Change)
_COMMENT = msgspec.json.Decoder(CommentKey)
_MENTION = msgspec.json.Decoder(MentionValue)
_STORY = msgspec.json.Decoder(StoryValue)
_MESSAGING = msgspec.json.Decoder(MessagingItem)
_NAME = msgspec.json.Decoder(str)
_CHANGES: Mapping[str, Cut] = {
    "comments": _cut_comment,
    "live_comments": _cut_comment,
    "mentions": _cut_mention,
    "story_insights": _cut_story_insights,
}
