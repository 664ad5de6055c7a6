"""What people and programs read of the mirror: each answer is one short transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from huntaze.accounts import AccountRow, Accounts
from huntaze.crm.model import CommentRow, FigureRow, MediaRow
from huntaze.crm.people_model import ConversationRow, MentionRow, MessageRow
from huntaze.crm.reading import conversation_lists, lists, people_lists
from huntaze.crm.reading.filters import MediaFilter, PeopleFilter
from huntaze.crm.reading.people_lists import Contact, HappeningRow
from huntaze.crm.reading.threads import Own
from huntaze.crm.service import Mirror
from huntaze.identity import Actor
from huntaze.kit.clock import Clock
from huntaze.kit.cursors import Place
from huntaze.kit.db import Connection, Database
from huntaze.kit.log import get_logger
from huntaze.outbox import Erasers

log = get_logger(__name__)

MEDIA, PEOPLE, CONVERSATIONS, MENTIONS = "media", "people", "conversations", "mentions"
"""Names of lists, as their cursors bear them."""


@dataclass(frozen=True, slots=True)
class MediaWhole:
    """A post, the pictures of its carousel, and its comments, oldest first."""

    item: MediaRow
    pictures: Sequence[MediaRow]
    comments: Sequence[CommentRow]


class Browsing:
    """Reads the mirror, and has people forgotten."""

    def __init__(self, database: Database, clock: Clock, accounts: Accounts, mirror: Mirror, erasers: Erasers) -> None:
        self.database = database
        self.clock = clock
        self._accounts = accounts
        self._mirror = mirror
        self._erasers = erasers

    async def accounts(self, workspace_id: UUID) -> dict[UUID, AccountRow]:
        """The connected accounts."""
        async with self.database.transaction() as tx:
            return {row.id: row for row in await self._accounts.list_accounts(tx, workspace_id)}

    # --- posts --------------------------------------------------------------------------------------------------

    async def media(self, workspace_id: UUID, wanted: MediaFilter, before: Place | None, limit: int) -> list[MediaRow]:
        """Posts, newest first."""
        async with self.database.transaction() as tx:
            return await lists.media(tx, workspace_id, wanted, before, limit)

    async def media_whole(self, workspace_id: UUID, media_id: UUID) -> MediaWhole | None:
        """One post with all that belongs to it."""
        async with self.database.transaction() as tx:
            item = await lists.media_by_id(tx, workspace_id, media_id)
            if item is None:
                return None
            pictures = await lists.pictures_of(tx, workspace_id, item)
            comments = await self._mirror.comments_of(tx, workspace_id, item.account_id, item.media_ref)
        return MediaWhole(item, pictures, comments)

    # --- people -------------------------------------------------------------------------------------------------

    async def people(self, workspace_id: UUID, wanted: PeopleFilter, before: Place | None, limit: int) -> list[Contact]:
        """People, those first who were heard of last."""
        async with self.database.transaction() as tx:
            own = list((await self._own(tx, workspace_id)).values())
            return await people_lists.people(tx, workspace_id, wanted, own, before, limit)

    async def contact(self, workspace_id: UUID, person_id: UUID) -> Contact | None:
        """One person."""
        async with self.database.transaction() as tx:
            return await people_lists.contact(tx, workspace_id, person_id)

    async def timeline(self, contact: Contact, before: Place | None, limit: int) -> list[HappeningRow]:
        """What was said with somebody, newest first."""
        person = contact.person
        async with self.database.transaction() as tx:
            own = (await self._own(tx, person.workspace_id)).get(person.account_id)
            return await people_lists.timeline(tx, person, own, before, limit)

    async def erase(self, actor: Actor, contact: Contact) -> int:
        """Forget somebody in every room; how many rows held them."""
        person = contact.person
        async with self.database.transaction() as tx:
            account = await self._accounts.get(tx, person.workspace_id, person.account_id)
            platform = account.platform if account else ""
            erased = await self._erasers.erase(tx, person.workspace_id, platform, person.person_ref)
        log.info("person_erased", person_id=str(person.id), by=str(actor.person_id), rows=erased)
        return sum(erased.values())

    async def _own(self, tx: Connection, workspace_id: UUID) -> dict[UUID, Own]:
        """By what the accounts' own words are known."""
        rows = await self._accounts.list_accounts(tx, workspace_id)
        return {row.id: Own(row.id, row.account_ref, row.username) for row in rows}

    # --- conversations ------------------------------------------------------------------------------------------

    async def conversations(
        self, workspace_id: UUID, account_ids: Sequence[UUID], before: Place | None, limit: int
    ) -> list[ConversationRow]:
        """Conversations of these accounts, of all without any, by their last message."""
        async with self.database.transaction() as tx:
            return await conversation_lists.conversations(tx, workspace_id, account_ids, before, limit)

    async def conversation(self, workspace_id: UUID, conversation_id: UUID) -> ConversationRow | None:
        """One of them."""
        async with self.database.transaction() as tx:
            return await conversation_lists.conversation(tx, workspace_id, conversation_id)

    async def messages(
        self, workspace_id: UUID, conversation_id: UUID, before: Place | None, limit: int
    ) -> list[MessageRow] | None:
        """What stands in a conversation, newest first; None when there is no such conversation."""
        async with self.database.transaction() as tx:
            if await conversation_lists.conversation(tx, workspace_id, conversation_id) is None:
                return None
            return await conversation_lists.messages(tx, workspace_id, conversation_id, before, limit)

    async def mentions(
        self, workspace_id: UUID, account_ids: Sequence[UUID], before: Place | None, limit: int
    ) -> list[MentionRow]:
        """Mentions of these accounts, of all without any, newest first."""
        async with self.database.transaction() as tx:
            return await conversation_lists.mentions(tx, workspace_id, account_ids, before, limit)

    # --- figures ------------------------------------------------------------------------------------------------

    async def figures(
        self, workspace_id: UUID, account_id: UUID, since: date | None, until: date | None
    ) -> list[FigureRow] | None:
        """An account day by day, oldest first; None when there is no such account."""
        async with self.database.transaction() as tx:
            account = await self._accounts.get(tx, workspace_id, account_id)
            if account is None or account.disconnected_at is not None:
                return None
            return await lists.figures(tx, workspace_id, [account_id], since, until)


def timeline_of(person_id: UUID) -> str:
    """The name of somebody's timeline, as its cursors bear it."""
    return f"timeline:{person_id}"


def messages_of(conversation_id: UUID) -> str:
    """The name of a conversation's list, as its cursors bear it."""
    return f"messages:{conversation_id}"
