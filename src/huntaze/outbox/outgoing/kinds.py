"""What is sent: every kind of event, the facts it carries, and which domain event becomes which kind.

The page docs/look-up/outgoing-webhooks.md is made from this table. A fact that is not declared here never leaves, so
that a new field of a domain event is not published by accident.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from huntaze.kit.json_value import JsonValue
from huntaze.kit.text import N_
from huntaze.outbox.model import Event

ALL_KINDS = "*"
TEST = "webhook.test"
ACCOUNT_ID = "accountId"

FACTS: Mapping[str, str] = {
    "id": "Our id of what it is about: `GET /api/v1/comments/{id}`, `/media/{id}` or `/people/{id}`.",
    ACCOUNT_ID: "The connected account: `GET /api/v1/accounts/{accountId}`.",
    "accountIds": "The connected accounts the post is meant for.",
    "platform": "`instagram` or `tiktok`.",
    "username": "The account's name on the platform.",
    "again": "Whether it was connected before.",
    "what": "What changed: `health`, `webhooks` (its live events), `ends_in_14_days` (its sign-in; also 7 and 2).",
    "postId": "The post: `GET /api/v1/posts/{postId}`.",
    "publicationId": "The post on this one account: `publications[].id`.",
    "state": "The state it is in now, as the API names it.",
    "dueAt": "When it is to go out, if it has a time.",
    "publishedAt": "When it went out.",
    "heldReason": "Why it is held.",
    "question": "What a person is asked: `is_it_there` or `which_is_it`.",
    "error": "What kept it from going out: `code`, `message`, `remedy`, `platform`, `traceId`, `file`.",
    "mediaId": "The platform's id of the post. Left out of `media.changed` when many posts changed.",
    "type": "What kind of post it is.",
    "productType": "Where the platform shows it, in its own word.",
    "permalink": "Its public address, if the platform has told it.",
    "likeCount": "Its likes, as last read.",
    "commentsCount": "Its comments, as last read.",
    "removedAt": "When it was found to be gone from the platform.",
    "commentId": "The platform's id of the comment.",
    "parentId": "The comment it answers, by the platform's id.",
    "deedId": "What was asked for: one of the `deeds` of `GET /api/v1/comments/{id}`.",
    "kind": "What was asked for: `reply`, `private_reply`, `hide`, `unhide` or `delete`.",
    "resultId": "The platform's id of what was written.",
    "messageId": "The platform's id of the message: `messageRef` in its conversation, `ref` in the person's timeline.",
    "conversationId": "The conversation it is of: `GET /api/v1/conversations/{conversationId}` and its `/messages`.",
    "personId": "With whom: `GET /api/v1/people/{personId}` and its `/timeline`.",
    "mentionId": "Our id of the mention: `id` in `GET /api/v1/mentions`.",
    "fromAccount": "Whether the account wrote it itself.",
    "source": "`push` when the platform told us at once, `poll` when we found it in a list.",
    "startedAt": "When it began.",
    "finishedAt": "When it came to its end. Left out: it is under way, or ended early.",
    "problem": "Why it ended early.",
    "assetId": "The file: `GET /api/v1/assets/{assetId}`.",
}
"""What each fact means; its name and its form are those of the API. A fact that is not known is left out of `data`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event. ``topic`` and ``when`` say which domain events become it, ``ref`` under which name the
    thing's id is sent; ``content`` says what is added where a person has allowed the words themselves."""

    name: str
    group: str
    words: str
    topic: str
    ref: str
    facts: tuple[str, ...]
    when: Mapping[str, JsonValue] = field(default_factory=dict)
    content: str = ""

    def is_told_by(self, event: Event) -> bool:
        """Whether a domain event is of this kind."""
        return event.topic == self.topic and all(event.body.get(name) == wanted for name, wanted in self.when.items())

    def data(self, event: Event, more: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """The declared facts of an event; ``more`` is what other rooms know of it."""
        account = str(event.account_id) if event.account_id else None
        known: dict[str, JsonValue] = {**event.body, **more, ACCOUNT_ID: account, self.ref: event.ref}
        return {name: known[name] for name in self.facts if known.get(name) not in (None, "")}


_ON_ACCOUNT = ("postId", "publicationId", ACCOUNT_ID, "platform", "state")
_COMMENT = ("id", "commentId", ACCOUNT_ID, "platform", "mediaId", "parentId")
_MENTION = ("mentionId", ACCOUNT_ID, "platform", "mediaId", "commentId")
_ACCOUNT = (ACCOUNT_ID, "platform", "username")


def _outcome(name: str, state: str, words: str, *more: str) -> Kind:
    return Kind(name, "posts", words, "publication.changed", "postId", (*_ON_ACCOUNT, *more), {"state": state})


def _post(name: str, state: str, words: str, *more: str) -> Kind:
    facts = ("postId", "accountIds", "state", *more)
    return Kind(name, "posts", words, "post.changed", "postId", facts, {"state": state})


def _account(name: str, words: str, *more: str, topic: str = "", what: str = "") -> Kind:
    when = {"what": what} if what else {}
    return Kind(name, "accounts", words, topic or name, ACCOUNT_ID, (*_ACCOUNT, *more), when)


def _deed(name: str, words: str, *more: str) -> Kind:
    return Kind(name, "comments", words, name, "commentId", (*_COMMENT, "deedId", *more))


def _undone(name: str, state: str, words: str) -> Kind:
    facts = (*_COMMENT, "deedId", "kind", "state")
    return Kind(name, "comments", words, "comment.work", "commentId", facts, {"state": state})


def _file(name: str, state: str, words: str) -> Kind:
    return Kind(name, "files", words, "asset.changed", "assetId", ("assetId", "state"), {"state": state})


KINDS: tuple[Kind, ...] = (
    _post("post.scheduled", "SCHEDULED", N_("A post was scheduled, or a scheduled one was changed"), "dueAt"),
    _post("post.cancelled", "CANCELLED", N_("A post was cancelled")),
    _outcome("post.published", "PUBLISHED", N_("A post is public"), "mediaId", "permalink", "publishedAt"),
    _outcome("post.in_inbox", "IN_USER_INBOX", N_("A post waits in the creator's own inbox")),
    _outcome("post.failed", "FAILED", N_("A post could not be published"), "error"),
    _outcome("post.unconfirmed", "UNCONFIRMED", N_("Nobody can tell whether a post went out"), "question", "error"),
    _outcome("post.held", "HELD", N_("A post is held until somebody decides"), "dueAt", "heldReason", "error"),
    _outcome("post.removed", "REMOVED", N_("A post was removed on the platform"), "mediaId", "permalink"),
    _account("account.connected", N_("An account was connected, or connected again"), "again"),
    _account(
        "account.reconnect_needed",
        N_("An account has to be connected again"),
        topic="account.changed",
        what="reconnect",
    ),
    _account("account.changed", N_("Something else about an account changed"), "what"),
    _account("account.disconnected", N_("An account was disconnected")),
    Kind(
        "comment.received",
        "comments",
        N_("Somebody wrote a comment"),
        "comment.received",
        "commentId",
        (*_COMMENT, "source"),
        content="`text`, `author` (`id`, `username`), `createdAt`, as `GET /api/v1/comments/{id}` has them",
    ),
    _deed("comment.replied", N_("We replied to a comment"), "resultId"),
    _deed("comment.private_replied", N_("We replied to a comment with a message"), "resultId"),
    _deed("comment.hidden", N_("A comment was hidden")),
    _deed("comment.unhidden", N_("A comment was shown again")),
    _deed("comment.deleted", N_("A comment was deleted")),
    _undone("comment.work_failed", "FAILED", N_("What was to be done with a comment failed")),
    _undone("comment.work_unconfirmed", "UNCONFIRMED", N_("Nobody can tell whether it was done with a comment")),
    Kind(
        "mention.received",
        "comments",
        N_("Somebody mentioned an account"),
        "mention.received",
        "mentionId",
        (*_MENTION, "source"),
    ),
    Kind(
        "mention.changed",
        "comments",
        N_("What was written where an account was mentioned has been read"),
        "mention.changed",
        "mentionId",
        (*_MENTION, "personId", "permalink", "source"),
        content="`text`, `author` (`id`, `username`), `createdAt`",
    ),
    Kind(
        "message.received",
        "messages",
        N_("A message was received, or sent by the account"),
        "message.received",
        "messageId",
        ("messageId", ACCOUNT_ID, "platform", "conversationId", "personId", "fromAccount", "source"),
        content="`text`, `attachments` (how many), `author` (`id`, `username`), `createdAt`",
    ),
    Kind(
        "conversation.changed",
        "messages",
        N_("Something changed in a conversation: a message, an edit, an unsend, a reaction"),
        "conversation.changed",
        "conversationId",
        ("conversationId", ACCOUNT_ID, "platform", "personId", "source"),
    ),
    Kind(
        "person.changed",
        "messages",
        N_("The profile of somebody who wrote was read"),
        "person.changed",
        "id",
        ("id", ACCOUNT_ID, "platform"),
        content="the person, as `GET /api/v1/people` has them",
    ),
    Kind(
        "media.changed",
        "media",
        N_("Posts on a platform changed"),
        "media.changed",
        "mediaId",
        (
            "id",
            "mediaId",
            ACCOUNT_ID,
            "platform",
            "type",
            "productType",
            "permalink",
            "likeCount",
            "commentsCount",
            "publishedAt",
            "removedAt",
        ),
    ),
    _file("asset.ready", "ready", N_("A file is ready to be posted")),
    _file("asset.refused", "refused", N_("A file cannot be used")),
    _file("asset.deleted", "deleted", N_("A file was deleted")),
    Kind(
        "sync.changed",
        "sync",
        N_("A sync began, went on, ended or failed"),
        "sync.changed",
        ACCOUNT_ID,
        (ACCOUNT_ID, "platform", "startedAt", "finishedAt", "problem"),
    ),
    Kind(
        "insights.changed",
        "sync",
        N_("New figures of an account were read"),
        "insights.changed",
        ACCOUNT_ID,
        (ACCOUNT_ID, "platform"),
    ),
)
"""Every kind that can be chosen, in the order in which people are shown them. A domain event is of one kind at most,
of the first that fits."""

BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}
TOPICS_SENT = frozenset(kind.topic for kind in KINDS)

GROUPS: Mapping[str, str] = {
    "posts": N_("Posts"),
    "accounts": N_("Accounts"),
    "comments": N_("Comments"),
    "messages": N_("Messages and people"),
    "media": N_("Posts on the platforms"),
    "files": N_("Files"),
    "sync": N_("Syncs and figures"),
}


def kind_of(event: Event) -> Kind | None:
    """What a domain event is sent as, or None."""
    return next((kind for kind in KINDS if kind.is_told_by(event)), None)


def wants(types: frozenset[str], kind: str) -> bool:
    """Whether a choice of kinds holds this one."""
    return ALL_KINDS in types or kind in types
