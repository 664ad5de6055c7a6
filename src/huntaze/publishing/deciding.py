"""What a person decides: whether an unconfirmed post is there, and which one of several a published post is.

The list is read anew through the platform into the mirror, so that what a person points at has a picture and an address
of its own. A read that fails leaves what the mirror knew; it proves nothing (I9).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from huntaze.accounts import AccountUnavailable
from huntaze.crm import MediaRow, Mirror, Pictures
from huntaze.identity import Actor
from huntaze.kit.text import N_, Text, normal
from huntaze.platforms.contract import Access, MediaItem, Platform
from huntaze.platforms.errors import PlatformError, Reconnect
from huntaze.publishing import store
from huntaze.publishing.choosing import choose, decline
from huntaze.publishing.errors import Fault, Invalid, TooLate, UnknownPost
from huntaze.publishing.making import is_fuse
from huntaze.publishing.model import PostView, PublicationRow, Seen
from huntaze.publishing.reconcile import SAID
from huntaze.publishing.service import Publishing
from huntaze.publishing.states import Action, allows

LISTED = 50
PATIENCE = timedelta(seconds=8)
"""Somebody waits for the page: no longer than this for the platform, and no longer for the copies of pictures."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post of the account from after the attempt. ``alike``: the same kind and caption as ours."""

    media: MediaRow
    alike: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What a person decides about: one publication and what the account shows since ``since``.

    ``unread``: why the list could not be read now, ``said`` what the platform says of our post now.
    """

    view: PostView
    row: PublicationRow
    since: datetime
    candidates: tuple[Candidate, ...]
    said: Text | None
    unread: Text | None


@dataclass(frozen=True, slots=True)
class Pointed:
    """How a person points at the post: its id at the platform or its address; neither: it is there, somewhere."""

    media_ref: str = ""
    address: str = ""
    none_of: tuple[str, ...] = ()
    """The posts that were looked at and are all not it."""


class Deciding:
    """Questions and answers about publications that are unconfirmed, or published as nobody knows which post."""

    def __init__(self, publishing: Publishing, mirror: Mirror, pictures: Pictures) -> None:
        self.publishing = publishing
        self.mirror = mirror
        self.pictures = pictures

    async def question(self, workspace_id: UUID, post_id: UUID, publication_id: UUID | None = None) -> Question:
        """The question of a post, with pictures. Raises ``UnknownPost``, and ``TooLate`` when nothing is open."""
        view, row = await self._open(workspace_id, post_id, publication_id)
        listed, said, unread = await self._read(row)
        candidates = await self._candidates(view, row, listed)
        if bare := [one.media for one in candidates if one.media.thumbnail_id is None and one.media.picture_url]:
            await self._copy(bare)
            candidates = await self._candidates(view, row, listed)
        return Question(view, row, self._since(row), tuple(candidates), said, unread)

    async def there(
        self, actor: Actor, post_id: UUID, pointed: Pointed, publication_id: UUID | None = None
    ) -> PostView:
        """«It is there», or «it is this one»: bound to what the person points at, kept as evidence. What is published
        stays it when the person points at nothing.

        Raises ``UnknownPost``, ``TooLate``, ``Invalid`` for what is no post of the account since the attempt.
        """
        view, row = await self._open(actor.workspace_id, post_id, publication_id)
        if not (pointed.media_ref or pointed.address):
            if not row.asks_which:
                return await self.publishing.confirm(actor, post_id, publication_id)
            if not pointed.none_of:
                raise nothing_chosen()
            await decline(self.publishing, actor, row, pointed.none_of)
            return await self._now(view)
        candidates = await self._candidates(view, row, None)
        found = _found(candidates, pointed)
        if found is None:
            listed, _, unread = await self._read(row)
            found = _found(await self._candidates(view, row, listed), pointed)
        else:
            unread = None
        if found is None:
            raise _not_found(pointed, unread)
        seen = Seen(found.media_ref, found.permalink, found.published_at)
        if row.asks_which:
            await choose(self.publishing, actor, row, seen)
            return await self._now(view)
        return await self.publishing.confirm(actor, post_id, row.id, seen)

    async def _now(self, view: PostView) -> PostView:
        return await self.publishing.view(view.post.workspace_id, view.post.id) or view

    async def _open(
        self, workspace_id: UUID, post_id: UUID, publication_id: UUID | None
    ) -> tuple[PostView, PublicationRow]:
        view = await self.publishing.view(workspace_id, post_id)
        if view is None:
            raise UnknownPost
        for row in view.publications:
            asks = row.asks_which or allows(row.now_state, Action.CONFIRM)
            if asks and publication_id in (None, row.id):
                return view, row
        raise TooLate

    def _since(self, row: PublicationRow) -> datetime:
        return (row.armed_at or row.due_at or row.created_at) - self.publishing.timings.link_slack

    async def _read(self, row: PublicationRow) -> tuple[Sequence[MediaItem] | None, Text | None, Text | None]:
        """The account's newest posts (None: they could not be read), what is said of ours, and why nothing was read."""
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                access = await self.publishing.accounts.access(row.account_id)
                platform = self.publishing.platforms[row.platform]
                page, said = await asyncio.gather(
                    platform.reader.media(access, limit=LISTED), self._said(row, platform, access)
                )
        except AccountUnavailable as error:
            return None, None, error.reason
        except PlatformError as error:
            if isinstance(error, Reconnect):
                await self.publishing.accounts.needs_reconnect(row.account_id, error)
            return None, None, error.message
        except TimeoutError:
            return None, None, Text(N_("The platform did not answer in time."))
        async with self.publishing.database.transaction() as tx:
            await self.mirror.keep_media(tx, row.workspace_id, row.account_id, page.items)
        return page.items, said, None

    async def _said(self, row: PublicationRow, platform: Platform, access: Access) -> Text | None:
        """What the platform says of our artefact just now; None where it cannot be asked."""
        async with self.publishing.database.transaction() as tx:
            artefact = await store.find_post_artefact(tx, row)
        if artefact is None or is_fuse(platform, artefact):
            return None
        try:
            return Text(SAID[(await platform.publisher.status(access, artefact.ref)).state])
        except PlatformError:
            return None

    async def _candidates(
        self, view: PostView, row: PublicationRow, listed: Sequence[MediaItem] | None
    ) -> list[Candidate]:
        """Posts since the attempt that are none of our other posts, those that look like ours first."""
        since, fresh = self._since(row), None if listed is None else {one.media_ref for one in listed}
        before = set((row.baseline or {}).get("mediaRefs", ())) if row.armed_at else set()
        found = []
        async with self.publishing.database.transaction() as tx:
            for media in await self.mirror.media(tx, row.workspace_id, row.account_id, LISTED):
                gone = fresh is not None and media.media_ref not in fresh
                if gone or media.published_at < since or media.media_ref in before:
                    continue
                owner = await store.publication_by_media(tx, row.workspace_id, row.account_id, media.media_ref)
                if owner is None or owner.id == row.id:
                    found.append(Candidate(media, _alike(view, media)))
        return sorted(found, key=lambda one: not one.alike)

    async def _copy(self, bare: Sequence[MediaRow]) -> None:
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await self.pictures.copy(bare)
        except TimeoutError:
            return


