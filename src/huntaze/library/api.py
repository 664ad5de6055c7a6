"""`/api/v1/assets`: files for programs. camelCase; problems are RFC 9457."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field, ValidationError

from huntaze.identity import Actor, Identity
from huntaze.kit.cursors import page_of, place_of
from huntaze.kit.problems import FieldProblem, Problem, ProblemError, not_found
from huntaze.kit.shapes import Shape
from huntaze.library.errors import LibraryError, NotStored
from huntaze.library.model import Asset
from huntaze.library.multipart import drain, file_part
from huntaze.library.service import ASSETS, Library

_LARGEST_JSON = 16 * 1024
_STORE_AGAIN = 30  # seconds


class ImportRequest(Shape):
    """A file to be copied from a public address."""

    url: str = Field(max_length=4000)
    name: str = Field(default="", max_length=200)


class VariantShape(Shape):
    """A file made from the original; `jpeg` is what networks get."""

    purpose: str
    mime: str
    size: int
    width: int
    height: int


class AssetProblem(Shape):
    """Why a file cannot be used."""

    detail: str
    remedy: str


class AssetShape(Shape):
    """One file. Sizes in bytes, duration in seconds; facts are 0 or null until `state` is `ready`."""

    id: UUID
    name: str
    state: Literal["receiving", "ready", "refused"]
    source: str
    kind: str
    mime: str
    size: int
    width: int
    height: int
    duration: float | None
    fps: float | None
    video_codec: str
    audio_codec: str
    sha256: str
    alt_text: str
    problem: AssetProblem | None
    variants: list[VariantShape]
    created_at: datetime
    ready_at: datetime | None


class AssetList(Shape):
    """One page, newest first. `nextCursor` null: the end."""

    items: list[AssetShape]
    next_cursor: str | None


def router(library: Library, identity: Identity) -> APIRouter:
    """The endpoints under `/v1/assets`."""
    api = APIRouter(prefix="/v1/assets", tags=["assets"])
    reader = Annotated[Actor, Depends(identity.require("media.read"))]
    writer = Annotated[Actor, Depends(identity.require("media.write"))]

    @api.post("", status_code=201, openapi_extra=_BODY, max_body_size=library.limits.request_bytes)
    async def add(request: Request, response: Response, actor: writer) -> AssetShape:
        """Add a file: send it as the field `file` of a multipart form, or give its `url` as JSON. The same bytes
        sent again give the file that is there, so a lost answer may be asked for again."""
        try:
            asset = await _added(library, request, actor.workspace_id)
        except LibraryError as error:
            await drain(request)
            raise ProblemError(problem_of(error)) from error
        response.headers["Location"] = f"/api/v1/assets/{asset.id}"
        return shape(asset)

    @api.get("")
    async def list_all(
        actor: reader,
        cursor: str = "",
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
        kind: Literal["", "image", "video"] = "",
    ) -> AssetList:
        """Every file of the workspace, newest first."""
        before = place_of(library.cursors, ASSETS, cursor)
        async with library.db.transaction() as tx:
            found = await library.list_assets(tx, actor.workspace_id, before, limit + 1, kind=kind)
        page, onward = page_of(library.cursors, ASSETS, found, limit)
        return AssetList(items=[shape(asset) for asset in page], next_cursor=onward or None)

    @api.get("/{asset_id}")
    async def one(asset_id: UUID, actor: reader) -> AssetShape:
        """One file."""
        async with library.db.transaction() as tx:
            asset = await library.asset(tx, actor.workspace_id, asset_id)
        if asset is None:
            raise not_found()
        return shape(asset)

    @api.delete("/{asset_id}", status_code=204)
    async def delete(asset_id: UUID, actor: writer) -> None:
        """Delete a file that no post needs; 409 `in_use` otherwise."""
        try:
            known = await library.delete(actor.workspace_id, asset_id, actor=actor.name)
        except LibraryError as error:
            raise ProblemError(problem_of(error)) from error
        if not known:
            raise not_found()

    return api


def shape(asset: Asset) -> AssetShape:
    """An asset as the API shows it."""
    row = asset.row
    reason = asset.problem
    made = [
        VariantShape(purpose=v.purpose, mime=v.mime, size=v.size, width=v.width, height=v.height)
        for v in asset.variants
    ]
    return AssetShape(
        id=row.id,
        name=row.name,
        state=asset.state.value,
        source=row.source,
        kind=row.kind,
        mime=row.mime,
        size=row.size,
        width=row.width,
        height=row.height,
        duration=row.duration,
        fps=row.fps,
        video_codec=row.video_codec,
        audio_codec=row.audio_codec,
        sha256=row.sha256.hex(),
        alt_text=row.alt_text,
        problem=AssetProblem(detail=str(reason[0]), remedy=str(reason[1])) if reason else None,
        variants=made,
        created_at=row.created_at,
        ready_at=row.ready_at,
    )


def problem_of(error: LibraryError) -> Problem:
    """The problem details of a refusal."""
    return Problem(
        error.status,
        error.code,
        "The file was not taken" if error.code != "in_use" else "The file is in use",
        str(error.message),
        str(error.remedy),
        retry_after=_STORE_AGAIN if isinstance(error, NotStored) else None,
    )


async def _added(library: Library, request: Request, workspace_id: UUID) -> Asset:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        part = await file_part(request)
        return await library.receive(workspace_id, part.name, part.chunks)
    wanted = await _import_request(request)
    return await library.import_url(workspace_id, wanted.url, wanted.name)


async def _import_request(request: Request) -> ImportRequest:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_JSON:
            raise ProblemError(Problem(413, "too_large", "The request is too large"))
    try:
        return ImportRequest.model_validate_json(bytes(body))
    except ValidationError as error:
        faults = tuple(
            FieldProblem(each["msg"], pointer="#/" + "/".join(str(part) for part in each["loc"]))
            for each in error.errors(include_input=False, include_url=False)
        )
        raise ProblemError(Problem(422, "invalid", "The request is not valid", errors=faults)) from None


_BODY: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            "application/json": {"schema": ImportRequest.model_json_schema()},
        },
    }
}
