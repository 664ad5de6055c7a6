"""The posting endpoints of open.tiktokapis.com (tiktok.md §4)."""

from socialsim.kernel.services import Services
from socialsim.kernel.tiktok_config import PostingConfig
from socialsim.tiktok.access import Context, Endpoint, Endpoints
from socialsim.tiktok.errors import ApiError, scope_not_authorized
from socialsim.tiktok.job import Job, Wishes
from socialsim.tiktok.model import Creator, TikTokWorld
from socialsim.tiktok.posting import ownership
from socialsim.tiktok.posting.bodies import Init, PublishId, plan_of, read_photos, read_video, wishes_of
from socialsim.tiktok.posting.media import Inspector
from socialsim.tiktok.posting.pulling import Puller
from socialsim.tiktok.posting.rules import Rules
from socialsim.tiktok.posting.upload import PATH, UploadHost
from socialsim.tiktok.posting.works import Works
from socialsim.tiktok.reading.links import avatar
from socialsim.tiktok.webhooks import Webhooks

_ANY = ("video.publish", "video.upload")
_API_HOST = "open.tiktokapis.com"


class PostingDesk:
    """What may be asked about posts in the making. A pull that a snapshot caught under way begins anew."""

    def __init__(self, services: Services, world: TikTokWorld, webhooks: Webhooks) -> None:
        self._services = services
        self._world = world
        self._rules = Rules(services, world)
        self.works = Works(services, world, self._rules, webhooks)
        inspector = Inspector(services, world)
        self._puller = Puller(services, self.works, inspector)
        self.upload_host = UploadHost(services, world, self.works, inspector)
        for job in world.jobs.values():
            if job.urls and job.received_at is None and not job.over:
                self._puller.begin(job)

    def endpoints(self) -> Endpoints:
        """By method and path."""
        stem = "/v2/post/publish"
        return {
            ("POST", f"{stem}/creator_info/query/"): Endpoint(self.creator_info, ("video.publish",), 20),
            ("POST", f"{stem}/video/init/"): Endpoint(self.direct_video, ("video.publish",), 6),
            ("POST", f"{stem}/inbox/video/init/"): Endpoint(self.draft_video, ("video.upload",), 6),
            ("POST", f"{stem}/content/init/"): Endpoint(self.photos, _ANY, 6),
            ("POST", f"{stem}/status/fetch/"): Endpoint(self.status, _ANY, 30),
            ("POST", f"{stem}/cancel/"): Endpoint(self.cancel, _ANY),
        }

    async def creator_info(self, context: Context) -> dict[str, object]:
        """Who posts and what they may choose; what stands against a post now comes with HTTP 200 (§4.1)."""
        self.works.catch_up()
        context.read(dict[str, object])
        self._rules.check_creator_info(context.actor)
        creator = context.actor.creator
        return {
            "creator_avatar_url": avatar(self._services, creator, 168),
            "creator_username": creator.username,
            "creator_nickname": creator.nickname,
            "privacy_level_options": self._rules.options(context.actor.client, creator),
            "comment_disabled": creator.comment_disabled,
            "duet_disabled": creator.duet_disabled or creator.private,
            "stitch_disabled": creator.stitch_disabled or creator.private,
            "max_video_post_duration_sec": creator.max_video_seconds,
        }

    async def direct_video(self, context: Context) -> dict[str, object]:
        """A video that is posted without the creator's app (§4.2)."""
        self.works.catch_up()
        init = read_video(context, direct=True)
        assert init.post_info is not None
        level = self._rules.check_direct(context.actor, init.post_info.privacy_level)
        wishes = wishes_of(init, level)
        creator = context.actor.creator
        wishes.disable_comment |= creator.comment_disabled
        wishes.disable_duet |= creator.duet_disabled or creator.private
        wishes.disable_stitch |= creator.stitch_disabled or creator.private
        return self._video(context, init, wishes, direct=True)

    async def draft_video(self, context: Context) -> dict[str, object]:
        """A video for the creator's inbox; ``post_info`` is of no account (§4.3)."""
        self.works.catch_up()
        init = read_video(context, direct=False)
        self._rules.check_draft(context.actor, photos=False)
        return self._video(context, init, Wishes(), direct=False)

    async def photos(self, context: Context) -> dict[str, object]:
        """One to 35 pictures, to be posted or for the inbox (§4.4)."""
        self.works.catch_up()
        init = read_photos(context)
        direct = init.post_mode == "DIRECT_POST"
        needed = "video.publish" if direct else "video.upload"
        if not context.actor.may(needed):
            raise scope_not_authorized((needed,))
        if direct:
            assert init.post_info is not None
            wishes = wishes_of(init, self._rules.check_direct(context.actor, init.post_info.privacy_level))
            wishes.disable_comment |= context.actor.creator.comment_disabled
        else:
            self._rules.check_draft(context.actor, photos=True)
            wishes = wishes_of(init)
        urls = init.source_info.photo_images or []
        self._check_ownership(context, urls)
        job = self._job(context, "p_pub_url", wishes, photos=True, direct=direct)
        job.urls = urls
        self._begin(context, job)
        return {"publish_id": job.id}

    async def status(self, context: Context) -> dict[str, object]:
        """Where a job stands now; one that failed is no error of this call (§4.7)."""
        self.works.catch_up()
        return self._view(self._own_job(context))

    async def cancel(self, context: Context) -> None:
        """End a pull that is under way (§4.10)."""
        self.works.catch_up()
        job = self._own_job(context)
        if job.over or not job.urls:
            raise ApiError("publish_not_cancellable", "The publish can no longer be cancelled.", 400)
        context.record("job.cancelled", object_id=job.id, container_id=job.id)
        self.works.fail(job, "publish_cancelled", self._services.clock.epoch())

    def post_elsewhere(self, creator: Creator, times: int) -> int:
        """Posts through other apps, which count in the same cap (§4.11); gives the count of 24 h."""
        for _ in range(times):
            self._rules.note("", creator.id, direct=True, at=self._services.clock.epoch())
        return self._rules.posts_today(creator.id)

    # Jobs

    @property
    def _knobs(self) -> PostingConfig:
        return self._services.config.tiktok.posting

    def _video(self, context: Context, init: Init, wishes: Wishes, *, direct: bool) -> dict[str, object]:
        source = init.source_info
        stem = "v_pub" if direct else "v_inbox"
        if source.video_url and source.source == "PULL_FROM_URL":
            self._check_ownership(context, [source.video_url])
            job = self._job(context, f"{stem}_url", wishes, photos=False, direct=direct)
            job.urls = [source.video_url]
            self._begin(context, job)
            return {"publish_id": job.id}
        plan = plan_of(source, self._knobs)
        job = self._job(context, f"{stem}_file", wishes, photos=False, direct=direct)
        job.size, job.chunk, job.count = plan.size, plan.chunk, plan.count
        job.upload_id = self._services.mint.id("70", 19)
        job.upload_token = self._services.mint.opaque("upload", 40)
        self._begin(context, job)
        return {"publish_id": job.id, "upload_url": self._upload_url(context, job)}

    def _job(self, context: Context, prefix: str, wishes: Wishes, *, photos: bool, direct: bool) -> Job:
        actor = context.actor
        number = self._services.mint.number("publish")
        return Job(
            id=f"{prefix}~v2-1.{7_400_000_000_000_000_000 + number}",
            number=number,
            client_key=actor.client.key,
            creator_id=actor.creator.id,
            open_id=actor.grant.open_id,
            grant=actor.grant.number,
            request_id=context.call.request_id,
            created_at=self._services.clock.epoch(),
            media="PHOTO" if photos else "VIDEO",
            direct=direct,
            wishes=wishes,
        )

    def _begin(self, context: Context, job: Job) -> None:
        self.works.start(job)
        context.record("job.started", object_id=job.id, container_id=job.id, text=job.wishes.title)
        if job.urls:
            self._puller.begin(job)

    def _check_ownership(self, context: Context, urls: list[str]) -> None:
        for url in urls:
            ownership.check(context.actor.client, url, strict=self._services.config.strict_media)

    def _upload_url(self, context: Context, job: Job) -> str:
        """On the upload host beside the API host that was asked, however that was addressed."""
        host = self._knobs.upload_host
        base = context.call.base.replace(_API_HOST, host, 1)
        return f"{base}{PATH}?upload_id={job.upload_id}&upload_token={job.upload_token}"

    def _own_job(self, context: Context) -> Job:
        """The job asked about: 400 if it is unknown, or another app's or creator's."""
        job = self._world.jobs.get(context.read(PublishId).publish_id)
        if job is None:
            raise ApiError("invalid_publish_id", "The publish_id does not exist.", 400)
        actor = context.actor
        if (job.client_key, job.creator_id) != (actor.client.key, actor.creator.id):
            message = "The token is not authorized for the specified publish_id."
            raise ApiError("token_not_authorized_for_specified_publish_id", message, 400)
        return job

    def _view(self, job: Job) -> dict[str, object]:
        knobs, now = self._knobs, self._services.clock.epoch()
        if knobs.status_keys == "none":
            return {}
        view: dict[str, object] = {"status": job.status}
        if knobs.status_keys == "some":
            return view
        if job.fail_reason:
            view["fail_reason"] = job.fail_reason
        posts = [int(post_id) for post_id in job.posts if self._world.is_public(self._world.posts[post_id], now)]
        if knobs.post_ids == "list":
            view["publicaly_available_post_id"] = posts
        elif posts:
            view["publicaly_available_post_id"] = posts[0]
        view["downloaded_bytes" if job.urls else "uploaded_bytes"] = self._progress(job, now)
        return view

    def _progress(self, job: Job, now: float) -> int:
        """Bytes so far; a pull goes no faster than TikTok pulls."""
        if job.urls and job.received_at is not None and job.received_at > now:
            return min(job.received, int((now - job.created_at) * self._knobs.download_rate))
        return job.received
