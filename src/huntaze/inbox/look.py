"""Whether a deed whose answer was lost was done: what the platform and the mirror show of it. A failed read proves
nothing (I9)."""

from __future__ import annotations

from datetime import datetime

from huntaze.accounts import AccountRow
from huntaze.crm import deeds as mirrored
from huntaze.inbox import store
from huntaze.inbox.model import DeedRow
from huntaze.kit.clock import Clock
from huntaze.kit.db import Database
from huntaze.kit.text import N_, Text
from huntaze.once import Look, Refusal, among
from huntaze.platforms.contract import Access, CommentDeed, Commenter

GONE = Refusal(
    "gone", Text(N_("This comment is not there any more.")), Text(N_("Nothing can be done with it."))
)  # fmt: skip


async def look(
    database: Database,
    clock: Clock,
    commenter: Commenter,
    access: Access,
    account: AccountRow,
    row: DeedRow,
    since: datetime,
) -> Look:
    """Look for what ``row`` asks for; a comment that somebody else deleted leaves the mirror. Raises ``PlatformError``
    when it could not be read."""
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
            replies = await commenter.replies(access, row.thread_ref)
            return among([one for one in replies if one.comment_ref not in taken], row.text, account, since)
        case deed:
            seen = await commenter.seen(access, row.comment_ref, row.media_ref)
            if seen.there:
                wanted = {CommentDeed.HIDE: True, CommentDeed.UNHIDE: False}.get(deed)
                return Look(done=wanted is not None and seen.hidden is wanted)
            if deed is CommentDeed.DELETE:
                return Look(done=True)
            async with database.transaction() as tx:
                await mirrored.mark_removed(tx, row.workspace_id, row.account_id, row.comment_ref, clock.now())
            return Look(refusal=GONE)
