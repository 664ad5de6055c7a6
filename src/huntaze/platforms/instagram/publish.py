"""Publishing through containers (instagram.md §3.1 to §3.7), cut at ``media_publish``, which cannot be taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from huntaze.kit.text import N_, Text, web_address
from huntaze.platforms.contract import (
    Access,
    Artefact,
    ArtefactRequest,
    ArtefactState,
    ArtefactStatus,
    Baseline,
    Committed,
    Irreversible,
    MediaSource,
    PostType,
    PublishedMedia,
    Quota,
)
from huntaze.platforms.errors import PlatformError, Rejected, Unsupported
from huntaze.platforms.instagram.client import Caller, Created, Graph, Listing, Moment
from huntaze.platforms.instagram.errors import PLATFORM, error_of_container, interrupted, is_invisible
from huntaze.platforms.instagram.media_types import post_type

T = TypeVar("T")

_NEWEST = "25"
_RECENT_FIELDS = "id,caption,timestamp,media_type,media_product_type,permalink,children{id}"
_RECENT = {"fields": _RECENT_FIELDS, "limit": _NEWEST}
_QUOTA_FIELDS = {"fields": "quota_usage,config"}
_QUOTA_SECONDS = 86_400
_STATES = {
    "IN_PROGRESS": ArtefactState.IN_PROGRESS,
    "FINISHED": ArtefactState.READY,
    "PUBLISHED": ArtefactState.PUBLISHED,
    "ERROR": ArtefactState.FAILED,
    "EXPIRED": ArtefactState.EXPIRED,
}


class _Ref(msgspec.Struct, frozen=True):
    id: str


class _Container(msgspec.Struct, frozen=True):
    status_code: str
    status: str = ""


class _Media(msgspec.Struct, frozen=True):
    id: str
    timestamp: Moment
    media_type: str = ""
    media_product_type: str = ""
    caption: str = ""
    permalink: str = ""
    children: Listing[_Ref] = Listing()

    def neutral(self) -> PublishedMedia:
        return PublishedMedia(
            media_ref=self.id,
            type=post_type(self.media_type, self.media_product_type),
            caption=self.caption,
            published_at=self.timestamp,
            children=len(self.children.data),
            permalink=web_address(self.permalink),
        )


class _Permalink(msgspec.Struct, frozen=True):
    permalink: str


class _QuotaConfig(msgspec.Struct, frozen=True):
    quota_total: int | None = None
    quota_duration: int = _QUOTA_SECONDS


class _Quota(msgspec.Struct, frozen=True):
    quota_usage: int
    config: _QuotaConfig = _QuotaConfig()


class ContainerPublisher:
    """``contract.Publisher`` over containers."""

    irreversible = Irreversible.PUBLISH_CALL
    pull_timeout = timedelta(hours=24)
    """A container lives 24 h; until then Meta may still fetch its media."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def begin(self, access: Access, request: ArtefactRequest) -> Artefact:
        """Make a container (§3.2). ``Unsupported`` for a single VIDEO: since 2023 that is a reel."""
        path, form = f"{access.account_ref}/media", container_form(request)
        return Artefact((await self._graph.post(Caller.acting(access), path, Created, form)).id)

    async def transfer(self, access: Access, artefact: Artefact, media: MediaSource) -> None:
        """Nothing to push: Meta fetches the signed link."""

    async def status(self, access: Access, ref: str) -> ArtefactStatus:
        """Read a container (§3.1). A status word that is new to us counts as still working."""
        container = await self._read(access, ref, _Container, "status_code,status")
        state = _STATES.get(container.status_code, ArtefactState.IN_PROGRESS)
        raw = f"{container.status_code} {container.status}".strip()
        error = error_of_container(container.status) if state is ArtefactState.FAILED else None
        return ArtefactStatus(state, raw, error)

    async def commit(self, access: Access, artefact: Artefact, request: ArtefactRequest) -> Committed:
        """``media_publish`` (§3.5): one request, 60 s, on a fresh connection."""
        path, form = f"{access.account_ref}/media_publish", {"creation_id": artefact.ref}
        created = await self._graph.post_once(Caller.acting(access), path, Created, form)
        return Committed(created.id, raw=f"media {created.id}")

    async def baseline(self, access: Access) -> Baseline:
        """The newest 25 ids and the quota used. Without the quota a baseline still serves, without the ids not."""
        caller, path = Caller.acting(access), f"{access.account_ref}/media"
        listing, used = await asyncio.gather(
            self._graph.get(caller, path, Listing[_Ref], {"fields": "id", "limit": _NEWEST}), self._used(access)
        )
        return Baseline(tuple(media.id for media in listing.data), used)

    async def recent(self, access: Access, since: datetime) -> Sequence[PublishedMedia]:
        """What became public since ``since``, newest first, as far back as it takes."""
        found: list[PublishedMedia] = []
        path = f"{access.account_ref}/media"
        async for rows in self._graph.pages(Caller.acting(access), path, Listing[_Media], _RECENT):
            young = [media.neutral() for media in rows if media.timestamp >= since]
            found += young
            if len(young) < len(rows):
                break
        return found

    async def permalink(self, access: Access, media_ref: str) -> str:
        """The public address of a post; its failure says nothing about the post (§3.5)."""
        return web_address((await self._read(access, media_ref, _Permalink, "permalink")).permalink)

    async def quota(self, access: Access) -> Quota:
        """The limit as Meta tells it now (§3.6): 25, 50 and 100 have all been seen, so it is never assumed."""
        path = f"{access.account_ref}/content_publishing_limit"
        listing = await self._graph.get(Caller.acting(access), path, Listing[_Quota], _QUOTA_FIELDS)
        if not listing.data:
            raise interrupted("content_publishing_limit came empty")
        quota = listing.data[0]
        return Quota(quota.quota_usage, quota.config.quota_total, timedelta(seconds=quota.config.quota_duration))

    async def _used(self, access: Access) -> int | None:
        try:
            return (await self.quota(access)).used
        except PlatformError:
            return None

    async def _read(self, access: Access, path: str, reply: type[T], fields: str) -> T:
        """Read with the Page's token, then with the user's if Meta shows nothing: which of them works has differed
        (§3.1), and in an outage neither (T8), so "not visible" is no verdict on what we know to exist."""
        params = {"fields": fields}
        try:
            try:
                return await self._graph.get(Caller.acting(access), path, reply, params)
            except Rejected as error:
                if access.fallback is None or not is_invisible(error):
                    raise
            return await self._graph.get(Caller(access.app, access.fallback, access.account_ref), path, reply, params)
        except Rejected as error:
            if not is_invisible(error):
                raise
            raise interrupted(error.raw) from error


