"""The client: one call with a link, then watching."""

from __future__ import annotations

from datetime import timedelta

from huntaze.kit.text import Text
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
from huntaze.platforms.errors import Later
from tests.platforms.made_up.client import Lists


class Init(Lists):
    """``contract.Publisher`` with ``Irreversible.INIT``."""

    irreversible = Irreversible.INIT
    pull_timeout = timedelta(seconds=1)

    async def begin(self, access: Access, request: ArtefactRequest) -> Artefact:
        """Never called."""
        raise AssertionError("the first call of this platform publishes")

    async def transfer(self, access: Access, artefact: Artefact, media: MediaSource) -> None:
        """Nothing is pushed."""

    async def status(self, access: Access, ref: str) -> ArtefactStatus:
        """How far the platform is."""
        job = await self.wire.get(f"{access.account_ref}/publish/{ref}")
        match str(job["state"]).partition(":")[0]:
            case "published":
                return ArtefactStatus(ArtefactState.PUBLISHED, "published", media_ref=job["post"])
            case "failed":
                error = Later(Text("It could not fetch the file."), Text("We try again."), platform=self.wire.name)
                return ArtefactStatus(ArtefactState.FAILED, job["state"], error)
            case _:
                return ArtefactStatus(ArtefactState.IN_PROGRESS, job["state"])

    async def commit(self, access: Access, artefact: Artefact, request: ArtefactRequest) -> Committed:
        """The call that publishes by itself."""
        form = {"url": request.media[0].url, "caption": request.caption, "type": request.type.value}
        done = await self.wire.once("POST", f"{access.account_ref}/publish", data=form)
        return Committed(artefact_ref=done["id"], raw=f"taken as {done['id']}")
