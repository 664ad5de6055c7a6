"""The bytes of one incoming file: counted, hashed and judged while they arrive, never held in memory."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from huntaze.kit.text import N_, Text
from huntaze.library.errors import TooLarge, Unreadable, UnsupportedType
from huntaze.library.sniff import HEAD_BYTES, FileType, sniff

_FLUSH_BYTES = 1 << 20
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that has arrived whole in the scratch folder. ``sha256`` is raw bytes."""

    path: Path
    type: FileType
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Caps:
    """How many bytes a picture and a video may have."""

    image: int
    video: int

    @property
    def most(self) -> int:
        return max(self.image, self.video)

    def of(self, kind: str) -> int:
        return self.image if kind == "image" else self.video


class Intake:
    """Takes the pieces of one file in order; ``close`` must follow, also after an error."""

    def __init__(self, path: Path, caps: Caps) -> None:
        self._path = path
        self._caps = caps
        self._file = path.open("wb")
        self._hash = hashlib.sha256()
        self._head = b""
        self._size = 0
        self._type: FileType | None = None
        self._waiting = bytearray()

    async def write(self, piece: bytes) -> None:
        """Raises UnsupportedType or TooLarge as soon as it is certain; nothing more should be written then."""
        self._size += len(piece)
        if self._type is None:
            self._head += piece[: HEAD_BYTES - len(self._head)]
            if len(self._head) == HEAD_BYTES:
                self._judge()
        if self._size > self._cap():
            raise TooLarge.over(self._cap())
        self._waiting += piece
        if len(self._waiting) >= _FLUSH_BYTES:
            await self._flush()

    async def finish(self) -> Incoming:
        """The whole file. Raises Unreadable for an empty one, and what ``write`` raises."""
        if self._size == 0:
            raise Unreadable(Text(N_("The file is empty.")), Text(N_("Choose another file.")))
        file_type = self._type or self._judge()
        await self._flush()
        self._file.close()
        return Incoming(self._path, file_type, self._size, self._hash.digest())

    def close(self) -> None:
        """Let go of the scratch file. What could not be written any more was said when it was tried."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _judge(self) -> FileType:
        found = sniff(self._head)
        if found is None:
            raise UnsupportedType.unknown()
        self._type = found
        return found

    def _cap(self) -> int:
        return self._caps.of(self._type.kind) if self._type else self._caps.most

    async def _flush(self) -> None:
        waiting, self._waiting = self._waiting, bytearray()
        await asyncio.to_thread(self._store, waiting)

    def _store(self, waiting: bytearray) -> None:
        self._hash.update(waiting)
        self._file.write(waiting)


def clean_name(name: str, fallback: str) -> str:
    """A file's name as it may be shown: no folders, no control characters, at most 200 characters."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip()
    return shown[-_LONGEST_NAME:] or fallback


def name_of(url: str) -> str:
    """The last part of an address's path, as a file's name."""
    return unquote(urlsplit(url).path.rpartition("/")[2])


def origin_of(url: str) -> str:
    """An address without what may be secret in it: no user, query or fragment."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"[:500]
