"""What the platform's lists say of comments, held against ours: which are still to be read, which are gone, which
should have been pushed.

The list of a post's comments is read on only where that can bring something: where the platform counts other than when
ours were last complete, until the numbers agree; to its end where it was never read whole, or not for long. What a
whole list leaves out is asked about by itself before it is taken for deleted: comments under an advertisement are in
no list (instagram.md §4.2), and those of restricted people neither (§4.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from huntaze.accounts import AccountRow
from huntaze.crm import sync_store as store
from huntaze.crm.cadence import comments_due
from huntaze.crm.model import ReadingRow
from huntaze.crm.service import Mirror
from huntaze.kit.db import Connection
from huntaze.platforms.contract import Comment, MediaItem, More

LATE = timedelta(minutes=15)
"""A push may take so long; what a list brings after it was missed."""


class Reconcile:
    """Works inside the transactions of the pulling. ``asked_at`` is when a list was asked for: what happened since is
    not in it."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror

    async def listed(
        self, tx: Connection, account: AccountRow, items: Sequence[MediaItem], asked_at: datetime, *, whole: bool
    ) -> None:
        """Posts with their first comments. ``whole``: this is a whole listing, in which old comments have their
        turn."""
        mine = (account.workspace_id, account.id)
        told = [item for item in items if item.comments_listed]
        await self._keep(tx, account, [one for item in told for one in item.comments], asked_at)
        short = [item for item in told if not item.onward]
        if short:
            seen = [one.comment_ref for item in short for one in item.comments]
            await store.miss_comments(tx, *mine, [item.media_ref for item in short], seen, asked_at)
        refs = [item.media_ref for item in told]
        known = await store.readings(tx, *mine, refs)
        ours = await store.comment_counts(tx, *mine, refs)
        for item in told:
            ref, before = item.media_ref, known.get(item.media_ref)
            if item.onward:
                await self._begin(tx, account, item, before, ours.get(ref, 0), asked_at, whole=whole)
            elif before is not None:
                await store.end_reading(tx, *mine, ref, item.comments_count, asked_at)

    async def followed(self, tx: Connection, account: AccountRow, found: Sequence[More], asked_at: datetime) -> None:
        """Pages of comments behind the first."""
        mine = (account.workspace_id, account.id)
        await self._keep(tx, account, [one for more in found for one in more.comments], asked_at)
        for more in found:
            await store.close_list(tx, *mine, more.asked)
            await store.see_comments(tx, *mine, more.asked.media_ref, [one.comment_ref for one in more.comments])
            for one in more.onward:
                await store.open_list(tx, *mine, one)
            if more.gone and more.asked.comment_ref:
                await store.miss_comment(tx, *mine, more.asked.comment_ref, asked_at)
        refs = sorted({more.asked.media_ref for more in found})
        gone = {more.asked.media_ref for more in found if more.gone and not more.asked.comment_ref}
        await self.gone(tx, account, sorted(gone), len(refs), asked_at)
        still_open = await store.still_open(tx, *mine, refs)
        ours = await store.comment_counts(tx, *mine, refs)
        for ref, reading in sorted((await store.readings(tx, *mine, refs)).items()):
            if ref in gone:
                await store.end_reading(tx, *mine, ref, reading.comments_count, None)
            elif ref not in still_open:
                await self._end(tx, account, reading)
            elif not reading.whole and ours.get(ref, 0) == reading.target:
                await store.end_reading(tx, *mine, ref, reading.target, None)

    async def gone(
        self, tx: Connection, account: AccountRow, media_refs: Sequence[str], asked: int, asked_at: datetime
    ) -> None:
        """Posts of which the platform says, among so many that were asked for, that they are not there. Said of all of
        several it is an outage (T8); the next listing takes back what was wrong."""
        if media_refs and (asked == 1 or len(media_refs) < asked):
            await store.remove_media(tx, account.workspace_id, account.id, media_refs, asked_at)

    async def _begin(
        self,
        tx: Connection,
        account: AccountRow,
        item: MediaItem,
        before: ReadingRow | None,
        ours: int,
        asked_at: datetime,
        *,
        whole: bool,
    ) -> None:
        """Read the comments of a post on, if that can bring anything."""
        mine, ref, count = (account.workspace_id, account.id), item.media_ref, item.comments_count
        read_at = before.comments_read_at if before else None
        to_the_end = read_at is None or (whole and comments_due(item.published_at, read_at, asked_at))
        if not to_the_end and count is not None and before is not None:
            if count == before.comments_count:
                return
            if count == ours:
                await store.end_reading(tx, *mine, ref, count, None)
                return
        seen = [one.comment_ref for one in item.comments]
        await store.begin_reading(tx, *mine, ref, asked_at, count, seen, whole=to_the_end or count is None)
        for one in item.onward:
            await store.open_list(tx, *mine, one)

    async def _end(self, tx: Connection, account: AccountRow, reading: ReadingRow) -> None:
        """A list was read from its beginning to its end."""
        if reading.began_at is None:
            return
        mine, ref = (account.workspace_id, account.id), reading.media_ref
        await store.miss_comments(tx, *mine, [ref], reading.seen, reading.began_at)
        await store.end_reading(tx, *mine, ref, reading.target, reading.began_at)

    async def _keep(self, tx: Connection, account: AccountRow, comments: Sequence[Comment], asked_at: datetime) -> None:
        """Store them, and count what a push should have brought."""
        if not comments:
            return
        mine = (account.workspace_id, account.id)
        new = await self.mirror.keep_comments(tx, *mine, comments, account.connected_at)
        await store.return_comments(tx, *mine, [one.comment_ref for one in comments], asked_at)
        missed = [one for one in comments if one.comment_ref in new and _missed(account, one, asked_at)]
        if missed:
            await store.count_missed(tx, *mine, asked_at.astimezone(UTC).date(), len(missed))


def _missed(account: AccountRow, comment: Comment, asked_at: datetime) -> bool:
    """Whether the platform should have pushed it by then. What the account says itself may never be."""
    since = account.webhooks_at
    written = comment.created_at
    return since is not None and since <= written <= asked_at - LATE and comment.author_ref != account.account_ref
