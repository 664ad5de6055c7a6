"""The child process that opens files of strangers, so that a hostile one hurts nobody (docs/look-up/security.md, 24).

It is started by its path and not as a module: importing the room would cost it a second. So it imports nothing of
ours. It reads requests from stdin and writes answers to stdout, one JSON text a line, until stdin ends. Its memory,
its time, what it may write and how many files it may open are limited before the first file is opened; ffmpeg
inherits the limits.

    {"source": path, "mime": "image/png", "out": folder, "ffmpeg": path or ""}
 →  {"facts": {…}, "variants": [{"purpose", "path", "width", "height"}]}  or  {"problem": "unreadable"}
"""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import warnings
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageCms, ImageOps
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

MEMORY_BYTES = 2 << 30
CPU_SECONDS = 60
WALL_SECONDS = 90
WRITTEN_BYTES = 512 << 20
OPEN_FILES = 64
FULL_BYTES = 1 << 20
MOST_PIXELS = 100_000_000

SENT_BYTES = 8_000_000
"""The largest picture a platform takes: 8 MB (instagram.md §3.3; error 36000 says 8 MiB, so this is under both)."""
THUMBNAIL_SIDE = 480
_SMALL = f"scale='min({THUMBNAIL_SIDE},iw)':'min({THUMBNAIL_SIDE},ih)':force_original_aspect_ratio=decrease"
ORIENTATION = 0x0112
DECODERS = tuple(str(each.format) for each in (GifImageFile, JpegImageFile, PngImageFile, WebPImageFile))
"""Only these are tried; the JPEG decoder also finds MPO."""


class Bad(Exception):
    """The file cannot be used; the text is one of the problem words that the parent knows."""


@dataclass(frozen=True)
class Facts:
    """Sizes in pixels as seen upright, duration in seconds."""

    width: int
    height: int
    duration: float | None = None
    fps: float | None = None
    video_codec: str = ""
    audio_codec: str = ""


@dataclass(frozen=True)
class Made:
    """One JPEG made from the file."""

    purpose: str
    path: str
    width: int
    height: int


@dataclass(frozen=True)
class Request:
    """One file to look at."""

    source: Path
    mime: str
    out: Path
    ffmpeg: str


def probe(request: Request) -> tuple[Facts, list[Made]]:
    """What the file is and what was made of it. Raises Bad, or whatever a decoder thinks of."""
    if request.mime.startswith("video/"):
        return probe_video(request)
    picture = request.source
    if request.mime == "image/heic":
        picture = frame(request, 0.0, "heic.png")
    return probe_image(request, picture)


