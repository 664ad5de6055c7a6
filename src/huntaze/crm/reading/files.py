"""The mirror's lists as CSV files, piece by piece; and all that is kept of one person as one JSON file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from huntaze.crm.reading import shapes
from huntaze.crm.reading.browsing import Browsing
from huntaze.crm.reading.filters import MediaFilter, PeopleFilter
from huntaze.crm.reading.people_lists import Contact
from huntaze.kit import sheets
from huntaze.kit.cursors import Place
from huntaze.kit.json_value import JsonValue
from huntaze.kit.shapes import Shape

_PAGE = 500
MEDIA_COLUMNS = (
    "id", "accountId", "mediaRef", "type", "productType", "caption", "permalink", "likeCount", "commentsCount",
    "madeHere", "publishedAt", "syncedAt", "removedAt",
)  # fmt: skip
PEOPLE_COLUMNS = (
    "id", "accountId", "personRef", "username", "name", "followers", "verified", "comments", "messages", "firstSeenAt",
    "lastSeenAt",
)  # fmt: skip


async def media(browsing: Browsing, workspace_id: UUID, wanted: MediaFilter) -> AsyncIterator[str]:
    """Posts, newest first."""
    yield sheets.header_line(MEDIA_COLUMNS)
    before: Place | None = None
    while rows := await browsing.media(workspace_id, wanted, before, _PAGE):
        yield _lines([shapes.media(row) for row in rows], MEDIA_COLUMNS)
        before = rows[-1].place


async def people(browsing: Browsing, workspace_id: UUID, wanted: PeopleFilter) -> AsyncIterator[str]:
    """People, those first who were heard of last."""
    yield sheets.header_line(PEOPLE_COLUMNS)
    before: Place | None = None
    while rows := await browsing.people(workspace_id, wanted, before, _PAGE):
        yield _lines([shapes.person(row) for row in rows], PEOPLE_COLUMNS)
        before = rows[-1].place


async def person(browsing: Browsing, contact: Contact) -> AsyncIterator[str]:
    """All that is kept of somebody."""
    known = shapes.person_detail(contact, shapes.Timeline(items=[], next_cursor=None))
    told = known.model_dump_json(by_alias=True, exclude={"timeline"})
    yield told.removesuffix("}") + ',"timeline":['
    before: Place | None = None
    while said := await browsing.timeline(contact, before, _PAGE):
        pieces = [shapes.happening(one).model_dump_json(by_alias=True) for one in said]
        yield ("," if before else "") + ",".join(pieces)
        before = said[-1].place
    yield "]}"


def _lines(rows: Sequence[Shape], columns: Sequence[str]) -> str:
    """These as lines of a file; what is not known is empty."""
    told = [row.model_dump(mode="json", by_alias=True) for row in rows]
    return sheets.lines([_cell(row[name]) for name in columns] for row in told)


def _cell(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
