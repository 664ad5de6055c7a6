"""JSON and text for people: set out in lines, coloured by kind, secrets masked."""

import json
import re
from collections.abc import Iterator

import htpy as h

from socialsim.kernel.calls import is_secret

_TOKENS = re.compile(
    r'(?P<key>"(?:\\.|[^"\\])*")(?=\s*:)|(?P<text>"(?:\\.|[^"\\])*")|(?P<number>-?\d[\d.eE+-]*)'
    r"|(?P<word>\b(?:true|false|null)\b)"
)
_SECRET_KEYS = frozenset({"long_lived_token", "id_token", "client_ticket"})
HIDDEN = "•••"
_IN_TEXT = re.compile(
    r"((?:access_token|refresh_token|client_secret|fb_exchange_token|input_token|appsecret_proof|upload_token)"
    r'(?:=|\\*"\s*:\s*\\*"))[^&"\\\s]+'
)
"""Secrets within addresses, and within JSON that is a text of other JSON, as in a batch."""


def without_secrets(text: str) -> str:
    """A text in which nothing is left that opens anything."""
    return _IN_TEXT.sub(rf"\1{HIDDEN}", text)


def body_view(body: str, label: str) -> h.Renderable:
    """A body in a frame that scrolls; JSON is set out."""
    parsed = _parsed(body)
    text = without_secrets(body if parsed is None else json.dumps(_masked(parsed), indent=2, ensure_ascii=False))
    content: h.Node = text if parsed is None else list(_coloured(text))
    return h.pre(".body", tabindex="0", role="region", aria_label=label)[h.code[content]]


def _parsed(body: str) -> object:
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def _masked(value: object) -> object:
    if isinstance(value, dict):
        return {key: HIDDEN if _hides(key, below) else _masked(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_masked(below) for below in value]
    return value


def _hides(key: str, value: object) -> bool:
    # ``code`` is also the number of an error
    return isinstance(value, str) and (key in _SECRET_KEYS or (is_secret(key) and key != "code"))


def _coloured(text: str) -> Iterator[h.Node]:
    end = 0
    for match in _TOKENS.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        yield h.span(f".j-{match.lastgroup}")[match.group()]
        end = match.end()
    yield text[end:]
