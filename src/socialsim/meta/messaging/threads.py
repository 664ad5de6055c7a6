"""Finding and making people and conversations, and putting messages into them."""

from msgspec import structs

from socialsim.kernel.services import Services
from socialsim.meta.community.comments import follower_id
from socialsim.meta.company import named
from socialsim.meta.inbox import Contact, Conversation, Message
from socialsim.meta.messaging.items import message_item
from socialsim.meta.model import World, put, take
from socialsim.meta.webhooks.herald import Herald

READABLE = 20
"""Of a conversation only so many of the newest messages have details (§5.2)."""


class Threads:
    """The inboxes of one world. What is put into them is told nobody here."""

    def __init__(self, services: Services, world: World, herald: Herald) -> None:
        self.services = services
        self.world = world
        self.herald = herald
        self.inbox = world.inbox

    def contact(self, account_id: str, username: str) -> Contact:
        """The person of that name towards an account, the account itself under its own name; made if need be."""
        account = self.world.accounts[account_id]
        own = account.username == username
        contact_id = account_id if own else follower_id(self.services, self.world, account_id, username)
        contact = self.inbox.contacts.get(contact_id)
        if contact is None:
            name = account.name if own else username.replace(".", " ").replace("_", " ").title()
            contact = Contact(contact_id, account_id, username, name, f"avatar-{username}.jpg")
            contact.followers = sum(username.encode()) % 900
            contact.follows_account = bool(contact.followers % 3)
            self.inbox.contacts[contact_id] = contact
        return contact

    def conversation(self, contact: Contact) -> Conversation:
        """The conversation with a person; made if need be."""
        known = self.inbox.conversations.get(contact.conversation_id)
        if known is not None:
            return known
        now = self.services.clock.epoch()
        made = Conversation(f"aWdf{self.services.mint.opaque('thread', 44)}", contact.account_id, contact.id, now)
        contact.conversation_id = made.id
        self.inbox.conversations[made.id] = made
        put(self.inbox.threads.setdefault(contact.account_id, []), now, made.id)
        return made

    def message(self, conversation: Conversation, *, outbound: bool, text: str = "") -> Message:
        """An empty message of that conversation, not yet in it."""
        mid = f"aWdf{self.services.mint.opaque('mid', 60)}"
        return Message(mid, conversation.id, self.services.clock.epoch(), outbound, text)

    def add(self, conversation: Conversation, message: Message) -> Message:
        """Put it in: it becomes the newest."""
        shelf = self.inbox.twins if message.id in self.inbox.messages else self.inbox.messages
        shelf[message.id] = message
        put(conversation.messages, message.at, message.id)
        conversation.archived = conversation.archived and message.outbound
        self.touch(conversation, message.at)
        return message

    def touch(self, conversation: Conversation, at: float) -> None:
        """The conversation changed."""
        shelf = self.inbox.threads[conversation.account_id]
        take(shelf, conversation.updated_at, conversation.id)
        conversation.updated_at = at
        put(shelf, at, conversation.id)

    def remove(self, message_id: str) -> None:
        """It was unsent: nobody sees it any more, on neither side."""
        for message in (self.inbox.messages[message_id], self.inbox.twins.get(message_id)):
            if message is not None:
                message.deleted = True
                message.text = ""
                message.attachments = []
                take(self.inbox.conversations[message.conversation_id].messages, message.at, message.id)

    def publish(self, conversation: Conversation, message: Message) -> None:
        """Put it in and tell it: an echo of what the account wrote, or what it has received.

        If the person is a professional account too, both have the conversation, and the message is one under one id.
        """
        self._deliver(conversation, message)
        person = self.inbox.contacts[conversation.contact_id]
        other = named(self.world, person.username)
        if other is None or other.personal or other.id == conversation.account_id:
            return
        facing = self.conversation(self.contact(other.id, self.world.accounts[conversation.account_id].username))
        twin = structs.replace(message, conversation_id=facing.id, outbound=not message.outbound, reactions={})
        twin.app_id = twin.comment_id = ""
        self._deliver(facing, twin)

    def _deliver(self, conversation: Conversation, message: Message) -> None:
        self.add(conversation, message)
        if message.outbound:
            conversation.accepted = True
        else:
            self.inbox.contacts[conversation.contact_id].wrote_at = message.at
        field = "message_echoes" if message.outbound else "messages"
        self.tell(conversation, field, message_item(self.services, self.world, message))

    def tell(self, conversation: Conversation, field: str, item: dict[str, object]) -> None:
        """An inbox event to every app that is to hear it."""
        self.herald.tell(conversation.account_id, field, item, owner_app=conversation.owner_app)

    def record(self, kind: str, conversation: Conversation, object_id: str, request_id: str, text: str = "") -> None:
        """Write what somebody outside the API did into the truth ledger."""
        self.services.ledger.write(
            "meta",
            kind,
            account_id=conversation.account_id,
            object_id=object_id,
            request_id=request_id,
            source="audience",
            text=text,
        )


def readable(conversation: Conversation, message: Message) -> bool:
    """Whether its details can be read: one of the newest, and not unsent."""
    return not message.deleted and any(mid == message.id for _, mid in conversation.messages[-READABLE:])
