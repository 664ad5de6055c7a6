"""Values of the library. Row classes have exactly the columns of the queries that fill them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from huntaze.kit.cursors import Place
from huntaze.kit.text import Text
from huntaze.library.sniff import FILE_TYPES
from huntaze.platforms.contract import MediaFacts


class AssetState(StrEnum):
    """How far a file came. Only a ``ready`` one can be posted."""

    RECEIVING = "receiving"
    READY = "ready"
    REFUSED = "refused"


class Source(StrEnum):
    """Who brought a file. ``mirror`` files are our copies of what is on the platforms and not in the media grid."""

    UPLOAD = "upload"
    IMPORT = "import"
    MIRROR = "mirror"


class Purpose(StrEnum):
    """What a variant is for."""

    JPEG = "jpeg"
    """What is sent to a platform instead of an original that platforms do not take."""
    THUMBNAIL = "thumbnail"


@dataclass(frozen=True, slots=True)
class LibraryLimits:
    """Sizes in bytes, durations as said. ``link_life`` is never under 24 h: a network may fetch that late."""

    video_bytes: int = 1_000_000_000
    image_bytes: int = 100_000_000
    mirror_bytes: int = 20_000_000
    fetch_seconds: float = 300.0
    mirror_seconds: float = 20.0
    link_life: timedelta = timedelta(hours=36)
    stale_after: timedelta = timedelta(minutes=10)
    """When a file that is still being received is taken over by the sweep."""

    @property
    def request_bytes(self) -> int:
        """What one request with a file may bring. Well above the largest file, so that a file that is merely too
        large is refused while it arrives, with its reason."""
        return 4 * max(self.video_bytes, self.image_bytes)


@dataclass(frozen=True, slots=True)
class AssetRow:
    id: UUID
    workspace_id: UUID
    name: str
    source: str
    origin: str
    state: str
    problem: Mapping[str, str] | None
    kind: str
    mime: str
    size: int
    width: int
    height: int
    duration: float | None
    fps: float | None
    video_codec: str
    audio_codec: str
    sha256: bytes
    path: str
    alt_text: str
    created_at: datetime
    ready_at: datetime | None


@dataclass(frozen=True, slots=True)
class VariantRow:
    asset_id: UUID
    purpose: str
    mime: str
    size: int
    width: int
    height: int
    sha256: bytes
    path: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file in the store: an original or a variant."""

    path: str
    mime: str
    size: int
    sha256: bytes

    @property
    def extension(self) -> str:
        """The plain extension of its kind, without a dot."""
        return FILE_TYPES[self.mime].extension

    @property
    def etag(self) -> str:
        """A strong entity tag (RFC 9110 §8.8.3): the same bytes have the same tag."""
        return f'"{self.sha256.hex()[:32]}"'


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of ours with its variants."""

    row: AssetRow
    variants: tuple[VariantRow, ...] = ()

    @property
    def place(self) -> Place:
        """In lists, newest first."""
        return Place(self.row.created_at, self.row.id)

    @property
    def id(self) -> UUID:
        return self.row.id

    @property
    def workspace_id(self) -> UUID:
        return self.row.workspace_id

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def kind(self) -> str:
        """ "image" or "video"."""
        return self.row.kind

    @property
    def state(self) -> AssetState:
        return AssetState(self.row.state)

    @property
    def sha256(self) -> bytes:
        """The hash of the original's bytes."""
        return self.row.sha256

    @property
    def alt_text(self) -> str:
        return self.row.alt_text

    @property
    def problem(self) -> tuple[Text, Text] | None:
        """Why it was refused and what to do, if it was."""
        if self.row.problem is None:
            return None
        return Text(self.row.problem["message"]), Text(self.row.problem["remedy"])

    @property
    def facts(self) -> MediaFacts:
        """What is sent to a platform: the ``jpeg`` variant where there is one, else the original."""
        row, sent = self.row, self.variant(Purpose.JPEG)
        if sent is not None:
            return MediaFacts(row.kind, sent.mime, sent.size, sent.width, sent.height)
        return MediaFacts(
            row.kind,
            row.mime,
            row.size,
            row.width,
            row.height,
            row.duration,
            row.fps,
            row.video_codec,
            row.audio_codec,
        )

    @property
    def original(self) -> StoredFile:
        """The file as it came."""
        return StoredFile(self.row.path, self.row.mime, self.row.size, self.row.sha256)

    @property
    def sendable(self) -> StoredFile:
        """The file that a platform gets."""
        return self.file(Purpose.JPEG) or self.original

    def variant(self, purpose: str) -> VariantRow | None:
        """The variant made for ``purpose``, if there is one."""
        return next((each for each in self.variants if each.purpose == purpose), None)

    def file(self, purpose: str) -> StoredFile | None:
        """The stored file of the variant made for ``purpose``, if there is one."""
        found = self.variant(purpose)
        return StoredFile(found.path, found.mime, found.size, found.sha256) if found else None


def stand_in(workspace_id: UUID, asset_id: UUID, kind: str, now: datetime) -> Asset:
    """A file that is not here yet, for checks made before it is fetched: what is not known of it is as networks like
    it best, so that only the rest can be wrong. ``kind`` "image" or "video"."""
    video = kind == "video"
    row = AssetRow(
        id=asset_id,
        workspace_id=workspace_id,
        name="",
        source=Source.IMPORT,
        origin="",
        state=AssetState.READY,
        problem=None,
        kind=kind,
        mime="video/mp4" if video else "image/jpeg",
        size=1_000_000,
        width=1080,
        height=1920 if video else 1080,
        duration=15.0 if video else None,
        fps=30.0 if video else None,
        video_codec="h264" if video else "",
        audio_codec="aac" if video else "",
        sha256=asset_id.bytes,
        path="",
        alt_text="",
        created_at=now,
        ready_at=now,
    )
    return Asset(row)


@dataclass(frozen=True, slots=True)
class Link:
    """A signed address under which a platform may fetch one file. ``url`` is secret while it lives."""

    id: UUID
    url: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class LinkRow:
    id: UUID
    workspace_id: UUID
    asset_id: UUID
    purpose: str
    made_for: str
    ends_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class LinkFetch:
    """One request for a link, logged before a byte was answered."""

    link_id: UUID
    at: datetime
    method: str
    status: int
    range_header: str
    user_agent: str
