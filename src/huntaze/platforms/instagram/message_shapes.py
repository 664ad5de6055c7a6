"""What a ``messaging`` item holds in full (instagram.md §6.8); read in the drain, not in the request.

Everything may be absent or null; a kind of attachment that nobody knows is an attachment all the same.
"""

from __future__ import annotations

import msgspec

from huntaze.platforms.contract import Attachment, Referral, StoryLink
from huntaze.platforms.instagram.event_shapes import (
    Id,
    Mark,
    Message,
    MessagingItem,
    Mid,
    Reaction,
    ReferralKey,
    id_text,
)

_SHARED = frozenset({"share", "ig_post", "ig_reel", "reel"})
"""Forms of a shared post or reel; for some months Meta sent a post in two of them at once."""


class SharedPayload(msgspec.Struct, frozen=True, gc=False):
    """``payload`` of an attachment."""

    url: str | None = None
    title: str | None = None
    ig_post_media_id: Id | None = None
    reel_video_id: Id | None = None


class AttachmentShape(msgspec.Struct, frozen=True, gc=False):
    """One of ``attachments``."""

    type: str | None = None
    payload: SharedPayload | None = None

    def attachment(self) -> Attachment:
        """As everybody knows it."""
        held = self.payload or SharedPayload()
        ref = held.ig_post_media_id or held.reel_video_id or ""
        return Attachment(self.type or "", held.url or "", held.title or "", id_text(ref))


class StoryShape(msgspec.Struct, frozen=True, gc=False):
    """``reply_to.story``."""

    id: Id | None = None
    url: str | None = None
    link_sticker_url: str | None = None


class ReplyTo(msgspec.Struct, frozen=True, gc=False):
    """``reply_to``: a message or a story."""

    mid: str | None = None
    story: StoryShape | None = None


class QuickReply(msgspec.Struct, frozen=True, gc=False):
    """``quick_reply``."""

    payload: str | None = None


class AdContext(msgspec.Struct, frozen=True, gc=False):
    """``ads_context_data``."""

    ad_title: str | None = None
    photo_url: str | None = None
    video_url: str | None = None


class ReferralShape(ReferralKey, frozen=True, gc=False):
    """``referral``: an ad or an ig.me link."""

    source: str | None = None
    type: str | None = None
    ad_id: Id | None = None
    ads_context_data: AdContext | None = None

    def referral(self) -> Referral:
        """As everybody knows it."""
        ad = self.ads_context_data or AdContext()
        return Referral(
            self.ref or "",
            self.source or "",
            self.type or "",
            id_text(self.ad_id or ""),
            ad.ad_title or "",
            ad.photo_url or "",
            ad.video_url or "",
        )


class FullMessage(Message, frozen=True, gc=False):
    """``message`` with all that it carries."""

    attachments: list[AttachmentShape] | None = None
    reply_to: ReplyTo | None = None
    quick_reply: QuickReply | None = None
    referral: ReferralShape | None = None
    is_self: bool = False
    is_unsupported: bool = False
    app_id: Id | None = None

    def shared_once(self) -> tuple[Attachment, ...]:
        """The attachments, a post that came in two forms once: by its id, else by its address."""
        kept: list[Attachment] = []
        for one in (shape.attachment() for shape in self.attachments or ()):
            twin = next((at for at, other in enumerate(kept) if _same_post(one, other)), None)
            if twin is None:
                kept.append(one)
            elif one.ref and not kept[twin].ref:
                kept[twin] = one
        return tuple(kept)

    def answered_story(self) -> StoryLink | None:
        """The story it answers."""
        story = self.reply_to.story if self.reply_to else None
        if story is None:
            return None
        return StoryLink(id_text(story.id or ""), story.url or "", story.link_sticker_url or "")


def _same_post(one: Attachment, other: Attachment) -> bool:
    if not {one.kind, other.kind} <= _SHARED or (one.ref and other.ref and one.ref != other.ref):
        return False
    return bool((one.ref and one.ref == other.ref) or (one.url and one.url == other.url))


class FullReaction(Reaction, frozen=True, gc=False):
    """``reaction``."""

    reaction: str | None = None
    emoji: str | None = None


class FullPostback(Mid, frozen=True, gc=False):
    """``postback``."""

    title: str | None = None
    payload: str | None = None


class Control(Mark, frozen=True, gc=False):
    """``pass_thread_control`` and its kind."""

    previous_owner_app_id: Id | None = None
    new_owner_app_id: Id | None = None
    requested_owner_app_id: Id | None = None
    metadata: str | None = None


class OptIn(Mark, frozen=True, gc=False):
    """``optin``."""

    type: str | None = None
    payload: str | None = None


class Policy(Mark, frozen=True, gc=False):
    """``policy_enforcement``."""

    action: str | None = None
    reason: str | None = None


class Feedback(Mark, frozen=True, gc=False):
    """``response_feedback``."""

    mid: str | None = None
    feedback: str | None = None


class FullItem(MessagingItem, frozen=True, gc=False):
    """One element of ``messaging`` or ``standby`` in full."""

    message: FullMessage | None = None
    reaction: FullReaction | None = None
    postback: FullPostback | None = None
    referral: ReferralShape | None = None
    pass_thread_control: Control | None = None
    take_thread_control: Control | None = None
    request_thread_control: Control | None = None
    optin: OptIn | None = None
    policy_enforcement: Policy | None = None
    response_feedback: Feedback | None = None
    is_self: bool = False
    """Some write it beside the message instead of in it (§6.8)."""
