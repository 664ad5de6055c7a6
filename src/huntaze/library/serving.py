"""Answers a request for one stored file: whole, a range of it, or only its head (RFC 9110 §13, §14)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import Response, StreamingResponse

from huntaze.library.files import FileMissing, FileStore, StoreUnavailable
from huntaze.library.model import StoredFile

_RANGE = re.compile(r"^bytes=(?:(?P<first>\d{1,18})-(?P<last>\d{0,18})|-(?P<suffix>\d{1,18}))$")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is going to be answered: the bytes from ``start`` up to but without ``end``."""

    status: int
    start: int
    end: int
    size: int

    @property
    def length(self) -> int:
        return self.end - self.start

    def headers(self) -> dict[str, str]:
        """The headers that follow from the part that is sent."""
        if self.status == 416:
            return {"Content-Range": f"bytes */{self.size}", "Content-Length": "0"}
        if self.status == 304:
            return {}
        found = {"Content-Length": str(self.length)}
        if self.status == 206:
            found["Content-Range"] = f"bytes {self.start}-{self.end - 1}/{self.size}"
        return found


def plan(file: StoredFile, headers: Headers) -> Plan:
    """Which part these request headers ask for. Several ranges at once are answered with the whole file."""
    if _names(headers.get("if-none-match", ""), file.etag):
        return Plan(304, 0, 0, file.size)
    asked = _RANGE.match(headers.get("range", "").replace(" ", ""))
    unchanged = headers.get("if-range", file.etag) == file.etag
    if asked is None or not unchanged:
        return Plan(200, 0, file.size, file.size)
    if asked["suffix"] is not None:
        start, end = max(0, file.size - int(asked["suffix"])), file.size
    else:
        start = int(asked["first"])
        end = min(file.size, int(asked["last"]) + 1) if asked["last"] else file.size
        if asked["last"] and int(asked["last"]) < start:
            return Plan(200, 0, file.size, file.size)
    if start >= end:
        return Plan(416, 0, 0, file.size)
    return Plan(206, start, end, file.size)


async def answer(files: FileStore, file: StoredFile, wanted: Plan, *, head: bool, extra: Mapping[str, str]) -> Response:
    """The response for a plan. 503 when the store does not answer, 404 when the file is not in it."""
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": file.etag,
        "X-Content-Type-Options": "nosniff",
        **extra,
        **wanted.headers(),
    }
    if head or wanted.status in {304, 416}:
        return Response(status_code=wanted.status, headers=headers, media_type=file.mime)
    try:
        pieces: AsyncIterator[bytes] = await files.read(file.path, wanted.start, wanted.end)
    except FileMissing:
        return Response(status_code=404)
    except StoreUnavailable:
        return Response(status_code=503, headers={"Retry-After": "10"})
    return StreamingResponse(pieces, wanted.status, headers, file.mime)


def _names(condition: str, etag: str) -> bool:
    tags = {tag.strip().removeprefix("W/") for tag in condition.split(",")}
    return etag in tags or "*" in tags
