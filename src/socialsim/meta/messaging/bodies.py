"""What a client asks the Send API for: nested JSON, in a JSON body or as text in a form (instagram.md §5.3)."""

from typing import TypeVar

import msgspec
from msgspec import Struct, field

from socialsim.meta.errors import bad_parameter

MOST_TEXT_BYTES = 1000
MOST_IMAGES = 10
MOST_QUICK_REPLIES = 13
MOST_TITLE = 20
ACTIONS = frozenset({"typing_on", "typing_off", "mark_seen"})
REACTIONS = frozenset({"react", "unreact"})
_BESIDE_AN_ACTION = ("message", "messaging_type", "tag", "reply_to")
T = TypeVar("T")


class Order(Struct):
    """One request, read and found well-formed."""

    recipient_id: str = ""
    comment_id: str = ""
    action: str = ""
    reaction_to: str = ""
    reaction: str = ""
    text: str = ""
    parts: list[dict[str, object]] = field(default_factory=list)
    quick_replies: list[dict[str, str]] = field(default_factory=list)
    reply_to: str = ""
    human_agent: bool = False


def order_of(params: dict[str, str]) -> Order:
    """Read a request; raises code 100 for what is not well-formed."""
    recipient = json_object(params.get("recipient", ""), "recipient")
    order = Order(
        text_of(recipient.get("id")) or text_of(recipient.get("thread_id")), text_of(recipient.get("comment_id"))
    )
    if not order.recipient_id and not order.comment_id:
        raise bad_parameter("Param recipient must have an id or a comment_id")
    if params.get("sender_action"):
        return _action(order, params)
    _tag(order, params)
    message = json_object(params.get("message", ""), "message")
    order.text = text_of(message.get("text"))
    order.parts = _parts(message)
    order.quick_replies = _quick_replies(message)
    reply_to = params.get("reply_to")
    answered = json_object(reply_to, "reply_to") if reply_to else message.get("reply_to")
    if isinstance(answered, dict):
        order.reply_to = text_of(answered.get("mid"))
    _check(order)
    return order


def _action(order: Order, params: dict[str, str]) -> Order:
    """A sender action stands alone in its request (since September 2025)."""
    order.action = params["sender_action"].lower()
    if any(params.get(name) for name in _BESIDE_AN_ACTION):
        raise bad_parameter("sender_action must be the only thing in its request")
    if order.action in REACTIONS:
        payload = json_object(params.get("payload", ""), "payload")
        order.reaction_to = text_of(payload.get("message_id"))
        order.reaction = text_of(payload.get("reaction"))
        if not order.reaction_to or (order.action == "react" and not order.reaction):
            raise bad_parameter("A reaction needs payload.message_id and, to react, payload.reaction")
    elif order.action not in ACTIONS:
        raise bad_parameter("Param sender_action is not known")
    return order


def _tag(order: Order, params: dict[str, str]) -> None:
    kind, tag = params.get("messaging_type", "").upper(), params.get("tag", "").upper()
    if kind not in {"", "RESPONSE", "UPDATE", "MESSAGE_TAG"}:
        raise bad_parameter("Param messaging_type must be one of RESPONSE, UPDATE, MESSAGE_TAG")
    if tag not in {"", "HUMAN_AGENT"} or (kind == "MESSAGE_TAG" and not tag):
        raise bad_parameter("Param tag must be HUMAN_AGENT")
    order.human_agent = tag == "HUMAN_AGENT"


def _parts(message: dict[str, object]) -> list[dict[str, object]]:
    one, many = message.get("attachment"), message.get("attachments")
    if isinstance(one, dict):
        return [one]
    if many is None and one is None:
        return []
    if not isinstance(many, list) or not all(isinstance(part, dict) for part in many):
        raise bad_parameter("Param message[attachments] must be an array of objects")
    parts: list[dict[str, object]] = many
    if len(parts) > 1 and any(text_of(part.get("type")).lower() != "image" for part in parts):
        raise bad_parameter("Only images may go together in one message")
    if len(parts) > MOST_IMAGES:
        raise bad_parameter(f"At most {MOST_IMAGES} images in one message")
    return parts


def _quick_replies(message: dict[str, object]) -> list[dict[str, str]]:
    found = message.get("quick_replies")
    if found is None:
        return []
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_QUICK_REPLIES:
        raise bad_parameter(f"Param message[quick_replies] must have 1 to {MOST_QUICK_REPLIES} elements")
    out = []
    for reply in found:
        known = reply if isinstance(reply, dict) else {}
        title, payload = text_of(known.get("title")), text_of(known.get("payload"))
        if text_of(known.get("content_type")) != "text" or not payload or not 1 <= len(title) <= MOST_TITLE:
            raise bad_parameter(f"A quick reply is text with a payload and a title of at most {MOST_TITLE} characters")
        out.append({"title": title, "payload": payload})
    return out


def _check(order: Order) -> None:
    if order.text and order.parts:
        raise bad_parameter("A message has text or attachments, not both")
    if not order.text and not order.parts:
        raise bad_parameter("Param message must have text or an attachment")
    if len(order.text.encode()) > MOST_TEXT_BYTES:
        raise bad_parameter(f"Length of param message[text] must be at most {MOST_TEXT_BYTES} bytes in UTF-8")
    if order.quick_replies and not order.text:
        raise bad_parameter("Quick replies need a text")


def json_object(text: str, name: str) -> dict[str, object]:
    """A parameter that is a JSON object; raises code 100."""
    return _json(text, name, dict[str, object], "object")


def json_list(text: str, name: str) -> list[object]:
    """A parameter that is a JSON array; raises code 100."""
    return _json(text, name, list[object], "array")


def _json(text: str, name: str, shape: type[T], word: str) -> T:
    try:
        return msgspec.json.decode(text.encode("utf-8", "surrogatepass"), type=shape)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeError, RecursionError) as error:
        raise bad_parameter(f"Param {name} must be a JSON {word}") from error


def text_of(value: object) -> str:
    """Text, or a number as text (some clients send ids so); anything else counts as nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
