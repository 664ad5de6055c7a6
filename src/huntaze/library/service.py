"""Our own files: taken in once, kept with their facts, lent to platforms under links that can be taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from uuid import UUID

from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.cursors import Place
from huntaze.kit.db import Connection, Database
from huntaze.kit.http import GuardedFetcher
from huntaze.kit.log import get_logger
from huntaze.kit.signing import Signer
from huntaze.kit.text import N_, Text
from huntaze.library import store
from huntaze.library.errors import AssetInUse, LibraryError
from huntaze.library.files import FileStore, StoredReader, StoreUnavailable
from huntaze.library.links import Links
from huntaze.library.model import Asset, LibraryLimits, Link, LinkFetch, Source
from huntaze.library.prober import Prober
from huntaze.library.receiver import Receiver
from huntaze.outbox import tell
from huntaze.platforms.contract import MediaReader

log = get_logger(__name__)

ASSETS = "assets"
"""The list, as its cursors name it."""

UsedBy = Callable[[Connection, UUID, UUID], Awaitable[Text | None]]
"""(connection, workspace_id, asset_id) → what still needs the asset, in words for people, or None."""


async def used_by_nobody(connection: Connection, workspace_id: UUID, asset_id: UUID) -> Text | None:
    """For an installation (or a test) in which nothing else uses files."""
    return None


class Library:
    """The front door. Methods that take a connection belong to the caller's transaction; the others open their own."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        ring: KeyRing,
        files: FileStore,
        prober: Prober,
        fetcher: GuardedFetcher,
        *,
        public_url: str,
        scratch: Path,
        checkpoints: Checkpoints,
        limits: LibraryLimits = LibraryLimits(),
        used_by: UsedBy = used_by_nobody,
    ) -> None:
        self.db = db
        self.clock = clock
        self.files = files
        self.limits = limits
        self.cursors = Signer(ring, "library-cursor")
        self.links = Links(clock, ring, public_url, limits.link_life)
        self._used_by = used_by
        self._receiver = Receiver(
            db, clock, files, prober, fetcher, scratch=scratch, limits=limits, checkpoints=checkpoints
        )

    async def receive(
        self, workspace_id: UUID, name: str, chunks: AsyncIterator[bytes], source: Source = Source.UPLOAD
    ) -> Asset:
        """Take in a file piece by piece; the same bytes from the same source again give the asset that is there.

        Raises TooLarge, UnsupportedType, Unreadable (nothing is kept then), StoreUnavailable.
        """
        return await self._receiver.receive(workspace_id, name, chunks, source)

    async def import_url(self, workspace_id: UUID, url: str, name: str = "") -> Asset:
        """Take in a copy of the file at a public address. Raises FetchNotAllowed, FetchBroken, and as ``receive``."""
        return await self._receiver.import_url(workspace_id, url, name)

    async def check_address(self, url: str) -> None:
        """Say whether ``import_url`` may ask this address; only its name is looked up. Raises FetchNotAllowed, or
        FetchBroken if the name is not known."""
        await self._receiver.check_address(url)

    async def keep_copy(self, workspace_id: UUID, url: str, *, source: Source = Source.MIRROR) -> Asset | None:
        """Our copy of an avatar or thumbnail of a platform, outside the media grid; None when it cannot be had now."""
        try:
            return await self._receiver.import_url(workspace_id, url, source=source)
        except (LibraryError, StoreUnavailable) as error:
            log.info("copy_not_kept", problem=type(error).__name__)
            return None

    async def erase_copies(self, connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> int:
        """Give up copies that ``keep_copy`` made, in the caller's transaction; how many. What people added themselves
        stays. The bytes go with ``end_deletions``, or the next sweep."""
        return await store.begin_copies_deletion(connection, workspace_id, ids)

    async def end_deletions(self) -> None:
        """Remove the bytes of everything that was given up. Raises ``StoreUnavailable``; then the sweep goes on."""
        await self._receiver.end_deletions()

    async def sweep(self) -> int:
        """Finish what killed processes left (see `Receiver.sweep`); how many files it settled."""
        return await self._receiver.sweep()

    async def asset(self, connection: Connection, workspace_id: UUID, asset_id: UUID) -> Asset | None:
        """One file, whatever its state; None when it is not this workspace's."""
        return await store.get_asset(connection, workspace_id, asset_id)

    async def assets(self, connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> list[Asset]:
        """The known ones of ``ids``, in the order asked and as often as asked."""
        return await store.get_assets(connection, workspace_id, ids)

    async def list_assets(
        self,
        connection: Connection,
        workspace_id: UUID,
        before: Place | None = None,
        limit: int = 48,
        *,
        kind: str = "",
    ) -> list[Asset]:
        """The media grid, newest first, behind a place; ``kind`` "image", "video" or all."""
        return await store.list_assets(connection, workspace_id, before, kind, limit)

    async def describe(self, connection: Connection, workspace_id: UUID, asset_id: UUID, alt_text: str) -> bool:
        """Set the words for people who cannot see the picture; False when there is no such file."""
        return await store.describe_asset(connection, workspace_id, asset_id, alt_text)

    async def delete(self, workspace_id: UUID, asset_id: UUID, *, actor: str = "") -> bool:
        """Delete a file with its links; False when there is none. Raises AssetInUse when something still needs it."""
        async with self.db.transaction() as tx:
            row = await store.lock_asset(tx, workspace_id, asset_id)
            if row is None:
                return False
            use = await self._used_by(tx, workspace_id, asset_id)
            if use is not None:
                raise AssetInUse(use, Text(N_("Take it out there first, then delete it.")))
            await store.begin_deletion(tx, workspace_id, asset_id)
            await tell(
                tx,
                workspace_id=workspace_id,
                topic="asset.changed",
                ref=str(asset_id),
                at=self.clock.now(),
                body={"state": "deleted"},
                actor=actor,
            )
        await self._receiver.erase(row)
        return True

    def reader(self, asset: Asset) -> MediaReader:
        """Reads what is sent of a ready asset, for platforms to which bytes are pushed."""
        return StoredReader(self.files, asset.sendable.path)

    async def make_link(
        self, connection: Connection, workspace_id: UUID, asset_id: UUID, *, made_for: str, purpose: str = ""
    ) -> Link:
        """A new signed link to what is sent of an asset, alive for `LibraryLimits.link_life`; see `Links.make`."""
        return await self.links.make(connection, workspace_id, asset_id, made_for=made_for, purpose=purpose)

    async def extend_links(self, connection: Connection, workspace_id: UUID, made_for: str) -> int:
        """Let the links of one maker live a whole link's life from now on; how many live."""
        return await self.links.extend(connection, workspace_id, made_for)

    async def revoke_links(self, connection: Connection, workspace_id: UUID, made_for: str) -> int:
        """End the links of one maker at once; how many were alive. Once this is committed no fetch is logged any
        more with a 2xx, and `fetches` read in the same transaction is complete."""
        return await self.links.revoke(connection, workspace_id, made_for)

    async def fetches(self, connection: Connection, workspace_id: UUID, made_for: str) -> list[LinkFetch]:
        """Every request for the links of one maker, HEAD and partial ones too, in order."""
        return await store.list_fetches(connection, workspace_id, made_for)
