"""Reading the inbox: conversations, messages, people (instagram.md §5.2)."""

from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError, bad_parameter
from socialsim.meta.fields import Field, parse
from socialsim.meta.inbox import Attachment, Contact, Conversation, Message
from socialsim.meta.messaging import problems
from socialsim.meta.messaging.items import link
from socialsim.meta.messaging.mailbox import mailbox, mailbox_of, reading
from socialsim.meta.messaging.threads import readable
from socialsim.meta.model import Timeline
from socialsim.meta.paging import connection, window_of, window_of_field
from socialsim.meta.reading.projection import OMIT, Table, graph_time, media_link, or_omit, permalink, project

REQUESTS_KEPT = 30 * 86400.0
_FOLDERS = frozenset({"", "inbox", "other", "spam"})
_ID = Field("id")


async def conversations(context: Context, node_id: str) -> object:
    """``GET /{page}/conversations?platform=instagram``, newest first; requests idle for 30 days are missing."""
    account = mailbox(context, node_id)
    reading(context, account)
    params = context.call.params
    platform, folder = params.get("platform", "messenger").lower(), params.get("folder", "").lower()
    if platform not in {"instagram", "messenger"}:
        raise bad_parameter("Param platform must be one of instagram, messenger")
    if folder not in _FOLDERS:
        raise bad_parameter("Param folder must be one of inbox, other, spam")
    if platform == "messenger" and not context.by_instagram:
        return {"data": []}
    fields = parse(params.get("fields") or "id,updated_time")
    return connection(
        context,
        _listed(context, account.id, folder, params.get("user_id", "")),
        window_of(params),
        lambda conversation_id: conversation_node(context, context.world.inbox.conversations[conversation_id], fields),
        edge=f"/{node_id}/conversations",
        fields=params.get("fields", ""),
        carried={name: params.get(name, "") for name in ("platform", "folder", "user_id")},
    )


def _listed(context: Context, account_id: str, folder: str, user_id: str) -> Timeline:
    inbox = context.world.inbox
    since = context.services.clock.epoch() - REQUESTS_KEPT

    def belongs(conversation: Conversation) -> bool:
        where = "spam" if conversation.spam else "inbox" if conversation.accepted else "other"
        shown = where == folder if folder else where != "spam"
        fresh = conversation.accepted or conversation.updated_at > since
        return shown and fresh and user_id in {"", conversation.contact_id}

    return [entry for entry in inbox.threads.get(account_id, []) if belongs(inbox.conversations[entry[1]])]


async def conversation(context: Context, conversation_id: str) -> object:
    """``GET /{conversation}``."""
    found = _conversation(context, conversation_id)
    return conversation_node(context, found, parse(context.call.params.get("fields") or "id,updated_time"))


async def messages(context: Context, conversation_id: str) -> object:
    """``GET /{conversation}/messages``."""
    found = _conversation(context, conversation_id)
    params = context.call.params
    arguments = tuple((key, params[key]) for key in ("limit", "after", "before") if params.get(key))
    text = params.get("fields", "")
    return _messages(context, found, Field("messages", arguments, parse(text) if text else (), text))


async def message(context: Context, message_id: str) -> object:
    """``GET /{message}``: one of the 20 newest; an older one answers as if it were deleted."""
    found, thread = _message(context, message_id)
    reading(context, mailbox_of(context, thread.account_id))
    if not readable(thread, found):
        raise GraphError(problems.MESSAGE_DELETED)
    return message_node(context, found, parse(context.call.params.get("fields") or "id,created_time"))


async def person(context: Context, contact_id: str) -> object:
    """``GET /{igsid}``: the profile of someone who has written; no consent before that."""
    found = context.world.inbox.contacts[contact_id]
    mailbox_of(context, found.account_id)
    if not found.wrote_at:
        raise GraphError(problems.NO_CONSENT)
    return project(context, found, "User", PERSON, _with_id(parse(context.call.params.get("fields") or "name,id")))


def _message(context: Context, message_id: str) -> tuple[Message, Conversation]:
    """The message on the caller's side: between two professional accounts it has two."""
    inbox = context.world.inbox
    twin = inbox.twins.get(message_id)
    if twin is not None and _own(context, inbox.conversations[twin.conversation_id].account_id):
        return twin, inbox.conversations[twin.conversation_id]
    found = inbox.messages[message_id]
    return found, inbox.conversations[found.conversation_id]


def _own(context: Context, account_id: str) -> bool:
    if context.by_instagram:
        return context.actor.account is not None and context.actor.account.id == account_id
    return context.scoped_page == context.world.accounts[account_id].page_id


def _conversation(context: Context, conversation_id: str) -> Conversation:
    found = context.world.inbox.conversations[conversation_id]
    reading(context, mailbox_of(context, found.account_id))
    return found


