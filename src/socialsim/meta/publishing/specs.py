"""What Instagram takes: pictures by their header, videos by what they are made of (instagram.md §3.3)."""

import io
import json
from dataclasses import dataclass

from socialsim.kernel.probing import Clip
from socialsim.meta import errors
from socialsim.meta.errors import GraphError
from socialsim.meta.model import Container

MEGABYTE = 1024 * 1024
IMAGE_CAP = 8 * MEGABYTE
VIDEO_CAPS = {"REELS": 300 * MEGABYTE, "VIDEO": 100 * MEGABYTE, "STORIES": 100 * MEGABYTE}
FORMAT, BROKEN, SILENT, TRIAL, THUMB, UNKNOWN = "2207026", "2207076", "2207082", "2207081", "2207057", "2207053"
_NARROWEST, _WIDEST, _ROUNDING = 0.8, 1.91, 0.005
_WIDTHS = (320, 1440)


@dataclass(frozen=True, slots=True)
class VideoSpec:
    """The limits of one column of the table: seconds and width by height, from least to most."""

    seconds: tuple[float, float]
    aspect: tuple[float, float]


VIDEOS = {
    "REELS": VideoSpec((3, 900), (0.01, 10)),
    "VIDEO": VideoSpec((3, 60), (0.01, 10)),
    "STORIES": VideoSpec((3, 60), (0.1, 10)),
}
_FRAMES = (23.0, 60.0)
_COLUMNS = 1920
_VIDEO_BPS = 25_000_000
_AUDIO_HZ = 48_000
_SLACK = 0.05
"""Of seconds and frames: containers round both."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is taken: the width to scale it to (0: as it is), and whether its colours become sRGB."""

    width: int
    convert: bool


def check_image(data: bytes, *, feed: bool, strict: bool) -> Picture:
    """JPEG by content and, for the feed, between 4:5 and 1.91:1. Reads the header only; raises the codes of §3.7."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as image:
            (width, height), kind, mode, info = image.size, image.format, image.mode, image.info
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise GraphError(errors.FETCH_FAILED) from error
    if kind != "JPEG" or (strict and (mode not in {"RGB", "L"} or info.get("progressive"))):
        raise GraphError(errors.IMAGE_FORMAT)
    if feed and not _NARROWEST - _ROUNDING <= width / height <= _WIDEST + _ROUNDING:
        raise GraphError(errors.IMAGE_ASPECT)
    profile = (info.get("icc_profile") or b"sRGB").replace(b"\0", b"")
    scaled = min(max(width, _WIDTHS[0]), _WIDTHS[1]) if feed else width
    # Profiles name themselves in ASCII or, newer ones, in UTF-16.
    return Picture(0 if scaled == width else scaled, mode not in {"RGB", "L"} or b"sRGB" not in profile)


def converted(data: bytes, picture: Picture) -> bytes:
    """The picture as it is published: scaled, in sRGB. Some tens of milliseconds, so call it in a thread."""
    from PIL import Image, ImageCms

    with Image.open(io.BytesIO(data)) as image:
        profile = image.info.get("icc_profile")
        plain = image.convert("RGB") if image.mode != "RGB" else image
        if profile and image.mode == "RGB":
            try:
                source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
                plain = ImageCms.profileToProfile(image, source, target, outputMode="RGB") or plain
            except (ImageCms.PyCMSError, OSError, ValueError):
                plain = image.convert("RGB")
        if picture.width:
            plain = plain.resize((picture.width, max(1, round(plain.height * picture.width / plain.width))))
        out = io.BytesIO()
        plain.save(out, "JPEG", quality=90)
    return out.getvalue()


def flaw(clip: Clip | None, container: Container, *, strict_edit_lists: bool) -> str:
    """The number of §3.7 that a video ends with, or an empty text if it is taken."""
    spec = VIDEOS[container.kind]
    if clip is None or clip.size > VIDEO_CAPS[container.kind]:
        return BROKEN
    if clip.container not in {"mp4", "mov"} or clip.video_codec not in {"h264", "hevc"}:
        return FORMAT
    if not clip.moov_first or (clip.edit_lists and strict_edit_lists):
        return UNKNOWN
    if not (_picture_fits(clip, spec) and _sound_fits(clip)):
        return FORMAT
    thumb_offset = container.extras.get("thumb_offset", "")
    if thumb_offset and int(thumb_offset) >= clip.seconds * 1000:
        return THUMB
    return SILENT if not clip.audio_codec and _video_volume(container) > 0 else ""


def _picture_fits(clip: Clip, spec: VideoSpec) -> bool:
    return (
        spec.seconds[0] - _SLACK <= clip.seconds <= spec.seconds[1] + _SLACK
        and spec.aspect[0] <= clip.width / clip.height <= spec.aspect[1]
        and clip.width <= _COLUMNS
        and (not clip.fps or _FRAMES[0] - _SLACK <= clip.fps <= _FRAMES[1] + _SLACK)
        and clip.video_bps <= _VIDEO_BPS
        and not clip.interlaced
        and clip.chroma in {"", "4:2:0"}
    )


def _sound_fits(clip: Clip) -> bool:
    if not clip.audio_codec:
        return True
    return clip.audio_codec == "aac" and clip.audio_hz <= _AUDIO_HZ and clip.audio_channels <= 2


def _video_volume(container: Container) -> float:
    """How loud the film's own sound shall be beside an attached one; 0 without one. Left out it is full (T46)."""
    text = container.extras.get("audio_configuration", "")
    return float(json.loads(text).get("video_volume", 100)) if text else 0.0
