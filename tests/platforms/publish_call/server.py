"""Drafts become ready, and one call makes a draft public; a draft is published once at most."""

from __future__ import annotations

from socialsim.kernel.wire import Answer, Call, Route, json_answer
from tests.platforms.made_up.server import Json, MadeUpHost, refused

READY_AFTER = 0.15


class PublishCallHost(MadeUpHost):
    """POST /{a}/drafts, GET /{a}/drafts/{id}, POST /{a}/publish."""

    name = "publish_call"
    publishing = "POST /{a}/publish"

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.drafts: dict[str, Json] = {}

    def way(self, call: Call, account: str, rest: str) -> Route:
        """Where a call leads."""

        async def make() -> Answer:
            draft_id = self.services.mint.id("3")
            self.drafts[draft_id] = {
                **call.params, "account": account, "ready": self.services.clock.epoch() + READY_AFTER, "post": "",
            }  # fmt: skip
            return json_answer({"id": draft_id})

        async def show() -> Answer:
            return json_answer({"state": self._state(rest.partition("/")[2])})

        async def publish() -> Answer:
            draft = self.drafts.get(call.params.get("draft", ""))
            if draft is None or self._state(call.params["draft"]) != "ready":
                return refused("not_ready", "this draft cannot be published")
            draft["post"] = self.publish(call, account, draft["type"], draft["caption"], call.params["draft"]).id
            return json_answer({"id": draft["post"]})

        match call.method, rest.partition("/")[0]:
            case "POST", "drafts":
                return Route("POST /{a}/drafts", make, account)
            case "GET", "drafts":
                return Route("GET /{a}/drafts/{id}", show, account)
            case "POST", "publish":
                return Route(self.publishing, publish, account)
        return self.nothing(call)

    def _state(self, draft_id: str) -> str:
        draft = self.drafts[draft_id]
        if draft["post"]:
            return f"published {draft['post']}"
        return "ready" if self.services.clock.epoch() >= draft["ready"] else "working"
