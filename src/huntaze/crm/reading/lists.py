"""Long lists of the mirror, a page at a time and newest first: posts of all accounts, and figures by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from huntaze.crm.model import FigureRow, MediaRow
from huntaze.crm.queries import Q
from huntaze.crm.reading.filters import BEGINNING, MediaFilter
from huntaze.kit.cursors import Place
from huntaze.kit.db import Connection, fetch, fetch_optional


async def media(
    tx: Connection, workspace_id: UUID, wanted: MediaFilter, before: Place | None, limit: int
) -> list[MediaRow]:
    """Posts of the accounts, without the pictures of carousels."""
    place = before or BEGINNING
    return await fetch(
        tx, Q.list_media, MediaRow, workspace_id, list(wanted.account_ids) or None, list(wanted.types) or None,
        wanted.since, wanted.until, wanted.removed, wanted.made_here, wanted.words, place.at, place.id, limit,
    )  # fmt: skip


async def media_by_id(tx: Connection, workspace_id: UUID, media_id: UUID) -> MediaRow | None:
    """One post, also one that is gone."""
    return await fetch_optional(tx, Q.media_by_id, MediaRow, workspace_id, media_id)


async def pictures_of(tx: Connection, workspace_id: UUID, item: MediaRow) -> list[MediaRow]:
    """The pictures of a carousel, as the platform numbered them."""
    return await fetch(tx, Q.pictures_of, MediaRow, workspace_id, item.account_id, item.media_ref)


async def figures(
    tx: Connection, workspace_id: UUID, account_ids: Sequence[UUID], since: date | None, until: date | None
) -> list[FigureRow]:
    """Accounts day by day, each oldest first, from ``since`` to ``until`` with both."""
    return await fetch(tx, Q.list_figures, FigureRow, workspace_id, list(account_ids), since, until)
