"""Making artefacts at the platform: a post, the pictures of a carousel, each stored the moment it is made.

Nothing here is public, so all of it may be repeated; an orphan expires by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from uuid import UUID

from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.ids import new_id
from huntaze.library import Asset, Library
from huntaze.once import kept
from huntaze.platforms.contract import (
    Access,
    Artefact,
    ArtefactRequest,
    ArtefactState,
    ArtefactStatus,
    Irreversible,
    MediaSource,
    Platform,
    PostType,
)
from huntaze.platforms.errors import Later, PlatformError, UnknownOutcome
from huntaze.publishing import store
from huntaze.publishing.model import ArtefactEnd, ArtefactRow, PostRow, PublicationRow, Role, link_owner
from huntaze.publishing.record import Record
from huntaze.publishing.timings import MAX_ITEM_TRIES, Timings

ITEM_LIFE = timedelta(hours=20)
"""A finished item is used again within this time; containers live 24 h (instagram.md §3.1)."""


class ArtefactDead(Exception):
    """The platform says that an artefact will never be published."""

    def __init__(self, artefact: ArtefactRow, status: ArtefactStatus) -> None:
        super().__init__(status.raw)
        self.artefact = artefact
        self.status = status

    @property
    def may_try_again(self) -> bool:
        """Whether a new artefact may end better: it expired, or the platform's trouble will pass."""
        return self.status.error is None or isinstance(self.status.error, Later)


class AlreadyPublished(Exception):
    """A look at what was made shows that it is public."""

    def __init__(self, artefact: ArtefactRow, status: ArtefactStatus) -> None:
        super().__init__(status.raw)
        self.artefact = artefact
        self.status = status


@dataclass(frozen=True, slots=True)
class Job:
    """One publication in hand: what it publishes and with which rights."""

    row: PublicationRow
    post: PostRow
    assets: tuple[Asset, ...]
    access: Access
    platform: Platform
    library: Library

    @property
    def type(self) -> PostType:
        """What is published."""
        return PostType(self.post.type)

    def source(self, asset: Asset, url: str) -> MediaSource:
        """A file as the platform gets it: by link, or pushed."""
        facts = asset.facts
        return MediaSource(url, facts.kind, facts.mime, facts.size, bytes_from=self.library.reader(asset))


