"""`/api/v1/posts/{id}/first-comment`: again, or what a person saw under the post."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from huntaze.identity import Actor, Identity
from huntaze.publishing.first_comments.service import FirstComments

View = TypeVar("View")


def first_comment_router(
    comments: FirstComments[View], identity: Identity, answer_of: Callable[[Awaitable[View]], Awaitable[JSONResponse]]
) -> APIRouter:
    """What may be done about a first comment that is not posted; ``answer_of`` shows the post, or why not."""
    api = APIRouter(prefix="/v1/posts", tags=["posts"])
    writing = Depends(identity.require("posts.write"))

    @api.post("/{post_id}/first-comment/retry")
    async def retry_first_comment(
        post_id: UUID,
        actor: Annotated[Actor, writing],
        looked: Literal["not_there"] | None = None,
        publication_id: Annotated[UUID | None, Query(alias="publicationId")] = None,
    ) -> JSONResponse:
        return await answer_of(comments.retry(actor, post_id, publication_id, looked=looked is not None))

    @api.post("/{post_id}/first-comment/confirm")
    async def confirm_first_comment(
        post_id: UUID,
        actor: Annotated[Actor, writing],
        publication_id: Annotated[UUID | None, Query(alias="publicationId")] = None,
    ) -> JSONResponse:
        return await answer_of(comments.there(actor, post_id, publication_id))

    return api
