"""Asks a limited child process what a file is; see ``probe.py`` for what happens in there."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from huntaze.kit.text import N_, Text
from huntaze.library.errors import NoRoom, Unreadable
from huntaze.library.probe import WALL_SECONDS, Facts, Made
from huntaze.library.sniff import FileType

CHILD = Path(__file__).with_name("probe.py")
_LONGEST_ANSWER = 64 * 1024
_GRACE_SECONDS = 5
_NICENESS = 10
"""A thousand pictures of a new account must not keep a post from going out on time."""

_AGAIN = N_("Export it again from the program that made it, or choose another file.")
_PROBLEMS = {
    "unreadable": (N_("The file is damaged or is not what its name says."), _AGAIN),
    "too_many_pixels": (N_("The picture has too many pixels."), N_("Scale it down to under 100 megapixels.")),
    "no_picture": (N_("The video holds no picture."), _AGAIN),
    "no_duration": (N_("The video is empty or breaks off."), _AGAIN),
    "needs_ffmpeg": (
        N_("HEIC pictures cannot be opened here, because ffmpeg is not installed."),
        N_("Save the picture as JPEG, or install ffmpeg on the server."),
    ),
}


@dataclass(frozen=True, slots=True)
class Probed:
    """What a file is and the JPEGs that were made of it, in the folder that was handed in."""

    facts: Facts
    variants: Sequence[Made]


class _Answer(msgspec.Struct):
    problem: str = ""
    facts: Facts | None = None
    variants: list[Made] = msgspec.field(default_factory=list)


class Prober:
    """Starts one child for each file, ``at_once`` of them at a time."""

    def __init__(self, ffmpeg: Path | None, *, at_once: int = 2) -> None:
        self._ffmpeg = ffmpeg
        self._places = asyncio.Semaphore(at_once)

    async def probe(self, source: Path, file_type: FileType, out: Path) -> Probed:
        """Look at ``source`` and make JPEGs in the folder ``out``. Raises Unreadable, NoRoom;
        OSError if no child starts."""
        request = {
            "source": str(source),
            "mime": file_type.mime,
            "out": str(out),
            "ffmpeg": str(self._ffmpeg or ""),
        }
        async with self._places:
            line = await _ask(json.dumps(request).encode() + b"\n", out)
        try:
            answer = msgspec.json.decode(line, type=_Answer)
        except msgspec.DecodeError:
            answer = _Answer("unreadable")
        if answer.problem == "no_room":
            raise NoRoom.now()
        if answer.facts is None:
            message, remedy = _PROBLEMS.get(answer.problem, _PROBLEMS["unreadable"])
            raise Unreadable(Text(message), Text(remedy))
        return Probed(answer.facts, answer.variants)


async def _ask(request: bytes, folder: Path) -> bytes:
    """One child's answer; empty when it died or took too long. It and what it started are gone afterwards."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(CHILD),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=folder,
        env={"LANG": "C.UTF-8"},
        start_new_session=True,
        limit=_LONGEST_ANSWER,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    with contextlib.suppress(OSError):  # it may be gone already
        os.setpriority(os.PRIO_PROCESS, child.pid, _NICENESS)
    try:
        with contextlib.suppress(ConnectionError, TimeoutError, ValueError):
            child.stdin.write(request)
            child.stdin.close()
            return await asyncio.wait_for(child.stdout.readline(), WALL_SECONDS + _GRACE_SECONDS)
        return b""
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()


def find_ffmpeg(configured: Path | None) -> Path | None:
    """ffmpeg from the setting, else from PATH, else from the package of the extra ``video``, else none."""
    if configured is not None:
        return configured
    found = shutil.which("ffmpeg")
    if found is not None:
        return Path(found)
    try:
        import imageio_ffmpeg
    except ImportError:
        return None
    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        return None
