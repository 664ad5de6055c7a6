"""The hosts that take chunks: bare statuses, strict sequence, one hour of life (tiktok.md §4.6)."""

import asyncio
from dataclasses import dataclass

from socialsim.kernel.faults import FaultRule
from socialsim.kernel.services import Services
from socialsim.kernel.wire import Answer, Call, Route
from socialsim.tiktok.job import Job
from socialsim.tiktok.model import TikTokWorld
from socialsim.tiktok.posting.chunks import Plan, Span, span_of
from socialsim.tiktok.posting.media import EXTENSIONS, Inspector
from socialsim.tiktok.posting.works import Works

HOSTS = ("open-upload.tiktokapis.com", "upload.us.tiktokapis.com")
PATH = "/video/"
_LARGEST_CHUNK = 128 * 1024**2
_PLAIN = b"text/plain; charset=utf-8"


class UploadHost:
    """``PUT {upload_url}``. The token in the address is the credential; an Authorization header is not looked at."""

    takes_bytes = _LARGEST_CHUNK + 1024**2
    endpoints = (f"PUT {PATH}",)

    def __init__(self, services: Services, world: TikTokWorld, works: Works, inspector: Inspector) -> None:
        self._services = services
        self._world = world
        self._works = works
        self._inspector = inspector

    def route(self, call: Call) -> Route:
        """See :class:`socialsim.kernel.wire.Host`."""
        if call.path != PATH:
            return Route(f"{call.method} unknown", lambda: _bare(404))
        if call.method != "PUT":
            return Route(f"{call.method} {PATH}", lambda: _bare(405))
        job = self._job(call)
        return Route(f"PUT {PATH}", lambda: self._put(call), job.creator_id if job else "")

    def error(self, rule: FaultRule) -> Answer:
        """A bare status: no envelope is promised here."""
        return Answer(rule.status or 500, b"", _PLAIN)

    async def _put(self, call: Call) -> Answer:
        self._works.catch_up()
        job = self._job(call)
        if job is None or (job.fail_reason and not self._expired(job)):
            return Answer(404, b"", _PLAIN)
        if self._expired(job):
            return Answer(403, b"", _PLAIN)
        chunk = _chunk_of(call, job)
        if chunk is None:
            return Answer(400, b"", _PLAIN)
        if chunk.span.first != job.received or chunk.span.last != _plan(job).last(job.received):
            return self._out_of_place(job, chunk.span)
        self._keep(call, job, chunk)
        if job.received == job.size:
            await self._complete(job, chunk.extension)
        return self._stored(job)

    def _job(self, call: Call) -> Job | None:
        job = self._world.jobs.get(self._world.uploads.get(call.params.get("upload_id", ""), ""))
        return job if job is not None and job.upload_token == call.params.get("upload_token") else None

    def _expired(self, job: Job) -> bool:
        lifetime = self._services.config.tiktok.posting.upload_lifetime
        return job.received < job.size and self._services.clock.epoch() >= job.created_at + lifetime

    def _keep(self, call: Call, job: Job, chunk: "_Chunk") -> None:
        self._services.blobs.write(job.part, chunk.span.first, call.body)
        job.received = chunk.span.last + 1
        self._services.ledger.write(
            "tiktok",
            "upload.received",
            account_id=job.creator_id,
            object_id=job.id,
            request_id=call.request_id,
            source="api",
            container_id=job.id,
            text=f"{chunk.span.first}-{chunk.span.last}/{job.size}",
        )

    async def _complete(self, job: Job, extension: str) -> None:
        """All bytes are there: look at them, then let it ripen."""
        at = self._services.clock.epoch()
        job.blobs = [await asyncio.to_thread(self._services.blobs.adopt, job.part, extension)]
        flaw = await self._inspector.flaw(job)
        if not self._works.stale:
            self._works.received(job, at, flaw)

    def _out_of_place(self, job: Job, span: Span) -> Answer:
        """416, or for what is already there what the knob says."""
        if span.last < job.received and self._services.config.tiktok.posting.repeated_chunk == 206:
            return self._stored(job)
        return self._counted(416, job)

    def _stored(self, job: Job) -> Answer:
        return self._counted(201 if job.received == job.size else 206, job)

    def _counted(self, status: int, job: Job) -> Answer:
        """With ``Content-Range: bytes 0-{UPLOADED_BYTES}/{TOTAL}``."""
        as_offset = self._services.config.tiktok.posting.uploaded_bytes == "offset"
        until = max(0, job.received - 1) if as_offset else job.received
        return Answer(status, b"", _PLAIN, [(b"content-range", f"bytes 0-{until}/{job.size}".encode())])


@dataclass(frozen=True, slots=True)
class _Chunk:
    span: Span
    extension: str


def _chunk_of(call: Call, job: Job) -> _Chunk | None:
    """What the headers say; None if they are wrong or do not fit the body or the job."""
    headers = call.headers
    extension = EXTENSIONS.get(headers.get("content-type", "").partition(";")[0].strip().lower())
    span = span_of(headers.get("content-range", ""))
    if not call.whole or extension is None or span is None:
        return None
    counted = headers.get("content-length", "") == str(len(call.body)) == str(span.length)
    return _Chunk(span, extension) if counted and span.total == job.size else None


def _plan(job: Job) -> Plan:
    return Plan(job.size, job.chunk, job.count)


async def _bare(status: int) -> Answer:
    return Answer(status, b"", _PLAIN)
