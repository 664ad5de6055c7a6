"""The bodies of webhooks in all their forms (instagram.md §6.3, §6.4, §6.6)."""

import hashlib
import hmac
import json
from collections.abc import Iterable

from msgspec import Struct

from socialsim.kernel.meta_config import WebhookConfig
from socialsim.meta.webhooks.rules import Branch

_USER_AGENT = "facebookexternalua"
_COMMENT_FIELDS = frozenset({"comments", "live_comments"})
_TIMES = frozenset({"time", "timestamp", "num_edit"})
Entry = dict[str, object]


class Event(Struct, frozen=True):
    """Something to tell of one account: a ``value`` of ``changes``, or an item of ``messaging`` or ``standby``."""

    account_id: str
    field: str
    value: dict[str, object]
    branch: Branch = "changes"


def body(product: str, events: Iterable[Event], now: float, config: WebhookConfig, *, include_values: bool) -> str:
    """Everything in one POST: an entry per account and form, or per event in the flat form."""
    entries: list[Entry] = []
    joined: dict[tuple[str, str], list[object]] = {}
    for event in events:
        value = _worded(event, config)
        form = _form(event, config, include_values=include_values)
        entry: Entry = {"id": event.account_id, "time": int(now * 1000 if form in {"messaging", "standby"} else now)}
        if form == "flat":
            entries.append({**entry, "field": event.field, "value": value})
            continue
        shelf = joined.get((event.account_id, form))
        if shelf is None:
            shelf = joined[event.account_id, form] = []
            entries.append({**entry, form: shelf})
        shelf.append(_element(form, event.field, value))
    one: object = {"object": product, "entry": entries}
    whole = [one] if config.wrapped else one
    return escaped_json(_with_text_times(whole) if config.times == "strings" else whole)


def _form(event: Event, config: WebhookConfig, *, include_values: bool) -> str:
    if event.branch == "standby":
        return "standby"
    if event.branch == "messaging":
        return config.message_shape
    return config.shape if include_values else "changed_fields"


def _element(form: str, field: str, value: dict[str, object]) -> object:
    if form == "changed_fields":
        return field
    return {"field": field, "value": value} if form == "changes" else value


def _worded(event: Event, config: WebhookConfig) -> dict[str, object]:
    if config.comment_key == "id" or event.field not in _COMMENT_FIELDS:
        return event.value
    return {"comment_id" if key == "id" else key: value for key, value in event.value.items()}


def _with_text_times(value: object) -> object:
    """Times as text, as some senders write them (§6.4)."""
    if isinstance(value, dict):
        return {
            key: str(inner) if key in _TIMES and isinstance(inner, int) else _with_text_times(inner)
            for key, inner in value.items()
        }
    return [_with_text_times(inner) for inner in value] if isinstance(value, list) else value


def escaped_json(value: object) -> str:
    """Compact JSON in ASCII: ``é`` leaves as ``\\u00e9``, and that is what is signed (§6.3)."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def signed_headers(secret: str, body: bytes) -> dict[str, str]:
    """Both signatures over the exact bytes (§6.3)."""
    key = secret.encode()
    return {
        "content-type": "application/json",
        "user-agent": _USER_AGENT,
        "x-hub-signature": "sha1=" + hmac.new(key, body, hashlib.sha1).hexdigest(),
        "x-hub-signature-256": "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest(),
    }
