"""What webhooks look like on the wire (instagram.md §6.6 to §6.8): only what an identity or a neutral event needs.

Ids come as text, in some tests as numbers; unknown keys are skipped.
"""

from __future__ import annotations

import msgspec

Id = str | int
CHANGED_FIELDS = "changed_fields"
STANDBY = "standby"
"""Kinds that are named after their envelope."""
_NOTHING = msgspec.Raw(b"null")


def id_text(value: Id) -> str:
    """An id as text, since ids exceed 2^53 where they travel on."""
    return value if isinstance(value, str) else str(value)


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """The body of a request."""

    entry: list[msgspec.Raw]


class Entry(msgspec.Struct, frozen=True, gc=False):
    """What came for one account, in one or more of the four forms."""

    id: Id = ""
    changes: list[msgspec.Raw] = []
    messaging: list[msgspec.Raw] = []
    standby: list[msgspec.Raw] = []
    changed_fields: list[msgspec.Raw] = []
    """Names alone: what the app gets instead of ``changes`` where values are switched off (§6.4)."""
    field: str = ""
    value: msgspec.Raw = _NOTHING


class Change(msgspec.Struct, frozen=True, gc=False):
    """One element of ``changes``."""

    field: str
    value: msgspec.Raw


class Party(msgspec.Struct, frozen=True, gc=False):
    """Someone; ``username`` is told for comments only."""

    id: Id = ""
    username: str | None = None


class Ref(msgspec.Struct, frozen=True, gc=False):
    """A post, as far as an identity needs it."""

    id: Id = ""


class CommentedMedia(Ref, frozen=True, gc=False):
    """The post under which somebody commented. One that is advertised has the ad's own id."""

    ad_id: Id | None = None
    ad_title: str | None = None
    original_media_id: Id | None = None


_NOBODY = Party()
_NO_REF = Ref()
_NO_MEDIA = CommentedMedia()


class CommentKey(msgspec.Struct, frozen=True, gc=False):
    """What tells one comment from another. The id has two names in Meta's own examples (§6.7)."""

    id: Id = ""
    comment_id: Id = ""
    media: Ref = _NO_REF

    @property
    def ref(self) -> str:
        """The comment's id under either name."""
        return id_text(self.id or self.comment_id)


class CommentValue(CommentKey, frozen=True, gc=False):
    """``comments`` and ``live_comments``."""

    media: CommentedMedia = _NO_MEDIA
    text: str | None = None
    author: Party = msgspec.field(default=_NOBODY, name="from")
    parent_id: Id | None = None


class MentionValue(msgspec.Struct, frozen=True, gc=False):
    """``mentions``: ids only."""

    media_id: Id = ""
    comment_id: Id | None = None


class StoryValue(msgspec.Struct, frozen=True, gc=False):
    """``story_insights``."""

    media_id: Id = ""


class Message(msgspec.Struct, frozen=True, gc=False):
    """``message``; an unsend has nothing but the mid of the original."""

    mid: str = ""
    text: str | None = None
    is_echo: bool = False
    is_deleted: bool = False


class MessageEdit(msgspec.Struct, frozen=True, gc=False):
    """``message_edit``; the number may come as text."""

    mid: str = ""
    text: str | None = None
    num_edit: Id = 0


class Reaction(msgspec.Struct, frozen=True, gc=False):
    """``reaction``; an unreact has neither reaction nor emoji."""

    mid: str = ""
    action: str = ""


class ReferralKey(msgspec.Struct, frozen=True, gc=False):
    """What tells one ``referral`` from another, beside who and when."""

    ref: str | None = None


class Mid(msgspec.Struct, frozen=True, gc=False):
    """Of ``postback`` and ``read`` an identity needs the message id alone."""

    mid: str = ""


class Mark(msgspec.Struct, frozen=True, gc=False):
    """Something that only has to be there."""


class MessagingItem(msgspec.Struct, frozen=True, gc=False):
    """One element of ``messaging`` or ``standby``."""

    sender: Party = _NOBODY
    recipient: Party = _NOBODY
    timestamp: Id = 0
    """Milliseconds; some senders write them as text (§6.4)."""
    message: Message | None = None
    message_edit: MessageEdit | None = None
    reaction: Reaction | None = None
    postback: Mid | None = None
    referral: ReferralKey | None = None
    read: Mid | None = None
    pass_thread_control: Mark | None = None
    take_thread_control: Mark | None = None
    request_thread_control: Mark | None = None
    optin: Mark | None = None
    policy_enforcement: Mark | None = None
    response_feedback: Mark | None = None

    def by_account(self, account_ref: str) -> bool:
        """Whether the account acted. An echo says so too: with the object ``page`` the entry's id is the Page's."""
        return id_text(self.sender.id) == account_ref or (self.message is not None and self.message.is_echo)

    def person(self, account_ref: str) -> str:
        """The other side of the conversation: an echo has sender and recipient reversed (§6.8)."""
        return id_text(self.recipient.id if self.by_account(account_ref) else self.sender.id)

    def identity(self) -> tuple[str, str]:
        """Kind and natural identity with its state word (§6.8, §6.9). No kind: we do not know what it is; no
        identity: what should have one lacks it."""
        if (message := self.message) is not None:
            state = "deleted" if message.is_deleted else "created"
            kind = "message_deleted" if message.is_deleted else "message_echo" if message.is_echo else "message"
            return kind, f"message/{message.mid}/{state}" if message.mid else ""
        if (edit := self.message_edit) is not None:
            return "message_edit", f"message/{edit.mid}/edited:{edit.num_edit}" if edit.mid else ""
        if (reaction := self.reaction) is not None:
            state = f"{reaction.action}/{self.timestamp}"
            return "reaction", f"reaction/{reaction.mid}/{self.sender.id}/{state}" if reaction.mid else ""
        if (postback := self.postback) is not None:
            return "postback", f"postback/{postback.mid}/created" if postback.mid else ""
        if (read := self.read) is not None:
            return "seen", f"{self.sender.id}/{read.mid}/seen" if read.mid else ""
        return self._by_moment()

    def _by_moment(self) -> tuple[str, str]:
        """What has no message id: (sender, what, timestamp)."""
        if self.referral is not None:
            kind, what = "referral", f"referral/{self.referral.ref or ''}"
        else:
            kind, what = self._marked()
        return kind, f"{what}/{self.sender.id}/{self.timestamp}" if self.timestamp else ""

    def _marked(self) -> tuple[str, str]:
        named = (
            ("handover", "pass_thread_control", self.pass_thread_control),
            ("handover", "take_thread_control", self.take_thread_control),
            ("handover", "request_thread_control", self.request_thread_control),
            ("optin", "optin", self.optin),
            ("policy_enforcement", "policy_enforcement", self.policy_enforcement),
            ("response_feedback", "response_feedback", self.response_feedback),
        )
        return next(((kind, what) for kind, what, mark in named if mark is not None), ("", ""))
