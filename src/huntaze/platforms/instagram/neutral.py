"""From a stored webhook item to a neutral event (instagram.md §6.7, §6.8). Runs in the drain, not in the request."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from huntaze.platforms.contract import CommentReceived, MessageReceived, NeutralEvent, Unhandled
from huntaze.platforms.instagram.event_shapes import (
    CommentValue,
    Id,
    MentionValue,
    MessagingItem,
    StoryValue,
    id_text,
)

_COMMENT_KINDS = frozenset({"comments", "live_comments"})
_MESSAGE_KINDS = frozenset({"message", "message_echo", "message_deleted", "message_edit"})
_MESSAGING_KINDS = frozenset({"reaction", "postback", "referral", "seen", "handover", "optin", "standby"})


def neutral_event(kind: str, account_ref: str, payload: bytes) -> NeutralEvent:
    """What the payload of an item of ``kind`` says; ``ValueError`` if it cannot be understood."""
    if kind in _COMMENT_KINDS:
        return _comment(account_ref, msgspec.json.decode(payload, type=CommentValue))
    if kind in _MESSAGE_KINDS:
        return _message(account_ref, msgspec.json.decode(payload, type=MessagingItem))
    if kind in _MESSAGING_KINDS:
        return _unhandled_messaging(kind, account_ref, msgspec.json.decode(payload, type=MessagingItem))
    if kind == "mentions":
        mention = msgspec.json.decode(payload, type=MentionValue)
        details = {"media_ref": id_text(mention.media_id), "comment_ref": id_text(mention.comment_id)}
        return Unhandled(kind, account_ref, details)
    if kind == "story_insights":
        story = msgspec.json.decode(payload, type=StoryValue)
        return Unhandled(kind, account_ref, {"media_ref": id_text(story.media_id)})
    return Unhandled(kind, account_ref)


def _comment(account_ref: str, value: CommentValue) -> CommentReceived:
    """Meta tells no moment of a comment: the entry's time is the sending's, and changes when it is sent again."""
    return CommentReceived(
        account_ref=account_ref,
        comment_ref=value.ref,
        media_ref=id_text(value.media.id),
        parent_ref=id_text(value.parent_id),
        text=value.text,
        author_ref=id_text(value.author.id),
        author_username=value.author.username,
        created_at=None,
    )


def _message(account_ref: str, item: MessagingItem) -> MessageReceived:
    mid, text, deleted, edited = "", "", False, 0
    if item.message is not None:
        mid, text, deleted = item.message.mid, item.message.text or "", item.message.is_deleted
    elif item.message_edit is not None:
        mid, text, edited = item.message_edit.mid, item.message_edit.text, int(item.message_edit.num_edit)
    return MessageReceived(
        account_ref=account_ref,
        message_ref=mid,
        person_ref=item.person(account_ref),
        from_account=id_text(item.sender.id) == account_ref,
        text=text,
        sent_at=_moment(item.timestamp),
        deleted=deleted,
        edited=edited,
    )


def _unhandled_messaging(kind: str, account_ref: str, item: MessagingItem) -> Unhandled:
    _, identity = item.identity()
    return Unhandled(kind, account_ref, {"person_ref": item.person(account_ref), "identity": identity})


def _moment(milliseconds: Id) -> datetime:
    """Epoch milliseconds (§6.4)."""
    try:
        moment = int(milliseconds)
        if moment <= 0:
            raise ValueError(f"a message without its time: {milliseconds!r}")
        return datetime.fromtimestamp(moment / 1000, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(f"no moment: {milliseconds!r}") from error
