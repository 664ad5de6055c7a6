"""What a file is, told from its first bytes: never from its name or from what a server declares."""

from __future__ import annotations

from dataclasses import dataclass

HEAD_BYTES = 64
"""How many bytes `sniff` needs to see; a shorter file is judged by what there is."""


@dataclass(frozen=True, slots=True)
class FileType:
    """One kind of file that is taken. ``extension`` has no dot."""

    mime: str
    kind: str
    extension: str


JPEG = FileType("image/jpeg", "image", "jpg")
PNG = FileType("image/png", "image", "png")
WEBP = FileType("image/webp", "image", "webp")
GIF = FileType("image/gif", "image", "gif")
HEIC = FileType("image/heic", "image", "heic")
MP4 = FileType("video/mp4", "video", "mp4")
MOV = FileType("video/quicktime", "video", "mov")

FILE_TYPES = {each.mime: each for each in (JPEG, PNG, WEBP, GIF, HEIC, MP4, MOV)}

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis"})
_MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9"}
    | {b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"dash", b"f4v ", b"XAVC"}
)
# A QuickTime file older than brands begins with one of these boxes.
_OLD_QUICKTIME = frozenset({b"moov", b"mdat", b"wide", b"pnot"})


def sniff(head: bytes) -> FileType | None:
    """The kind of a file that begins with ``head``; None for everything that is not taken (SVG and HTML among it)."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    return _boxed(head)


def _boxed(head: bytes) -> FileType | None:
    """The kind of an ISO base media file, by its brand (ISO/IEC 14496-12 §4.3)."""
    box = head[4:8]
    if box in _OLD_QUICKTIME:
        return MOV
    if box != b"ftyp":
        return None
    brand = head[8:12]
    if brand == b"qt  ":
        return MOV
    if brand in _MP4_BRANDS:
        return MP4
    end = min(len(head), int.from_bytes(head[:4], "big"))
    compatible = {head[at : at + 4] for at in range(16, end - 3, 4)}
    if brand in _HEIC_BRANDS or (brand == b"mif1" and compatible & _HEIC_BRANDS):
        return HEIC
    return None
