"""`/api/v1/posts/import` and `/api/v1/posts.csv`: posts in bulk, for programs."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse

from huntaze.identity import Actor, Identity
from huntaze.kit.json_value import moment
from huntaze.kit.problems import Problem, ProblemError
from huntaze.kit.shapes import Shape
from huntaze.publishing.answers import problem_of
from huntaze.publishing.bulk.file import COLUMNS, MAX_BYTES
from huntaze.publishing.bulk.run import RowPost
from huntaze.publishing.bulk.service import Bulk, Report, RowError
from huntaze.publishing.errors import PublishingError
from huntaze.publishing.states import State

_CSV = "text/csv"


class ImportQuery(Shape):
    """How a file is brought in. A name that is not known is refused: a mistyped `dryRun` must not publish."""

    dry_run: bool = False


def bulk_router(bulk: Bulk, identity: Identity) -> APIRouter:
    """Import and export under `/v1`."""
    api = APIRouter(prefix="/v1", tags=["posts"])

    @api.post("/posts/import", openapi_extra=_BODY, max_body_size=MAX_BYTES)
    async def bring_in(
        request: Request,
        query: Annotated[ImportQuery, Query()],
        actor: Annotated[Actor, Depends(identity.require("posts.write"))],
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> JSONResponse:
        """Make the posts of a CSV file, each row whole or not at all. With `dryRun` every row is checked and nothing is
        made or fetched."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _CSV:
            remedy = "Send the file as the body, with Content-Type: text/csv."
            raise ProblemError(Problem(415, "unsupported_type", "The body is not CSV", remedy=remedy))
        content = await request.body()
        try:
            report = await bulk.bring_in(actor, content, dry_run=query.dry_run, key=idempotency_key)
        except PublishingError as error:
            raise ProblemError(problem_of(error)) from error
        return JSONResponse(_shown(report))

    @api.get("/posts.csv", response_class=StreamingResponse)
    async def export(
        actor: Annotated[Actor, Depends(identity.require("posts.read"))],
        state: Annotated[list[State] | None, Query()] = None,
    ) -> StreamingResponse:
        """The posts as a CSV file that can be brought in again, newest first."""
        pieces: AsyncIterator[str] = bulk.export(actor.workspace_id, state)
        headers = {"Content-Disposition": 'attachment; filename="posts.csv"'}
        return StreamingResponse(pieces, media_type=_CSV, headers=headers)

    return api


def _shown(report: Report) -> dict[str, Any]:
    return {
        "dryRun": report.dry_run,
        "made": report.made,
        "replayed": report.replayed,
        "refused": report.refused,
        "posts": [_post(post) for post in report.posts],
        "errors": [_error(error) for error in report.errors],
    }


def _post(post: RowPost) -> dict[str, Any]:
    """A row's post; without an id in a dry run."""
    draft, made = post.draft, post.answer.body if post.answer else {}
    return {
        "row": post.row,
        "id": made.get("id"),
        "statusUrl": made.get("statusUrl"),
        "replayed": post.replayed,
        "accountIds": [str(account_id) for account_id in draft.account_ids],
        "mediaType": draft.type.value,
        "media": len(draft.asset_ids),
        "scheduledAt": moment(draft.due_at),
        "timeZone": draft.zone,
        "draft": draft.draft,
    }


def _error(error: RowError) -> dict[str, Any]:
    told = {
        "row": error.row,
        "column": error.column,
        "message": str(error.message),
        "remedy": str(error.remedy),
        "file": error.file,
        "postId": error.post_id or None,
    }
    return {name: value for name, value in told.items() if value is not None}


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            _CSV: {"schema": {"type": "string", "description": f"rows under a header of {', '.join(COLUMNS)}"}},
        },
    }
}