class Making:
    """What is made of one generation, kept or made anew."""

    def __init__(self, record: Record, timings: Timings, library: Library, checkpoints: Checkpoints) -> None:
        self.record = record
        self.timings = timings
        self.library = library
        self.checkpoints = checkpoints

    async def post(self, job: Job) -> ArtefactRow:
        """The artefact to publish: what is there already, or a new one with everything it needs."""
        alive = await self._alive(job.row)
        post = next((one for one in alive if one.role == Role.POST), None)
        if post is not None and not await self._half_pushed(job, post):
            return post
        await self._look_back(job)
        items = [one for one in alive if one.role == Role.ITEM]
        children = await self._items(job, items) if job.type is PostType.CAROUSEL else ()
        return await self._begin_post(job, children)

    async def _look_back(self, job: Job) -> None:
        """What was sent earlier and given up by a person is asked once more: a yes beats what the person saw."""
        if job.row.attempt <= 1:
            return
        async with self.record.database.transaction() as tx:
            doubtful = await store.doubtful_artefacts(tx, job.row)
        for artefact in doubtful:
            status = None if is_fuse(job.platform, artefact) else await self._status_then(job, artefact)
            if status is not None and status.state in (ArtefactState.PUBLISHED, ArtefactState.IN_USER_INBOX):
                raise AlreadyPublished(artefact, status)

    async def _status_then(self, job: Job, artefact: ArtefactRow) -> ArtefactStatus | None:
        """What is said of an old artefact; None for one so old that the platform may have forgotten it."""
        try:
            return await job.platform.publisher.status(job.access, artefact.ref)
        except PlatformError:
            if self.record.clock.now() - artefact.made_at > self.timings.prepare_limit:
                return None
            raise

    async def _half_pushed(self, job: Job, post: ArtefactRow) -> bool:
        """Whether a push broke off: nothing can come of it without its last byte, so it is made anew."""
        if job.platform.publisher.irreversible is not Irreversible.LAST_CHUNK or post.ready_at is not None:
            return False
        async with self.record.database.transaction() as tx:
            await store.end_artefact(tx, post.id, ArtefactEnd.ABANDONED.value, self.record.clock.now(), "")
        return True

    async def _items(self, job: Job, alive: Sequence[ArtefactRow]) -> tuple[str, ...]:
        """Every picture of a carousel, made side by side; finished ones of an earlier try are kept."""
        fresh_after = self.record.clock.now() - ITEM_LIFE
        usable = {one.position: one for one in alive if one.made_at > fresh_after}
        making = [
            asyncio.create_task(self._item(job, position, asset, usable.get(position)))
            for position, asset in enumerate(job.assets)
        ]
        try:
            await asyncio.wait(making)
        finally:
            for task in making:
                task.cancel()
        failures = [failure for task in making if (failure := task.exception()) is not None]
        if failures:
            raise next((one for one in failures if isinstance(one, ArtefactDead)), failures[0])
        return tuple(task.result() for task in making)

    async def _item(self, job: Job, position: int, asset: Asset, artefact: ArtefactRow | None) -> str:
        """One picture; when the platform cannot fetch it, it is tried again alone (instagram.md §10 T3)."""
        for tries in count(1):
            try:
                artefact = artefact or await self._begin_item(job, position, asset)
                await self.wait_ready(job, artefact)
                return artefact.ref
            except ArtefactDead as dead:
                await self.bury(dead)
                if not dead.may_try_again or tries >= MAX_ITEM_TRIES:
                    raise
            except PlatformError as error:
                error.file = position
                if self._is_long(error) or not isinstance(error, Later | UnknownOutcome) or tries >= MAX_ITEM_TRIES:
                    raise
            artefact = None
            await asyncio.sleep(self.timings.retry_step(tries).total_seconds())
        raise AssertionError("count() never ends")

    async def _begin_item(self, job: Job, position: int, asset: Asset) -> ArtefactRow:
        kind = PostType.VIDEO if asset.kind == "video" else PostType.IMAGE
        request = ArtefactRequest(kind, item=True, media=(await self._source(job, asset),))
        made = await job.platform.publisher.begin(job.access, request)
        return await self._keep(job.row, Role.ITEM, position, made)

    async def _begin_post(self, job: Job, children: tuple[str, ...]) -> ArtefactRow:
        publisher = job.platform.publisher
        request = await self._request(job, children)
        if publisher.irreversible is Irreversible.INIT:
            return await self._keep(job.row, Role.POST, 0, Artefact(ref=request.media[0].url))
        made = await publisher.begin(job.access, request)
        artefact = await self._keep(job.row, Role.POST, 0, made)
        if publisher.irreversible is Irreversible.LAST_CHUNK:
            await publisher.transfer(job.access, made, request.media[0])
        return artefact

    async def _request(self, job: Job, children: tuple[str, ...] = ()) -> ArtefactRequest:
        """What the platform is asked to make, with links of its own."""
        media = () if children else tuple([await self._source(job, asset) for asset in job.assets])
        return ArtefactRequest(
            job.type,
            item=False,
            media=media,
            caption=job.post.caption,
            children=children,
            location_id=job.post.location_id,
            cover_url=await self._cover_url(job),
        )

    async def _source(self, job: Job, asset: Asset) -> MediaSource:
        return job.source(asset, await self._link(job.row, asset.id))

    async def _cover_url(self, job: Job) -> str:
        return "" if job.post.cover_id is None else await self._link(job.row, job.post.cover_id)

    async def _link(self, row: PublicationRow, asset_id: UUID) -> str:
        async with self.record.database.transaction() as tx:
            link = await self.library.make_link(tx, row.workspace_id, asset_id, made_for=link_owner(row))
            return link.url

    async def _keep(self, row: PublicationRow, role: Role, position: int, made: Artefact) -> ArtefactRow:
        """Store at once what was made. Under a lost fence it is an orphan: the post may have other words by now."""
        now = self.record.clock.now()
        async with self.record.database.transaction() as tx:
            kept(await store.lock_own(tx, row))
            artefact = await store.insert_artefact(
                tx, row, new_id(now), role.value, position, made.ref, made.upload_url, now
            )
        self.checkpoints.reach("prepare.created")
        return artefact

    async def wait_ready(self, job: Job, artefact: ArtefactRow) -> None:
        """Poll an artefact at growing steps until it is ready. What was ready once is asked again: it may be over; what
        somebody else has waited for is asked at once.

        Raises ``ArtefactDead`` when it never will be, ``AlreadyPublished`` for what is public.
        """
        if job.platform.publisher.irreversible is not Irreversible.PUBLISH_CALL:
            return
        for reads in count():
            waited = self.record.clock.now() - artefact.made_at
            if reads or (artefact.ready_at is None and waited < self.timings.poll_first):
                await asyncio.sleep(self.timings.poll_step(waited).total_seconds())
            if self.record.clock.now() - artefact.made_at > self.timings.prepare_limit:
                raise ArtefactDead(artefact, ArtefactStatus(ArtefactState.EXPIRED, "never became ready"))
            try:
                status = await job.platform.publisher.status(job.access, artefact.ref)
            except Later as error:
                if self._is_long(error):
                    raise
                await asyncio.sleep(error.after.total_seconds() if error.after else 0)
                continue
            if status.state in (ArtefactState.FAILED, ArtefactState.EXPIRED):
                raise ArtefactDead(artefact, status)
            if status.state is ArtefactState.PUBLISHED and artefact.role == Role.POST:
                raise AlreadyPublished(artefact, status)
            if status.state is not ArtefactState.IN_PROGRESS:
                await self._ready(artefact, status)
                return

    def _is_long(self, error: PlatformError) -> bool:
        """Whether the platform asks for a wait that the row does not spend in hand."""
        return isinstance(error, Later) and (error.after or timedelta(0)) > self.timings.hold_in_memory

    async def _ready(self, artefact: ArtefactRow, status: ArtefactStatus) -> None:
        if artefact.role == Role.ITEM:
            async with self.record.database.transaction() as tx:
                await store.artefact_ready(tx, artefact.id, self.record.clock.now(), status.raw)

    async def _alive(self, row: PublicationRow) -> Sequence[ArtefactRow]:
        async with self.record.database.transaction() as tx:
            return await store.artefacts_alive(tx, row)

    async def bury(self, dead: ArtefactDead) -> None:
        """Write down that an artefact is dead."""
        end = ArtefactEnd.EXPIRED if dead.status.state is ArtefactState.EXPIRED else ArtefactEnd.FAILED
        async with self.record.database.transaction() as tx:
            await store.end_artefact(tx, dead.artefact.id, end.value, self.record.clock.now(), dead.status.raw)


def is_fuse(platform: Platform, artefact: ArtefactRow) -> bool:
    """A first call that publishes by itself and has not been answered: only our own link can be asked about it."""
    return platform.publisher.irreversible is Irreversible.INIT and artefact.ref.startswith("http")
