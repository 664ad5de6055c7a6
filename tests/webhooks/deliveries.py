"""Deliveries as Meta makes them: single events, envelopes, signatures over the exact bytes."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence

MAYA_ACCOUNT = "17841400000000001"
OTHER_ACCOUNT = "17841400000000002"
Json = Mapping[str, object]


def comment(ref: str, text: str = "beau", media: str = "1789", author: str = "9988") -> Json:
    """A change of `comments`."""
    value = {"id": ref, "text": text, "from": {"id": author, "username": "lea"}}
    return {
        "field": "comments",
        "value": value | ({"media": {"id": media, "media_product_type": "FEED"}} if media else {}),
    }


def story(media: str, impressions: int) -> Json:
    """A change of `story_insights`."""
    return {"field": "story_insights", "value": {"media_id": media, "impressions": impressions}}


def delivery(changes: Sequence[object], account: str = MAYA_ACCOUNT, time: int = 1770000000) -> bytes:
    """One entry with these changes, escaped as Meta does."""
    return envelope([{"id": account, "time": time, "changes": list(changes)}])


def envelope(entries: Sequence[object]) -> bytes:
    """A whole body."""
    return json.dumps({"object": "instagram", "entry": list(entries)}, separators=(",", ":")).encode()


def signed(body: bytes, secret: str) -> dict[str, str]:
    """The headers that go with these bytes."""
    return {
        "content-type": "application/json",
        "x-hub-signature": "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest(),
        "x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
    }
