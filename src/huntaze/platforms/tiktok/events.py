"""Webhooks: signature, the one event of a delivery, what it says (tiktok.md §6)."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from huntaze.kit.clock import Clock
from huntaze.kit.log import get_logger
from huntaze.kit.secret import Secret
from huntaze.platforms.contract import (
    AuthorizationRemoved,
    IntakeItem,
    NeutralEvent,
    Noted,
    PostProgressed,
    PostState,
    RemovalReason,
    Unhandled,
)
from huntaze.platforms.events import MALFORMED, malformed_item, moment_of

log = get_logger(__name__)

Id = str | int

EARLY = timedelta(minutes=5)
"""How far ahead of us a sender's clock may be; nothing official, five minutes are common (§6.4)."""
LATE = timedelta(days=4)
"""How old a signature may be. TikTok tries for 72 hours (§6.1), and nobody knows whether it signs a retry anew (§6.4):
a narrower window could refuse every retry. Whoever sends a delivery again within it meets the key of its event, which
is kept for longer (eight days), so that it counts once."""
PUNCTUAL = timedelta(minutes=5)
"""From this age on a delivery is noted."""

REMOVED = "authorization.removed"
STATES: Mapping[str, PostState] = {
    "post.publish.failed": PostState.FAILED,
    "post.publish.complete": PostState.COMPLETE,
    "post.publish.inbox_delivered": PostState.INBOX_DELIVERED,
    "post.publish.publicly_available": PostState.PUBLIC,
    "post.publish.publicaly_available": PostState.PUBLIC,
    "post.publish.no_longer_publicaly_available": PostState.NO_LONGER_PUBLIC,
    "post.publish.no_longer_publicly_available": PostState.NO_LONGER_PUBLIC,
}
"""Both spellings are accepted, TikTok's own and the right one (§6.3)."""
OF_OTHERS = frozenset({"video.upload.failed", "video.publish.completed", "portability.download.ready"})
"""Of products that ended or that we have nothing to do with (§6.3)."""
REASONS: Mapping[str, RemovalReason] = {
    "0": RemovalReason.UNKNOWN,
    "1": RemovalReason.DISCONNECTED,
    "2": RemovalReason.ACCOUNT_DELETED,
    "3": RemovalReason.AGE_CHANGED,
    "4": RemovalReason.BANNED,
    "5": RemovalReason.REVOKED,
}

