"""What the rooms know of events that are sent to webhooks: more facts, and, where a person allows it, the words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from huntaze.accounts import Accounts
from huntaze.crm import told as mirrored
from huntaze.kit.db import Connection
from huntaze.kit.json_value import JsonValue
from huntaze.outbox import Event
from huntaze.outbox.outgoing import TOPICS_SENT, ContentOf, FactsOf, Neighbours, Said
from huntaze.publishing import told as published

WordsOf = Callable[[Connection, Event], Awaitable[mirrored.Words | None]]


def neighbours(accounts: Accounts) -> Neighbours:
    """Who is asked, by topic."""

    async def of_account(tx: Connection, event: Event) -> Mapping[str, JsonValue]:
        if event.account_id is None:
            return {}
        row = await accounts.get(tx, event.workspace_id, event.account_id)
        return {} if row is None else {"platform": row.platform, "username": row.username}

    def beside(ask: FactsOf) -> FactsOf:
        """What a room knows, with the account's platform and name."""

        async def facts(tx: Connection, event: Event) -> Mapping[str, JsonValue]:
            return {**await of_account(tx, event), **await ask(tx, event)}

        return facts

    def said(ask: WordsOf) -> ContentOf:
        """Words, with the platform on which their author is known by that id."""

        async def content(tx: Connection, event: Event) -> Said | None:
            words, account = await ask(tx, event), await of_account(tx, event)
            return Said(words.content, str(account["platform"]), words.person_ref) if words and account else None

        return content

    facts: dict[str, FactsOf] = {
        "post.changed": published.post_facts,
        "publication.changed": published.publication_facts,
        "account.changed": of_account,
        "message.received": beside(mirrored.message_facts),
        "mention.received": beside(mirrored.mention_facts),
        "mention.changed": beside(mirrored.mention_facts),
        "conversation.changed": beside(mirrored.conversation_facts),
        "person.changed": of_account,
        "media.changed": beside(mirrored.media_facts),
        "sync.changed": beside(mirrored.sync_facts),
        "insights.changed": of_account,
    }
    facts |= {topic: beside(mirrored.comment_facts) for topic in TOPICS_SENT if topic.startswith("comment.")}
    content = {
        "comment.received": said(mirrored.comment_words),
        "message.received": said(mirrored.message_words),
        "mention.changed": said(mirrored.mention_words),
        "person.changed": said(mirrored.person_words),
    }
    return Neighbours(facts, content)
