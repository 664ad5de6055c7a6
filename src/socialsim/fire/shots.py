"""Requests made ready: signed webhooks of both platforms, or plain GETs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from socialsim.meta.webhooks.envelopes import escaped_json, signed_headers
from socialsim.tiktok.signing import signature

_SENT_AT = 1_770_000_000


@dataclass(frozen=True, slots=True)
class Shot:
    """One request, ready to be written, and the ids of the events in it."""

    request: bytes
    events: tuple[str, ...] = ()


def asked(url: str, headers: Mapping[str, str]) -> Shot:
    """A GET."""
    return Shot(_head("GET", url, headers).encode() + b"\r\n")


def meta_shots(
    url: str, secret: str, account_id: str, count: int, *, prefix: str = "", events: int = 1, media_id: str = "1789"
) -> list[Shot]:
    """``count`` deliveries of ``events`` comments each, signed (instagram.md §6.3, §6.6)."""
    made: list[Shot] = []
    for number in range(count):
        ids = tuple(f"{prefix}{number}-{event}" for event in range(events))
        body = escaped_json({"object": "instagram", "entry": [_entry(account_id, media_id, ids)]}).encode()
        made.append(posted(url, body, signed_headers(secret, body), ids))
    return made


def tiktok_shots(
    url: str, client_key: str, secret: str, open_id: str, count: int, *, prefix: str = "", sent_at: int = _SENT_AT
) -> list[Shot]:
    """``count`` events ``post.publish.complete``, signed at ``sent_at`` epoch seconds (tiktok.md §6.2, §6.4)."""
    made: list[Shot] = []
    for number in range(count):
        publish_id = f"{prefix}{number}"
        envelope = {
            "client_key": client_key,
            "event": "post.publish.complete",
            "create_time": sent_at,
            "user_openid": open_id,
            "content": json.dumps({"publish_id": publish_id, "publish_type": "DIRECT_POST"}, separators=(",", ":")),
        }
        body = json.dumps(envelope, separators=(",", ":")).encode()
        headers = {"content-type": "application/json", "tiktok-signature": signature(secret, sent_at, body)}
        made.append(posted(url, body, headers, (publish_id,)))
    return made


def _entry(account_id: str, media_id: str, ids: Sequence[str]) -> dict[str, object]:
    changes = [
        {
            "field": "comments",
            "value": {
                "id": comment,
                "text": "tr\u00e8s beau \U0001f60d",
                "from": {"id": "9988", "username": "lea"},
                "media": {"id": media_id, "media_product_type": "FEED"},
            },
        }
        for comment in ids
    ]
    return {"id": account_id, "time": _SENT_AT, "changes": changes}


def posted(url: str, body: bytes, headers: Mapping[str, str], events: tuple[str, ...] = ()) -> Shot:
    """A POST."""
    head = _head("POST", url, {**headers, "content-length": str(len(body))})
    return Shot(head.encode() + b"\r\n" + body, events)


def _head(method: str, url: str, headers: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {target} HTTP/1.1\r\nhost: {parts.netloc}\r\n{lines}"
