"""Whether a deed whose answer was lost was done: what the platform and the mirror show of it.

A failed read proves nothing (I9). A reply is found by its author and words; Meta may keep back who wrote it, and then
one with our words is neither a yes nor a no.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huntaze.accounts import AccountRow
from huntaze.crm import Own
from huntaze.crm import deeds as mirrored
from huntaze.inbox import store
from huntaze.inbox.model import DeedRow
from huntaze.kit.db import Database
from huntaze.platforms.contract import Access, Comment, CommentDeed, Commenter
from huntaze.publishing.model import normal_caption


@dataclass(frozen=True, slots=True)
class Look:
    """What a look shows: done (and as what), the comment is gone, or something of which nobody can say whose it is."""

    done: bool = False
    result_ref: str = ""
    gone: bool = False
    doubtful: bool = False


async def look(
    database: Database, commenter: Commenter, access: Access, account: AccountRow, row: DeedRow, since: datetime
) -> Look:
    """Look for what ``row`` asks for. Raises ``PlatformError`` when it could not be read."""
    match row.deed:
        case CommentDeed.PRIVATE_REPLY:
            async with database.transaction() as tx:
                ref = await mirrored.sent_message(
                    tx, row.workspace_id, row.account_id, row.person_ref, row.text, since
                )  # fmt: skip
            return Look(done=bool(ref), result_ref=ref)
        case CommentDeed.REPLY:
            async with database.transaction() as tx:
                taken = set(await store.refs_made(tx, row))
            replies = [one for one in await commenter.replies(access, row.thread_ref) if one.comment_ref not in taken]
            return _among(replies, row, Own(account.id, account.account_ref, account.username), since)
        case deed:
            seen = await commenter.seen(access, row.comment_ref, row.media_ref)
            if not seen.there:
                return Look(done=deed is CommentDeed.DELETE, gone=deed is not CommentDeed.DELETE)
            wanted = {CommentDeed.HIDE: True, CommentDeed.UNHIDE: False}.get(deed)
            return Look(done=wanted is not None and seen.hidden is wanted)


def _among(replies: list[Comment], row: DeedRow, own: Own, since: datetime) -> Look:
    doubtful = False
    for one in replies:
        if one.created_at < since or normal_caption(one.text) != normal_caption(row.text):
            continue
        if one.author_ref == own.ref or one.author_username.casefold() == own.username.casefold():
            return Look(done=True, result_ref=one.comment_ref)
        doubtful = doubtful or not (one.author_ref or one.author_username)
    return Look(doubtful=doubtful)
