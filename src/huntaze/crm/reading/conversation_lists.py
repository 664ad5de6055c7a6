"""Conversations, their messages and mentions a page at a time, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huntaze.crm.people_model import ConversationRow, MentionRow, MessageRow
from huntaze.crm.queries import Q
from huntaze.crm.reading.filters import BEGINNING
from huntaze.kit.cursors import Place
from huntaze.kit.db import Connection, fetch, fetch_optional, fetch_values


async def conversations(
    tx: Connection, workspace_id: UUID, account_ids: Sequence[UUID], before: Place | None, limit: int
) -> list[ConversationRow]:
    """Conversations of these accounts, of all without any, by their last message."""
    place = before or BEGINNING
    page = await fetch_values(
        tx, Q.conversations_page, UUID, workspace_id, list(account_ids), place.at, place.id, limit
    )
    return await fetch(tx, Q.conversations, ConversationRow, workspace_id, page)


async def conversation(tx: Connection, workspace_id: UUID, conversation_id: UUID) -> ConversationRow | None:
    """One of them."""
    return await fetch_optional(tx, Q.conversations, ConversationRow, workspace_id, [conversation_id])


async def messages(
    tx: Connection, workspace_id: UUID, conversation_id: UUID, before: Place | None, limit: int
) -> list[MessageRow]:
    """Messages of a conversation and what stands between them."""
    place = before or BEGINNING
    return await fetch(tx, Q.messages, MessageRow, workspace_id, conversation_id, place.at, place.id, limit)


async def mentions(
    tx: Connection, workspace_id: UUID, account_ids: Sequence[UUID], before: Place | None, limit: int
) -> list[MentionRow]:
    """Mentions of these accounts, of all without any."""
    place = before or BEGINNING
    return await fetch(tx, Q.mentions, MentionRow, workspace_id, list(account_ids), place.at, place.id, limit)
