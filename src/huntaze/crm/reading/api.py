"""`/api/v1/media`, `/api/v1/people` and what is said with them: what is on the platforms, read out of the mirror."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from huntaze.crm.reading import conversations_api, files, shapes
from huntaze.crm.reading.asked import (
    FiguresWanted,
    MediaPageWanted,
    MediaWanted,
    PeoplePageWanted,
    PeopleWanted,
    TimelineWanted,
    answer,
)
from huntaze.crm.reading.browsing import MEDIA, PEOPLE, Browsing, timeline_of
from huntaze.crm.reading.people_lists import HappeningRow
from huntaze.identity import Actor, Identity
from huntaze.kit import sheets
from huntaze.kit.cursors import page_of, place_of
from huntaze.kit.problems import not_found
from huntaze.kit.signing import Signer

NEWEST_SAID = 25
"""Of a timeline, beside what is known of somebody."""


def router(browsing: Browsing, identity: Identity, cursors: Signer) -> APIRouter:
    """The endpoints under `/v1`."""
    api = APIRouter(prefix="/v1")
    _add_media(api, browsing, identity, cursors)
    _add_people(api, browsing, identity, cursors)
    conversations_api.add(api, browsing, identity, cursors)
    _add_figures(api, browsing, identity)
    return api


def _add_media(api: APIRouter, browsing: Browsing, identity: Identity, cursors: Signer) -> None:
    reader = Annotated[Actor, Depends(identity.require("media.read"))]

    @api.get("/media", response_model=shapes.MediaList, tags=["media"], summary="What stands on the accounts")
    async def index(request: Request, actor: reader, query: Annotated[MediaPageWanted, Query()]) -> Response:
        """Every post of the accounts, made here or not, newest first; what was removed there is kept and says when.
        Send the answer's `ETag` back as `If-None-Match`, and a page that is the same is answered 304."""
        before = place_of(cursors, MEDIA, query.cursor)
        rows = await browsing.media(actor.workspace_id, query.filter(), before, query.limit + 1)
        page, onward = page_of(cursors, MEDIA, rows, query.limit)
        return answer(request, shapes.MediaList(items=[shapes.media(row) for row in page], next_cursor=onward or None))

    @api.get("/media.csv", response_class=StreamingResponse, tags=["media"], summary="The same as a CSV file")
    async def export(actor: reader, query: Annotated[MediaWanted, Query()]) -> StreamingResponse:
        """Every post that is asked for, newest first."""
        return _file(files.media(browsing, actor.workspace_id, query.filter()), "media.csv")

    @api.get("/media/{media_id}", response_model=shapes.MediaDetail, tags=["media"], summary="One post")
    async def one(request: Request, media_id: UUID, actor: reader) -> Response:
        """One post with the pictures of its carousel, and with its comments where the key may read comments."""
        whole = await browsing.media_whole(actor.workspace_id, media_id)
        if whole is None:
            raise not_found()
        return answer(request, shapes.media_detail(whole, comments="comments.read" in actor.scopes))


def _add_people(api: APIRouter, browsing: Browsing, identity: Identity, cursors: Signer) -> None:
    reader = Annotated[Actor, Depends(identity.require("comments.read"))]

    @api.get("/people", response_model=shapes.PersonList, tags=["people"], summary="Who comments and writes")
    async def index(request: Request, actor: reader, query: Annotated[PeoplePageWanted, Query()]) -> Response:
        """Everybody who commented on a post of the accounts or wrote to them, those first who were heard of last."""
        before = place_of(cursors, PEOPLE, query.cursor)
        rows = await browsing.people(actor.workspace_id, query.filter(), before, query.limit + 1)
        page, onward = page_of(cursors, PEOPLE, rows, query.limit)
        return answer(
            request, shapes.PersonList(items=[shapes.person(row) for row in page], next_cursor=onward or None)
        )

    @api.get("/people.csv", response_class=StreamingResponse, tags=["people"], summary="The same as a CSV file")
    async def export(actor: reader, query: Annotated[PeopleWanted, Query()]) -> StreamingResponse:
        """Everybody who is asked for, those first who were heard of last."""
        return _file(files.people(browsing, actor.workspace_id, query.filter()), "people.csv")

    @api.get("/people/{person_id}", response_model=shapes.PersonDetail, tags=["people"], summary="One person")
    async def one(request: Request, person_id: UUID, actor: reader) -> Response:
        """One person: what is known of them and from where, and the newest of what was said."""
        contact = await browsing.contact(actor.workspace_id, person_id)
        if contact is None:
            raise not_found()
        said = await browsing.timeline(contact, None, NEWEST_SAID + 1)
        return answer(request, shapes.person_detail(contact, _timeline(said, NEWEST_SAID, cursors, person_id)))

    @api.get("/people/{person_id}/timeline", response_model=shapes.Timeline, tags=["people"], summary="What was said")
    async def timeline(
        request: Request, person_id: UUID, actor: reader, query: Annotated[TimelineWanted, Query()]
    ) -> Response:
        """What somebody said to the accounts and was answered, newest first: comments, messages, mentions."""
        before = place_of(cursors, timeline_of(person_id), query.cursor)
        contact = await browsing.contact(actor.workspace_id, person_id)
        if contact is None:
            raise not_found()
        said = await browsing.timeline(contact, before, query.limit + 1)
        return answer(request, _timeline(said, query.limit, cursors, person_id))

    @api.get(
        "/people/{person_id}/export", response_class=StreamingResponse, tags=["people"], summary="A copy for a person"
    )
    async def copy(person_id: UUID, actor: reader) -> StreamingResponse:
        """All that is kept of somebody as one JSON file, for whoever asks what is known of them."""
        contact = await browsing.contact(actor.workspace_id, person_id)
        if contact is None:
            raise not_found()
        headers = sheets.attachment(f"person-{person_id}.json")
        return StreamingResponse(files.person(browsing, contact), media_type="application/json", headers=headers)


def _add_figures(api: APIRouter, browsing: Browsing, identity: Identity) -> None:
    reader = Annotated[Actor, Depends(identity.require("accounts.read"))]

    @api.get(
        "/accounts/{account_id}/figures",
        response_model=shapes.FigureList,
        tags=["accounts"],
        summary="An account's figures day by day",
    )
    async def figures(
        request: Request, account_id: UUID, actor: reader, query: Annotated[FiguresWanted, Query()]
    ) -> Response:
        """Followers, following and posts of an account on each day on which it was read, oldest first. Days are those
        of the workspace's time zone."""
        days = await browsing.figures(actor.workspace_id, account_id, query.since, query.until)
        if days is None:
            raise not_found()
        return answer(request, shapes.FigureList(items=[shapes.figure(day) for day in days]))


def _timeline(said: Sequence[HappeningRow], limit: int, cursors: Signer, person_id: UUID) -> shapes.Timeline:
    """A page of what was said; there is more if more than ``limit`` came."""
    page, onward = page_of(cursors, timeline_of(person_id), said, limit)
    return shapes.Timeline(items=[shapes.happening(one) for one in page], next_cursor=onward or None)


def _file(pieces: AsyncIterator[str], name: str) -> StreamingResponse:
    return StreamingResponse(pieces, media_type=sheets.MEDIA_TYPE, headers=sheets.attachment(name))
