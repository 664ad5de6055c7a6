"""Which post of the platform is ours, and its address. It decides *which*, never *whether*: it is published already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from huntaze.accounts import AccountUnavailable
from huntaze.crm import Mirror
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.db import UniqueViolation
from huntaze.kit.text import N_, Text, normal
from huntaze.once import Entry
from huntaze.platforms.contract import MediaItem, PostType, PublishedMedia
from huntaze.platforms.errors import PlatformError
from huntaze.publishing import first_comments, store
from huntaze.publishing.making import Job
from huntaze.publishing.model import PublicationRow
from huntaze.publishing.prepare import Preparing
from huntaze.publishing.record import Record
from huntaze.publishing.timings import Timings
from huntaze.publishing.turns import Turns

DECLINED = "none_of_these"
"""The kind of the line in which a person says which posts are not ours."""


class Linking:
    """PUBLISHED without its id or address."""

    def __init__(
        self,
        record: Record,
        timings: Timings,
        preparing: Preparing,
        mirror: Mirror,
        turns: Turns,
        checkpoints: Checkpoints,
    ) -> None:
        self.record = record
        self.timings = timings
        self.preparing = preparing
        self.mirror = mirror
        self.turns = turns
        self.checkpoints = checkpoints

    async def run(self, row: PublicationRow) -> PublicationRow:
        """One try, when nothing is to be sent; a failed read only means another try later."""
        self.checkpoints.reach("link")
        async with self.turns.link(self.timings.link_patience):
            return await self._try(row)

    async def _try(self, row: PublicationRow) -> PublicationRow:
        try:
            job = await self.preparing.open(row)
            if row.media_ref is None:
                return await self._bind(job)
            permalink = await job.platform.publisher.permalink(job.access, row.media_ref)
        except (PlatformError, AccountUnavailable):
            return await self._set(row, None, None, self._next(row))
        return await self._linked(job, permalink)

    async def candidates(self, job: Job) -> Sequence[PublishedMedia]:
        """What became public since the baseline and looks like this post (time, kind, pictures, caption)."""
        row = job.row
        armed = row.armed_at or row.created_at
        before = set((row.baseline or {}).get("mediaRefs", ()))
        return [one for one in await self.alike(job, armed - self.timings.link_slack) if one.media_ref not in before]

    async def alike(self, job: Job, since: datetime) -> Sequence[PublishedMedia]:
        """What is public since ``since``, looks like this post and is none of our other posts."""
        row = job.row
        listed = await job.platform.publisher.recent(job.access, since)
        until = self.record.clock.now() + self.timings.link_slack
        alike = [one for one in listed if _alike(job, one, since, until)]
        async with self.record.database.transaction() as tx:
            bound = {
                one.media_ref
                for one in alike
                if (owner := await store.publication_by_media(tx, row.workspace_id, row.account_id, one.media_ref))
                and owner.id != row.id
            }
        return [one for one in alike if one.media_ref not in bound]

    async def _bind(self, job: Job) -> PublicationRow:
        declined = await self._declined(job.row)
        found = [one for one in await self.candidates(job) if one.media_ref not in declined]
        if len(found) == 1:
            return await self._set(job.row, found[0].media_ref, None, self.record.clock.now())
        if len(found) > 1:
            words = Text(N_("Published; several posts look like this one, so we bind none of them by ourselves."))
            await self.record.note(job.row, Entry("several", words, ", ".join(one.media_ref for one in found)))
            return await self._set(job.row, None, None, None)
        return await self._set(job.row, None, None, self._next(job.row))

    async def _declined(self, row: PublicationRow) -> set[str]:
        """What a person has said is not ours."""
        async with self.record.database.transaction() as tx:
            return set((await store.last_words(tx, row, DECLINED) or "").split())

    def _next(self, row: PublicationRow) -> datetime | None:
        """When to try again, or None when the link has been asked for long enough."""
        now = self.record.clock.now()
        since = row.published_at or now
        return None if now - since > self.timings.link_limit else now + self.timings.link_step(row.link_reads + 1)

    async def _set(
        self, row: PublicationRow, media_ref: str | None, permalink: str | None, next_check_at: datetime | None
    ) -> PublicationRow:
        try:
            async with self.record.database.transaction() as tx:
                linked = await store.set_link(tx, row, media_ref, permalink, next_check_at)
                await first_comments.begin(tx, row.id, self.record.clock.now())
                await self.record.tell(tx, linked, None)
                return linked
        except UniqueViolation:
            return await self._set(row, None, None, self._next(row))

    async def _linked(self, job: Job, permalink: str) -> PublicationRow:
        """The address is known: keep it, and give the mirror its row."""
        row = job.row
        async with self.record.database.transaction() as tx:
            linked = await store.set_link(tx, row, None, permalink, None)
            await first_comments.begin(tx, row.id, self.record.clock.now())
            await self.record.tell(tx, linked, Entry("linked", Text(N_("Its address: %(url)s"), {"url": permalink})))
            await self.mirror.published(tx, row.workspace_id, row.account_id, _mirrored(job, linked), job.assets[0].id)
            return linked


def _mirrored(job: Job, row: PublicationRow) -> MediaItem:
    """Our post as the mirror keeps it, until the next sync brings the platform's own numbers."""
    return MediaItem(
        media_ref=row.media_ref or "",
        type=job.type,
        product_type="",
        caption=job.post.caption,
        permalink=row.permalink or "",
        media_url="",
        thumbnail_url="",
        published_at=row.published_at or row.created_at,
        like_count=None,
        comments_count=None,
    )


def _alike(job: Job, one: PublishedMedia, since: datetime, until: datetime) -> bool:
    """Same time window, kind, number of pictures and caption (NFC, trimmed)."""
    pictures = len(job.assets) if job.type is PostType.CAROUSEL else 0
    return (
        since <= one.published_at <= until
        and one.type is job.type
        and (one.children == pictures or job.type is not PostType.CAROUSEL)
        and normal(one.caption) == normal(job.post.caption)
    )
