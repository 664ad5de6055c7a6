"""One call takes an address; the platform fetches it in its own time and publishes what it got."""

from __future__ import annotations

from socialsim.kernel.fetching import FetchFailed
from socialsim.kernel.wire import Answer, Call, Route, json_answer
from tests.platforms.made_up.server import Json, MadeUpHost


class InitHost(MadeUpHost):
    """POST /{a}/publish, GET /{a}/publish/{id}."""

    name = "init"
    publishing = "POST /{a}/publish"
    fetch_after = 0.1
    """Seconds between the call and the fetch."""

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.jobs: dict[str, Json] = {}

    def way(self, call: Call, account: str, rest: str) -> Route:
        """Where a call leads."""

        async def take() -> Answer:
            job_id = self.services.mint.id("6")
            job = self.jobs[job_id] = {**call.params, "account": account, "state": "processing", "post": ""}

            async def pull(_: float) -> None:
                await self._pull(call, job_id, job)

            self.services.timers.at(self.services.clock.epoch() + self.fetch_after, pull)
            return json_answer({"id": job_id})

        async def show() -> Answer:
            return json_answer(self.jobs[rest.partition("/")[2]])

        match call.method, rest.partition("/")[0]:
            case "POST", "publish":
                return Route(self.publishing, take, account)
            case "GET", "publish":
                return Route("GET /{a}/publish/{id}", show, account)
        return self.nothing(call)

    async def _pull(self, call: Call, job_id: str, job: Json) -> None:
        try:
            download = await self.services.fetcher.open(job["url"], strict=False, timeout=5)
            await download.read(50_000_000)
        except FetchFailed as failed:
            job["state"] = f"failed: {failed}"
            return
        job["state"] = "published"
        job["post"] = self.publish(call, job["account"], job["type"], job["caption"], job_id).id
