"""Where the bytes lie: a local folder or an S3 bucket, behind one small interface (obstore)."""

from __future__ import annotations

import asyncio
import errno
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, S3Store

_PIECE = 256 * 1024
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
# obstore gives a failure of the disk as words, which end with the system's number
_FULL = tuple(f"os error {number})" for number in NO_ROOM)


class FileMissing(Exception):
    """The store has no such file."""


class StoreUnavailable(Exception):
    """The store does not answer, or refuses us."""


class StoreFull(StoreUnavailable):
    """The store has no room for the file."""


class FileStore:
    """Whole files under paths like ``workspace/asset/original.jpg``. A file appears whole or not at all."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    @classmethod
    def open(cls, place: str) -> FileStore:
        """``place`` is an absolute folder, which is made if missing, or ``s3://bucket/prefix``.

        S3's keys and endpoint are read by obstore from the usual AWS_* variables. A store that does not answer is
        given up after 3 tries and 20 s (obstore's own 10 tries hold a request for minutes).
        """
        if place.startswith("s3://"):
            return cls(
                S3Store.from_url(
                    place,
                    retry_config={
                        "max_retries": 3,
                        "retry_timeout": timedelta(seconds=20),
                        "backoff": {
                            "init_backoff": timedelta(milliseconds=100),
                            "max_backoff": timedelta(seconds=3),
                            "base": 2,
                        },
                    },
                    # AWS_ENDPOINT may name a store on one's own network, and the scheme there is its operator's choice
                    client_options={"connect_timeout": "5s", "timeout": "120s", "allow_http": True},
                )
            )
        folder = Path(place)
        return cls(LocalStore(folder, mkdir=True, automatic_cleanup=True), folder)

    async def put(self, path: str, source: Path) -> None:
        """Copy the file ``source`` into the store; an older file of that path is replaced. Raises StoreUnavailable,
        as StoreFull when there is no room."""
        try:
            await obstore.put_async(self._store, path, source)
        except BaseError as error:
            full = self._folder is not None and any(said in str(error) for said in _FULL)
            raise (StoreFull if full else StoreUnavailable)(path) from error

    async def size(self, path: str) -> int:
        """How many bytes a file has. Raises FileMissing or StoreUnavailable."""
        async with _errors(path):
            return int((await obstore.head_async(self._store, path))["size"])

    async def read(self, path: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from ``start`` up to but without ``end``, in pieces; the file is opened before this returns.

        Raises FileMissing or StoreUnavailable.
        """
        if start >= end:
            return _nothing()
        async with _errors(path):
            found = await obstore.get_async(self._store, path, options={"range": (start, end)})
        return _pieces(found.stream(_PIECE))

    @asynccontextmanager
    async def on_disk(self, path: str, scratch: Path) -> AsyncIterator[Path]:
        """The file as a path to read: in place where the store is a folder, else a copy in ``scratch``."""
        if self._folder is not None:
            yield self._folder / path
            return
        copy = scratch / "original"
        async with _errors(path):
            found = await obstore.get_async(self._store, path)
            with copy.open("wb") as file:
                async for piece in found.stream(_PIECE):
                    await asyncio.to_thread(file.write, piece)
        yield copy

    async def remove_all(self, prefix: str) -> None:
        """Remove every file under ``prefix``, unfinished ones too, if there are any. Raises StoreUnavailable."""
        if self._folder is not None:
            await asyncio.to_thread(shutil.rmtree, self._folder / prefix, ignore_errors=True)
            return
        try:
            async for listed in obstore.list(self._store, prefix):
                await obstore.delete_async(self._store, [each["path"] for each in listed])
        except BaseError as error:
            raise StoreUnavailable(prefix) from error


@asynccontextmanager
async def _errors(path: str) -> AsyncIterator[None]:
    try:
        yield
    except (NotFoundError, FileNotFoundError):
        raise FileMissing(path) from None
    except BaseError as error:
        raise StoreUnavailable(path) from error


async def _pieces(stream: obstore.BytesStream) -> AsyncIterator[bytes]:
    async for piece in stream:
        yield bytes(piece)


class StoredReader:
    """Reads one stored file in order, for platforms to which bytes are pushed (`contract.MediaReader`)."""

    def __init__(self, files: FileStore, path: str) -> None:
        self._files = files
        self._path = path

    async def read(self, offset: int, length: int) -> AsyncIterator[bytes]:
        """``length`` bytes from ``offset``, in pieces. Raises FileMissing or StoreUnavailable."""
        return await self._files.read(self._path, offset, offset + length)


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
