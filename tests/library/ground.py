"""A library on a real database, a folder and a real probing child; and small ways to feed it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Connection, Database
from huntaze.kit.http import GuardedFetcher
from huntaze.kit.ids import new_id
from huntaze.kit.text import Text
from huntaze.library import Asset, FileStore, Library, LibraryLimits, Prober, UsedBy, find_ffmpeg

PUBLIC_URL = "http://127.0.0.1:8420"


async def nobody(_connection: Connection, _workspace_id: UUID, _asset_id: UUID) -> Text | None:
    """No post needs the file."""
    return None


def library(
    database: Database,
    clock: Clock,
    ring: KeyRing,
    home: Path,
    *,
    public_url: str = PUBLIC_URL,
    limits: LibraryLimits = LibraryLimits(),
    allowed_origins: frozenset[str] = frozenset(),
    kill_at: str | None = None,
    used_by: UsedBy = nobody,
    ffmpeg: bool = True,
) -> Library:
    """A library whose files lie under `home`."""
    return Library(
        database,
        clock,
        ring,
        FileStore.open(str(home / "media")),
        Prober(find_ffmpeg(None) if ffmpeg else None),
        GuardedFetcher(allowed_origins=allowed_origins),
        public_url=public_url,
        scratch=home / "scratch",
        checkpoints=Checkpoints(kill_at),
        limits=limits,
        used_by=used_by,
    )


async def workspace(database: Database, clock: Clock) -> UUID:
    """A new workspace."""
    made = new_id(clock.now())
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO workspace (id, name, zone, locale, created_at) VALUES ($1, 'Atelier', 'UTC', 'en', $2)",
            made,
            clock.now(),
        )
    return made


async def pieces(content: bytes, size: int = 64 * 1024) -> AsyncIterator[bytes]:
    """The content as it would arrive."""
    for at in range(0, len(content), size):
        yield content[at : at + size]


async def add(shelf: Library, workspace_id: UUID, content: bytes, name: str = "photo.jpg") -> Asset:
    """Take the content in."""
    return await shelf.receive(workspace_id, name, pieces(content))


async def grid(shelf: Library, workspace_id: UUID) -> list[Asset]:
    """What the media page shows."""
    async with shelf.db.transaction() as tx:
        return await shelf.list_assets(tx, workspace_id)


def files_under(folder: Path) -> list[Path]:
    """Every file, hidden and unfinished ones too."""
    return [path for path in folder.rglob("*") if path.is_file()]
