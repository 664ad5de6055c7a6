"""Files made to hurt: two hundred of them through one child, which must live to answer the last."""

import json
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from huntaze.library import Prober, Unreadable, find_ffmpeg
from huntaze.library.prober import CHILD
from huntaze.library.sniff import MP4, sniff
from tests.fixtures import media
from tests.support.waiting import eventually

WORDS = {"unreadable", "too_many_pixels", "no_picture", "no_duration", "needs_ffmpeg"}


def test_two_hundred_malformed_files_crash_nothing(tmp_path: Path) -> None:
    asked = []
    for number, (mime, content) in enumerate(media.malformed(200)):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "source").write_bytes(content)
        asked.append(
            {"source": str(folder / "source"), "mime": mime, "out": str(folder), "ffmpeg": str(find_ffmpeg(None) or "")}
        )
    lines = "".join(json.dumps(each) + "\n" for each in asked)
    ended = subprocess.run(
        [sys.executable, "-I", str(CHILD)], input=lines, capture_output=True, text=True, env={}, check=False
    )
    assert ended.returncode == 0
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(answers) == 200
    problems = {answer["problem"] for answer in answers if "problem" in answer}
    assert problems <= WORDS
    assert {"unreadable", "too_many_pixels", "no_picture"} <= problems
    # the first two: a bomb of 4,096 megapixels, and a sound JPEG with a page of script behind it
    assert answers[0] == {"problem": "too_many_pixels"}
    assert answers[1]["facts"]["width"] == 160


def test_the_child_is_limited_before_it_opens_a_file(tmp_path: Path) -> None:
    looked = subprocess.Popen([sys.executable, "-I", str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={})
    assert looked.stdin is not None
    assert looked.stdout is not None
    looked.stdin.write(
        json.dumps({"source": "/nowhere", "mime": "image/png", "out": "/", "ffmpeg": ""}).encode() + b"\n"
    )
    looked.stdin.flush()
    looked.stdout.readline()
    limits = Path(f"/proc/{looked.pid}/limits").read_text()
    looked.stdin.close()
    looked.wait()
    looked.stdout.close()
    found = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()[1:]}
    assert found["Max address space"] == str(2 << 30)
    assert found["Max file size"] == str(512 << 20)
    assert int(found["Max cpu time"]) <= 61
    assert found["Max core file size"] == "0"


async def test_a_child_that_is_killed_makes_the_file_unreadable_and_nothing_else(tmp_path: Path) -> None:
    killer = tmp_path / "ffmpeg"
    killer.write_text(f"#!/bin/sh\nkill -{signal.SIGKILL.value} $PPID\n")
    killer.chmod(killer.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "source").write_bytes(media.mp4(1.0, 64, 64))
    with pytest.raises(Unreadable):
        await Prober(killer).probe(tmp_path / "source", MP4, tmp_path)


async def test_what_a_child_started_is_gone_when_it_has_answered(tmp_path: Path) -> None:
    lingering = tmp_path / "ffmpeg"
    lingering.write_text(f"#!/bin/sh\nsleep 600 >/dev/null 2>&1 &\necho $! >{tmp_path}/pid\nexit 1\n")
    lingering.chmod(lingering.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "source").write_bytes(media.mp4(1.0, 64, 64))
    probed = await Prober(lingering).probe(tmp_path / "source", MP4, tmp_path)
    assert probed.facts.width == 64
    pid = int((tmp_path / "pid").read_text())

    async def gone() -> bool:
        status = Path(f"/proc/{pid}/stat")
        return not status.exists() or status.read_text().split()[2] in {"Z", "X"}

    await eventually(gone)


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic", "image/heic"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", "video/quicktime"),
        (b"\x00\x00\x10\x00moov", "video/quicktime"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1avif", None),
        (b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00mp42", None),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b" \xff\xd8\xff", None),
        (b"", None),
    ],
)
def test_a_kind_is_told_by_the_first_bytes(head: bytes, mime: str | None) -> None:
    found = sniff(head)
    assert (found.mime if found else None) == mime
