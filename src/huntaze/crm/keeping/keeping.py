"""Comments, people and conversations become rows: the same whether they were pushed or read from a list.

A batch costs a few statements whatever it holds. Tables are written in one order, each with its rows in the order of
their keys: two transactions that do so never dead-lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huntaze import outbox
from huntaze.crm import store
from huntaze.crm.keeping import people_store
from huntaze.crm.keeping.messages import MessageDraft, PersonDraft, Said
from huntaze.crm.model import CommentKept
from huntaze.crm.people_model import MessageKept
from huntaze.kit.db import Connection
from huntaze.kit.jobs import Jobs
from huntaze.kit.json_value import JsonValue
from huntaze.outbox import News
from huntaze.platforms.contract import Comment

PEOPLE = "crm.people"
SPOKEN = frozenset({"message", "postback"})
"""Kinds of messages that say something; the others stand between them."""


@dataclass(frozen=True, slots=True)
class Coming:
    """How a batch came: ``push`` or ``poll``, and when it was taken."""

    source: str
    now: datetime
    told_since: datetime | None = None
    """What was written before is kept and not told: history is no news."""
    read_at: datetime | None = None
    """When a list was asked for: what was pushed since is newer than its words."""

    def is_news(self, at: datetime) -> bool:
        """Whether what happened then is told."""
        return self.told_since is None or at >= self.told_since


class Keeping:
    """Writes down what people said, for one account at a time."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs

    async def keep(
        self,
        tx: Connection,
        workspace_id: UUID,
        account_id: UUID,
        comments: Mapping[str, Comment],
        said: Said,
        coming: Coming,
    ) -> set[str]:
        """Comments and conversations with their people; what is new is told. The ids of the new comments.

        What a forgotten person said before they were forgotten is left out; an erased comment brings its author back
        no more than itself.
        """
        refs = {one.author_ref for one in comments.values()} | said.talks.keys() | said.people.keys()
        gone = await people_store.erased(tx, workspace_id, refs)
        said.forget(gone)
        written = {ref: one for ref, one in comments.items() if not _before(one.created_at, gone.get(one.author_ref))}
        kept = await store.upsert_comments(tx, workspace_id, account_id, written, coming.source, coming.now)
        for one in kept:
            said.person(_author(written[one.comment_ref]))
        await self._people(tx, workspace_id, account_id, said, coming)
        news = _comment_news(account_id, kept, written, coming)
        news += await self._conversations(tx, workspace_id, account_id, said, coming)
        await outbox.tell_many(tx, workspace_id, news, coming.now)
        return {one.comment_ref for one in kept if one.is_new}

    async def _people(self, tx: Connection, workspace_id: UUID, account_id: UUID, said: Said, coming: Coming) -> None:
        """Everybody who was heard of; who wrote is asked for their profile later."""
        people = await people_store.upsert_people(
            tx, workspace_id, account_id, said.people.values(), coming.source, coming.now
        )
        if any(one.bare for one in people):
            await self.ask_profiles(tx, workspace_id, account_id)

    async def ask_profiles(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        """A wake-up for the profiles of an account's people."""
        payload = {"workspace": str(workspace_id), "account": str(account_id)}
        await self.jobs.enqueue(tx, PEOPLE, payload, dedupe=f"{PEOPLE}:{account_id}")

    async def _conversations(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, said: Said, coming: Coming
    ) -> list[News]:
        """Conversations, then their messages and reactions; what is to be told of them."""
        talks = await people_store.upsert_conversations(tx, workspace_id, account_id, said.talks, coming.now)
        kept = await people_store.upsert_messages(
            tx, workspace_id, account_id, said.messages, talks, coming.source, coming.now, coming.read_at
        )
        await people_store.upsert_reactions(tx, workspace_id, account_id, said.reactions, coming.source, coming.now)
        touched = {talks[one.person_ref] for one in said.messages.values()}
        await people_store.settle_conversations(tx, workspace_id, touched)
        return _conversation_news(account_id, kept, said, talks, coming)


def _before(at: datetime, erased_at: datetime | None) -> bool:
    return erased_at is not None and at <= erased_at


def _author(comment: Comment) -> PersonDraft:
    return PersonDraft(comment.author_ref, comment.created_at, comment.author_username, "comment")


def _comment_news(
    account_id: UUID, kept: Sequence[CommentKept], written: Mapping[str, Comment], coming: Coming
) -> list[News]:
    new = {one.comment_ref for one in kept if one.is_new}
    return [
        News("comment.received", ref, account_id, {"mediaId": one.media_ref, "source": coming.source})
        for ref, one in written.items()
        if ref in new and coming.is_news(one.created_at)
    ]


def _conversation_news(
    account_id: UUID, kept: Sequence[MessageKept], said: Said, talks: Mapping[str, UUID], coming: Coming
) -> list[News]:
    """Each new message, then each conversation in which something changed: of a list only where it had news."""
    new = {one.message_ref for one in kept if one.is_new}
    fresh = [one for ref, one in said.messages.items() if ref in new and coming.is_news(one.sent_at)]
    changed = {one.person_ref for one in fresh} if coming.source == "poll" else talks.keys()
    messages = [_message_news(account_id, one, talks, coming) for one in fresh if one.kind in SPOKEN]
    return messages + [
        News("conversation.changed", str(talks[ref]), account_id, {"source": coming.source}) for ref in sorted(changed)
    ]


def _message_news(account_id: UUID, one: MessageDraft, talks: Mapping[str, UUID], coming: Coming) -> News:
    body: dict[str, JsonValue] = {
        "conversationId": str(talks[one.person_ref]),
        "personRef": one.person_ref,
        "fromAccount": one.from_account,
        "kind": one.kind,
        "source": coming.source,
    }
    return News("message.received", one.message_ref, account_id, body)
