"""The client: prepare, poll, publish."""

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

_STATES = {
    "working": ArtefactState.IN_PROGRESS,
    "ready": ArtefactState.READY,
    "published": ArtefactState.PUBLISHED,
}


class PublishCall(Lists):
    """``contract.Publisher`` with ``Irreversible.PUBLISH_CALL``."""

    irreversible = Irreversible.PUBLISH_CALL
    pull_timeout = timedelta(seconds=1)

    async def begin(self, access: Access, request: ArtefactRequest) -> Artefact:
        """A draft."""
        form = {"url": request.media[0].url, "caption": request.caption, "type": request.type.value}
        return Artefact((await self.wire.post(f"{access.account_ref}/drafts", form))["id"])

    async def transfer(self, access: Access, artefact: Artefact, media: MediaSource) -> None:
        """Nothing is pushed."""

    async def status(self, access: Access, ref: str) -> ArtefactStatus:
        """A draft's state; a published one names its post."""
        raw = str((await self.wire.get(f"{access.account_ref}/drafts/{ref}"))["state"])
        word, _, post = raw.partition(" ")
        return ArtefactStatus(_STATES[word], raw, media_ref=post)

    async def commit(self, access: Access, artefact: Artefact, request: ArtefactRequest) -> Committed:
        """The call that cannot be taken back."""
        done = await self.wire.once("POST", f"{access.account_ref}/publish", data={"draft": artefact.ref})
        return Committed(done["id"], raw=f"post {done['id']}")
