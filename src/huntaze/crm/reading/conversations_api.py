"""`/api/v1/conversations` and `/api/v1/mentions`: what was said with people, read out of the mirror."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from huntaze.crm.reading import conversation_shapes as shapes
from huntaze.crm.reading.asked import ConversationsWanted, MentionsWanted, MessagesWanted, answer
from huntaze.crm.reading.browsing import CONVERSATIONS, MENTIONS, Browsing, messages_of
from huntaze.identity import Actor, Identity
from huntaze.kit.cursors import page_of, place_of
from huntaze.kit.problems import not_found
from huntaze.kit.signing import Signer


def add(api: APIRouter, browsing: Browsing, identity: Identity, cursors: Signer) -> None:
    """The endpoints."""
    _add_conversations(api, browsing, identity, cursors)
    _add_mentions(api, browsing, identity, cursors)


def _add_conversations(api: APIRouter, browsing: Browsing, identity: Identity, cursors: Signer) -> None:
    reader = Annotated[Actor, Depends(identity.require("comments.read"))]

    @api.get(
        "/conversations", response_model=shapes.ConversationList, tags=["conversations"], summary="Direct messages"
    )
    async def index(request: Request, actor: reader, query: Annotated[ConversationsWanted, Query()]) -> Response:
        """The conversations of the accounts, those first in which something was said last."""
        before = place_of(cursors, CONVERSATIONS, query.cursor)
        rows = await browsing.conversations(actor.workspace_id, query.account_id, before, query.limit + 1)
        page, onward = page_of(cursors, CONVERSATIONS, rows, query.limit)
        items = [shapes.conversation(row) for row in page]
        return answer(request, shapes.ConversationList(items=items, next_cursor=onward or None))

    @api.get(
        "/conversations/{conversation_id}",
        response_model=shapes.ConversationShape,
        tags=["conversations"],
        summary="One conversation",
    )
    async def one(request: Request, conversation_id: UUID, actor: reader) -> Response:
        """With whom it is and how it stands; what was said in it is at `/conversations/{id}/messages`."""
        row = await browsing.conversation(actor.workspace_id, conversation_id)
        if row is None:
            raise not_found()
        return answer(request, shapes.conversation(row))

    @api.get(
        "/conversations/{conversation_id}/messages",
        response_model=shapes.MessageList,
        tags=["conversations"],
        summary="What was said in a conversation",
    )
    async def messages(
        request: Request, conversation_id: UUID, actor: reader, query: Annotated[MessagesWanted, Query()]
    ) -> Response:
        """Messages either way, and what stands between them, newest first. An unsent message tells when, not what."""
        before = place_of(cursors, messages_of(conversation_id), query.cursor)
        rows = await browsing.messages(actor.workspace_id, conversation_id, before, query.limit + 1)
        if rows is None:
            raise not_found()
        page, onward = page_of(cursors, messages_of(conversation_id), rows, query.limit)
        items = [shapes.message(row) for row in page]
        return answer(request, shapes.MessageList(items=items, next_cursor=onward or None))


def _add_mentions(api: APIRouter, browsing: Browsing, identity: Identity, cursors: Signer) -> None:
    reader = Annotated[Actor, Depends(identity.require("comments.read"))]

    @api.get("/mentions", response_model=shapes.MentionList, tags=["mentions"], summary="Where others named an account")
    async def index(request: Request, actor: reader, query: Annotated[MentionsWanted, Query()]) -> Response:
        """Captions and comments of others that name the accounts, newest first."""
        before = place_of(cursors, MENTIONS, query.cursor)
        rows = await browsing.mentions(actor.workspace_id, query.account_id, before, query.limit + 1)
        page, onward = page_of(cursors, MENTIONS, rows, query.limit)
        items = [shapes.mention(row) for row in page]
        return answer(request, shapes.MentionList(items=items, next_cursor=onward or None))
