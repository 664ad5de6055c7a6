"""The ``TikTok-Signature`` header (tiktok.md §6.4)."""

import hashlib
import hmac


def signature(secret: str, sent_at: int, body: bytes) -> str:
    """``t=<sent_at, epoch seconds>,s=<hex>`` over the time, a dot and the exact bytes of the body."""
    digest = hmac.new(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={sent_at},s={digest}"
