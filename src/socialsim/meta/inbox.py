"""What an inbox holds: people, conversations, messages, uploads, and how it greets (instagram.md §5, §6.8)."""

from typing import Literal

from msgspec import Struct, field

from socialsim.kernel.limits import Windows

ContactState = Literal["present", "blocked", "deleted", "unavailable"]


class Contact(Struct):
    """A person towards one account; ``id`` is Instagram-scoped. ``wrote_at`` 0: never wrote: no consent, no window."""

    id: str
    account_id: str
    username: str
    name: str
    picture: str
    conversation_id: str = ""
    wrote_at: float = 0.0
    state: ContactState = "present"
    followers: int = 0
    follows_account: bool = False
    followed_by_account: bool = False
    verified: bool = False
    banned: bool = False
    """Blocked by the account, through the app or through ``moderate_conversations``."""


class Attachment(Struct):
    """Part of a message. ``blob`` names bytes or a drawn picture, ``url`` an address elsewhere."""

    kind: str
    blob: str = ""
    url: str = ""
    size: int = 0
    media_id: str = ""
    template: dict[str, object] = field(default_factory=dict)
    ends_at: float = 0.0
    """When its link ends, if earlier than links usually do: a story mention goes with the story."""


class Message(Struct):
    """What was said. An unsent one stays here, so that asking for it tells that it was deleted."""

    id: str
    conversation_id: str
    at: float
    outbound: bool
    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    quick_replies: list[dict[str, str]] = field(default_factory=list)
    quick_reply: str = ""
    """The payload of the button that this message came from."""
    reply_to: str = ""
    story_id: str = ""
    story_link: str = ""
    """Address of the link sticker of the story that was answered."""
    referral: dict[str, object] = field(default_factory=dict)
    reactions: dict[str, str] = field(default_factory=dict)
    """Reaction by the id of who reacted."""
    app_id: str = ""
    comment_id: str = ""
    """The comment that a private reply answers."""
    tag: str = ""
    is_self: bool = False
    deleted: bool = False
    unsupported: bool = False
    edits: int = 0


class Conversation(Struct):
    """One person and one account. ``owner_app`` "" lets every app answer; else the others stand by."""

    id: str
    account_id: str
    contact_id: str
    updated_at: float
    messages: list[tuple[float, str]] = field(default_factory=list)
    accepted: bool = False
    """Out of the request folder: the account has answered."""
    spam: bool = False
    archived: bool = False
    owner_app: str = ""
    seen_by_account: float = 0.0
    seen_by_contact: float = 0.0


class Upload(Struct):
    """An attachment stored for later."""

    id: str
    account_id: str
    attachment: Attachment


class WelcomeFlow(Struct):
    """What an ad's conversation begins with."""

    id: str
    account_id: str
    app_id: str
    name: str
    content: str
    """JSON as it was given."""


class PrivateReply(Struct):
    """The one message a comment was answered with."""

    at: float
    account_id: str
    message_id: str


class Inbox(Struct):
    """Everything that is said in private, by id."""

    contacts: dict[str, Contact] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    twins: dict[str, Message] = field(default_factory=dict)
    """The other side of a message, under the same id, if both ends are professional accounts."""
    threads: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    """Conversations of an account by their last change."""
    uploads: dict[str, Upload] = field(default_factory=dict)
    flows: dict[str, WelcomeFlow] = field(default_factory=dict)
    profiles: dict[str, dict[str, object]] = field(default_factory=dict)
    """Messenger profile of an account: ice breakers and what else was set."""
    private_replies: dict[str, PrivateReply] = field(default_factory=dict)
    """By comment."""
    windows: Windows = field(default_factory=Windows)
    """Calls against the inbox's limits."""

    def said(self, conversation: Conversation, message_id: str) -> Message | None:
        """A message as that conversation has it."""
        sides = (self.messages.get(message_id), self.twins.get(message_id))
        return next((one for one in sides if one is not None and one.conversation_id == conversation.id), None)

    def node(self, node_id: str) -> tuple[str, str] | None:
        """Kind of a node and the account it belongs to; None if it is none of the inbox's."""
        if (conversation := self.conversations.get(node_id)) is not None:
            return "conversation", conversation.account_id
        if (message := self.messages.get(node_id)) is not None:
            return "message", self.conversations[message.conversation_id].account_id
        if (contact := self.contacts.get(node_id)) is not None:
            return "igsid", contact.account_id
        return None
