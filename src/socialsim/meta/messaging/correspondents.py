"""What people do in an inbox: they write, answer stories, share, react, unsend, edit, look (instagram.md §6.8)."""

from typing import Literal

from msgspec import Struct

from socialsim.meta.inbox import Attachment, Contact, ContactState, Conversation, Message
from socialsim.meta.messaging.items import from_contact, item, unsent_item
from socialsim.meta.messaging.threads import Threads

STORY_LIFETIME = 86400.0
HEARTS = {"love": "❤️", "laugh": "😂", "wow": "😮", "sad": "😢", "angry": "😠", "like": "👍"}
Handover = Literal["pass", "take", "request"]


class Ad(Struct, rename="camel", forbid_unknown_fields=True):
    """The advertisement a conversation began with."""

    id: str
    title: str = "An advertisement"
    ref: str = ""
    photo_url: str = ""
    video_url: str = ""


class Said(Struct, rename="camel", forbid_unknown_fields=True):
    """Body of ``POST /_sim/act/message``: what somebody writes to an account. Names of pictures or whole addresses."""

    account_id: str
    username: str
    text: str = ""
    images: list[str] = []
    video: str = ""
    audio: str = ""
    file: str = ""
    unsupported: bool = False
    """A voice message, a GIF, a private reel: nothing of it is told."""
    reply_to: str = ""
    story_id: str = ""
    link_sticker_url: str = ""
    story_mention: str = ""
    """A picture: their own story that names the account."""
    post_id: str = ""
    """A post or reel they share, their own words aside."""
    quick_reply: str = ""
    ad: Ad | None = None
    by_account: bool = False
    """Written by a human in the app, by the account itself: an echo without an app."""


class Clicked(Struct, rename="camel", forbid_unknown_fields=True):
    """Body of ``POST /_sim/act/postback``: a button, or the ice breaker of that number."""

    account_id: str
    username: str
    title: str = ""
    payload: str = ""
    ice_breaker: int = -1
    ref: str = ""


