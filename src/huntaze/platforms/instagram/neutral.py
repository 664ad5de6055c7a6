"""From a stored webhook item to a neutral event (instagram.md §6.7, §6.8). Runs in the drain, not in the request."""

from __future__ import annotations

import msgspec

from huntaze.platforms.contract import (
    CommentReceived,
    ControlMove,
    FieldChanged,
    Mentioned,
    MessageReceived,
    NeutralEvent,
    Noted,
    OptedIn,
    Postback,
    Reacted,
    Referred,
    Seen,
    StoryNumbers,
    ThreadControl,
    Unhandled,
)
from huntaze.platforms.events import moment_of
from huntaze.platforms.instagram.event_shapes import CHANGED_FIELDS, STANDBY, CommentValue, MentionValue, id_text
from huntaze.platforms.instagram.message_shapes import Control, FullItem, FullMessage

_COMMENT_KINDS = frozenset({"comments", "live_comments"})
_MESSAGING_KINDS = frozenset(
    {
        "message",
        "message_echo",
        "message_deleted",
        "message_edit",
        "reaction",
        "postback",
        "referral",
        "seen",
        "handover",
        "optin",
        "policy_enforcement",
        "response_feedback",
        STANDBY,
    }
)
"""Kinds of which the payload is a ``messaging`` item."""
_FEWER_THAN_FIVE = -1
"""What Meta says instead of a story's figure below five (§6.7)."""
_COMMENT = msgspec.json.Decoder(CommentValue)
_MENTION = msgspec.json.Decoder(MentionValue)
_FIGURES = msgspec.json.Decoder(dict[str, object])
_ITEM = msgspec.json.Decoder(FullItem)
_NAME = msgspec.json.Decoder(str)


def neutral_event(kind: str, account_ref: str, payload: bytes) -> NeutralEvent:
    """What the payload of an item of ``kind`` says; ``ValueError`` if it cannot be understood."""
    if kind in _COMMENT_KINDS:
        return _comment(account_ref, _COMMENT.decode(payload), live=kind == "live_comments")
    if kind in _MESSAGING_KINDS:
        return _messaging(kind, account_ref, _ITEM.decode(payload))
    if kind == "mentions":
        mention = _MENTION.decode(payload)
        return Mentioned(account_ref, id_text(mention.media_id), id_text(mention.comment_id or ""))
    if kind == "story_insights":
        return _story(account_ref, _FIGURES.decode(payload))
    if kind == CHANGED_FIELDS:
        return FieldChanged(account_ref, _NAME.decode(payload))
    return Unhandled(kind, account_ref)


def _comment(account_ref: str, value: CommentValue, *, live: bool) -> CommentReceived:
    """Meta tells no moment of a comment: the entry's time is the sending's, and changes when it is sent again."""
    return CommentReceived(
        account_ref=account_ref,
        comment_ref=value.ref,
        media_ref=id_text(value.media.id),
        parent_ref=id_text(value.parent_id or ""),
        text=value.text or "",
        author_ref=id_text(value.author.id),
        author_username=value.author.username or "",
        created_at=None,
        live=live,
        ad_ref=id_text(value.media.ad_id or ""),
        ad_title=value.media.ad_title or "",
        original_media_ref=id_text(value.media.original_media_id or ""),
    )


def _story(account_ref: str, figures: dict[str, object]) -> StoryNumbers:
    """Everything that is a number, whatever Meta calls it: the names are those of retired metrics (§6.7)."""
    media_ref = figures.pop("media_id", "")
    if not isinstance(media_ref, str | int) or not media_ref:
        raise ValueError("a story's figures without the story")
    counts = {
        name: None if value == _FEWER_THAN_FIVE else value
        for name, value in figures.items()
        if isinstance(value, int) and not isinstance(value, bool)
    }
    return StoryNumbers(account_ref, id_text(media_ref), counts)


def _messaging(kind: str, account_ref: str, item: FullItem) -> NeutralEvent:
    """What happened is told by what the item holds; ``standby`` is the same, while another app answers."""
    person, ours, standby = item.person(account_ref), item.by_account(account_ref), kind == STANDBY
    if item.message is not None:
        return _message(account_ref, item, item.message, standby=standby)
    at = moment_of(item.timestamp)
    if (edit := item.message_edit) is not None:
        return MessageReceived(
            account_ref, edit.mid, person, ours, edit.text or "", at, edited=int(edit.num_edit), standby=standby
        )  # fmt: skip
    if (reaction := item.reaction) is not None:
        removed = reaction.action == "unreact"
        name, emoji = reaction.reaction or "", reaction.emoji or ""
        return Reacted(account_ref, reaction.mid, person, ours, removed, at, name, emoji, standby)
    if (postback := item.postback) is not None:
        return Postback(
            account_ref, postback.mid, person, postback.title or "", postback.payload or "", at, standby
        )  # fmt: skip
    if item.read is not None:
        return Seen(account_ref, item.read.mid, person, ours, at, standby)
    if item.referral is not None:
        return Referred(account_ref, person, item.referral.referral(), at, standby)
    if (optin := item.optin) is not None:
        return OptedIn(account_ref, person, optin.type or "", optin.payload or "", at, standby)
    return _control(account_ref, item, standby=standby) or _noted(kind, account_ref, item)


def _message(account_ref: str, item: FullItem, message: FullMessage, *, standby: bool) -> MessageReceived:
    attachments = message.shared_once()
    return MessageReceived(
        account_ref=account_ref,
        message_ref=message.mid,
        person_ref=item.person(account_ref),
        from_account=item.by_account(account_ref),
        text=message.text or "",
        sent_at=moment_of(item.timestamp),
        deleted=message.is_deleted,
        attachments=attachments,
        reply_to=(message.reply_to.mid or "") if message.reply_to else "",
        story=message.answered_story(),
        story_mention=any(one.kind == "story_mention" for one in attachments),
        quick_reply=(message.quick_reply.payload or "") if message.quick_reply else "",
        referral=message.referral.referral() if message.referral else None,
        unsupported=message.is_unsupported,
        to_self=message.is_self or item.is_self,
        app_ref=id_text(message.app_id or ""),
        standby=standby,
    )


def _control(account_ref: str, item: FullItem, *, standby: bool) -> ThreadControl | None:
    moves: tuple[tuple[ControlMove, Control | None], ...] = (
        (ControlMove.PASSED, item.pass_thread_control),
        (ControlMove.TAKEN, item.take_thread_control),
        (ControlMove.REQUESTED, item.request_thread_control),
    )
    for move, control in moves:
        if control is not None:
            return ThreadControl(
                account_ref,
                item.person(account_ref),
                move,
                id_text(control.previous_owner_app_id or ""),
                id_text(control.new_owner_app_id or control.requested_owner_app_id or ""),
                control.metadata or "",
                moment_of(item.timestamp),
                standby,
            )
    return None


def _noted(kind: str, account_ref: str, item: FullItem) -> Noted:
    if (policy := item.policy_enforcement) is not None:
        return Noted(kind, account_ref, {"action": policy.action or "", "reason": policy.reason or ""})
    if (feedback := item.response_feedback) is not None:
        return Noted(kind, account_ref, {"message_ref": feedback.mid or "", "feedback": feedback.feedback or ""})
    raise ValueError("an item of a conversation that holds nothing")
