"""Reads one file out of a multipart upload while it arrives, so that a large one needs no memory and no second copy.

Starlette's form parser writes every file to a temporary folder, whatever its size, before anybody may say no.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from huntaze.library.errors import BadUpload

_DRAINED_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class FilePart:
    """The first file of an upload. ``chunks`` must be read before the request ends."""

    name: str
    chunks: AsyncIterator[bytes]


class _Parts:
    """Collects what the parser reports of the first part that has a file name; other parts are passed over."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.ended = False
        self._pieces: list[bytes] = []
        self._field = b""
        self._value = b""
        self._disposition = b""
        self._inside = False

    def take(self) -> list[bytes]:
        """The pieces of the file that came since last asked."""
        pieces, self._pieces = self._pieces, []
        return pieces

    def begin_part(self) -> None:
        self._disposition = b""

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def end_header(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field = self._value = b""

    def end_headers(self) -> None:
        options = parse_options_header(self._disposition)[1]
        if self.name is None and b"filename" in options:
            self.name = options[b"filename"].decode("utf-8", "replace")
            self._inside = True

    def part_data(self, data: bytes, start: int, end: int) -> None:
        if self._inside:
            self._pieces.append(data[start:end])

    def end_part(self) -> None:
        self.ended = self.ended or self._inside
        self._inside = False


async def file_part(request: Request) -> FilePart:
    """The first file of a multipart request. Raises BadUpload, also while its chunks are read."""
    parts = _Parts()
    pieces = _fed(request, parts)
    first = [piece async for piece in _until_named(pieces, parts)]
    if parts.name is None:
        raise BadUpload.no_file()
    return FilePart(parts.name, _joined(first, pieces))


async def drain(request: Request) -> None:
    """Read on for a while after a refusal: a browser that is still sending would otherwise never see the answer."""
    left = _DRAINED_BYTES
    try:
        async for chunk in request.stream():
            left -= len(chunk)
            if left < 0:
                return
    except (ClientDisconnect, RuntimeError):
        return


async def _until_named(pieces: AsyncIterator[bytes], parts: _Parts) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield piece
        if parts.name is not None:
            return


async def _fed(request: Request, parts: _Parts) -> AsyncIterator[bytes]:
    """The file's bytes; an empty piece for each chunk of the request, so that the name is known before the bytes."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise BadUpload.no_file()
    try:
        parser = _parser(options[b"boundary"], parts)
        async for chunk in request.stream():
            parser.write(chunk)
            yield b"".join(parts.take())
    except (FormParserError, ClientDisconnect):
        raise BadUpload.no_file() from None
    if not parts.ended:
        raise BadUpload.no_file()


def _parser(boundary: bytes, parts: _Parts) -> MultipartParser:
    return MultipartParser(
        boundary,
        {
            "on_part_begin": parts.begin_part,
            "on_header_field": parts.header_field,
            "on_header_value": parts.header_value,
            "on_header_end": parts.end_header,
            "on_headers_finished": parts.end_headers,
            "on_part_data": parts.part_data,
            "on_part_end": parts.end_part,
        },
    )


async def _joined(first: list[bytes], rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    for piece in first:
        yield piece
    async for piece in rest:
        yield piece
