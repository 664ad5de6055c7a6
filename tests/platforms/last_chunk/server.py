"""An upload publishes itself with its last byte, and never twice."""

from __future__ import annotations

from socialsim.kernel.wire import Answer, Call, Route, json_answer
from tests.platforms.made_up.server import Json, MadeUpHost, refused


class LastChunkHost(MadeUpHost):
    """POST /{a}/uploads, PUT /{a}/uploads/{id}?offset=, GET /{a}/uploads/{id}."""

    name = "last_chunk"
    publishing = "PUT /{a}/uploads/{id} last"

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.uploads: dict[str, Json] = {}

    def way(self, call: Call, account: str, rest: str) -> Route:
        """Where a call leads."""
        upload_id = rest.partition("/")[2]
        upload = self.uploads.get(upload_id)

        async def make() -> Answer:
            new_id = self.services.mint.id("4")
            self.uploads[new_id] = {**call.params, "account": account, "got": 0, "post": ""}
            return json_answer({"id": new_id, "uploadUrl": f"{call.base}/{account}/uploads/{new_id}"})

        async def take() -> Answer:
            if upload is None or upload["post"] or int(call.params["offset"]) != upload["got"]:
                return refused("bad_offset", "these bytes do not continue this upload")
            upload["got"] += int(call.headers["content-length"])
            if upload["got"] == int(upload["size"]):
                upload["post"] = self.publish(call, account, upload["type"], upload["caption"], upload_id).id
            return json_answer({"got": upload["got"], "post": upload["post"]})

        async def show() -> Answer:
            return json_answer(upload or {})

        if call.method == "POST" and rest == "uploads":
            return Route("POST /{a}/uploads", make, account)
        if call.method == "GET" and upload is not None:
            return Route("GET /{a}/uploads/{id}", show, account)
        if call.method == "PUT" and upload is not None:
            rest_of_it = int(upload["size"]) - int(call.params["offset"])
            last = int(call.headers["content-length"]) >= rest_of_it
            return Route(self.publishing if last else "PUT /{a}/uploads/{id}", take, account)
        return self.nothing(call)
