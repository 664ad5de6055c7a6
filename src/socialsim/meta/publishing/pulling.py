"""Pulling media from the address a client gave (instagram.md §3.3, T10): what comes, and what is wrong with it."""

import asyncio

from socialsim.kernel.fetching import Download, FetchFailed
from socialsim.kernel.probing import is_movie
from socialsim.kernel.services import Services
from socialsim.meta import errors
from socialsim.meta.errors import GraphError
from socialsim.meta.publishing.specs import IMAGE_CAP, check_image, converted

_OPAQUE = ("application/octet-stream", "binary/octet-stream")
_PIECE = 1024 * 1024


async def pull_image(services: Services, url: str, *, feed: bool) -> str:
    """Fetch and check a picture; gives the name of its bytes as they are published. Raises the codes of §3.7."""
    download = await pull(services, url)
    if not _says(download, "image/"):
        await download.drop()
        raise GraphError(errors.FETCH_FAILED)
    try:
        data = await download.read(IMAGE_CAP)
    except FetchFailed as error:
        problem = {"too-large": errors.IMAGE_TOO_LARGE, "slow": errors.DOWNLOAD_SLOW}
        raise GraphError(problem.get(error.reason, errors.FETCH_FAILED)) from error
    picture = check_image(data, feed=feed, strict=services.config.strict_jpeg)
    if picture.width or picture.convert:
        try:
            data = await asyncio.to_thread(converted, data, picture)
        except (OSError, ValueError) as error:
            raise GraphError(errors.IMAGE_FORMAT) from error
    return services.blobs.put(data, "jpg")


async def pull_video(services: Services, url: str) -> Download:
    """Begin to fetch a video; its first bytes must be an MP4 or MOV file's. Raises 9004, -2 or 352 (§3.7)."""
    download = await pull(services, url)
    movie, said = is_movie(download.head), _says(download, "video/")
    if not (movie and said):
        await download.drop()
        raise GraphError(errors.VIDEO_FORMAT if said and not movie and download.content_type else errors.FETCH_FAILED)
    return download


async def pull(services: Services, url: str) -> Download:
    """An answered GET of an address; raises 9004 or -2 of §3.7."""
    try:
        return await services.fetch(url)
    except FetchFailed as error:
        raise GraphError(errors.DOWNLOAD_SLOW if error.reason == "slow" else errors.FETCH_FAILED) from error


async def save(services: Services, download: Download, name: str, cap: int) -> int:
    """Write the rest of a download into the file ``name``; gives its size. Raises ``FetchFailed``."""
    size, waiting = 0, bytearray()
    async for piece in download.pieces(cap):
        waiting += piece
        if len(waiting) >= _PIECE:
            await asyncio.to_thread(services.blobs.write, name, size, waiting)
            size, waiting = size + len(waiting), bytearray()
    await asyncio.to_thread(services.blobs.write, name, size, waiting)
    return size + len(waiting)


def _says(download: Download, kind: str) -> bool:
    """Whether the host called it that kind of media, or nothing in particular."""
    said = download.content_type.partition(";")[0].strip().lower()
    return not said or said.startswith((kind, *_OPAQUE))