class Correspondents:
    """The other side of every inbox. Each deed is in the truth ledger and is told to the apps."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    def writes(self, said: Said, request_id: str) -> Message:
        """A message; KeyError for an account, post or message that is not there, ValueError from a blocked person."""
        threads = self._threads
        account = threads.world.accounts[said.account_id]
        contact = self._present(account.id, said.username)
        conversation = threads.conversation(contact)
        message = threads.message(conversation, outbound=said.by_account, text=said.text)
        message.attachments = self._attachments(said, message.at)
        message.unsupported = said.unsupported
        message.quick_reply = said.quick_reply
        message.story_link = said.link_sticker_url
        message.is_self = contact.id == account.id
        if said.story_id:
            message.story_id = threads.world.media[said.story_id].id
        if said.reply_to:
            message.reply_to = threads.inbox.messages[said.reply_to].id
        if said.ad is not None:
            message.referral = _ad_referral(said.ad)
        self._put(conversation, message, request_id)
        return message

    def reacts(self, message_id: str, reaction: str, request_id: str) -> None:
        """Put a reaction under a message, or with an empty one take it away."""
        message, conversation = self._message(message_id)
        told: dict[str, object] = {"mid": message.id, "action": "react" if reaction else "unreact"}
        if reaction:
            message.reactions[conversation.contact_id] = reaction
            told |= {"reaction": reaction if reaction in HEARTS else "other", "emoji": HEARTS.get(reaction, reaction)}
        else:
            message.reactions.pop(conversation.contact_id, None)
        self._tell(conversation, "message_reactions", {"reaction": told})
        kind = "message.reacted" if reaction else "message.unreacted"
        self._threads.record(kind, conversation, message.id, request_id, reaction)

    def unsends(self, message_id: str, request_id: str) -> None:
        """Take a message of their own back."""
        message, conversation = self._own(message_id)
        self._threads.remove(message.id)
        self._threads.tell(conversation, "messages", unsent_item(conversation, message, self._now()))
        self._threads.record("message.unsent", conversation, message.id, request_id)

    def edits(self, message_id: str, text: str, request_id: str) -> int:
        """Change the words of a message of their own; gives how often it was."""
        message, conversation = self._own(message_id)
        message.text = text
        message.edits += 1
        told = {"mid": message.id, "text": text, "num_edit": message.edits}
        self._tell(conversation, "message_edit", {"message_edit": told})
        self._threads.record("message.edited", conversation, message.id, request_id, text)
        return message.edits

    def sees(self, message_id: str, request_id: str) -> None:
        """Look at a message of the account."""
        message, conversation = self._message(message_id)
        conversation.seen_by_contact = self._now()
        self._tell(conversation, "messaging_seen", {"read": {"mid": message.id}})
        self._threads.record("message.seen", conversation, message.id, request_id)

    def clicks(self, clicked: Clicked, request_id: str) -> str:
        """A button of a template or an ice breaker, which opens the window as a message does; gives the mid."""
        contact = self._present(clicked.account_id, clicked.username)
        conversation = self._threads.conversation(contact)
        title, payload = clicked.title, clicked.payload
        if clicked.ice_breaker >= 0:
            title, payload = self._ice_breaker(clicked.account_id, clicked.ice_breaker)
        message = self._threads.message(conversation, outbound=False, text=title)
        self._threads.add(conversation, message)
        contact.wrote_at = message.at
        told: dict[str, object] = {"mid": message.id, "title": title, "payload": payload}
        if clicked.ref:
            told["referral"] = {"ref": clicked.ref, "source": "IGME-SOURCE-LINK", "type": "OPEN_THREAD"}
        self._tell(conversation, "messaging_postbacks", {"postback": told})
        self._threads.record("postback.clicked", conversation, message.id, request_id, payload)
        return message.id

    def follows_link(self, account_id: str, username: str, ref: str, request_id: str) -> None:
        """An ``ig.me`` link opens a conversation that they already have."""
        conversation = self._threads.conversation(self._present(account_id, username))
        told = {"ref": ref, "source": "IGME-SOURCE-LINK", "type": "OPEN_THREAD"}
        self._tell(conversation, "messaging_referral", {"referral": told})
        self._threads.record("referral.followed", conversation, conversation.id, request_id, ref)

    def opts_in(self, account_id: str, username: str, payload: str, request_id: str) -> None:
        """They agree to hear more of a topic."""
        conversation = self._threads.conversation(self._present(account_id, username))
        told = {"type": "notification_messages", "payload": payload}
        self._tell(conversation, "messaging_optins", {"optin": told})
        self._threads.record("optin.given", conversation, conversation.id, request_id, payload)

    def rates(self, message_id: str, feedback: str, request_id: str) -> None:
        """They say whether an answer helped."""
        message, conversation = self._message(message_id)
        told = {"mid": message.id, "feedback": feedback}
        self._tell(conversation, "response_feedback", {"response_feedback": told})
        self._threads.record("response.rated", conversation, message.id, request_id, feedback)

    # What happens around a conversation

    def warns(self, account_id: str, action: str, reason: str, request_id: str) -> None:
        """The platform enforces a policy upon the account."""
        at = self._now()
        told = {"policy_enforcement": {"action": action, "reason": reason}}
        body: dict[str, object] = {"recipient": {"id": account_id}, "timestamp": int(at * 1000), **told}
        self._threads.herald.tell(account_id, "messaging_policy_enforcement", body)
        self._threads.services.ledger.write(
            "meta",
            "policy.enforced",
            account_id=account_id,
            object_id=account_id,
            request_id=request_id,
            source="platform",
            text=action,
        )

    def hands_over(self, account_id: str, username: str, kind: Handover, to: str, metadata: str, request: str) -> None:
        """Control of a conversation goes to another app, or is asked for; "" is the inbox of the app itself."""
        contact = self._threads.contact(account_id, username)
        conversation = self._threads.conversation(contact)
        before = conversation.owner_app
        told: dict[str, object] = {"metadata": metadata}
        if kind == "request":
            told["requested_owner_app_id"] = to
        else:
            told |= {"previous_owner_app_id": before or None, "new_owner_app_id": to or None}
            conversation.owner_app = to
        heard_by = to if kind == "pass" else before
        body = item(contact.id, account_id, self._now(), {f"{kind}_thread_control": told})
        self._threads.herald.tell(account_id, "messaging_handover", body, only_app=heard_by)
        self._threads.record(f"thread.{_PAST[kind]}", conversation, conversation.id, request, to)

    def changes_state(self, account_id: str, username: str, state: ContactState, request_id: str) -> None:
        """Somebody blocks the account, deletes theirs, is away, or is there again."""
        contact = self._threads.contact(account_id, username)
        contact.state = state
        conversation = self._threads.conversation(contact)
        self._threads.record("person.changed", conversation, contact.id, request_id, state)

    def archives(self, account_id: str, username: str, request_id: str, *, on: bool) -> None:
        """The owner puts a conversation away in the app."""
        conversation = self._threads.conversation(self._threads.contact(account_id, username))
        conversation.archived = on
        kind = "conversation.archived" if on else "conversation.restored"
        self._threads.record(kind, conversation, conversation.id, request_id)

    # Parts

    def _now(self) -> float:
        return self._threads.services.clock.epoch()

    def _present(self, account_id: str, username: str) -> Contact:
        if account_id not in self._threads.world.accounts:
            raise KeyError(account_id)
        contact = self._threads.contact(account_id, username)
        if contact.banned:
            raise ValueError(f"{username} is blocked by the account")
        contact.state = "present"
        return contact

    def _message(self, message_id: str) -> tuple[Message, Conversation]:
        message = self._threads.inbox.messages[message_id]
        return message, self._threads.inbox.conversations[message.conversation_id]

    def _own(self, message_id: str) -> tuple[Message, Conversation]:
        message, conversation = self._message(message_id)
        if message.outbound or message.deleted:
            raise ValueError("that is not a message of theirs")
        return message, conversation

    def _put(self, conversation: Conversation, message: Message, request_id: str) -> None:
        self._threads.publish(conversation, message)
        kind = "message.sent" if message.outbound else "message.received"
        self._threads.record(kind, conversation, message.id, request_id, message.text)

    def _attachments(self, said: Said, at: float) -> list[Attachment]:
        files = [("image", name) for name in said.images]
        files += [(kind, name) for kind, name in _streams(said) if name]
        out = [_named(kind, name) for kind, name in files]
        if said.story_mention:
            mention = _named("story_mention", said.story_mention)
            mention.ends_at = at + STORY_LIFETIME
            out.append(mention)
        if said.post_id:
            out.append(Attachment("share", media_id=self._threads.world.media[said.post_id].id))
        return out

    def _ice_breaker(self, account_id: str, number: int) -> tuple[str, str]:
        groups = self._threads.inbox.profiles.get(account_id, {}).get("ice_breakers")
        actions: list[dict[str, str]] = []
        for group in groups if isinstance(groups, list) else []:
            actions += group.get("call_to_actions", [group])
        if number >= len(actions):
            raise KeyError(f"ice breaker {number}")
        return actions[number]["question"], actions[number]["payload"]

    def _tell(self, conversation: Conversation, field: str, body: dict[str, object]) -> None:
        self._threads.tell(conversation, field, from_contact(conversation, self._now(), body))


_PAST = {"pass": "passed", "take": "taken", "request": "requested"}


def _streams(said: Said) -> tuple[tuple[str, str], ...]:
    return ("video", said.video), ("audio", said.audio), ("file", said.file)


def _named(kind: str, name: str) -> Attachment:
    """A whole address, or the name of a picture or clip of the simulator."""
    return Attachment(kind, url=name) if "://" in name else Attachment(kind, blob=name)


def _ad_referral(ad: Ad) -> dict[str, object]:
    context = {"ad_title": ad.title, "photo_url": ad.photo_url, "video_url": ad.video_url}
    return {
        "ref": ad.ref,
        "ad_id": ad.id,
        "source": "ADS",
        "type": "OPEN_THREAD",
        "ads_context_data": {key: value for key, value in context.items() if value},
    }
