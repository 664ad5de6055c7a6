"""rupload.facebook.com: the bytes of a video in as many requests as it takes (instagram.md §3.4).

Whatever goes wrong is told as ``debug_info``, whose ``retriable`` is the switch; the status says little.
"""

import asyncio

from socialsim.kernel.faults import FaultRule
from socialsim.kernel.fetching import FetchFailed
from socialsim.kernel.probing import is_movie
from socialsim.kernel.services import Services
from socialsim.kernel.wire import Answer, Call, Route, json_answer
from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError
from socialsim.meta.model import Container, Upload, World
from socialsim.meta.publishing.containers import process, ripening
from socialsim.meta.publishing.pulling import save
from socialsim.meta.publishing.specs import MEGABYTE, VIDEO_CAPS
from socialsim.meta.publishing.states import status_code

_HEAD = 16


class Debug(Exception):
    """A refusal in the words of this host. ``status`` 0: the one of the knob."""

    def __init__(self, kind: str, message: str, *, retriable: bool = False, status: int = 0) -> None:
        super().__init__(message)
        self.kind = kind
        self.retriable = retriable
        self.status = status


class UploadHost:
    """rupload.facebook.com."""

    takes_bytes = 320 * MEGABYTE
    endpoints = ("POST /ig-api-upload/{c}", "GET /ig-api-upload/{c}")

    def __init__(self, services: Services, world: World) -> None:
        self._services = services
        self._world = world

    def route(self, call: Call) -> Route:
        """See :class:`socialsim.kernel.wire.Host`."""
        segments = [part for part in call.path.split("/") if part]
        known = len(segments) in {2, 3} and segments[0] == "ig-api-upload"
        container = self._world.containers.get(segments[-1]) if known else None
        template = "/ig-api-upload/{c}" if known else "/{unknown}"
        version = segments[1] if known and len(segments) == 3 else ""
        return Route(
            f"{call.method} {template}",
            lambda: self._answer(call, version, container),
            container.account_id if container else "",
        )

    def error(self, rule: FaultRule) -> Answer:
        """See :class:`socialsim.kernel.wire.Host`. ``error`` is the type, ``transient`` the switch."""
        kind = "ProcessingFailedError" if rule.error == "internal_error" else rule.error
        return self._refusal(Debug(kind, rule.message, retriable=rule.transient, status=rule.status))

    def _refusal(self, debug: Debug) -> Answer:
        info = {"retriable": debug.retriable, "type": debug.kind, "message": str(debug)}
        return json_answer({"debug_info": info}, debug.status or self._services.config.upload.error_status)

    async def _answer(self, call: Call, version: str, container: Container | None) -> Answer:
        try:
            upload = self._upload(call, version, container)
            if container is None or upload is None:
                raise Debug("NotFoundError", "There is no upload of that name", status=404)
            if call.method == "GET":
                return json_answer({"id": container.id, "offset": upload.offset})
            if call.method != "POST":
                raise Debug("MethodNotAllowedError", "Only POST and GET", status=405)
            await self._receive(call, container, upload)
        except Debug as debug:
            return self._refusal(debug)
        return json_answer({"success": True, "message": "Upload successful."})

    def _upload(self, call: Call, version: str, container: Container | None) -> Upload | None:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme != "OAuth" or not token:
            raise Debug("NotAuthorizedError", "The OAuth token is missing", status=401)
        context = Context(self._services, self._world, call, version)
        try:
            _ = context.actor
            found = None if container is None else context.container(container.id)
        except GraphError as error:
            raise Debug("NotAuthorizedError", str(error), status=401) from error
        return None if found is None else self._world.uploads.get(found.id)

    async def _receive(self, call: Call, container: Container, upload: Upload) -> None:
        if upload.whole:
            raise Debug("OffsetInvalidError", "The upload is complete; start a new container")
        if status_code(container, call.at) == "EXPIRED":
            raise Debug("NotFoundError", "The container has expired", status=404)
        if "file_url" in call.headers:
            await self._pull(call.headers["file_url"], container, upload)
        else:
            await self._take(call, container, upload)
        context = Context(self._services, self._world, call, "")
        context.record(
            "upload.received", account_id=container.account_id, object_id=container.id, text=str(upload.offset)
        )
        if upload.offset < upload.file_size:
            raise Debug("PartialRequestError", "Partial request (did not match length of file)", retriable=True)
        if upload.whole:
            raise Debug("OffsetInvalidError", "Another request has completed the upload")
        upload.whole = True
        ripe = self._services.clock.epoch() + ripening(self._services, container)
        self._services.timers.at(0.0, lambda _: process(self._services, container, _part(container), ripe))

    async def _take(self, call: Call, container: Container, upload: Upload) -> None:
        """Bytes that came with the request; of a broken one what arrived."""
        offset, size = _header(call, "offset"), _header(call, "file_size")
        if not 0 < size <= VIDEO_CAPS[container.kind]:
            raise Debug("ProcessingFailedError", f"file_size must be between 1 and {VIDEO_CAPS[container.kind]}")
        if offset not in {0, upload.offset} or (offset and size != upload.file_size):
            raise Debug("OffsetInvalidError", "Request starting offset is invalid", retriable=True)
        if offset + len(call.body) > size:
            raise Debug("OffsetInvalidError", "More bytes than file_size")
        if offset == 0 and len(call.body) >= _HEAD and not is_movie(bytes(call.body[:_HEAD])):
            raise Debug("ProcessingFailedError", "Request processing failed")
        upload.file_size = size
        await asyncio.to_thread(self._services.blobs.write, _part(container), offset, call.body)
        upload.offset = offset + len(call.body)

    async def _pull(self, url: str, container: Container, upload: Upload) -> None:
        """Bytes that the platform fetches itself from ``file_url``."""
        try:
            download = await self._services.fetch(url)
            if not is_movie(download.head):
                await download.drop()
                raise Debug("ProcessingFailedError", "Request processing failed")
            upload.offset = await save(self._services, download, _part(container), VIDEO_CAPS[container.kind])
        except FetchFailed as error:
            if error.reason == "robots":
                raise Debug("ProcessingFailedError", "403 Restricted by robots.txt", status=403) from error
            retriable = error.reason in {"slow", "unreachable"}
            raise Debug(
                "ProcessingFailedError", f"The file could not be fetched: {error}", retriable=retriable
            ) from error
        upload.file_size = upload.offset


def _header(call: Call, name: str) -> int:
    text = call.headers.get(name, "")
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise Debug(
            "OffsetInvalidError" if name == "offset" else "ProcessingFailedError", f"The header {name} is missing"
        )
    return int(text)


def _part(container: Container) -> str:
    return f"upload-{container.id}.part"
