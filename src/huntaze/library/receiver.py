"""The one door through which a file comes in, and what finishes or ends it when a process died on the way.

    bytes in scratch → row ``receiving`` → bytes in the store → probed in a child → variants stored → row ``ready``

A crash before the row leaves nothing but scratch; after it, `sweep` finishes the file or refuses it with a reason.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.http import FetchError, FetchFailed, GuardedFetcher
from huntaze.kit.ids import new_id
from huntaze.kit.log import get_logger
from huntaze.kit.text import N_, Text
from huntaze.library import store
from huntaze.library.errors import LibraryError, NoRoom, NotStored, TooLarge, Unreadable, fetch_error
from huntaze.library.files import NO_ROOM, FileMissing, FileStore, StoreFull, StoreUnavailable
from huntaze.library.intake import Caps, Incoming, Intake, clean_name, name_of, origin_of
from huntaze.library.model import Asset, AssetRow, LibraryLimits, Source, VariantRow
from huntaze.library.probe import Facts, Made
from huntaze.library.prober import Prober
from huntaze.library.sniff import FILE_TYPES, JPEG
from huntaze.outbox import tell
from huntaze.platforms.contract import MediaFacts

log = get_logger(__name__)

_SWEPT_AT_ONCE = 20
_SCRATCH_LIFE = timedelta(days=1)


class Receiver:
    """Takes files in. ``scratch`` is a local folder for files on their way; it is made if missing."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        files: FileStore,
        prober: Prober,
        fetcher: GuardedFetcher,
        *,
        scratch: Path,
        limits: LibraryLimits,
        checkpoints: Checkpoints,
    ) -> None:
        self._db = db
        self._clock = clock
        self._files = files
        self._prober = prober
        self._fetcher = fetcher
        self._scratch = scratch
        self._limits = limits
        self._checkpoints = checkpoints

    async def receive(
        self, workspace_id: UUID, name: str, chunks: AsyncIterator[bytes], source: Source = Source.UPLOAD
    ) -> Asset:
        """Take in a file piece by piece. The same bytes from the same source again give the asset that is there.

        Raises TooLarge, UnsupportedType, Unreadable, NotStored (as NoRoom when the disk is full); nothing is kept then.
        """
        async with _storing(), self._folder() as folder:
            intake = Intake(folder / "incoming", self._caps(source))
            try:
                async for chunk in chunks:
                    await intake.write(chunk)
                incoming = await intake.finish()
            finally:
                intake.close()
            return await self._keep(workspace_id, name, incoming, source, "", folder)

    async def import_url(self, workspace_id: UUID, url: str, name: str = "", source: Source = Source.IMPORT) -> Asset:
        """Fetch a file from a public address and take it in.

        Raises FetchNotAllowed, FetchBroken, and what ``receive`` raises.
        """
        caps = self._caps(source)
        seconds = self._limits.mirror_seconds if source is Source.MIRROR else self._limits.fetch_seconds
        async with _storing(), self._folder() as folder:
            intake = Intake(folder / "incoming", caps)
            try:
                await self._fetcher.fetch_to(url, intake.write, max_bytes=caps.most, max_seconds=seconds)
                incoming = await intake.finish()
            except FetchError as error:
                if isinstance(error, FetchFailed) and error.code == "too_big":
                    raise TooLarge.over(caps.most) from error
                raise fetch_error(error) from error
            finally:
                intake.close()
            return await self._keep(workspace_id, name or name_of(url), incoming, source, origin_of(url), folder)

    async def check_address(self, url: str) -> None:
        """Whether ``import_url`` may ask this address. Raises FetchNotAllowed or FetchBroken."""
        try:
            await self._fetcher.check(url)
        except FetchError as error:
            raise fetch_error(error) from error

    async def sweep(self) -> int:
        """Finish or refuse files whose process died, end broken-off deletions, empty old scratch; how many files."""
        now = self._clock.now()
        async with self._db.transaction() as tx:
            stale = await store.take_stale(tx, now, now - self._limits.stale_after, _SWEPT_AT_ONCE)
            leaving = await store.list_deleting(tx, _SWEPT_AT_ONCE)
        for row in stale:
            try:
                async with _storing():
                    await self._resume(row)
            except NotStored as error:
                log.warning("file_waits_for_its_store", asset_id=str(row.id), code=error.code)
            except LibraryError as error:
                await self._refuse(row, error)
        for row in leaving:
            await self.erase(row)
        await asyncio.to_thread(self._empty_scratch, now)
        return len(stale) + len(leaving)

    async def end_deletions(self) -> None:
        """End every deletion that was begun. Raises ``StoreUnavailable``; then they go on later."""
        while True:
            async with self._db.transaction() as tx:
                leaving = await store.list_deleting(tx, _SWEPT_AT_ONCE)
            if not leaving:
                return
            for row in leaving:
                await self.erase(row)

    async def erase(self, row: AssetRow) -> None:
        """Remove the bytes of an asset that is marked for deletion, then its rows."""
        await self._files.remove_all(_home(row.workspace_id, row.id))
        self._checkpoints.reach("library.erased")
        async with self._db.transaction() as tx:
            await store.end_deletion(tx, row.workspace_id, row.id)

    async def _keep(
        self, workspace_id: UUID, name: str, incoming: Incoming, source: Source, origin: str, folder: Path
    ) -> Asset:
        self._checkpoints.reach("library.received")
        async with self._db.transaction() as tx:
            same = await store.find_same(tx, workspace_id, source, incoming.sha256)
            if same is not None:
                return same
            row = self._row(workspace_id, name, incoming, source, origin)
            await store.accept_asset(tx, row)
        self._checkpoints.reach("library.accepted")
        try:
            await self._files.put(row.path, incoming.path)
            self._checkpoints.reach("library.stored")
            return await self._finish(row, incoming.path, folder)
        except (LibraryError, StoreUnavailable, OSError):
            await self._discard(row)
            raise

    def _row(self, workspace_id: UUID, name: str, incoming: Incoming, source: Source, origin: str) -> AssetRow:
        now = self._clock.now()
        asset_id = new_id(now)
        found = incoming.type
        return AssetRow(
            id=asset_id,
            workspace_id=workspace_id,
            name=clean_name(name, f"{found.kind}.{found.extension}"),
            source=source,
            origin=origin,
            state="receiving",
            problem=None,
            kind=found.kind,
            mime=found.mime,
            size=incoming.size,
            width=0,
            height=0,
            duration=None,
            fps=None,
            video_codec="",
            audio_codec="",
            sha256=incoming.sha256,
            path=f"{_home(workspace_id, asset_id)}/original.{found.extension}",
            alt_text="",
            created_at=now,
            ready_at=None,
        )

    async def _resume(self, row: AssetRow) -> None:
        """Go on with a file whose row is there; its bytes may not be."""
        try:
            whole = await self._files.size(row.path) == row.size
        except FileMissing:
            whole = False
        if not whole:
            raise Unreadable(Text(N_("The upload broke off.")), Text(N_("Add the file again.")))
        async with self._folder() as folder, self._files.on_disk(row.path, folder) as path:
            await self._finish(row, path, folder)

    async def _finish(self, row: AssetRow, path: Path, folder: Path) -> Asset:
        """Probe, store what was made, and settle. Whoever settles first wins; the other's result is the same."""
        probed = await self._prober.probe(path, FILE_TYPES[row.mime], folder)
        variants = [await self._store_variant(row, made) for made in probed.variants]
        self._checkpoints.reach("library.probed")
        now = self._clock.now()
        async with self._db.transaction() as tx:
            if await store.settle_asset(tx, row.workspace_id, row.id, _facts(row, probed.facts), now):
                await store.add_variants(tx, row.workspace_id, [(new_id(now), each) for each in variants])
                await self._tell(tx, row, "ready")
            settled = await store.get_asset(tx, row.workspace_id, row.id)
        if settled is None:
            raise Unreadable(Text(N_("The file was deleted while it was received.")), Text(N_("Add the file again.")))
        return settled

    async def _store_variant(self, row: AssetRow, made: Made) -> VariantRow:
        path = f"{_home(row.workspace_id, row.id)}/{made.purpose}.{JPEG.extension}"
        await self._files.put(path, Path(made.path))
        content = await asyncio.to_thread(Path(made.path).read_bytes)
        return VariantRow(
            asset_id=row.id,
            purpose=made.purpose,
            mime=JPEG.mime,
            size=len(content),
            width=made.width,
            height=made.height,
            sha256=hashlib.sha256(content).digest(),
            path=path,
        )

    async def _refuse(self, row: AssetRow, error: LibraryError) -> None:
        problem = {"code": error.code, "message": str(error.message), "remedy": str(error.remedy)}
        async with self._db.transaction() as tx:
            if await store.refuse_asset(tx, row.workspace_id, row.id, problem):
                await self._tell(tx, row, "refused")
        log.warning("asset_refused", asset_id=str(row.id), code=error.code)

    async def _discard(self, row: AssetRow) -> None:
        """Nobody needs a file whose bringer is told at once why it was not taken."""
        async with self._db.transaction() as tx:
            await store.begin_deletion(tx, row.workspace_id, row.id)
        with contextlib.suppress(StoreUnavailable):  # the sweep ends what was begun
            await self.erase(row)

    async def _tell(self, tx: Connection, row: AssetRow, state: str) -> None:
        if row.source != Source.MIRROR:
            await tell(
                tx,
                workspace_id=row.workspace_id,
                topic="asset.changed",
                ref=str(row.id),
                at=self._clock.now(),
                body={"state": state},
            )

    def _caps(self, source: Source) -> Caps:
        if source is Source.MIRROR:
            return Caps(self._limits.mirror_bytes, self._limits.mirror_bytes)
        return Caps(self._limits.image_bytes, self._limits.video_bytes)

    @asynccontextmanager
    async def _folder(self) -> AsyncIterator[Path]:
        """A scratch folder whose name tells when it was made."""
        folder = self._scratch / str(new_id(self._clock.now()))
        folder.mkdir(parents=True, mode=0o700)
        try:
            yield folder
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def _empty_scratch(self, now: datetime) -> None:
        """Remove what a killed process left; nothing is on its way for a day."""
        for folder in self._scratch.glob("*"):
            if _made_at(folder.name) < now - _SCRATCH_LIFE:
                shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _storing() -> AsyncIterator[None]:
    """What keeps a file from being stored, in words for whoever brings it."""
    try:
        yield
    except StoreFull as error:
        raise NoRoom.now() from error
    except StoreUnavailable as error:
        raise NotStored.now() from error
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise NoRoom.now() from error


def _home(workspace_id: UUID, asset_id: UUID) -> str:
    return f"{workspace_id}/{asset_id}"


def _made_at(name: str) -> datetime:
    """The moment in a UUIDv7 (RFC 9562 §5.7)."""
    return datetime.fromtimestamp((UUID(name).int >> 80) / 1000, UTC)


def _facts(row: AssetRow, found: Facts) -> MediaFacts:
    return MediaFacts(
        kind=row.kind,
        mime=row.mime,
        size=row.size,
        width=found.width,
        height=found.height,
        duration=found.duration,
        fps=found.fps,
        video_codec=found.video_codec,
        audio_codec=found.audio_codec,
    )
