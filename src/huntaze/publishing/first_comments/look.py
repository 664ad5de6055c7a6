"""Whether our first comment stands under a post: the newest comments, by us, with our words, since we armed.

A list that could not be read to its end proves nothing (I9). Meta lists newest first, top level only (instagram.md
§4.3).
"""

from __future__ import annotations

from datetime import datetime

from huntaze.accounts import AccountRow
from huntaze.once import Look, among
from huntaze.platforms.contract import Access, Reader
from huntaze.publishing.first_comments.model import FirstCommentRow

MOST_PAGES = 40
"""Of comments younger than ours, 50 a page: beyond them a look has no answer."""


async def look(
    reader: Reader, access: Access, row: FirstCommentRow, account: AccountRow, since: datetime
) -> Look | None:
    """Look for our comment among those since ``since``; None when the list does not end. Raises ``PlatformError``."""
    cursor, doubtful = "", False
    for _ in range(MOST_PAGES):
        page, cursor = await reader.comments(access, row.media_ref, cursor)
        top = [one for one in page if not one.parent_ref]
        found = among(top, row.text, account, since)
        if found.done:
            return found
        doubtful = doubtful or found.doubtful
        if not cursor or (top and top[-1].created_at < since):
            return Look(doubtful=doubtful)
    return None