# --- Nodes -------------------------------------------------------------------------------------------------------


def conversation_node(context: Context, found: Conversation, fields: tuple[Field, ...]) -> dict[str, object]:
    """A conversation."""
    return project(context, found, "UnifiedThread", CONVERSATION, _with_id(fields))


def message_node(context: Context, found: Message, fields: tuple[Field, ...]) -> dict[str, object]:
    """A message; of one that is too old only id and time are known."""
    thread = context.world.inbox.conversations[found.conversation_id]
    if not readable(thread, found):
        fields = tuple(field for field in fields if field.name in {"id", "created_time"})
    return project(context, found, "InstagramMessage", MESSAGE, _with_id(fields))


def _with_id(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    return fields if any(field.name == "id" for field in fields) else (*fields, _ID)


def _messages(context: Context, found: Conversation, field: Field) -> dict[str, object]:
    below = field.below or parse("id,created_time")
    inbox = context.world.inbox

    def render(message_id: str) -> dict[str, object]:
        one = inbox.said(found, message_id)
        return {"id": message_id} if one is None else message_node(context, one, below)

    return connection(
        context,
        found.messages,
        window_of_field(field),
        render,
        edge=f"/{found.id}/messages",
        fields=field.text_below,
    )


def _ends(context: Context, found: Conversation) -> tuple[dict[str, object], dict[str, object]]:
    """The account and the person, as participants."""
    account = context.world.accounts[found.account_id]
    contact = context.world.inbox.contacts[found.contact_id]
    return {"username": account.username, "id": account.id}, {"username": contact.username, "id": contact.id}


def _from(context: Context, found: Message) -> tuple[dict[str, object], dict[str, object]]:
    ends = _ends(context, context.world.inbox.conversations[found.conversation_id])
    return ends if found.outbound else ends[::-1]


def _attachments(context: Context, found: Message, field: Field) -> object:
    files = [attachment for attachment in found.attachments if not attachment.media_id]
    return {"data": [_attachment(context, attachment) for attachment in files]} if files else OMIT


def _attachment(context: Context, attachment: Attachment) -> dict[str, object]:
    address = link(context.services, attachment)
    match attachment.kind:
        case "video":
            return {"video_data": {"url": address, "preview_url": address, "width": 1080, "height": 1920}}
        case "template":
            return {"generic_template": attachment.template}
        case "audio" | "file":
            return {"file_url": address, "name": attachment.blob}
        case _:
            return {"image_data": {"url": address, "preview_url": address, "width": 1080, "height": 1350}}


def _reactions(context: Context, found: Message, field: Field) -> object:
    ends = _ends(context, context.world.inbox.conversations[found.conversation_id])
    names = {end["id"]: end for end in ends}
    told = [{"reaction": word, "users": [names[who]]} for who, word in found.reactions.items()]
    return {"data": told} if told else OMIT


def _story(context: Context, found: Message, field: Field) -> object:
    mention = next((part for part in found.attachments if part.kind == "story_mention"), None)
    if mention is not None:
        return {"mention": {"link": link(context.services, mention), "id": found.id}}
    story = context.world.media.get(found.story_id)
    return OMIT if story is None else {"reply_to": {"link": media_link(context, story.blob), "id": story.id}}


def _shares(context: Context, found: Message, field: Field) -> object:
    media = [context.world.media.get(part.media_id) for part in found.attachments if part.media_id]
    told = [{"link": permalink(context.services.home, one), "id": one.id} for one in media if one is not None]
    return {"data": told} if told else OMIT


CONVERSATION: Table[Conversation] = {
    "id": lambda c, o, f: o.id,
    "updated_time": lambda c, o, f: graph_time(o.updated_at),
    "participants": lambda c, o, f: {"data": list(_ends(c, o))},
    "messages": _messages,
}

MESSAGE: Table[Message] = {
    "id": lambda c, m, f: m.id,
    "created_time": lambda c, m, f: graph_time(m.at),
    "from": lambda c, m, f: _from(c, m)[0],
    "to": lambda c, m, f: {"data": [_from(c, m)[1]]},
    "message": lambda c, m, f: m.text,
    "attachments": _attachments,
    "reactions": _reactions,
    "story": _story,
    "shares": _shares,
    "is_unsupported": lambda c, m, f: True if m.unsupported else OMIT,
}

PERSON: Table[Contact] = {
    "id": lambda c, p, f: p.id,
    "name": lambda c, p, f: or_omit(p.name),
    "username": lambda c, p, f: p.username,
    "profile_pic": lambda c, p, f: media_link(c, p.picture),
    "follower_count": lambda c, p, f: p.followers,
    "is_user_follow_business": lambda c, p, f: p.follows_account,
    "is_business_follow_user": lambda c, p, f: p.followed_by_account,
    "is_verified_user": lambda c, p, f: p.verified,
}
