"""An API with an endpoint for every verb, and a few that fail."""

from typing import Annotated

from fastapi import Depends, FastAPI
from pydantic import BaseModel, ConfigDict

from huntaze import identity as room
from huntaze.identity import Actor, Identity
from huntaze.kit.text import Text
from huntaze.platforms.errors import Rejected


class Note(BaseModel):
    """A body with one field."""

    model_config = ConfigDict(extra="forbid")
    text: str


def probes(identity: Identity) -> FastAPI:
    """To be mounted at /api."""
    api = FastAPI(docs_url=None, redoc_url=None)
    api.include_router(room.router(identity))
    room.install_problems(api)

    def probe(verb: str) -> None:
        @api.get(f"/v1/probe/{verb}")
        async def read(actor: Annotated[Actor, Depends(identity.require(verb))]) -> dict[str, str]:
            return {"name": actor.name, "workspace": str(actor.workspace_id)}

    for verb in sorted(room.VERBS):
        probe(verb)

    @api.post("/v1/notes")
    async def write(note: Note, actor: Annotated[Actor, Depends(identity.require("posts.write"))]) -> dict[str, str]:
        return {"text": note.text}

    @api.get("/v1/rejected")
    async def rejected(actor: Annotated[Actor, Depends(identity.require("posts.read"))]) -> None:
        raise Rejected(
            Text("The picture is too small."),
            Text("Use one of 320 pixels or more."),
            platform="instagram",
            code="36003",
            subcode="2207009",
            trace_id="AbC",
            file=1,
        )

    @api.get("/v1/broken")
    async def broken(actor: Annotated[Actor, Depends(identity.require("posts.read"))]) -> None:
        raise RuntimeError("the secret of the house")

    return api
