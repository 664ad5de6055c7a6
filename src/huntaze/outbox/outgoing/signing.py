"""Signatures by Standard Webhooks 1.0: HMAC-SHA256 over id, time of the attempt and body.

A receiver verifies with any of its libraries, or in five lines: docs/look-up/outgoing-webhooks.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from huntaze.kit.secret import Secret

PREFIX = "whsec_"
_KEY_BYTES = 32


def new_secret() -> Secret:
    """A fresh secret as receivers write it down."""
    return Secret(PREFIX + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode())


def signed_headers(signing: Sequence[Secret], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of an attempt at ``at``; one signature for each secret that works now."""
    seconds = int(at.timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(signature(secret, message_id, seconds, body) for secret in signing),
    }


def signature(secret: Secret, message_id: str, seconds: int, body: bytes) -> str:
    """``v1,`` and the code in base64, for ``seconds`` since 1970."""
    key = base64.b64decode(secret.reveal().removeprefix(PREFIX))
    code = hmac.digest(key, f"{message_id}.{seconds}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(code).decode()}"
