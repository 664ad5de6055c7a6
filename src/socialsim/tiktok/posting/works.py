"""Jobs from their start to a post: what happens when, and who is told (tiktok.md §4.7, §4.8, §11.2)."""

import heapq
import itertools
from collections.abc import Mapping
from typing import Literal

from socialsim.kernel.services import Services
from socialsim.kernel.tiktok_config import CreatorPostingConfig, FailReason, PostingConfig
from socialsim.tiktok.job import Job, Privacy, Step, What
from socialsim.tiktok.model import Post, TikTokWorld
from socialsim.tiktok.posting.rules import Rules, drafts_key, posts_key
from socialsim.tiktok.webhooks import Webhooks

_GIGABYTE = 1e9
_PUBLIC: Privacy = "PUBLIC_TO_EVERYONE"
_AS_FOR_ALL = CreatorPostingConfig()


class Works:
    """Carries jobs on. Each step stands in its job with its time, so that a restored world goes on where it was."""

    def __init__(self, services: Services, world: TikTokWorld, rules: Rules, webhooks: Webhooks) -> None:
        self._services = services
        self._world = world
        self._rules = rules
        self._webhooks = webhooks
        self._mint = services.mint
        self._order = itertools.count()
        self._agenda: list[tuple[float, int, int, str, Step]] = []
        for job in world.jobs.values():
            for step in job.steps:
                self._enter(job, step)

    @property
    def stale(self) -> bool:
        """Whether the simulator has another world by now; what was begun in this one ends without effect."""
        return self._services.mint is not self._mint

    def catch_up(self) -> None:
        """Do everything that is due, in the order of time."""
        now = self._services.clock.epoch()
        while self._agenda and self._agenda[0][0] <= now:
            *_, job_id, step = heapq.heappop(self._agenda)
            job = self._world.jobs[job_id]
            if any(waiting is step for waiting in job.steps):
                job.steps = [waiting for waiting in job.steps if waiting is not step]
                self._perform(job, step)

    def start(self, job: Job) -> None:
        """Let a new job into the world. An upload has a time to end, a pull likewise."""
        knobs = self._knobs
        if knobs.spread:
            job.pace = self._services.dice.uniform(1 - knobs.spread, 1 + knobs.spread)
        self._world.jobs[job.id] = job
        self._rules.note(job.client_key, job.creator_id, direct=job.direct, at=job.created_at)
        if job.urls:
            self._plan(job, job.created_at + knobs.pull_timeout, "pull-ends")
        else:
            self._world.uploads[job.upload_id] = job.id
            self._plan(job, job.created_at + knobs.upload_lifetime, "upload-ends")

    def received(self, job: Job, at: float, flaw: FailReason | None) -> None:
        """Every byte is there at ``at``, which may still come; what is wrong with them shows after processing."""
        if job.over:
            return
        knobs, own = self._knobs, self._own(job.creator_id)
        job.received_at = at
        job.flaw = flaw or ""
        if own.never_finishes:
            job.steps = [step for step in job.steps if step.what == "pull-ends" and step.at < at]
            return
        base = knobs.processing if own.processing is None else own.processing
        seconds = (base + job.received / _GIGABYTE * knobs.per_gigabyte) * job.pace
        self._plan(job, at + seconds, "ready")
        self.catch_up()

    def fail(self, job: Job, reason: FailReason, at: float) -> None:
        """End a job without a post; it counts in no cap any more."""
        if job.over:
            return
        job.fail_reason, job.ended_at = reason, at
        job.steps = []
        self._services.blobs.drop(job.part)
        self._rules.forget(posts_key(job.creator_id) if job.direct else drafts_key(job.creator_id), job.created_at)
        self._record("job.failed", job, job.id, at, text=reason)
        self._tell(job, "post.publish.failed", {"reason": reason}, at)

    def access_ended(self, open_id: str) -> None:
        """That creator took that app's access away: what is still under way ends in ``auth_removed``."""
        self.catch_up()
        now = self._services.clock.epoch()
        for job_id in dict.fromkeys(job_id for *_, job_id, _ in sorted(self._agenda)):
            job = self._world.jobs[job_id]
            if job.open_id == open_id:
                self.fail(job, "auth_removed", now)

    def post_draft(self, job: Job, privacy: Privacy, title: str, request_id: str) -> Post:
        """The creator posts a draft from the inbox, the first time or once more; ValueError if it is not there."""
        self.catch_up()
        now, life = self._services.clock.epoch(), self._knobs.draft_life
        if job.direct or job.delivered_at is None or (life and now >= job.delivered_at + life):
            raise ValueError("this draft is not in the creator's inbox")
        if not job.posts:
            self._rules.forget(drafts_key(job.creator_id), job.created_at)
        job.wishes.title = title or job.wishes.title
        return self._post(job, now, privacy, request_id=request_id, source="creator")

    # What happens in time

    def _perform(self, job: Job, step: Step) -> None:
        match step.what:
            case "ready":
                self._ready(job, step.at)
            case "public":
                self._public(job, self._world.posts[step.post_id], step.at)
            case "pull-ends":
                if job.received_at is None or job.received_at > step.at:
                    self.fail(job, job.pull_reason, step.at)
            case "upload-ends":
                if job.received_at is None and self._knobs.late_upload == "fails":
                    self.fail(job, "internal", step.at)

    def _ready(self, job: Job, at: float) -> None:
        reason = self._verdict(job)
        if reason is not None:
            self.fail(job, reason, at)
        elif job.direct:
            assert job.wishes.privacy
            self._post(job, at, job.wishes.privacy, request_id=job.request_id, source="api")
        else:
            job.delivered_at = at
            job.steps = []
            self._record("draft.delivered", job, job.id, at)
            self._tell(job, "post.publish.inbox_delivered", {}, at)

    def _verdict(self, job: Job) -> FailReason | None:
        """Why it cannot be posted after all."""
        creator, own = self._world.creators[job.creator_id], self._own(job.creator_id)
        grant = self._world.grant(job.client_key, job.creator_id)
        caption = f"{job.wishes.title} {job.wishes.description}".lower()
        reasons: tuple[tuple[FailReason | Literal[""] | None, bool], ...] = (
            ("auth_removed", grant is None or grant.number != job.grant),
            (own.fails, True),
            (job.flaw, True),
            ("spam_risk_user_banned_from_posting", creator.posting_banned),
            ("spam_risk_text", any(phrase.lower() in caption for phrase in self._knobs.spam_phrases)),
            (
                "spam_risk_too_many_posts",
                job.direct and self._rules.posts_today(creator.id) > self._rules.post_cap(creator.id),
            ),
        )
        return next((reason for reason, holds in reasons if reason and holds), None)

    def _post(self, job: Job, at: float, privacy: Privacy, *, request_id: str, source: str) -> Post:
        """Post it: this is the moment that counts."""
        post = self._made(job, at, privacy)
        self._world.add_post(post)
        job.posts.append(post.id)
        job.ended_at = at if job.ended_at is None else job.ended_at
        job.steps = [step for step in job.steps if step.what == "public"]
        self._record("post.published", job, post.id, at, text=job.wishes.title, request_id=request_id, source=source)
        self._tell(job, "post.publish.complete", {}, at)
        if post.public_from is not None:
            self._plan(job, post.public_from, "public", post.id)
        return post

    def _public(self, job: Job, post: Post, at: float) -> None:
        """Moderation is through; the creator may have made it public before, or hidden it."""
        if self._world.is_public(post, at) and post.public_from == at:
            self._record("post.public", job, post.id, at)
            self._tell(job, "post.publish.publicly_available", {"post_id": post.id}, at)

    def _made(self, job: Job, at: float, privacy: Privacy) -> Post:
        own, wishes = self._own(job.creator_id), job.wishes
        moderation = self._knobs.moderation if own.moderation is None else own.moderation
        post_id = self._services.mint.id("75", 19)
        photos = job.media == "PHOTO"
        return Post(
            id=post_id,
            creator_id=job.creator_id,
            created_at=at,
            privacy=privacy,
            public_from=at + moderation if privacy == _PUBLIC else None,
            kind=job.media,
            title=wishes.title,
            description=wishes.description or wishes.title,
            blob="" if photos else job.blobs[0],
            cover=job.blobs[wishes.cover_index] if photos else f"still-{post_id}.jpg",
            images=list(job.blobs) if photos else [],
            duration=int(job.seconds),
            width=job.width,
            height=job.height,
            client_key=job.client_key,
            publish_id=job.id,
            publish_type=job.publish_type,
        )

    # Small hands

    @property
    def _knobs(self) -> PostingConfig:
        return self._services.config.tiktok.posting

    def _own(self, creator_id: str) -> CreatorPostingConfig:
        return self._knobs.creators.get(creator_id, _AS_FOR_ALL)

    def _plan(self, job: Job, at: float, what: What, post_id: str = "") -> None:
        step = Step(at, what, post_id)
        job.steps.append(step)
        self._enter(job, step)

    def _enter(self, job: Job, step: Step) -> None:
        heapq.heappush(self._agenda, (step.at, job.number, next(self._order), job.id, step))
        self._services.timers.at(step.at, self._wake)

    async def _wake(self, _: float) -> None:
        self.catch_up()

    def _tell(self, job: Job, event: str, more: Mapping[str, object], at: float) -> None:
        client = self._world.clients[job.client_key]
        content = {"publish_id": job.id, **more, "publish_type": job.publish_type}
        self._webhooks.tell(client, event, job.open_id, content, at=at)

    def _record(
        self, kind: str, job: Job, object_id: str, at: float, *, text: str = "", request_id: str = "", source: str = ""
    ) -> None:
        self._services.ledger.write(
            "tiktok",
            kind,
            account_id=job.creator_id,
            object_id=object_id,
            request_id=request_id or job.request_id,
            source=source or "api",
            container_id=job.id,
            text=text,
            at=at,
        )
