"""`/api/v1/comments`: comments over all accounts, and what is done with them."""

from collections.abc import AsyncIterator, Awaitable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import Field

from huntaze.crm import CommentFilter
from huntaze.identity import Actor, Identity
from huntaze.inbox import answers
from huntaze.inbox.asking import COMMENTS, CommentPageWanted, CommentsWanted
from huntaze.inbox.errors import InboxError, UnknownComment
from huntaze.inbox.model import DeedRow
from huntaze.inbox.service import CommentWork
from huntaze.kit import sheets
from huntaze.kit.cursors import Place, page_of, place_of
from huntaze.kit.db import Connection
from huntaze.kit.problems import ProblemError, not_found
from huntaze.kit.shapes import Shape
from huntaze.kit.signing import Signer
from huntaze.platforms.contract import CommentDeed
from huntaze.publishing import Creating, PublishingError
from huntaze.publishing import problem_of as problem_of_key
from huntaze.publishing.creating import response
from huntaze.publishing.idempotency import Answer

FILE_PAGE = 500
Key = Annotated[str | None, Header(alias="Idempotency-Key")]


class TextIn(Shape):
    """What an answer says."""

    text: str = Field(max_length=10_000)


def router(work: CommentWork, creating: Creating, identity: Identity, cursors: Signer) -> APIRouter:
    """The routes under `/v1/comments`."""
    api = APIRouter(prefix="/v1", tags=["comments"])
    _add_reading(api, work, identity, cursors)
    _add_asking(api, _Asking(work, creating), identity)
    _add_deciding(api, work, identity)
    return api


def _add_reading(api: APIRouter, work: CommentWork, identity: Identity, cursors: Signer) -> None:
    reader = Annotated[Actor, Depends(identity.require("comments.read"))]

    @api.get("/comments", summary="Comments over all accounts")
    async def index(actor: reader, query: Annotated[CommentPageWanted, Query()]) -> JSONResponse:
        """Comments and replies, newest first, each with what may be done with it now."""
        before = place_of(cursors, COMMENTS, query.cursor)
        found = await work.comments(actor.workspace_id, await _filter(work, actor, query), before, query.limit + 1)
        page, onward = page_of(cursors, COMMENTS, found, query.limit)
        return JSONResponse({"items": [answers.comment(one) for one in page], "nextCursor": onward or None})

    @api.get("/comments.csv", response_class=StreamingResponse, summary="The same as a CSV file")
    async def export(actor: reader, query: Annotated[CommentsWanted, Query()]) -> StreamingResponse:
        """Every comment that is asked for, newest first."""
        pieces = _file(work, actor.workspace_id, await _filter(work, actor, query))
        return StreamingResponse(pieces, media_type=sheets.MEDIA_TYPE, headers=sheets.attachment("comments.csv"))

    @api.get("/comments/{comment_id}", summary="One comment, and the course of what was done with it")
    async def show(comment_id: UUID, actor: reader) -> JSONResponse:
        view = await work.view(actor.workspace_id, comment_id)
        if view is None:
            raise not_found()
        return JSONResponse(answers.whole(view))


async def _filter(work: CommentWork, actor: Actor, query: CommentsWanted) -> CommentFilter:
    async with work.database.transaction() as tx:
        return query.filter(await work.own(tx, actor.workspace_id))


async def _file(work: CommentWork, workspace_id: UUID, wanted: CommentFilter) -> AsyncIterator[str]:
    """Page by page, so that a long list is never held whole."""
    yield sheets.header_line(answers.COLUMNS)
    before: Place | None = None
    while page := await work.comments(workspace_id, wanted, before, FILE_PAGE):
        yield sheets.lines([answers.cells(view) for view in page])
        before = page[-1].place


