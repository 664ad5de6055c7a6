"""`/api/v1/insights`: figures of accounts and posts for programs, as JSON and as CSV."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from huntaze.identity import Actor, Identity
from huntaze.insights import store
from huntaze.insights.asked import (
    DAYS,
    MEDIA,
    PageWanted,
    Wanted,
    first_day,
    first_media,
    read_day_place,
    read_media_place,
)
from huntaze.insights.model import AccountMetricRow, DayPlace, MediaMetricRow, MediaPlace
from huntaze.insights.service import Insights
from huntaze.kit import sheets
from huntaze.kit.cursors import page_of
from huntaze.kit.db import Connection
from huntaze.kit.problems import FieldProblem, Problem, ProblemError
from huntaze.kit.shapes import Shape
from huntaze.kit.signing import Signer

COLUMNS = ("accountId", "account", "mediaId", "metric", "breakdown", "at", "value", "note", "source", "readAt")
_BATCH = 2000


class Figure(Shape):
    """One figure. ``value`` null is missing, not zero: ``note`` says why (no_data, below_threshold,
    before_professional). ``at`` is the end of the day that an account's figure is of; a post's is counted since it is
    out, as read on the day ``at`` (UTC). ``breakdown`` is empty for the whole, else dimension=value. ``readAt``: when
    it came to be what it is."""

    account_id: UUID
    media_id: str | None
    metric: str
    breakdown: str
    at: str
    value: int | float | None
    note: str
    source: str
    read_at: datetime


class FigureList(Shape):
    """One page, oldest first. `nextCursor` null: the end."""

    items: list[Figure]
    next_cursor: str | None


def router(insights: Insights, identity: Identity, cursors: Signer) -> APIRouter:
    """The endpoints."""
    api = APIRouter(prefix="/v1", tags=["insights"])
    reader = Annotated[Actor, Depends(identity.require("accounts.read"))]
    figures = _Figures(insights)

    @api.get("/insights")
    async def page(actor: reader, wanted: Annotated[PageWanted, Query()]) -> FigureList:
        """Figures of accounts by the day, or of posts, oldest first; the last 30 days where nothing else is asked."""
        names = await figures.accounts(actor, wanted)
        rows: Sequence[AccountMetricRow | MediaMetricRow]
        async with insights.database.transaction() as tx:
            if wanted.of_media:
                place = read_media_place(cursors, wanted.cursor)
                rows = await figures.of_media(tx, actor, wanted, list(names), place, wanted.limit + 1)
            else:
                day = read_day_place(cursors, wanted.cursor)
                rows = await figures.of_accounts(tx, actor, wanted, list(names), day, wanted.limit + 1)
        shown: Sequence[AccountMetricRow | MediaMetricRow]
        shown, onward = page_of(cursors, MEDIA if wanted.of_media else DAYS, rows, wanted.limit)
        return FigureList(items=[_figure(row) for row in shown], next_cursor=onward or None)

    @api.get("/insights.csv", response_class=StreamingResponse)
    async def export(actor: reader, wanted: Annotated[Wanted, Query()]) -> StreamingResponse:
        """The same as a CSV file."""
        names = await figures.accounts(actor, wanted)
        of_media = wanted.of_media
        name = "insights-posts.csv" if of_media else "insights.csv"
        pieces = figures.lines(actor, wanted, names, of_media=of_media)
        return StreamingResponse(pieces, media_type=sheets.MEDIA_TYPE, headers=sheets.attachment(name))

    return api


class _Figures:
    """Reads what is asked for."""

    def __init__(self, insights: Insights) -> None:
        self._insights = insights

    async def accounts(self, actor: Actor, wanted: Wanted) -> dict[UUID, str]:
        """The accounts that are asked for with their names, all live ones where none is named. Raises a problem for
        one that is not of the workspace."""
        room = self._insights
        async with room.database.transaction() as tx:
            if not wanted.account_id:
                return {row.id: row.username for row in await room.accounts.list_accounts(tx, actor.workspace_id)}
            found = [await room.accounts.get(tx, actor.workspace_id, one) for one in wanted.account_id]
        names = {row.id: row.username for row in found if row is not None}
        if len(names) < len(set(wanted.account_id)):
            fault = FieldProblem("is no account of this workspace; see /api/v1/accounts", parameter="accountId")
            raise ProblemError(
                Problem(422, "unknown_account", "There is no such account", remedy=fault.detail, errors=(fault,))
            )
        return names

    async def of_accounts(
        self, tx: Connection, actor: Actor, wanted: Wanted, accounts: list[UUID], after: DayPlace, limit: int
    ) -> list[AccountMetricRow]:
        """Figures of accounts behind a place."""
        span = wanted.span(self._insights.clock.now())
        return await store.read_account(tx, actor.workspace_id, accounts, wanted.metric, span, after, limit)

    async def of_media(
        self, tx: Connection, actor: Actor, wanted: Wanted, accounts: list[UUID], after: MediaPlace, limit: int
    ) -> list[MediaMetricRow]:
        """Figures of posts behind a place; days are whole ones."""
        since, until = wanted.span(self._insights.clock.now())
        span = since.date(), (until - timedelta(microseconds=1)).date() + timedelta(days=1)
        return await store.read_media(
            tx, actor.workspace_id, accounts, wanted.metric, wanted.media_id, span, after, limit
        )  # fmt: skip

    async def lines(
        self, actor: Actor, wanted: Wanted, names: dict[UUID, str], *, of_media: bool
    ) -> AsyncIterator[str]:
        """A file, a batch at a time, each in a transaction of its own: a slow reader holds none open."""
        yield sheets.header_line(COLUMNS)
        day, media = first_day(), first_media()
        while True:
            rows: Sequence[AccountMetricRow | MediaMetricRow]
            async with self._insights.database.transaction() as tx:
                if of_media:
                    rows = await self.of_media(tx, actor, wanted, list(names), media, _BATCH)
                else:
                    rows = await self.of_accounts(tx, actor, wanted, list(names), day, _BATCH)
            yield sheets.lines(_cells(row, names.get(row.account_id, "")) for row in rows)
            if len(rows) < _BATCH:
                return
            last = rows[-1]
            if isinstance(last, MediaMetricRow):
                media = last.place
            else:
                day = last.place


def _figure(row: AccountMetricRow | MediaMetricRow) -> Figure:
    return Figure(
        account_id=row.account_id,
        media_id=row.media_ref if isinstance(row, MediaMetricRow) else None,
        metric=row.metric,
        breakdown=row.breakdown,
        at=_at(row),
        value=int(row.value) if row.value is not None and row.value.is_integer() else row.value,
        note=row.note,
        source=row.source,
        read_at=row.read_at,
    )


def _cells(row: AccountMetricRow | MediaMetricRow, name: str) -> list[str]:
    media_ref = row.media_ref if isinstance(row, MediaMetricRow) else ""
    value = "" if row.value is None else f"{row.value:.15g}"
    facts = (row.metric, row.breakdown, _at(row), value, row.note, row.source, row.read_at.isoformat())
    return [str(row.account_id), name, media_ref, *facts]


def _at(row: AccountMetricRow | MediaMetricRow) -> str:
    return row.day.isoformat() if isinstance(row, MediaMetricRow) else row.ends_at.isoformat()
