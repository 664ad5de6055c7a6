"""The media pages and the files behind them, for signed-in people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from huntaze.identity import Actor, Identity
from huntaze.kit.cursors import page_of, place_of
from huntaze.library import pages
from huntaze.library.errors import AssetInUse, BadUpload, LibraryError
from huntaze.library.model import Asset, AssetState, Purpose, StoredFile
from huntaze.library.multipart import FilePart, drain, file_part
from huntaze.library.public import link_route
from huntaze.library.service import ASSETS, Library
from huntaze.library.serving import answer, plan
from huntaze.library.sniff import FILE_TYPES
from huntaze.platforms.registry import Platforms
from huntaze.ui.htmx import is_htmx
from huntaze.ui.page import html
from huntaze.ui.viewer import CSRF_HEADER

PAGE_SIZE = 48
_LONGEST_ALT_TEXT = 1000
_KEPT_BY_BROWSERS = "private, max-age=86400"


def routes(library: Library, identity: Identity, platforms: Platforms) -> list[Route]:
    """`/m/{link}` for platforms; `/media…` for people."""
    media = _Media(library, identity, platforms)
    page = identity.page_route
    return [
        link_route(library),
        page("/media", "media.read", media.index),
        page(
            "/media",
            "media.write",
            media.upload,
            methods=("POST",),
            name="media-upload",
            max_body=library.limits.request_bytes,
        ),
        page("/media/{asset_id:uuid}", "media.read", media.one),
        page("/media/{asset_id:uuid}", "media.write", media.describe, methods=("POST",), name="media-describe"),
        page("/media/{asset_id:uuid}/delete", "media.write", media.delete, methods=("POST",), name="media-delete"),
        page("/media/{asset_id:uuid}/thumbnail", "media.read", media.thumbnail),
        page("/media/{asset_id:uuid}/file", "media.read", media.file),
    ]


class _Media:
    def __init__(self, library: Library, identity: Identity, platforms: Platforms) -> None:
        self._library = library
        self._identity = identity
        self._platforms = platforms

    async def index(self, request: Request, actor: Actor) -> Response:
        return await self._index(request, actor)

    async def _index(self, request: Request, actor: Actor, error: LibraryError | None = None) -> Response:
        kind = request.query_params.get("kind", "")
        kind = kind if kind in {"image", "video"} else ""
        cursor = request.query_params.get("before", "")
        before = place_of(self._library.cursors, ASSETS, cursor)
        async with self._library.db.transaction() as tx:
            found = await self._library.list_assets(tx, actor.workspace_id, before, PAGE_SIZE + 1, kind=kind)
        shown, older = page_of(self._library.cursors, ASSETS, found, PAGE_SIZE)
        grid = pages.Grid(shown, kind, older, first=not cursor, error=error)
        viewer = self._identity.viewer(request, actor)
        with viewer.speaking():
            return html(pages.media(viewer, grid, self._platforms), status=error.status if error else 200)

    async def upload(self, request: Request, actor: Actor) -> Response:
        """One file. The dropzone gets a tile back (or, with ``?as=strip``, an item of a composer's strip)."""
        viewer = self._identity.viewer(request, actor)
        try:
            async with _part(request) as part:
                asset = await self._library.receive(actor.workspace_id, part.name, part.chunks)
        except LibraryError as error:
            await drain(request)
            if not is_htmx(request):
                return await self._index(request, actor, error)
            with viewer.speaking():
                words = pages.words(error)
            return Response(status_code=error.status, headers={"X-Reason": quote(words)})
        if not is_htmx(request):
            return RedirectResponse("/media", status_code=303)
        with viewer.speaking():
            return html(pages.strip_item(asset) if request.query_params.get("as") == "strip" else pages.tile(asset))

    async def one(self, request: Request, actor: Actor) -> Response:
        return self._one(request, actor, await self._asset(request, actor))

    def _one(self, request: Request, actor: Actor, asset: Asset, error: LibraryError | None = None) -> Response:
        viewer = self._identity.viewer(request, actor)
        with viewer.speaking():
            return html(pages.details(viewer, asset, error), status=error.status if error else 200)

    async def describe(self, request: Request, actor: Actor) -> Response:
        text = (await request.form()).get("alt_text", "")
        words = text.strip()[:_LONGEST_ALT_TEXT] if isinstance(text, str) else ""
        async with self._library.db.transaction() as tx:
            known = await self._library.describe(tx, actor.workspace_id, request.path_params["asset_id"], words)
        if not known:
            raise HTTPException(404)
        return RedirectResponse(request.url.path, status_code=303)

    async def delete(self, request: Request, actor: Actor) -> Response:
        asset = await self._asset(request, actor)
        try:
            await self._library.delete(actor.workspace_id, asset.id, actor=actor.name)
        except AssetInUse as error:
            return self._one(request, actor, asset, error)
        return RedirectResponse("/media", status_code=303)

    async def thumbnail(self, request: Request, actor: Actor) -> Response:
        """The thumbnail; 404 where none could be made (a video without ffmpeg)."""
        asset = await self._asset(request, actor)
        return await self._send(request, asset.file(Purpose.THUMBNAIL))

    async def file(self, request: Request, actor: Actor) -> Response:
        """The original as it came, for looking at or (``?download``) for keeping."""
        asset = await self._asset(request, actor)
        ready = asset.state is AssetState.READY
        return await self._send(request, asset.original if ready else None, asset.name)

    async def _send(self, request: Request, file: StoredFile | None, name: str = "") -> Response:
        if file is None:
            raise HTTPException(404)
        inline = file.mime in FILE_TYPES and "download" not in request.query_params
        disposition = "inline" if inline else "attachment"
        if name:
            disposition += f"; filename*=UTF-8''{quote(name, safe='')}"
        wanted = plan(file, request.headers)
        extra = {"Cache-Control": _KEPT_BY_BROWSERS, "Content-Disposition": disposition}
        return await answer(self._library.files, file, wanted, head=request.method == "HEAD", extra=extra)

    async def _asset(self, request: Request, actor: Actor) -> Asset:
        async with self._library.db.transaction() as tx:
            found = await self._library.asset(tx, actor.workspace_id, request.path_params["asset_id"])
        if found is None:
            raise HTTPException(404)
        return found


@asynccontextmanager
async def _part(request: Request) -> AsyncIterator[FilePart]:
    """The file of an upload: read while it arrives, or, from a form without JavaScript, out of the parsed form."""
    if CSRF_HEADER in request.headers:
        yield await file_part(request)
        return
    async with request.form() as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise BadUpload.no_file()
        yield FilePart(file.filename or "", _read(file))


async def _read(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(256 * 1024):
        yield piece
