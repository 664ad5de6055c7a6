"""TikTok's posting from outside: jobs as they are, drafts that creators post, events sent by hand."""

import re

from msgspec import field
from starlette.requests import Request
from starlette.responses import Response

from socialsim.control.bodies import Body, Endpoints, answer, read
from socialsim.core import Core
from socialsim.kernel.tiktok_config import FailReason
from socialsim.tiktok.job import Job, Privacy
from socialsim.tiktok.login.grants import open_id_of

_HASHTAG = re.compile(r"(?<!\w)#(\w+)")
_MENTION = re.compile(r"(?<!\w)@([\w.]+)")


class DraftAct(Body):
    """``POST /_sim/tiktok/act/post-draft``: the creator posts a draft from the inbox, several times if asked."""

    publish_id: str
    privacy: Privacy = "PUBLIC_TO_EVERYONE"
    title: str = ""
    times: int = 1


class FailAct(Body):
    """``POST /_sim/tiktok/act/fail-job``: a job under way ends so."""

    publish_id: str
    reason: FailReason = "internal"


class ElsewhereAct(Body):
    """``POST /_sim/tiktok/act/post-elsewhere``: posts through other apps, which count in the same daily cap."""

    creator_id: str
    times: int = 1


class EventAct(Body):
    """``POST /_sim/tiktok/act/event``: any event with any content, known or not."""

    event: str
    creator_id: str
    client_key: str = ""
    content: dict[str, object] = field(default_factory=dict)


class PostingHand:
    """``/_sim/tiktok/…`` and ``/_sim/truth/jobs``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def endpoints(self) -> Endpoints:
        """What it answers."""
        return [
            ("/_sim/truth/jobs", {"GET": self.jobs}),
            ("/_sim/tiktok/act/post-draft", {"POST": self.post_draft}),
            ("/_sim/tiktok/act/fail-job", {"POST": self.fail_job}),
            ("/_sim/tiktok/act/post-elsewhere", {"POST": self.post_elsewhere}),
            ("/_sim/tiktok/act/event", {"POST": self.event}),
        ]

    async def jobs(self, request: Request) -> Response:
        """Every job of a creator, or all, as it stands now."""
        tiktok = self._core.tiktok
        tiktok.posting.works.catch_up()
        creator_id = request.query_params.get("accountId", "")
        chosen = [_view(job) for job in tiktok.world.jobs.values() if creator_id in {"", job.creator_id}]
        return answer({"jobs": chosen})

    async def post_draft(self, request: Request) -> Response:
        """A draft becomes a post."""
        act = await read(request, DraftAct)
        tiktok = self._core.tiktok
        job = tiktok.world.jobs[act.publish_id]
        request_id = f"act-{self._core.services.mint.number('act')}"
        made = [
            tiktok.posting.works.post_draft(job, act.privacy, act.title, request_id) for _ in range(max(1, act.times))
        ]
        return answer({"postIds": [post.id for post in made]}, 201)

    async def fail_job(self, request: Request) -> Response:
        """A job fails."""
        act = await read(request, FailAct)
        tiktok = self._core.tiktok
        job = tiktok.world.jobs[act.publish_id]
        tiktok.posting.works.catch_up()
        if job.over:
            raise ValueError(f"the job is {job.status} already")
        tiktok.posting.works.fail(job, act.reason, self._core.services.clock.epoch())
        return answer(_view(job))

    async def post_elsewhere(self, request: Request) -> Response:
        """The creator's cap fills without this app."""
        act = await read(request, ElsewhereAct)
        creator = self._core.tiktok.creator(act.creator_id)
        return answer({"postsToday": self._core.tiktok.posting.post_elsewhere(creator, act.times)})

    async def event(self, request: Request) -> Response:
        """Send a webhook as it stands."""
        act = await read(request, EventAct)
        tiktok = self._core.tiktok
        client, creator = tiktok.client(act.client_key), tiktok.creator(act.creator_id)
        open_id = open_id_of(self._core.services, client, creator)
        tiktok.webhooks.tell(client, act.event, open_id, act.content)
        return answer({"success": True}, 201)


def _view(job: Job) -> dict[str, object]:
    words = f"{job.wishes.title} {job.wishes.description}"
    return {
        "publishId": job.id,
        "clientKey": job.client_key,
        "creatorId": job.creator_id,
        "status": job.status,
        "failReason": job.fail_reason,
        "direct": job.direct,
        "media": job.media,
        "createdAt": job.created_at,
        "receivedAt": job.received_at,
        "deliveredAt": job.delivered_at,
        "endedAt": job.ended_at,
        "received": job.received,
        "blobs": job.blobs,
        "postIds": job.posts,
        "wishes": job.wishes,
        "hashtags": _HASHTAG.findall(words),
        "mentions": _MENTION.findall(words),
        "requestId": job.request_id,
    }
