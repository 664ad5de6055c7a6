"""``signed_request``: how Meta's callbacks about people are signed (instagram.md §7)."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Mapping, Sequence

import msgspec

from huntaze.kit.secret import Secret
from huntaze.platforms.compliance import NotSigned, PersonAsked
from huntaze.platforms.events import moment_of

_FORM = re.compile(r"([A-Za-z0-9_-]{1,200})\.([A-Za-z0-9_-]{1,20000})")
_ALGORITHM = "HMAC-SHA256"


class _Payload(msgspec.Struct, frozen=True):
    algorithm: str
    user_id: str | int
    issued_at: int


class SignedRequests:
    """``compliance.Callbacks`` of Meta: deauthorize and data deletion, of both logins."""

    def read(self, form: Mapping[str, str], secrets: Sequence[Secret]) -> PersonAsked:
        """The person, by the app-scoped id. What is signed is the encoded payload; every secret is tried, so the time
        does not tell which one fits. The algorithm is checked before anything else of the payload is believed."""
        parts = _FORM.fullmatch(form.get("signed_request", ""))
        if parts is None:
            raise ValueError("no signed request")
        given, encoded = _decode(parts[1]), parts[2]
        payload = _read(_decode(encoded))
        found = False
        for secret in secrets:
            if secret:
                found |= hmac.compare_digest(hmac.digest(secret.reveal().encode(), encoded.encode(), "sha256"), given)
        if not found:
            raise NotSigned
        user_ref = str(payload.user_id)
        if not user_ref:
            raise ValueError("nobody is named")
        return PersonAsked(user_ref, moment_of(payload.issued_at))


def _read(raw: bytes) -> _Payload:
    try:
        payload = msgspec.json.decode(raw, type=_Payload)
    except (msgspec.DecodeError, RecursionError):
        raise ValueError("no payload") from None
    if payload.algorithm.upper() != _ALGORITHM:
        raise ValueError("another algorithm")
    return payload


def _decode(text: str) -> bytes:
    """Base64 for addresses without padding, in its one canonical form."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise ValueError("no base64") from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise ValueError("no base64")
    return raw
