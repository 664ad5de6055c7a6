"""Files held against TikTok's specification (tiktok.md §4.8, §4.12)."""

import asyncio
from pathlib import Path

from socialsim.kernel.probing import Clip
from socialsim.kernel.services import Services
from socialsim.kernel.tiktok_config import FailReason, PostingConfig
from socialsim.tiktok.job import Job
from socialsim.tiktok.model import TikTokWorld

VIDEO_CAP = 4 * 1024**3
PHOTO_CAP = 20 * 1024**2
EXTENSIONS = {"video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm"}
"""Content types a chunk may have (§4.6)."""
_CONTAINERS = frozenset({"mp4", "mov", "webm"})
_CODECS = frozenset({"h264", "hevc", "vp8", "vp9"})
_SLOWEST, _FASTEST = 23.0, 60.0
_SHORTEST_SIDE, _LONGEST_SIDE = 360, 4096
_API_SECONDS = 600.0


def flaw_of_video(clip: Clip | None, most_seconds: float) -> FailReason | None:
    """What is wrong with a video for a creator who may post that many seconds; None if nothing is."""
    if clip is None or clip.container not in _CONTAINERS or clip.video_codec not in _CODECS:
        return "file_format_check_failed"
    if clip.seconds > min(most_seconds, _API_SECONDS):
        return "duration_check_failed"
    if clip.fps and not _SLOWEST <= clip.fps <= max(clip.fps_most, clip.fps) <= _FASTEST:
        return "frame_rate_check_failed"
    if not all(_SHORTEST_SIDE <= side <= _LONGEST_SIDE for side in (clip.width, clip.height)):
        return "picture_size_check_failed"
    return None


def flaw_of_photo(size: tuple[int, int] | None, knobs: PostingConfig) -> FailReason | None:
    """What is wrong with a picture of that width and height; None is no JPEG or WebP at all."""
    if size is None:
        return "file_format_check_failed"
    short, long = min(size), max(size)
    match knobs.photo_limit:
        case "width":
            fits = size[0] <= 1080
        case "box":
            fits = short <= 1080 and long <= 1920
        case "short-side":
            fits = short <= 1080
    return None if fits else "picture_size_check_failed"


def size_of_photo(path: Path) -> tuple[int, int] | None:
    """Width and height of a JPEG or WebP; None for anything else. Decodes it, so call it in a thread."""
    # Loading Pillow takes longer than the simulator's start may.
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path, formats=("JPEG", "WEBP")) as image:
            image.load()
            return image.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None


class Inspector:
    """Looks at what came in."""

    def __init__(self, services: Services, world: TikTokWorld) -> None:
        self._services = services
        self._world = world

    async def flaw(self, job: Job) -> FailReason | None:
        """What is wrong with the files of a job; writes down how long and how large they are."""
        knobs = self._services.config.tiktok.posting
        if not knobs.check_media:
            return None
        if job.media == "PHOTO":
            return await self._photos(job, knobs)
        clip = await self._services.prober.clip(job.blobs[0])
        if clip is not None:
            job.seconds, job.width, job.height = clip.seconds, clip.width, clip.height
            if job.wishes.cover_ms >= clip.seconds * 1000:
                job.wishes.cover_ms = 0
        return flaw_of_video(clip, self._world.creators[job.creator_id].max_video_seconds)

    async def _photos(self, job: Job, knobs: PostingConfig) -> FailReason | None:
        """One bad picture fails them all."""
        for name in job.blobs:
            size = await asyncio.to_thread(size_of_photo, self._services.blobs.folder / name)
            if name == job.blobs[job.wishes.cover_index] and size is not None:
                job.width, job.height = size
            flaw = flaw_of_photo(size, knobs)
            if flaw is not None:
                return flaw
        return None
