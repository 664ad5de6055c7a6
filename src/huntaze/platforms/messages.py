"""What platforms push about conversations: messages, and what happens to them.

``person_ref`` is always the other side of the conversation, whoever acted; ``from_account`` says that the account did.
``standby``: another app answers this conversation at the moment, so we may read and must not answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that hangs on a message. Addresses are signed and short-lived."""

    kind: str
    """The platform's word: image, video, audio, file, share, story_mention, ig_post, ig_reel, reel, template, …"""
    url: str = ""
    title: str = ""
    ref: str = ""
    """The platform's id of the post or reel that was shared, where it tells one."""


@dataclass(frozen=True, slots=True)
class StoryLink:
    """The story a message answers. Its address dies with the story."""

    story_ref: str
    url: str = ""
    sticker_url: str = ""
    """Where the link on the story led to."""


@dataclass(frozen=True, slots=True)
class Referral:
    """What led somebody here: an ad, a link. Empty where the platform says nothing."""

    ref: str = ""
    source: str = ""
    type: str = ""
    ad_ref: str = ""
    ad_title: str = ""
    photo_url: str = ""
    video_url: str = ""


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """One direct message, either way, as much of it as one event tells.

    ``deleted``: it was unsent, and nothing but its id is known. ``edited`` above 0: this text is its nth edit, the
    highest wins. Events of one message come in any order.
    """

    account_ref: str
    message_ref: str
    person_ref: str
    from_account: bool
    text: str
    sent_at: datetime
    """As this event tells it: an edit and an unsend have times of their own."""
    deleted: bool = False
    edited: int = 0
    attachments: tuple[Attachment, ...] = ()
    """One post that was shared in two forms is here once."""
    reply_to: str = ""
    """Id of the message it answers."""
    story: StoryLink | None = None
    """The story it answers."""
    story_mention: bool = False
    """It says that the person mentioned the account in a story; an attachment leads there for a day."""
    quick_reply: str = ""
    """Payload of the button that wrote it."""
    referral: Referral | None = None
    """What began the conversation with this message."""
    unsupported: bool = False
    """The platform hands out nothing of it: a voice message, a GIF, a private reel."""
    to_self: bool = False
    """The account wrote to itself, as testers do: no automation answers it."""
    app_ref: str = ""
    """The app through which the account wrote; empty for a person in the platform's own app."""
    standby: bool = False


@dataclass(frozen=True, slots=True)
class Reacted:
    """Somebody put a reaction on a message, or took it back (``removed``: then which one it was is unknown)."""

    account_ref: str
    message_ref: str
    person_ref: str
    from_account: bool
    removed: bool
    at: datetime
    reaction: str = ""
    """The platform's word: love, smile, other, …"""
    emoji: str = ""
    standby: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything up to this message was read by the person (or by the account)."""

    account_ref: str
    message_ref: str
    person_ref: str
    from_account: bool
    at: datetime
    standby: bool = False


@dataclass(frozen=True, slots=True)
class Postback:
    """A person pressed a button or an ice breaker; ``title`` is what it says, ``payload`` what it means."""

    account_ref: str
    message_ref: str
    person_ref: str
    title: str
    payload: str
    at: datetime
    standby: bool = False


@dataclass(frozen=True, slots=True)
class Referred:
    """A person came into an existing conversation by a link or an ad."""

    account_ref: str
    person_ref: str
    referral: Referral
    at: datetime
    standby: bool = False


@dataclass(frozen=True, slots=True)
class OptedIn:
    """A person allowed to be written to about something."""

    account_ref: str
    person_ref: str
    type: str
    payload: str
    at: datetime
    standby: bool = False


class ControlMove(StrEnum):
    """What happened to the right to answer a conversation."""

    PASSED = "pass"
    TAKEN = "take"
    REQUESTED = "request"


@dataclass(frozen=True, slots=True)
class ThreadControl:
    """The right to answer a conversation went from one app to another, or an app asks for it."""

    account_ref: str
    person_ref: str
    move: ControlMove
    previous_app_ref: str
    new_app_ref: str
    metadata: str
    at: datetime
    standby: bool = False
