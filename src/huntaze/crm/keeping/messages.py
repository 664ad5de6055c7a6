"""What one batch says of conversations, folded so that each row is written once. Pure: nothing is read or written.

Events of a message come in any order: its reaction, its edit or its unsend may be here before it. Each says a part, and
the parts are put together by rules that do not ask which came first: the message itself tells more than a list, a list
more than an edit or an unsend, these more than a reaction; the highest edit has the words; an unsend stays, and takes
the words away (instagram.md §6.8). ``queries.sql`` has the same rules for what is stored already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import IntEnum

from huntaze.kit.db import storable
from huntaze.kit.json_value import JsonValue
from huntaze.platforms.contract import (
    Attachment,
    ControlMove,
    MessageReceived,
    OptedIn,
    Postback,
    Reacted,
    ReadConversation,
    Referral,
    Referred,
    Seen,
    ThreadControl,
)

Spoken = MessageReceived | Reacted | Seen | Postback | Referred | OptedIn | ThreadControl
"""What is pushed about conversations."""

Details = Mapping[str, JsonValue]


class Known(IntEnum):
    """By what a message is known; the higher tells more."""

    REACTION = 0
    CHANGE = 1
    LIST = 2
    ITSELF = 3


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """A message as far as some events tell it. ``kind`` is ``message`` or ``postback``, or what stands between them:
    ``referral``, ``optin``, ``control``."""

    message_ref: str
    person_ref: str
    known: Known
    sent_at: datetime
    kind: str = "message"
    from_account: bool = False
    text: str = ""
    edited: int = 0
    deleted_at: datetime | None = None
    reply_to: str = ""
    attachments: tuple[Details, ...] = ()
    details: Details = field(default_factory=dict)
    standby: bool = False

    def joined(self, other: MessageDraft) -> MessageDraft:
        """Both parts as one, whichever came first."""
        more, less = (other, self) if other.known > self.known else (self, other)
        words = max(self, other, key=lambda one: (one.edited, one.known))
        unsent = [one.deleted_at for one in (self, other) if one.deleted_at is not None]
        whole = replace(
            more,
            sent_at=min(self.sent_at, other.sent_at) if _only_hints(more, less) else more.sent_at,
            text=words.text,
            edited=words.edited,
            deleted_at=min(unsent, default=None),
            standby=more.standby and less.standby if more.known == less.known else more.standby,
        )
        return whole.without_words() if unsent else whole

    def without_words(self) -> MessageDraft:
        """What may stay of a message that was unsent."""
        return replace(self, text="", attachments=(), details={})


@dataclass(frozen=True, slots=True)
class ReactionDraft:
    """A reaction, or an empty one: it was taken back."""

    message_ref: str
    person_ref: str
    from_account: bool
    reaction: str
    emoji: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TalkDraft:
    """What a batch says of a conversation as a whole."""

    person_ref: str
    at: datetime
    conversation_ref: str = ""
    person_seen_at: datetime | None = None
    read_at: datetime | None = None
    control_at: datetime | None = None
    owner_app_ref: str = ""

    def joined(self, other: TalkDraft) -> TalkDraft:
        """Both; of two moves of control the later one holds, of two at once the one that arrived later."""
        moved = max((self, other), key=lambda one: (one.control_at is not None, one.control_at or one.at))
        if other.control_at is not None and other.control_at == self.control_at:
            moved = other
        return TalkDraft(
            person_ref=self.person_ref,
            at=max(self.at, other.at),
            conversation_ref=other.conversation_ref or self.conversation_ref,
            person_seen_at=_latest(self.person_seen_at, other.person_seen_at),
            read_at=_latest(self.read_at, other.read_at),
            control_at=moved.control_at,
            owner_app_ref=moved.owner_app_ref,
        )


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """Somebody who was heard of. ``origin``: where their name comes from, ``comment`` or ``conversation``."""

    person_ref: str
    seen_at: datetime
    """The last time."""
    username: str = ""
    origin: str = "conversation"
    wrote_at: datetime | None = None
    """When they wrote a direct message: from then on the platform shows their profile (instagram.md §5.2)."""
    first_at: datetime | None = None
    """The first time, if that was another."""

    @property
    def first_seen_at(self) -> datetime:
        """The first time."""
        return self.first_at or self.seen_at

    def joined(self, other: PersonDraft) -> PersonDraft:
        """Both; the name that arrived later."""
        named = other if other.username else self
        return PersonDraft(
            person_ref=self.person_ref,
            seen_at=max(self.seen_at, other.seen_at),
            username=named.username,
            origin=named.origin,
            wrote_at=_latest(self.wrote_at, other.wrote_at),
            first_at=min(self.first_seen_at, other.first_seen_at),
        )

    def since(self, moment: datetime) -> PersonDraft:
        """Without what was heard of them until then."""
        return self if self.first_seen_at > moment else replace(self, first_at=None)


@dataclass(slots=True)
class Said:
    """A batch, folded: one draft for each row."""

    messages: dict[str, MessageDraft] = field(default_factory=dict)
    reactions: dict[tuple[str, bool], ReactionDraft] = field(default_factory=dict)
    talks: dict[str, TalkDraft] = field(default_factory=dict)
    people: dict[str, PersonDraft] = field(default_factory=dict)

    def message(self, draft: MessageDraft, *, by_person: bool = False) -> None:
        """One part of a message. ``by_person``: they wrote it just now, and are heard of by it."""
        before = self.messages.get(draft.message_ref)
        self.messages[draft.message_ref] = draft if before is None else before.joined(draft)
        self.talk(TalkDraft(draft.person_ref, draft.sent_at))
        wrote = draft.sent_at if by_person else None
        self.person(PersonDraft(draft.person_ref, draft.sent_at, wrote_at=wrote))

    def reaction(self, draft: ReactionDraft) -> None:
        """A reaction; the last by the platform's time holds, of two at once the one that arrived later."""
        key = (draft.message_ref, draft.from_account)
        before = self.reactions.get(key)
        if before is None or draft.at >= before.at:
            self.reactions[key] = draft

    def talk(self, draft: TalkDraft) -> None:
        """Something of a conversation."""
        before = self.talks.get(draft.person_ref)
        self.talks[draft.person_ref] = draft if before is None else before.joined(draft)

    def person(self, draft: PersonDraft) -> None:
        """Somebody."""
        before = self.people.get(draft.person_ref)
        self.people[draft.person_ref] = draft if before is None else before.joined(draft)

    def forget(self, erased: Mapping[str, datetime]) -> None:
        """Leave out what these persons said before they were forgotten."""
        if not erased:
            return
        never = datetime.min.replace(tzinfo=UTC)
        until = defaultdict(lambda: never, erased)
        self.messages = {ref: one for ref, one in self.messages.items() if one.sent_at > until[one.person_ref]}
        self.reactions = {key: one for key, one in self.reactions.items() if one.at > until[one.person_ref]}
        self.talks = {ref: one for ref, one in self.talks.items() if one.at > until[ref]}
        self.people = {ref: one.since(until[ref]) for ref, one in self.people.items() if one.seen_at > until[ref]}