_SIGNATURE = "tiktok-signature"
_SECONDS = re.compile(r"[0-9]{1,12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNREADABLE = (msgspec.DecodeError, RecursionError)


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """The body of a request (§6.2). Whose it is, is absent in some samples."""

    event: str
    client_key: str | None = None
    create_time: Id = 0
    user_openid: str | None = None
    content: str | dict[str, object] | None = None
    """JSON in a string; an object serves as well."""


class Content(msgspec.Struct, frozen=True, gc=False):
    """What the events' contents hold (§6.3): only what a neutral event needs."""

    publish_id: str = ""
    post_id: Id = ""
    reason: Id = ""
    fail_reason: str = ""
    share_id: Id = ""
    request_id: Id = ""


class TikTokEvents:
    """``contract.Events`` of TikTok."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def handshake(self, query: Mapping[str, str], verify_token: Secret) -> str | None:
        """None: TikTok makes no handshake (§6.1)."""
        return None

    def authentic(self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[Secret]) -> bool:
        """Whether one of ``secrets`` signed these bytes, not too long ago (§6.4); header names in lower case.

        Every secret is tried, so the time does not tell which one fits, and an old one serves while TikTok uses it.
        """
        parts = _parts(headers.get(_SIGNATURE, ""))
        if parts is None:
            return False
        seconds, given = parts
        message, found = seconds.encode() + b"." + raw, False
        for secret in secrets:
            if secret:
                digest = hmac.digest(secret.reveal().encode(), message, "sha256").hex()
                found |= hmac.compare_digest(digest, given)
        return found and self._timely(int(seconds))

    def split(self, raw: bytes) -> list[IntakeItem]:
        """The one event of a delivery. What cannot be read becomes an item of kind ``malformed``.

        Identity: app, account, event, time and content in one canonical form (§6.5), since there is no event id and
        one draft may be posted several times.
        """
        try:
            envelope = _ENVELOPE.decode(raw)
        except _UNREADABLE:
            return [malformed_item("", raw)]
        if not envelope.event:
            return [malformed_item(envelope.user_openid or "", raw)]
        account = envelope.user_openid or ""
        identity = f"{envelope.client_key or ''}/{envelope.create_time}/{_canonical(envelope.content)}"
        return [IntakeItem(envelope.event, account, identity, f"{account}/{_thread(envelope)}", raw)]

    def decode(self, kind: str, account_ref: str, payload: bytes) -> NeutralEvent:
        """The neutral event of an item of ``split``; raises ``ValueError`` for one that cannot be understood."""
        if kind == MALFORMED:
            raise ValueError("the delivery is malformed")
        envelope = _ENVELOPE.decode(payload)
        if kind in STATES:
            return _progress(STATES[kind], account_ref, envelope)
        if kind == REMOVED:
            reason = REASONS.get(str(_content(envelope).reason), RemovalReason.UNKNOWN)
            return AuthorizationRemoved(account_ref, reason, moment_of(envelope.create_time))
        if kind in OF_OTHERS:
            content = _content(envelope)
            named = {"share_id": str(content.share_id), "request_id": str(content.request_id)}
            return Noted(kind, account_ref, {name: ref for name, ref in named.items() if ref})
        return Unhandled(kind, account_ref)

    def _timely(self, signed_at: int) -> bool:
        age = self._clock.now().timestamp() - signed_at
        if age > PUNCTUAL.total_seconds():
            log.info("webhook_signed_long_ago", platform="tiktok", seconds=round(age))
        return -EARLY.total_seconds() <= age <= LATE.total_seconds()


def _parts(header: str) -> tuple[str, str] | None:
    """Time and digest of ``t=…,s=…``; None for another form, and for a header that was sent twice. Other parts are
    ignored (§6.4)."""
    found: dict[str, str] = {}
    for part in header.split(","):
        name, _, value = part.partition("=")
        if name.strip() in found:
            return None
        found[name] = value
    seconds, digest = found.get("t", ""), found.get("s", "")
    return (seconds, digest) if _SECONDS.fullmatch(seconds) and _DIGEST.fullmatch(digest) else None


def _progress(state: PostState, account_ref: str, envelope: Envelope) -> PostProgressed:
    content = _content(envelope)
    if not content.publish_id:
        raise ValueError("a post's event without its publish id")
    reason = (str(content.reason) or content.fail_reason) if state is PostState.FAILED else ""
    return PostProgressed(
        account_ref,
        publish_ref=content.publish_id,
        state=state,
        at=moment_of(envelope.create_time),
        media_ref=str(content.post_id),
        reason=reason,
    )


def _content(envelope: Envelope) -> Content:
    """Raises ``ValueError`` for what cannot be read."""
    if not isinstance(envelope.content, str):
        return msgspec.convert(envelope.content or {}, Content)
    try:
        return _CONTENT.decode(envelope.content)
    except RecursionError as error:
        raise ValueError("the content is nested too deeply") from error


def _thread(envelope: Envelope) -> str:
    """What an event belongs to: events of one post are worked on in the order of their arrival."""
    try:
        return _content(envelope).publish_id or envelope.event
    except ValueError:
        return envelope.event


def _canonical(content: str | dict[str, object] | None) -> str:
    """Content in one form: keys sorted, ids as text (a post's id comes as number or as text, §6.3)."""
    try:
        value = msgspec.json.decode(content) if isinstance(content, str) else content
        return msgspec.json.encode(_plain(value), order="sorted").decode()
    except _UNREADABLE:
        return str(content)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


_ENVELOPE = msgspec.json.Decoder(Envelope)
_CONTENT = msgspec.json.Decoder(Content)
