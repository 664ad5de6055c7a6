"""Whether our first comment stands under a post: the newest comments, by us, with our words, since we armed.

A list that could not be read to its end proves nothing (I9). Meta lists newest first, top level only (instagram.md
§4.3); it may keep back who wrote a comment, and then one with our words is neither a yes nor a no.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huntaze.platforms.contract import Access, Comment, Reader
from huntaze.publishing.first_comment_model import FirstCommentRow
from huntaze.publishing.model import normal_caption

MOST_PAGES = 40
"""Of comments younger than ours, 50 a page: beyond them a look has no answer."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a list that was read to its end shows: our comment, or one of which nobody can say whose it is."""

    comment_ref: str = ""
    doubtful: bool = False


async def look(reader: Reader, access: Access, row: FirstCommentRow, username: str, since: datetime) -> Look | None:
    """Look for our comment among those since ``since``; None when the list does not end. Raises ``PlatformError``."""
    cursor, doubtful = "", False
    for _ in range(MOST_PAGES):
        page, cursor = await reader.comments(access, row.media_ref, cursor)
        top = [one for one in page if not one.parent_ref]
        for one in top:
            if one.created_at < since or normal_caption(one.text) != normal_caption(row.text):
                continue
            if _is_ours(one, access, username):
                return Look(one.comment_ref)
            doubtful = doubtful or not (one.author_ref or one.author_username)
        if not cursor or (top and top[-1].created_at < since):
            return Look(doubtful=doubtful)
    return None


def _is_ours(one: Comment, access: Access, username: str) -> bool:
    """The author's id may be scoped to whoever reads it (§4.3), a name belongs to one account only."""
    return one.author_ref == access.account_ref or (
        bool(username) and one.author_username.casefold() == username.casefold()
    )
