"""Signed texts that leave the house and come back: links, form tokens, page cursors.

Each use has its own label, so a text signed for one use is worthless for another. A token names its key, so it
outlives a rotation for as long as the old key stays in the ring.
"""

import base64
import binascii
import hashlib
import hmac

from huntaze.kit.crypto import KeyRing


class BadSignature(Exception):
    """The text was not signed here, was changed, or its key is gone."""


class Signer:
    """Signs and verifies under the keys of a ring, for one `label`."""

    def __init__(self, ring: KeyRing, label: str) -> None:
        self._primary_id = ring.primary_id
        self._keys = {key_id: ring.derive(f"signing:{label}", key_id) for key_id in ring.ids}

    def sign(self, payload: bytes) -> str:
        """`payload`, readable but not changeable, as url-safe text: `keyid.payload.mac`."""
        head = f"{self._primary_id}.{_encode(payload)}"
        return f"{head}.{_encode(self._mac(self._primary_id, head))}"

    def verify(self, token: str) -> bytes:
        """The payload of a token of ours. Raises BadSignature and says no more: a forger learns nothing."""
        head, _, mac = token.rpartition(".")
        key_text, _, payload = head.partition(".")
        if not (key_text.isascii() and key_text.isdigit() and len(key_text) <= 10 and int(key_text) in self._keys):
            raise BadSignature
        wanted = _encode(self._mac(int(key_text), head))
        if not hmac.compare_digest(wanted.encode(), mac.encode("utf-8", "surrogatepass")):
            raise BadSignature
        return _decode(payload)

    def _mac(self, key_id: int, head: str) -> bytes:
        return hmac.digest(self._keys[key_id], head.encode("utf-8", "surrogatepass"), hashlib.sha256)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise BadSignature from None
