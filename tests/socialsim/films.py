"""Small films made by ffmpeg here and now, sound ones and such that a platform does not take."""

import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg


@cache
def film(
    seconds: float = 3.0,
    size: str = "108x192",
    *,
    fps: int = 30,
    video: str = "libx264 -pix_fmt yuv420p",
    audio: str = "aac",
    moov_first: bool = True,
) -> bytes:
    """An MP4. ``audio`` empty: a silent one. The same arguments give the same film, made once in a process."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "film.mp4"
        inputs = f"-f lavfi -i color=c=teal:size={size}:rate={fps}:duration={seconds}"
        sound = f"-f lavfi -i sine=frequency=440:duration={seconds}" if audio else ""
        coded = f"-c:v {video} -preset ultrafast" if "x26" in video else f"-c:v {video}"
        ends = f"-c:a {audio}" if audio else "-an"
        place = "-movflags +faststart" if moov_first else ""
        asked = f"-v error -nostdin {inputs} {sound} {coded} {ends} {place}".split()
        subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), *asked, str(target)], check=True)
        return target.read_bytes()
