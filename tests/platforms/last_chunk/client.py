"""The client: begin, push all but the last chunk, commit with the last one."""

from __future__ import annotations

from datetime import timedelta

from huntaze.platforms.contract import (
    Access,
    Artefact,
    ArtefactRequest,
    ArtefactState,
    ArtefactStatus,
    Committed,
    Irreversible,
    MediaSource,
)
from tests.platforms.made_up.client import Lists

CHUNK = 4096


class LastChunk(Lists):
    """``contract.Publisher`` with ``Irreversible.LAST_CHUNK``."""

    irreversible = Irreversible.LAST_CHUNK
    pull_timeout = timedelta(seconds=1)

    async def begin(self, access: Access, request: ArtefactRequest) -> Artefact:
        """An upload and its address."""
        size = request.media[0].size
        form = {"caption": request.caption, "type": request.type.value, "size": str(size)}
        made = await self.wire.post(f"{access.account_ref}/uploads", form)
        return Artefact(made["id"], made["uploadUrl"])

    async def transfer(self, access: Access, artefact: Artefact, media: MediaSource) -> None:
        """All chunks but the last."""
        for offset in range(0, _last(media), CHUNK):
            await self.wire.put(f"{artefact.upload_url}?offset={offset}", await _bytes(media, offset, CHUNK))

    async def status(self, access: Access, ref: str) -> ArtefactStatus:
        """An upload that misses its last chunk can still be finished."""
        upload = await self.wire.get(f"{access.account_ref}/uploads/{ref}")
        if upload["post"]:
            return ArtefactStatus(ArtefactState.PUBLISHED, f"published {upload['post']}", media_ref=upload["post"])
        return ArtefactStatus(ArtefactState.READY, f"{upload['got']} of {upload['size']} bytes")

    async def commit(self, access: Access, artefact: Artefact, request: ArtefactRequest) -> Committed:
        """The last chunk."""
        media = request.media[0]
        last = _last(media)
        content = await _bytes(media, last, media.size - last)
        done = await self.wire.once("PUT", f"{artefact.upload_url}?offset={last}", content=content)
        return Committed(done["post"], raw=f"post {done['post']}")


def _last(media: MediaSource) -> int:
    """Where the last chunk begins; it is never empty."""
    return (media.size - 1) // CHUNK * CHUNK


async def _bytes(media: MediaSource, offset: int, length: int) -> bytes:
    assert media.bytes_from is not None
    return b"".join([piece async for piece in await media.bytes_from.read(offset, length)])
