"""A conversation as its two sides see it: bubbles, pictures, reactions, and what the person can do with each."""

import htpy as h

from socialsim.core import Core
from socialsim.meta.inbox import Attachment, Conversation, Message
from socialsim.meta.messaging.correspondents import HEARTS
from socialsim.ui.pieces import badge, icon, picture_link, press, when
from socialsim.ui.tiles import face

_REACTIONS = ("love", "laugh", "wow", "sad", "angry", "like")


def bubble(core: Core, conversation: Conversation, message: Message, now: float) -> h.Renderable:
    """One message with what hangs on it."""
    app = core.meta.world.apps.get(message.app_id)
    reactions = [HEARTS.get(reaction, reaction) for reaction in message.reactions.values()]
    return h.li(id=f"m{message.id}", class_=["message", "out" if message.outbound else "in"])[
        _context(core, message),
        (_attachment(core, attachment) for attachment in message.attachments),
        message.text and h.p(".bubble")[message.text],
        message.unsupported and h.p(".bubble.soft")["Something the app is not told of"],
        bool(reactions) and h.p(".reactions-on")[h.span(".hidden")["Reactions: "], " ".join(reactions)],
        h.div(".under")[
            when(message.at, now),
            bool(message.edits) and h.span["edited"],
            app is not None and h.span[f"by {app.name}"],
            message.outbound and conversation.seen_by_contact >= message.at and h.span["seen"],
            _deeds(message, message.reactions.get(conversation.contact_id, "")),
        ],
    ]


def _context(core: Core, message: Message) -> h.Node:
    world = core.meta.world
    if message.story_id and (story := world.media.get(message.story_id)) is not None:
        return h.a(".quoted", href=f"/media/{story.id}")[
            h.img(src=picture_link(face(world, story), 90, 160), alt="", width="45", height="80"), "About a story"
        ]
    if message.story_id:
        return h.p(".quoted.soft")["About a story that is gone"]
    if message.reply_to and (answered := world.inbox.messages.get(message.reply_to)) is not None:
        return h.p(".quoted.soft")["Answers: ", answered.text[:80] or "a picture"]
    if message.comment_id:
        return h.p(".quoted.soft")["Private reply to a comment"]
    return None


def _attachment(core: Core, attachment: Attachment) -> h.Node:
    world = core.meta.world
    if attachment.media_id and (media := world.media.get(attachment.media_id)) is not None:
        return h.a(".shared", href=f"/media/{media.id}")[
            h.img(src=picture_link(face(world, media), 360, 450), alt="A shared post", width="180", height="225")
        ]
    if attachment.kind == "like_heart":
        return h.span(".heart")[icon("heart"), h.span(".hidden")["A heart"]]
    if attachment.kind == "template":
        return badge(f"Template: {attachment.template.get('template_type', '')}")
    if attachment.url:
        return h.p(".bubble")[h.code[attachment.url]]
    words = {"story_mention": "A story that mentions the account"}.get(attachment.kind, "A picture")
    if attachment.kind in {"image", "story_mention"}:
        return h.img(".shown", src=picture_link(attachment.blob, 480, 480), alt=words, width="240", height="240")
    if attachment.kind == "video":
        return h.video(
            ".shown", controls=True, preload="none", src=f"/_sim/media/{attachment.blob}", aria_label="A video"
        )
    return badge(attachment.kind)


def _deeds(message: Message, reaction: str) -> h.Renderable:
    there = f"/messages/{message.id}"
    return h.details(".deeds", id=f"deeds-{message.id}")[
        h.summary["Act"],
        h.div(".actions")[
            h.form(".press", method="post", action=f"{there}/react")[
                (
                    h.button(type="submit", name="reaction", value=name, aria_label=f"React with {name}")[HEARTS[name]]
                    for name in _REACTIONS
                )
            ],
            bool(reaction) and press(f"{there}/unreact", "Take the reaction back"),
            press(f"{there}/seen", "Look at it") if message.outbound else press(f"{there}/unsend", "Unsend"),
        ],
    ]
