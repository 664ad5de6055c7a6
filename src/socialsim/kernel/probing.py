"""What a video is made of, read from the file once: what both platforms hold against their specifications."""

import asyncio
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from socialsim.kernel.blobs import Blobs

_CONTAINERS = {"MPEG-4": "mp4", "QuickTime": "mov", "WebM": "webm", "Matroska": "mkv", "AVI": "avi", "MPEG-TS": "ts"}
_CODECS = {"AVC": "h264", "HEVC": "hevc", "MPEG-4 Visual": "mpeg4", "MPEG Video": "mpeg2", "MPEG Audio": "mp3"}
_MOOV_CAP = 64 * 1024 * 1024
_NESTED = frozenset({b"moov", b"trak", b"edts"})


@dataclass(frozen=True, slots=True)
class Clip:
    """A video file. Unknown numbers are 0, unknown words empty; width and height are as shown, so turned if it is."""

    size: int
    """Bytes."""
    container: str
    """mp4, mov, webm, mkv, …"""
    moov_first: bool
    """Whether an MP4 or MOV file begins with its index."""
    edit_lists: bool
    """Whether a track says that it is played otherwise than from its beginning to its end."""
    video_codec: str
    """h264, hevc, vp8, vp9, av1, …"""
    fps: float
    width: int
    height: int
    seconds: float
    video_bps: int
    interlaced: bool
    chroma: str
    """4:2:0, 4:2:2, …"""
    audio_codec: str
    """aac, mp3, opus, …; empty for a silent film."""
    audio_hz: int
    audio_channels: int
    audio_bps: int
    fps_most: float = 0.0
    """The highest rate within a file whose rate varies, where it says so."""


class Unreadable(ValueError):
    """The file holds no picture that moves."""


def probe(path: Path) -> Clip:
    """Read a file; some milliseconds, so call it in a thread. Raises :class:`Unreadable`."""
    # Loading MediaInfo takes longer than the simulator's start may.
    from pymediainfo import MediaInfo

    tracks = MediaInfo.parse(str(path), mediainfo_options={"File_TestContinuousFileNames": "0"}).tracks
    general, video, audio = (
        next((track.to_data() for track in tracks if track.track_type == kind), {})
        for kind in ("General", "Video", "Audio")
    )
    width, height = int(_number(video, "width")), int(_number(video, "height"))
    milliseconds = _number(video, "duration") or _number(general, "duration")
    if not (width and height and milliseconds):
        raise Unreadable("no moving picture")
    if round(_number(video, "rotation")) % 180 == 90:
        width, height = height, width
    kind = "mov" if general.get("format_profile") == "QuickTime" else _word(_CONTAINERS, general)
    moov_first, edit_lists = _index(path) if kind in {"mp4", "mov"} else (False, False)
    return Clip(
        size=path.stat().st_size,
        container=kind,
        moov_first=moov_first,
        edit_lists=edit_lists,
        video_codec=_word(_CODECS, video),
        fps=_number(video, "frame_rate"),
        width=width,
        height=height,
        seconds=milliseconds / 1000,
        video_bps=int(_number(video, "bit_rate")),
        interlaced=video.get("scan_type", "Progressive") != "Progressive",
        chroma=str(video.get("chroma_subsampling", "")),
        audio_codec=_word(_CODECS, audio),
        audio_hz=int(_number(audio, "sampling_rate")),
        audio_channels=int(_number(audio, "channel_s")),
        audio_bps=int(_number(audio, "bit_rate")),
        fps_most=_number(video, "maximum_frame_rate"),
    )


def is_movie(head: bytes) -> bool:
    """Whether a file starts as MP4 or MOV does."""
    return head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}


class Prober:
    """Probes stored files beside the loop, each only once: a blob's name tells its content."""

    def __init__(self, blobs: Blobs, read: Callable[[Path], Clip] = probe) -> None:
        self._blobs = blobs
        self._read = read
        self._known: dict[str, asyncio.Task[Clip | None]] = {}

    async def clip(self, name: str) -> Clip | None:
        """What that blob is; None if it is no video or not there."""
        task, path = self._known.get(name), self._blobs.path(name)
        if task is None and path is not None:
            task = self._known[name] = asyncio.create_task(self._probe(path))
        return await asyncio.shield(task) if task is not None else None

    async def _probe(self, path: Path) -> Clip | None:
        try:
            return await asyncio.to_thread(self._read, path)
        except (Unreadable, OSError):
            return None


def _number(track: dict[str, object], name: str) -> float:
    """MediaInfo tells numbers as numbers or as text, a list of them joined by " / "."""
    try:
        return float(str(track.get(name, 0)).partition(" ")[0])
    except ValueError:
        return 0.0


def _word(known: dict[str, str], track: dict[str, object]) -> str:
    name = str(track.get("format", ""))
    return known.get(name, name.lower())


# --- The index of an MP4 or MOV file -------------------------------------------------------------------------------


def _index(path: Path) -> tuple[bool, bool]:
    """Whether ``moov`` comes before ``mdat``, and whether an edit list changes what is played.

    Raises :class:`Unreadable` for a file that ends before its content does: an upload that was cut short.
    """
    first, edits = "", False
    length = path.stat().st_size
    with path.open("rb") as file:
        for kind, start, end in _boxes(file, 0, length):
            if end > length:
                raise Unreadable("the file ends before its content does")
            if kind in {b"moov", b"mdat"}:
                first = first or kind.decode()
            if kind == b"moov" and end - start <= _MOOV_CAP:
                edits = _edited(file, start, end)
    return first == "moov", edits


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of the content of each box between two places; the last may claim to go beyond."""
    while start + 8 <= end:
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            return
        size, kind, header = int.from_bytes(head[:4], "big"), head[4:8], 8
        if size == 1:
            size, header = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = end - start
        if size < header:
            return
        yield kind, start + header, start + size
        start += size


def _edited(file: BinaryIO, start: int, end: int) -> bool:
    for kind, inner, after in _boxes(file, start, end):
        if kind in _NESTED and _edited(file, inner, min(after, end)):
            return True
        if kind == b"elst" and _changes(file, inner):
            return True
    return False


def _changes(file: BinaryIO, start: int) -> bool:
    """An edit list of one entry that begins at 0 plays the track as it is."""
    file.seek(start)
    head = file.read(8 + 16)
    if len(head) < 24:
        return False
    wide, entries = head[0] == 1, int.from_bytes(head[4:8], "big")
    (begins,) = struct.unpack(">q" if wide else ">i", head[16:24] if wide else head[12:16])
    return bool(entries > 1 or begins)
