"""How conversations, their messages and mentions look to programs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict

from huntaze.crm.keeping.messages import Known
from huntaze.crm.people_model import ConversationRow, MentionRow, MessageRow
from huntaze.kit.shapes import Shape


class _Kept(Shape):
    """Read out of what is stored with a message: it leaves out what is empty, and a newer release may store more."""

    model_config = ConfigDict(extra="ignore")


class AttachmentShape(_Kept):
    """Something that hangs on a message. `kind` is the platform's word; `url` is the platform's and dies, of a story
    mention within a day; `ref` is the platform's id of a post that was shared."""

    kind: str
    url: str = ""
    title: str = ""
    ref: str = ""


class ReactionShape(_Kept):
    """A reaction that is there. `reaction` is the platform's word."""

    reaction: str
    emoji: str
    from_account: bool
    at: datetime


class StoryShape(_Kept):
    """The story that a message answers. `stickerUrl`: where the link on it led."""

    ref: str = ""
    url: str = ""
    sticker_url: str = ""


class ReferralShape(_Kept):
    """What led somebody here, an ad or a link, in the platform's words."""

    ref: str = ""
    source: str = ""
    type: str = ""
    ad_ref: str = ""
    ad_title: str = ""
    photo_url: str = ""
    video_url: str = ""


class DetailsShape(_Kept):
    """What else is known; empty, null or false: nothing. `story`, `storyMention`, `quickReply` (what the button that
    wrote it means), `appRef` (the app through which the account wrote), `unsupported` (the platform hands nothing of it
    out) and `toSelf` are of a message, `payload` of a postback or an optin, `type` of an optin, `referral` of a
    referral or a message; `move` (`pass`, `take` or `request`), `previousAppRef`, `newAppRef` and `metadata` of a
    control."""

    story: StoryShape | None = None
    story_mention: bool = False
    quick_reply: str = ""
    app_ref: str = ""
    unsupported: bool = False
    to_self: bool = False
    payload: str = ""
    type: str = ""
    referral: ReferralShape | None = None
    move: str = ""
    previous_app_ref: str = ""
    new_app_ref: str = ""
    metadata: str = ""


class MessageShape(Shape):
    """A `message` or a `postback` (a button that was pressed), or what stands between them: a `referral`, an `optin`,
    a `control` (another app answers). `messageRef` and `replyToRef` are the platform's ids. `complete` false: only a
    reaction to it, its edit or its unsend has arrived yet; `fromAccount` null: nor is it known whose it is. `edited`
    counts its edits. `deletedAt`: it was unsent, and its words are not kept. `standby`: another app was to answer."""

    id: UUID
    message_ref: str
    kind: str
    complete: bool
    from_account: bool | None
    text: str
    edited: int
    reply_to_ref: str
    attachments: list[AttachmentShape]
    details: DetailsShape
    reactions: list[ReactionShape]
    standby: bool
    source: str
    sent_at: datetime
    deleted_at: datetime | None


class MessageList(Shape):
    """One page, newest first. `nextCursor` null: the end."""

    items: list[MessageShape]
    next_cursor: str | None


class LastMessageShape(Shape):
    """The last message or postback of a conversation."""

    text: str
    from_account: bool
    attachments: list[AttachmentShape]
    deleted_at: datetime | None


class ConversationShape(Shape):
    """The conversation of an account with somebody. `personId` is our id of them, where the mirror has them;
    `conversationRef` and `personRef` are the platform's ids. The account may answer for a day from `lastInboundAt`.
    `personSeenAt`: how far they have read, `readAt`: how far the account has; `unread`: their messages since the
    account last wrote or read, at most 100. `ownerAppRef`: another app that answers, since `controlAt`."""

    id: UUID
    account_id: UUID
    conversation_ref: str
    person_id: UUID | None
    person_ref: str
    username: str
    name: str
    last_message: LastMessageShape | None
    last_message_at: datetime
    last_inbound_at: datetime | None
    last_outbound_at: datetime | None
    unread: int
    person_seen_at: datetime | None
    read_at: datetime | None
    owner_app_ref: str
    control_at: datetime | None


class ConversationList(Shape):
    """One page, those first in which something was said last. `nextCursor` null: the end."""

    items: list[ConversationShape]
    next_cursor: str | None


class MentionShape(Shape):
    """Somebody named the account: in the comment `commentRef`, or without one in the caption of their post `mediaRef`;
    both are the platform's ids. `askedAt` null: the platform was not asked for the words yet; `problem`: why it would
    not tell them. `mentionedAt` is when we were told until it says when it was written."""

    id: UUID
    account_id: UUID
    media_ref: str
    comment_ref: str
    username: str
    text: str
    permalink: str
    media_type: str
    source: str
    mentioned_at: datetime
    asked_at: datetime | None
    problem: str


class MentionList(Shape):
    """One page, newest first. `nextCursor` null: the end."""

    items: list[MentionShape]
    next_cursor: str | None


def message(row: MessageRow) -> MessageShape:
    """A message, or what stands between messages."""
    return MessageShape(
        id=row.id,
        message_ref=row.message_ref,
        kind=row.kind,
        complete=row.known >= Known.LIST,
        from_account=row.from_account if row.known > Known.REACTION else None,
        text=row.text,
        edited=row.edited,
        reply_to_ref=row.reply_to,
        attachments=[AttachmentShape.model_validate(one) for one in row.attachments],
        details=DetailsShape.model_validate(row.details),
        reactions=[ReactionShape.model_validate(one) for one in row.reactions],
        standby=row.standby,
        source=row.source,
        sent_at=row.sent_at,
        deleted_at=row.deleted_at,
    )


def conversation(row: ConversationRow) -> ConversationShape:
    """A conversation."""
    return ConversationShape(
        id=row.id,
        account_id=row.account_id,
        conversation_ref=row.conversation_ref,
        person_id=row.person_id,
        person_ref=row.person_ref,
        username=row.username,
        name=row.name,
        last_message=_last_message(row),
        last_message_at=row.last_message_at,
        last_inbound_at=row.last_inbound_at,
        last_outbound_at=row.last_outbound_at,
        unread=row.unread,
        person_seen_at=row.person_seen_at,
        read_at=row.read_at,
        owner_app_ref=row.owner_app_ref,
        control_at=row.control_at,
    )


def _last_message(row: ConversationRow) -> LastMessageShape | None:
    if row.last_from_account is None:
        return None
    return LastMessageShape(
        text=row.last_text,
        from_account=row.last_from_account,
        attachments=[AttachmentShape.model_validate(one) for one in row.last_attachments],
        deleted_at=row.last_deleted_at,
    )


def mention(row: MentionRow) -> MentionShape:
    """A mention."""
    return MentionShape(
        id=row.id,
        account_id=row.account_id,
        media_ref=row.media_ref,
        comment_ref=row.comment_ref,
        username=row.username,
        text=row.text,
        permalink=row.permalink,
        media_type=row.media_type,
        source=row.source,
        mentioned_at=row.mentioned_at,
        asked_at=row.asked_at,
        problem=row.problem,
    )
