"""Inbox events as they stand in webhooks: one item per thing that happened (instagram.md §6.8)."""

from collections.abc import Mapping

from socialsim.kernel.services import Services
from socialsim.meta.inbox import Attachment, Conversation, Message
from socialsim.meta.model import World
from socialsim.meta.reading.projection import link_signature, permalink

SHARE_ENDS = 1_769_904_000.0
"""1 February 2026: from then on a shared post comes as ``ig_post`` alone."""
IG_POST_BEGINS = 1_762_128_000.0
"""3 November 2025: until then it came as ``share`` alone."""


def item(sender: str, recipient: str, at: float, body: Mapping[str, object]) -> dict[str, object]:
    """Who, to whom, when in milliseconds, what."""
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": int(at * 1000), **body}


def from_contact(conversation: Conversation, at: float, body: Mapping[str, object]) -> dict[str, object]:
    """Inbound: from the person to the account."""
    return item(conversation.contact_id, conversation.account_id, at, body)


def message_item(services: Services, world: World, message: Message) -> dict[str, object]:
    """A message either way; one of ours is an echo, with the directions reversed."""
    conversation = world.inbox.conversations[message.conversation_id]
    ends = (conversation.account_id, conversation.contact_id)
    sender, recipient = ends if message.outbound else ends[::-1]
    body = _body(services, world, message)
    beside: dict[str, object] = {}
    if message.is_self:
        (body if services.config.messaging.self_flag == "message" else beside)["is_self"] = True
    return item(sender, recipient, message.at, {"message": body, **beside})


def unsent_item(conversation: Conversation, message: Message, at: float) -> dict[str, object]:
    """Only the mid, the same as the original's."""
    return from_contact(conversation, at, {"message": {"mid": message.id, "is_deleted": True}})


def _body(services: Services, world: World, message: Message) -> dict[str, object]:
    body: dict[str, object] = {"mid": message.id}
    if message.outbound:
        body["is_echo"] = True
        if message.app_id:
            body["app_id"] = int(message.app_id) if message.app_id.isdecimal() else message.app_id
    if message.unsupported:
        return body | {"is_unsupported": True}
    if message.text:
        body["text"] = message.text
    if message.attachments:
        body["attachments"] = [
            part for attachment in message.attachments for part in _parts(services, world, message, attachment)
        ]
    if message.quick_reply:
        body["quick_reply"] = {"payload": message.quick_reply}
    if message.referral:
        body["referral"] = message.referral
    reply_to = _reply_to(services, world, message)
    if reply_to:
        body["reply_to"] = reply_to
    return body


def _reply_to(services: Services, world: World, message: Message) -> dict[str, object]:
    if message.reply_to:
        answered = world.inbox.said(world.inbox.conversations[message.conversation_id], message.reply_to)
        own = answered is not None and answered.outbound == message.outbound
        return {"mid": message.reply_to, **({"is_self_reply": True} if own else {})}
    story = world.media.get(message.story_id)
    if story is not None:
        told: dict[str, object] = {"id": story.id, "url": blob_link(services, story.blob, story.timestamp + 86400)}
        if message.story_link:
            told["link_sticker_url"] = message.story_link
        return {"story": told}
    return {}


def _parts(services: Services, world: World, message: Message, attachment: Attachment) -> list[dict[str, object]]:
    """An attachment; a shared post came as two for a while."""
    kind = attachment.kind
    if kind == "template":
        return [{"type": kind, "payload": attachment.template}]
    media = world.media.get(attachment.media_id)
    if media is None:
        return [{"type": kind, "payload": {"url": link(services, attachment)}}]
    url = blob_link(services, media.blob or media.cover, message.at + services.config.media_link_lifetime)
    if media.product == "REELS":
        reel = {"reel_video_id": media.id, "title": media.caption, "url": url}
        return [{"type": services.config.messaging.reel_type, "payload": reel}]
    post: dict[str, object] = {
        "type": "ig_post",
        "payload": {"ig_post_media_id": media.id, "title": media.caption, "url": url},
    }
    share: dict[str, object] = {"type": "share", "payload": {"url": permalink(services.home, media)}}
    return [*([share] if message.at < SHARE_ENDS else []), *([post] if message.at >= IG_POST_BEGINS else [])]


def link(services: Services, attachment: Attachment) -> str:
    """Where an attachment is fetched: signed and short-lived if it lies on the platform's own host (§6.8)."""
    if attachment.url:
        return attachment.url
    hour = services.clock.epoch() // 3600 * 3600
    return blob_link(services, attachment.blob, attachment.ends_at or hour + services.config.media_link_lifetime)


def blob_link(services: Services, blob: str, ends_at: float) -> str:
    """A signed link that ends at an epoch second."""
    ends = f"{int(ends_at):X}"
    signature = link_signature(services.seed, blob, ends)
    return f"{services.home}/_sim/media/{blob}?_nc_cat=1&oh={signature}&oe={ends}"