def probe_image(request: Request, picture: Path) -> tuple[Facts, list[Made]]:
    with Image.open(picture, formats=DECODERS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Bad("too_many_pixels")
        image.load()
        ready = request.mime == "image/jpeg" and sendable(image, picture.stat().st_size)
        upright = flat(ImageOps.exif_transpose(image))
    facts = Facts(upright.width, upright.height)
    made = [] if ready else [save_sent(upright, request.out)]
    return facts, [*made, save_thumbnail(upright, request.out)]


def sendable(image: Image.Image, size: int) -> bool:
    """Whether platforms take it as it is: plain RGB JPEG, upright, not too large (instagram.md §3.3; never MPO)."""
    upright = image.getexif().get(ORIENTATION, 1) == 1
    return image.format == "JPEG" and image.mode == "RGB" and upright and size <= SENT_BYTES


def flat(image: Image.Image) -> Image.Image:
    """The same picture as opaque sRGB, on white where it was transparent."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in {"P", "PA", "La", "RGBa"} or "transparency" in image.info:
        image = image.convert("RGBA")
    alpha = image.getchannel("A") if "A" in image.getbands() else None
    colour = to_srgb(image, profile)
    if alpha is not None:
        white = Image.new("RGB", colour.size, "white")
        white.paste(colour, mask=alpha)
        colour = white
    colour.info = {}
    return colour


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB by the picture's own profile; a profile that is broken or of another kind of colour is passed over."""
    if image.mode in {"RGBA", "LA"}:
        image = image.convert(image.mode[:-1])
    if profile and image.mode in {"RGB", "CMYK"}:
        try:
            changed = ImageCms.profileToProfile(
                image, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            changed = None
        if changed is not None:
            return changed
    return image.convert("RGB") if image.mode != "RGB" else image.copy()


def save_sent(image: Image.Image, out: Path) -> Made:
    """A baseline JPEG no larger than platforms take: first the quality yields, then the pixels."""
    path = out / "jpeg.jpg"
    while True:
        for quality in (92, 85, 78):
            image.save(path, "JPEG", quality=quality)
            if path.stat().st_size <= SENT_BYTES:
                return Made("jpeg", str(path), image.width, image.height)
        image = image.resize((max(1, image.width * 7 // 10), max(1, image.height * 7 // 10)))


def save_thumbnail(image: Image.Image, out: Path) -> Made:
    path = out / "thumbnail.jpg"
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    small.save(path, "JPEG", quality=82)
    return Made("thumbnail", str(path), small.width, small.height)


def probe_video(request: Request) -> tuple[Facts, list[Made]]:
    # A picture needs no MediaInfo, and loading it takes as long as starting Python.
    from pymediainfo import MediaInfo

    tracks = MediaInfo.parse(str(request.source), mediainfo_options={"File_TestContinuousFileNames": "0"}).tracks
    video = next((track for track in tracks if track.track_type == "Video"), None)
    sound = next((track for track in tracks if track.track_type == "Audio"), None)
    if video is None or not video.width or not video.height:
        raise Bad("no_picture")
    seconds = number(video.duration) or number(tracks[0].duration)
    if not seconds:
        raise Bad("no_duration")
    width, height = int(video.width), int(video.height)
    if round(number(video.rotation) or 0) % 180 == 90:
        width, height = height, width
    facts = Facts(
        width,
        height,
        seconds / 1000,
        number(video.frame_rate),
        codec(video.format),
        codec(sound.format if sound else ""),
    )
    return facts, still(request, seconds / 1000)


def still(request: Request, seconds: float) -> list[Made]:
    """The thumbnail of a video; none where there is no ffmpeg or no frame can be decoded."""
    if not request.ffmpeg:
        return []
    try:
        with Image.open(frame(request, min(1.0, seconds / 3), "frame.png"), formats=["PNG"]) as image:
            return [save_thumbnail(flat(image), request.out)]
    except (Bad, OSError):
        return []


def frame(request: Request, at: float, name: str) -> Path:
    """One frame of a file, upright, through ffmpeg: only this file, only as ISO media, one thread, no network."""
    if not request.ffmpeg:
        raise Bad("needs_ffmpeg")
    target = request.out / name
    size = [] if name == "heic.png" else ["-vf", _SMALL]
    asked = [request.ffmpeg, "-y", "-nostdin", "-v", "error", "-protocol_whitelist", "file", "-threads", "1"]
    asked += ["-f", "mov", "-ss", f"{at:.3f}", "-i", str(request.source), "-frames:v", "1", *size, "-threads", "1"]
    try:
        # the program is the operator's, the arguments are ours, no shell
        subprocess.run([*asked, "-f", "image2", "-update", "1", str(target)], timeout=CPU_SECONDS, check=True)  # noqa: S603
    except (subprocess.SubprocessError, OSError):
        raise Bad("unreadable") from None
    if not target.exists():
        raise Bad("unreadable")
    return target


def number(value: object) -> float | None:
    """What MediaInfo tells as text or number, as a number above or below zero."""
    try:
        return float(str(value)) or None
    except ValueError:
        return None


def codec(name: str | None) -> str:
    """MediaInfo's name of a codec as the rest of the world writes it."""
    return {"AVC": "h264", "HEVC": "hevc"}.get(name or "", (name or "").lower())


def is_full(folder: Path) -> bool:
    """Whether the disk is what is wrong: Pillow only says that it could not write, and removes its half file."""
    return shutil.disk_usage(folder).free < FULL_BYTES


def answer(line: bytes) -> dict[str, object]:
    """One request, bounded in time from here on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + CPU_SECONDS, resource.RLIM_INFINITY))
    signal.alarm(WALL_SECONDS)
    asked = json.loads(line)
    request = Request(Path(asked["source"]), asked["mime"], Path(asked["out"]), asked["ffmpeg"])
    try:
        facts, made = probe(request)
    except Bad as bad:
        return {"problem": str(bad)}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        return {"problem": "too_many_pixels"}
    except Exception:  # decoders raise whatever comes to their mind; none of it may end this loop
        return {"problem": "no_room" if is_full(request.out) else "unreadable"}
    return {"facts": asdict(facts), "variants": [asdict(each) for each in made]}


def main() -> None:
    """Limit this process, then answer until stdin ends. Nothing but answers reaches stdout."""
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, WRITTEN_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    for line in sys.stdin.buffer:
        answers.write(json.dumps(answer(line)).encode() + b"\n")


if __name__ == "__main__":
    main()
