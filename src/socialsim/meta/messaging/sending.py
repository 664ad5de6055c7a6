"""The Send API: messages, reactions, signs of presence (instagram.md §5.1, §5.3, §5.4)."""

from msgspec import Struct

from socialsim.meta import errors
from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError, bad_parameter
from socialsim.meta.inbox import Attachment, Contact, Conversation, Message, PrivateReply
from socialsim.meta.messaging import problems
from socialsim.meta.messaging.attachments import attachment
from socialsim.meta.messaging.bodies import REACTIONS, Order, order_of
from socialsim.meta.messaging.mailbox import mailbox, within
from socialsim.meta.messaging.threads import Threads, readable
from socialsim.meta.model import Account, Comment

DAY = 86400.0
WINDOW = DAY
HUMAN_WINDOW = 7 * DAY
PRIVATE_REPLY_AGE = 7 * DAY
_STREAMS = frozenset({"audio", "video"})
_KINDS = {"typing_on": "typing.started", "typing_off": "typing.stopped", "mark_seen": "conversation.seen"}


class _Target(Struct):
    """Where a message goes."""

    contact: Contact
    comment: Comment | None = None


class Sending:
    """``POST /{page}/messages`` and its twin with Instagram Login."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def send(self, context: Context, node_id: str) -> object:
        """Answer with the ids of recipient and message; every message comes back as an echo."""
        account = mailbox(context, node_id)
        order = order_of(context.call.params)
        self._count(context, account, order)
        target = self._target(context, account, order)
        if order.action:
            return self._act(context, target.contact, order)
        parts = [await attachment(context, account, part) for part in order.parts]
        if parts:
            target = self._target(context, account, order)
        message = self._commit(context, account, target, order, parts)
        if message.is_self and context.services.config.messaging.self_answer == "id":
            return {"id": message.id}
        return {"recipient_id": target.contact.id, "message_id": message.id}

    # May it go?

    def _count(self, context: Context, account: Account, order: Order) -> None:
        """The limits that are per account (§5.1 [RL])."""
        config = context.services.config.messaging
        if order.comment_id:
            medium = context.world.comments.get(order.comment_id)
            live = medium is not None and context.world.media[medium.media_id].broadcasting
            if live:
                within(context, account, "live", config.live_replies_per_second, 1.0, problems.PRIVATE_REPLY_LIMIT)
            else:
                most = config.private_replies_per_hour
                within(context, account, "private", most, 3600.0, problems.PRIVATE_REPLY_LIMIT)
        elif any(part.get("type") in _STREAMS for part in order.parts):
            within(context, account, "streams", config.media_per_second, 1.0, problems.RATE)
        else:
            within(context, account, "sends", config.sends_per_second, 1.0, problems.RATE)

    def _target(self, context: Context, account: Account, order: Order) -> _Target:
        if len(order.parts) > 1 and not context.services.config.account(account.id).multi_images:
            raise GraphError(problems.SEVERAL_IMAGES)
        if order.comment_id:
            return self._commenter(context, account, order.comment_id)
        contact = self._recipient(context, account, order)
        if order.reply_to:
            thread = self._threads.conversation(contact)
            answered = self._threads.inbox.said(thread, order.reply_to)
            if answered is None or answered.deleted:
                raise bad_parameter("Param reply_to[mid] is not a message of this conversation")
        return _Target(contact)

    def _recipient(self, context: Context, account: Account, order: Order) -> Contact:
        world, inbox = context.world, self._threads.inbox
        if order.recipient_id == account.id:
            if order.quick_replies:
                raise bad_parameter("Quick replies are not available for messages to oneself")
            return self._threads.contact(account.id, account.username)
        contact = inbox.contacts.get(order.recipient_id)
        if contact is None or contact.account_id != account.id:
            if any(known == order.recipient_id for known in world.followers.values()):
                raise self._outside(context, ever_wrote=False)
            raise GraphError(problems.PERSON_UNKNOWN)
        self._check_reachable(context, contact)
        self._check_window(context, contact, order)
        return contact

    def _check_reachable(self, context: Context, contact: Contact) -> None:
        if contact.state in {"blocked", "deleted"} or contact.banned:
            raise GraphError(problems.PERSON_UNKNOWN)
        if contact.state == "unavailable":
            raise GraphError(problems.PERSON_UNAVAILABLE)
        conversation = self._threads.inbox.conversations.get(contact.conversation_id)
        if conversation is None:
            return
        if conversation.archived:
            raise GraphError(problems.THREAD_GONE)
        if conversation.owner_app and conversation.owner_app != context.actor.app.id:
            raise GraphError(problems.OTHER_APP_OWNS)

    def _check_window(self, context: Context, contact: Contact, order: Order) -> None:
        """24 h after the person's last word; 7 days for a human's answer, if the app may use the tag."""
        idle = context.services.clock.epoch() - contact.wrote_at
        if order.human_agent:
            context.need_feature("human_agent")
        if not contact.wrote_at or idle >= (HUMAN_WINDOW if order.human_agent else WINDOW):
            raise self._outside(context, ever_wrote=bool(contact.wrote_at))

    def _outside(self, context: Context, *, ever_wrote: bool) -> GraphError:
        language = context.services.config.messaging.language
        return problems.outside_window(language, by_instagram=context.by_instagram, ever_wrote=ever_wrote)

    def _commenter(self, context: Context, account: Account, comment_id: str) -> _Target:
        """One message per comment, at most 7 days after it; under a broadcast only while it lasts."""
        comment = context.world.comments.get(comment_id)
        media = context.world.media.get(comment.media_id) if comment is not None else None
        if comment is None or media is None or media.account_id != account.id or comment.author_id == account.id:
            raise GraphError(problems.COMMENT_NOT_ELIGIBLE)
        over = context.services.clock.epoch() - comment.timestamp > PRIVATE_REPLY_AGE
        ended = media.product == "LIVE" and not media.broadcasting
        if over or ended or comment_id in self._threads.inbox.private_replies:
            raise GraphError(problems.COMMENT_NOT_ELIGIBLE)
        contact = self._threads.contact(account.id, comment.username)
        self._check_reachable(context, contact)
        return _Target(contact, comment)

    # It goes

    def _commit(
        self, context: Context, account: Account, target: _Target, order: Order, parts: list[Attachment]
    ) -> Message:
        threads = self._threads
        conversation = threads.conversation(target.contact)
        message = threads.message(conversation, outbound=True, text=order.text)
        message.attachments = parts
        message.quick_replies = order.quick_replies
        message.reply_to = order.reply_to
        message.app_id = context.actor.app.id
        message.tag = "HUMAN_AGENT" if order.human_agent else ""
        message.is_self = target.contact.id == account.id
        if target.comment is not None:
            message.comment_id = target.comment.id
            reply = PrivateReply(message.at, account.id, message.id)
            threads.inbox.private_replies[target.comment.id] = reply
        context.record("message.sent", account_id=account.id, object_id=message.id, text=order.text)
        threads.publish(conversation, message)
        return message

    def _act(self, context: Context, contact: Contact, order: Order) -> object:
        conversation = self._threads.conversation(contact)
        if order.action in REACTIONS:
            self._react(context, conversation, order)
        else:
            if order.action == "mark_seen":
                conversation.seen_by_account = context.services.clock.epoch()
            kind = _KINDS[order.action]
            context.record(kind, account_id=contact.account_id, object_id=conversation.id)
        return {"recipient_id": contact.id}

    def _react(self, context: Context, conversation: Conversation, order: Order) -> None:
        message = self._threads.inbox.said(conversation, order.reaction_to)
        if message is None or not readable(conversation, message):
            raise GraphError(errors.PARAMETER, "(#100) payload.message_id is not a message of this conversation")
        account_id = conversation.account_id
        if order.action == "react":
            message.reactions[account_id] = order.reaction
        else:
            message.reactions.pop(account_id, None)
        kind = "message.reacted" if order.action == "react" else "message.unreacted"
        context.record(kind, account_id=account_id, object_id=message.id, text=order.reaction)
