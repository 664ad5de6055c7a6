"""Names to JPEGs, drawn on first use in a thread and kept."""

import asyncio
import hashlib
from collections import OrderedDict
from pathlib import Path

CLIP = "clip.mp4"
CLIP_PATH = Path(__file__).with_name(CLIP)
"""Four seconds of film, H.264 and AAC, upright: a real reel for those who need one."""
SCENES = ("sea", "hills", "print", "leaf", "still", "road", "plate", "shapes", "avatar")
SMALLEST, LARGEST = 16, 2400
_KEPT_BYTES = 24 * 1024 * 1024


def scene_of(name: str) -> str:
    """The motif of a name: its prefix before the first hyphen, else one chosen by its hash (never an emblem)."""
    prefix = name.partition("-")[0]
    if prefix in SCENES:
        return prefix
    return SCENES[hashlib.sha256(name.encode()).digest()[0] % (len(SCENES) - 1)]


class Gallery:
    """Draws at most one picture at a time and keeps the last few dozen."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self._size = 0
        self._lock = asyncio.Lock()

    async def jpeg(self, name: str, width: int, height: int) -> bytes:
        """The picture of that name; sides are kept between 16 and 2400 pixels."""
        key = (name, min(max(width, SMALLEST), LARGEST), min(max(height, SMALLEST), LARGEST))
        async with self._lock:
            known = self._kept.get(key)
            if known is None:
                known = await asyncio.to_thread(draw, *key)
                self._keep(key, known)
            else:
                self._kept.move_to_end(key)
        return known

    def _keep(self, key: tuple[str, int, int], data: bytes) -> None:
        self._kept[key] = data
        self._size += len(data)
        while self._size > _KEPT_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._size -= len(dropped)


def draw(name: str, width: int, height: int) -> bytes:
    """Draw a JPEG. The drawing parts load Pillow, which the simulator does without until the first picture."""
    from socialsim.kernel.pictures.studio import paint

    return paint(name, scene_of(name), width, height)
