"""What is published: content, files, limits as data, and what a platform makes of them. Part of ``contract``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from huntaze.kit.text import Text
from huntaze.platforms.errors import PlatformError


class PostType(StrEnum):
    """What is published; platforms say which they can in ``Limits.types``."""

    IMAGE = "IMAGE"
    REELS = "REELS"
    CAROUSEL = "CAROUSEL"
    STORIES = "STORIES"
    VIDEO = "VIDEO"


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What our own probe found in a file. Durations in seconds, sizes in bytes, ``aspect`` = width / height."""

    kind: str
    """"image" or "video"."""
    mime: str
    size: int
    width: int
    height: int
    duration: float | None = None
    fps: float | None = None
    video_codec: str = ""
    audio_codec: str = ""

    @property
    def aspect(self) -> float:
        """Width over height; 0 for an unreadable file."""
        return self.width / self.height if self.height else 0.0


@dataclass(frozen=True, slots=True)
class PostContent:
    """A post as a platform checks it, before any link is made."""

    type: PostType
    caption: str
    media: tuple[MediaFacts, ...]
    location_id: str = ""
    has_cover: bool = False


class Severity(StrEnum):
    ERROR = "error"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of «Before publishing»."""

    severity: Severity
    field: str
    """"caption", "media", "type", "location" — where it is put right."""
    message: Text
    remedy: Text
    file: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class MediaRules:
    """What the platform takes. Sizes in bytes, durations in seconds."""

    mimes: tuple[str, ...]
    max_bytes: int
    min_aspect: float
    max_aspect: float
    min_seconds: float = 0.0
    max_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits as data; each platform's table names its source."""

    types: tuple[PostType, ...]
    caption_chars: int
    hashtags: int
    mentions: int
    carousel_min: int
    carousel_max: int
    image: MediaRules
    reel: MediaRules
    carousel_video: MediaRules


class Irreversible(StrEnum):
    """Which call cannot be taken back."""

    PUBLISH_CALL = "publish_call"
    """Prepare an artefact, then publish it (Instagram's media_publish)."""
    LAST_CHUNK = "last_chunk"
    """Nothing is public until the last byte arrives (TikTok FILE_UPLOAD)."""
    INIT = "init"
    """The first call publishes by itself (TikTok PULL_FROM_URL)."""


@dataclass(frozen=True, slots=True)
class MediaSource:
    """One file for one attempt: a signed link the platform may fetch, and its bytes if the platform wants a push."""

    url: str
    kind: str
    mime: str
    size: int

    bytes_from: MediaReader | None = None


class MediaReader(Protocol):
    """Reads our own copy of a file in order."""

    async def read(self, offset: int, length: int) -> AsyncIterator[bytes]:
        """``length`` bytes from ``offset``, in pieces."""
        ...


@dataclass(frozen=True, slots=True)
class ArtefactRequest:
    """One thing to be made at the platform: a whole post, or one item of a carousel."""

    type: PostType
    item: bool
    """True for one item of a carousel, False for what is going to be published."""
    media: tuple[MediaSource, ...]
    caption: str = ""
    children: tuple[str, ...] = ()
    """References of the finished items when ``type`` is CAROUSEL and ``item`` is False."""
    location_id: str = ""
    cover_url: str = ""


@dataclass(frozen=True, slots=True)
class Artefact:
    """What the platform made: a container, a publish id. ``upload_url`` only where bytes are pushed."""

    ref: str
    upload_url: str = ""


class ArtefactState(StrEnum):
    IN_PROGRESS = "in_progress"
    READY = "ready"
    PUBLISHED = "published"
    FAILED = "failed"
    EXPIRED = "expired"
    IN_USER_INBOX = "in_user_inbox"


@dataclass(frozen=True, slots=True)
class ArtefactStatus:
    """What the platform says of an artefact. ``media_ref`` where the status tells it."""

    state: ArtefactState
    raw: str
    """The platform's own words, for the timeline."""
    error: PlatformError | None = None
    media_ref: str = ""


@dataclass(frozen=True, slots=True)
class Committed:
    """A definite yes to the irreversible call: public as ``media_ref``, or only accepted: watch ``artefact_ref``."""

    media_ref: str = ""
    artefact_ref: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """How much may still be published. ``period`` is the rolling window."""

    used: int
    total: int | None
    period: timedelta


@dataclass(frozen=True, slots=True)
class PublishedMedia:
    """One post as the platform lists it, for telling which one is ours."""

    media_ref: str
    type: PostType
    caption: str
    published_at: datetime
    children: int
    permalink: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was public just before we armed."""

    media_refs: tuple[str, ...]
    quota_used: int | None
