"""What arrived, as it may be shown: without secrets and signed addresses, and without people's words where the reader
may not read them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from huntaze.kit.json_value import JsonValue

HIDDEN = "•••"
_SECRET = ("token", "secret", "signature", "password", "signed_request", "authorization", "api_key")
"""Parts of names whose values open something."""
_WORDS = frozenset(
    {"text", "title", "payload", "name", "username", "caption", "message", "emoji", "reaction", "metadata", "ref"}
)
"""Names whose values people wrote, or that say who they are."""
_DEEPEST = 60
_UNREADABLE = 2_000
"""Characters shown of what is no JSON."""


def redacted(payload: bytes, *, words: bool) -> JsonValue:
    """The payload as JSON. ``words``: people's texts and names may be read."""
    try:
        value: JsonValue = msgspec.json.decode(payload)
    except (msgspec.DecodeError, RecursionError):
        return payload[:_UNREADABLE].decode("utf-8", "backslashreplace") if words and payload else HIDDEN
    return _clean(value, words, 0)


def pretty(value: JsonValue) -> str:
    """JSON for people, an item a line."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _clean(value: JsonValue, words: bool, depth: int) -> JsonValue:
    if depth > _DEEPEST:
        return HIDDEN
    if isinstance(value, Mapping):
        return {name: _field(name, inside, words, depth + 1) for name, inside in value.items()}
    if isinstance(value, list):
        return [_clean(inside, words, depth + 1) for inside in value]
    return _address(value) if isinstance(value, str) else value


def _field(name: str, value: JsonValue, words: bool, depth: int) -> JsonValue:
    lower = name.lower()
    if any(part in lower for part in _SECRET):
        return HIDDEN
    if not words and lower in _WORDS and not isinstance(value, Mapping | list):
        return HIDDEN
    if lower == "content" and isinstance(value, str):
        return _packed(value, words, depth)
    return _clean(value, words, depth)


def _packed(text: str, words: bool, depth: int) -> JsonValue:
    """TikTok packs JSON into a text (tiktok.md §6.2); it is shown unpacked."""
    try:
        return _clean(msgspec.json.decode(text), words, depth)
    except (msgspec.DecodeError, RecursionError):
        return _address(text) if words else HIDDEN


def _address(text: str) -> str:
    """An address without its query: attachments lie under signed links, which open them for anybody (instagram.md
    §6.8)."""
    if not text.startswith(("https://", "http://")):
        return text
    try:
        parts = urlsplit(text)
    except ValueError:
        return HIDDEN
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" + (f"?{HIDDEN}" if parts.query else "")