def said_in(events: Iterable[Spoken]) -> Said:
    """What these pushed events say, in the order of their arrival."""
    said = Said()
    for event in events:
        _add(said, event)
        # An account that writes to itself is nobody's contact.
        said.people.pop(event.account_ref, None)
    return said


def said_in_list(conversations: Iterable[ReadConversation]) -> Said:
    """What conversations that were read again say."""
    said = Said()
    for one in conversations:
        said.talk(TalkDraft(one.person_ref, one.updated_at, conversation_ref=one.conversation_ref))
        for message in one.messages:
            said.message(_message(message, Known.LIST), by_person=not message.from_account)
        for reaction in one.reactions:
            said.reaction(_reaction(reaction))
        if one.person_ref in said.people:
            seen_at = said.people[one.person_ref].seen_at
            said.person(PersonDraft(one.person_ref, seen_at, storable(one.person_username)))
        for message in one.messages:
            said.people.pop(message.account_ref, None)
    return said


def _add(said: Said, event: Spoken) -> None:
    match event:
        case MessageReceived():
            known = Known.CHANGE if event.deleted or event.edited else Known.ITSELF
            said.message(_message(event, known), by_person=known is Known.ITSELF and not event.from_account)
        case Reacted():
            said.message(MessageDraft(event.message_ref, event.person_ref, Known.REACTION, event.at))
            said.reaction(_reaction(event))
        case Seen():
            by_us, by_them = (event.at, None) if event.from_account else (None, event.at)
            said.talk(TalkDraft(event.person_ref, event.at, read_at=by_us, person_seen_at=by_them))
        case Postback():
            said.message(_postback(event), by_person=True)
        case Referred():
            said.message(_between("referral", event, {"referral": _referral(event.referral)}, event.referral.ref))
        case OptedIn():
            said.message(_between("optin", event, _filled(type=event.type, payload=event.payload), event.type))
        case ThreadControl():
            said.message(_between("control", event, _control(event), event.move.value))
            if event.move is not ControlMove.REQUESTED:
                said.talk(
                    TalkDraft(event.person_ref, event.at, control_at=event.at, owner_app_ref=event.new_app_ref)
                )  # fmt: skip


