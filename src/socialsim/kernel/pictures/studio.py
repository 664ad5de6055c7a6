"""Where canvas, palette and motif meet."""

import hashlib
import io
import random

from socialsim.kernel.pictures.canvas import Canvas
from socialsim.kernel.pictures.scenes import PALETTES, SCENES

_QUALITY = 88


def paint(name: str, scene: str, width: int, height: int) -> bytes:
    """A baseline sRGB JPEG; the name decides palette and composition."""
    dice = random.Random(hashlib.sha256(name.encode()).digest())
    canvas = Canvas(width, height, dice)
    SCENES[scene](canvas, dice.choice(PALETTES))
    out = io.BytesIO()
    canvas.finish(grain=0.0 if scene == "avatar" else 0.26).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