class _Asking:
    """Asking once, whatever the network does to the answer."""

    def __init__(self, work: CommentWork, creating: Creating) -> None:
        self._work = work
        self._creating = creating

    async def ask(
        self, actor: Actor, comment_id: UUID, deed: CommentDeed, key: str | None, text: str = ""
    ) -> JSONResponse:
        """202 with the deed; with a key the same one again."""
        route = f"comments/{comment_id}/{deed}"
        try:
            async with self._creating.once(actor, route, key, {"text": text}) as held:
                if isinstance(held, Answer):
                    return response(held, replayed=True)

                async def keep(tx: Connection, row: DeedRow) -> None:
                    await self._creating.keep(tx, held, Answer(202, answers.deed(row)))

                row = await self._work.ask(actor, comment_id, deed, text, at_commit=keep)
                return response(Answer(202, answers.deed(row)))
        except UnknownComment:
            raise not_found() from None
        except InboxError as error:
            raise ProblemError(answers.problem_of(error)) from error
        except PublishingError as error:
            raise ProblemError(problem_of_key(error)) from error


def _add_asking(api: APIRouter, asking: _Asking, identity: Identity) -> None:
    writer = Annotated[Actor, Depends(identity.require("comments.write"))]

    @api.post("/comments/{comment_id}/replies", status_code=202, summary="Answer under a comment")
    async def reply(comment_id: UUID, body: TextIn, actor: writer, key: Key = None) -> JSONResponse:
        return await asking.ask(actor, comment_id, CommentDeed.REPLY, key, body.text)

    @api.post("/comments/{comment_id}/private-reply", status_code=202, summary="Answer in a direct message")
    async def private_reply(comment_id: UUID, body: TextIn, actor: writer, key: Key = None) -> JSONResponse:
        """One message a comment, for as long as the network allows it: see `permitted.privateReply.until`."""
        return await asking.ask(actor, comment_id, CommentDeed.PRIVATE_REPLY, key, body.text)

    @api.post("/comments/{comment_id}/hide", status_code=202, summary="Hide a comment from everybody but its author")
    async def hide(comment_id: UUID, actor: writer, key: Key = None) -> JSONResponse:
        return await asking.ask(actor, comment_id, CommentDeed.HIDE, key)

    @api.post("/comments/{comment_id}/unhide", status_code=202, summary="Show a hidden comment again")
    async def unhide(comment_id: UUID, actor: writer, key: Key = None) -> JSONResponse:
        return await asking.ask(actor, comment_id, CommentDeed.UNHIDE, key)

    @api.delete("/comments/{comment_id}", status_code=202, summary="Delete a comment with its replies")
    async def delete(comment_id: UUID, actor: writer, key: Key = None) -> JSONResponse:
        return await asking.ask(actor, comment_id, CommentDeed.DELETE, key)


def _add_deciding(api: APIRouter, work: CommentWork, identity: Identity) -> None:
    writer = Annotated[Actor, Depends(identity.require("comments.write"))]

    @api.post("/comments/deeds/{deed_id}/retry", summary="Do again what failed, or what you looked for in vain")
    async def retry(deed_id: UUID, actor: writer, looked: Literal["not_done"] | None = None) -> JSONResponse:
        return await _decided(work.retry(actor, deed_id, looked=looked is not None))

    @api.post("/comments/deeds/{deed_id}/confirm", summary="Say that an unconfirmed deed is done")
    async def confirm(deed_id: UUID, actor: writer) -> JSONResponse:
        return await _decided(work.there(actor, deed_id))

    @api.post("/comments/deeds/{deed_id}/dismiss", summary="Put away what failed")
    async def dismiss(deed_id: UUID, actor: writer) -> JSONResponse:
        return await _decided(work.dismiss(actor, deed_id))


async def _decided(deciding: Awaitable[DeedRow]) -> JSONResponse:
    try:
        row: Any = answers.deed(await deciding)
    except UnknownComment:
        raise not_found() from None
    except InboxError as error:
        raise ProblemError(answers.problem_of(error)) from error
    return JSONResponse(row)