def _message(event: MessageReceived, known: Known) -> MessageDraft:
    draft = MessageDraft(
        message_ref=event.message_ref,
        person_ref=event.person_ref,
        known=known,
        sent_at=event.sent_at,
        from_account=event.from_account,
        text=storable(event.text),
        edited=event.edited,
        deleted_at=event.sent_at if event.deleted else None,
        reply_to=storable(event.reply_to),
        attachments=tuple(_attachment(one) for one in event.attachments),
        details=_details(event),
        standby=event.standby,
    )
    return draft.without_words() if event.deleted else draft


def _postback(event: Postback) -> MessageDraft:
    return MessageDraft(
        message_ref=event.message_ref,
        person_ref=event.person_ref,
        known=Known.ITSELF,
        sent_at=event.at,
        kind="postback",
        text=storable(event.title),
        details=_filled(payload=event.payload),
        standby=event.standby,
    )


def _between(kind: str, event: Referred | OptedIn | ThreadControl, details: Details, what: str) -> MessageDraft:
    """What has no id of its own: who, what and when are its identity (instagram.md §6.8)."""
    moment = int(event.at.timestamp() * 1000)
    return MessageDraft(
        message_ref=storable(f"{kind}/{event.person_ref}/{moment}/{what}"),
        person_ref=event.person_ref,
        known=Known.ITSELF,
        sent_at=event.at,
        kind=kind,
        details=details,
        standby=event.standby,
    )


def _reaction(event: Reacted) -> ReactionDraft:
    words = ("", "") if event.removed else (storable(event.reaction or "other"), storable(event.emoji))
    return ReactionDraft(event.message_ref, event.person_ref, event.from_account, *words, event.at)


def _attachment(one: Attachment) -> Details:
    return _filled(kind=one.kind, url=one.url, title=one.title, ref=one.ref)


def _details(event: MessageReceived) -> Details:
    found: dict[str, JsonValue] = dict(_filled(quick_reply=event.quick_reply, app_ref=event.app_ref))
    if event.story is not None:
        story = event.story
        found["story"] = _filled(ref=story.story_ref, url=story.url, sticker_url=story.sticker_url)
    if event.referral is not None:
        found["referral"] = _referral(event.referral)
    flags = {"story_mention": event.story_mention, "unsupported": event.unsupported, "to_self": event.to_self}
    return found | {name: True for name, on in flags.items() if on}


def _referral(one: Referral) -> Details:
    return _filled(
        ref=one.ref,
        source=one.source,
        type=one.type,
        ad_ref=one.ad_ref,
        ad_title=one.ad_title,
        photo_url=one.photo_url,
        video_url=one.video_url,
    )


def _control(event: ThreadControl) -> Details:
    return _filled(
        move=event.move.value,
        previous_app_ref=event.previous_app_ref,
        new_app_ref=event.new_app_ref,
        metadata=event.metadata,
    )


def _filled(**words: str) -> Details:
    """What is told, without what is not."""
    return {name: storable(text) for name, text in words.items() if text}


def _latest(*moments: datetime | None) -> datetime | None:
    return max((one for one in moments if one is not None), default=None)


def _only_hints(*drafts: MessageDraft) -> bool:
    """Nothing but reactions, edits and unsends of the same worth: the message was there before the first of them."""
    return len({one.known for one in drafts}) == 1 and drafts[0].known < Known.LIST