def container_form(request: ArtefactRequest) -> dict[str, str]:
    """The parameters of one container, by kind (§3.2); raises ``Unsupported`` for a single video."""
    form = _media_form(request)
    if request.item:
        return form | {"is_carousel_item": "true"}
    if request.type is PostType.CAROUSEL:
        form = {"media_type": "CAROUSEL", "children": ",".join(request.children)}
    elif request.type is PostType.REELS:
        form["media_type"] = "REELS"
        if request.cover_url:
            form["cover_url"] = request.cover_url
    elif request.type is PostType.STORIES:
        return form | {"media_type": "STORIES"}
    elif request.type is PostType.VIDEO:
        raise _no_single_video()
    if request.caption:
        form["caption"] = request.caption
    if request.location_id:
        form["location_id"] = request.location_id
    return form


def _media_form(request: ArtefactRequest) -> dict[str, str]:
    if not request.media:
        return {}
    media = request.media[0]
    if media.kind == "image":
        return {"image_url": media.url}
    form = {"video_url": media.url}
    return form | {"media_type": "VIDEO"} if request.item else form


def _no_single_video() -> Unsupported:
    return Unsupported(
        Text(N_("Instagram has no single videos outside of reels.")),
        Text(N_("Publish it as a reel.")),
        platform=PLATFORM,
    )
