"""PULL_FROM_URL: media really fetched from where the client said (tiktok.md §4.9)."""

import asyncio

from socialsim.kernel.fetching import FetchFailed
from socialsim.kernel.services import Services
from socialsim.tiktok.job import Job
from socialsim.tiktok.posting.media import PHOTO_CAP, VIDEO_CAP, Inspector
from socialsim.tiktok.posting.works import Works

AGENT = "Mozilla/5.0 (compatible; TikTokSpider; ttspider-feedback@tiktok.com)"
_TYPES = {"video/quicktime": "mov", "video/webm": "webm", "image/webp": "webp"}


class Puller:
    """Fetches what jobs are made of, beside the answers, no faster than TikTok does."""

    def __init__(self, services: Services, works: Works, inspector: Inspector) -> None:
        self._services = services
        self._works = works
        self._inspector = inspector

    def begin(self, job: Job) -> None:
        """Start now, or anew after the simulator was restored."""

        async def pull(_: float) -> None:
            await self._pull(job)

        self._services.timers.at(0.0, pull)

    async def _pull(self, job: Job) -> None:
        job.received = 0
        blobs: list[str] = []
        try:
            for url in job.urls:
                blobs.append(await self._fetch(job, url))
        except FetchFailed:
            if self._wanted(job):
                self._works.fail(job, job.pull_reason, self._services.clock.epoch())
            return
        job.blobs = blobs
        flaw = await self._inspector.flaw(job)
        if self._wanted(job):
            rate = self._services.config.tiktok.posting.download_rate
            self._works.received(job, max(self._services.clock.epoch(), job.created_at + job.received / rate), flaw)

    def _wanted(self, job: Job) -> bool:
        """Not if the job is over, or gone with its world: then its file is another job's by now."""
        return not (self._works.stale or job.over)

    async def _fetch(self, job: Job, url: str) -> str:
        """One file into the store; a redirect, any other status than 200, a break or too many bytes fail it."""
        config, blobs = self._services.config, self._services.blobs
        download = await self._services.fetcher.open(
            url, strict=config.strict_media, timeout=config.fetch_timeout, agent=AGENT
        )
        here = 0
        try:
            async for piece in download.pieces(VIDEO_CAP if job.media == "VIDEO" else PHOTO_CAP):
                if not self._wanted(job):
                    raise FetchFailed("unreachable", "nobody waits for it any more")
                blobs.write(job.part, here, piece)
                here += len(piece)
                job.received += len(piece)
        finally:
            await download.drop()
        if not here or not self._wanted(job):
            raise FetchFailed("unreachable", "an empty file, or nobody waits for it any more")
        kind = download.content_type.partition(";")[0].strip().lower()
        extension = _TYPES.get(kind, "mp4" if job.media == "VIDEO" else "jpg")
        return await asyncio.to_thread(blobs.adopt, job.part, extension)