def _alike(view: PostView, media: MediaRow) -> bool:
    same_words = normal(media.caption) == normal(view.post.caption)
    return media.type == view.post.type and same_words


def _found(candidates: Sequence[Candidate], pointed: Pointed) -> MediaRow | None:
    """The post with this id, or behind this address."""
    for one in candidates:
        if pointed.media_ref and one.media.media_ref == pointed.media_ref:
            return one.media
        if pointed.address and _place(pointed.address) and _place(one.media.permalink) == _place(pointed.address):
            return one.media
    return None


def _place(address: str) -> str:
    """Host and last name of an address: scheme, www, query and the way there differ between two copies of it."""
    try:
        parts = urlsplit(address.strip() if "//" in address else f"//{address.strip()}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    name = parts.path.rstrip("/").rpartition("/")[2]
    return f"{host}/{name}" if host and name else ""


def nothing_chosen() -> Invalid:
    """A form that was sent without pointing at anything."""
    message, remedy = Text(N_("Nothing is chosen.")), Text(N_("Choose what is true, or paste the link of the post."))
    return Invalid(message, remedy, (Fault("mediaId", message, remedy),))


def _not_found(pointed: Pointed, unread: Text | None) -> Invalid:
    field = "permalink" if pointed.address else "mediaId"
    message = unread or Text(N_("This is none of the account's posts since the attempt."))
    remedy = (
        Text(N_("Try again in a moment, or say that it is there without pointing at it."))
        if unread
        else Text(N_("Choose a post of the list, or copy the address of the right post."))
    )
    return Invalid(message, remedy, (Fault(field, message, remedy),))
