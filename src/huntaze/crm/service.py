"""The mirror: platforms' posts, comments and people as rows of ours. Pushed by webhooks, pulled by syncs, upserted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from huntaze import outbox
from huntaze.crm import store
from huntaze.crm.model import CommentRow, MediaRow, ProfileRow, SyncRow
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection
from huntaze.kit.jobs import Jobs
from huntaze.platforms.contract import Comment, CommentReceived, MediaItem, MessageReceived

SYNC = "crm.sync"
PICTURES = "crm.pictures"
PLACE = "crm.place"
MEDIA_SYNC = "media"
PUSH, POLL = "push", "poll"

Pushed = CommentReceived | MessageReceived


class Mirror:
    """Reading and writing the mirror. ``source`` says how a row came: ``push`` or ``poll``."""

    def __init__(self, clock: Clock, jobs: Jobs) -> None:
        self.clock = clock
        self.jobs = jobs

    # --- writing ------------------------------------------------------------------------------------------------

    async def take(self, tx: Connection, workspace_id: UUID, account_id: UUID, pushed: Sequence[Pushed]) -> None:
        """What a platform pushed for an account. Comments have no time of their own: the next sync corrects it.

        Rows are written table by table, each in the order of its key: two transactions that do so never dead-lock.
        """
        now = self.clock.now()
        received = {one.comment_ref: one for one in pushed if isinstance(one, CommentReceived)}
        messages = [one for one in pushed if isinstance(one, MessageReceived)]
        places = await store.places(tx, workspace_id, account_id, [one.media_ref for one in received.values()])
        comments = [_comment(one, places.get(one.media_ref) or one.media_ref, now) for one in received.values()]
        people = {one.person_ref: ("", one.sent_at) for one in messages}
        new = await self._keep(tx, workspace_id, account_id, comments, people, PUSH, None)
        for ref in sorted(new):
            if received[ref].media_ref not in places:
                await self._ask_place(tx, workspace_id, account_id, ref)
        for message in sorted(messages, key=lambda one: (one.person_ref, one.message_ref, one.sent_at)):
            await store.upsert_message(tx, workspace_id, account_id, message, PUSH, now)

    async def keep_comments(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, comments: Sequence[Comment], told_since: datetime
    ) -> None:
        """Comments that were read from a list. New ones are told, unless they were written before ``told_since``:
        history is no news."""
        await self._keep(tx, workspace_id, account_id, comments, {}, POLL, told_since)

    async def keep_media(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, items: Sequence[MediaItem]
    ) -> None:
        """Posts as a platform lists them; copies of their pictures are made later."""
        await store.upsert_media(tx, workspace_id, account_id, items, self.clock.now())
        await self.jobs.enqueue(tx, PICTURES, _job(workspace_id, account_id), dedupe=f"{PICTURES}:{account_id}")

    async def published(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, item: MediaItem, thumbnail_id: UUID | None
    ) -> None:
        """A post of ours that is public now, with our own picture of it."""
        await store.insert_published(tx, workspace_id, account_id, item, thumbnail_id, self.clock.now())
        await self.tell_media(tx, workspace_id, account_id, item.media_ref)

    async def tell_media(self, tx: Connection, workspace_id: UUID, account_id: UUID, ref: str) -> None:
        """Posts of an account changed; ``ref`` names one, or is empty for many."""
        await outbox.tell(
            tx, workspace_id=workspace_id, topic="media.changed", ref=ref, account_id=account_id, at=self.clock.now()
        )

    async def start_sync(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        """A first or a new sync of an account, soon."""
        await store.start_sync(tx, workspace_id, account_id, MEDIA_SYNC, self.clock.now())
        await self.wake_sync(tx, workspace_id, account_id, timedelta(0))

    async def wake_sync(self, tx: Connection, workspace_id: UUID, account_id: UUID, delay: timedelta) -> None:
        """A wake-up for a sync that is due."""
        await self.jobs.enqueue(tx, SYNC, _job(workspace_id, account_id), delay=delay, dedupe=f"{SYNC}:{account_id}")

    async def stop_sync(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        """The account is gone; what was mirrored stays."""
        await store.stop_sync(tx, workspace_id, account_id)

    async def erase(self, tx: Connection, workspace_id: UUID, _platform: str, person_ref: str) -> int:
        """Remove a person from the mirror; how many rows held them."""
        return await store.erase(tx, workspace_id, person_ref)

    # --- reading ------------------------------------------------------------------------------------------------

    async def profile(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> ProfileRow | None:
        """The account as it was last seen."""
        return await store.profile(tx, workspace_id, account_id)

    async def profiles(self, tx: Connection, workspace_id: UUID) -> dict[UUID, ProfileRow]:
        """Every account of a workspace as it was last seen, by account."""
        return {row.account_id: row for row in await store.profiles(tx, workspace_id)}

    async def media(self, tx: Connection, workspace_id: UUID, account_id: UUID, limit: int = 12) -> list[MediaRow]:
        """Posts of an account, newest first."""
        return await store.media(tx, workspace_id, account_id, limit)

    async def media_item(self, tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str) -> MediaRow | None:
        """One post of an account."""
        return await store.media_item(tx, workspace_id, account_id, media_ref)

    async def comments_of(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str, limit: int = 500
    ) -> list[CommentRow]:
        """Comments and replies of a post, oldest first."""
        return await store.comments_of(tx, workspace_id, account_id, media_ref, limit)

    async def syncs(self, tx: Connection, workspace_id: UUID) -> dict[UUID, SyncRow]:
        """How far the sync of each account is."""
        return {row.account_id: row for row in await store.syncs(tx, workspace_id) if row.name == MEDIA_SYNC}

    # --- inside -------------------------------------------------------------------------------------------------

    async def _keep(
        self,
        tx: Connection,
        workspace_id: UUID,
        account_id: UUID,
        comments: Sequence[Comment],
        people: Mapping[str, tuple[str, datetime]],
        source: str,
        told_since: datetime | None,
    ) -> set[str]:
        """Comments, then their authors and ``people``; an erased comment brings its author back no more than itself.
        The ids that are new here."""
        now = self.clock.now()
        by_ref = {one.comment_ref: one for one in comments}
        kept = await store.upsert_comments(tx, workspace_id, account_id, by_ref, source, now)
        authors = [by_ref[one.comment_ref] for one in kept]
        seen = {one.author_ref: (one.author_username, one.created_at) for one in authors}
        await store.upsert_people(tx, workspace_id, account_id, {**people, **seen}, source)
        new = {one.comment_ref for one in kept if one.is_new}
        for ref in sorted(new):
            if told_since is None or by_ref[ref].created_at >= told_since:
                await outbox.tell(
                    tx,
                    workspace_id=workspace_id,
                    topic="comment.received",
                    ref=ref,
                    account_id=account_id,
                    body={"mediaId": by_ref[ref].media_ref, "source": source},
                    at=now,
                )
        return new

    async def _ask_place(self, tx: Connection, workspace_id: UUID, account_id: UUID, comment_ref: str) -> None:
        payload = _job(workspace_id, account_id) | {"comment": comment_ref}
        await self.jobs.enqueue(tx, PLACE, payload, dedupe=f"{PLACE}:{account_id}:{comment_ref}")


def _comment(event: CommentReceived, media_ref: str, now: datetime) -> Comment:
    return Comment(
        comment_ref=event.comment_ref,
        media_ref=media_ref,
        parent_ref=event.parent_ref,
        text=event.text,
        author_ref=event.author_ref,
        author_username=event.author_username,
        created_at=event.created_at or now,
    )


def _job(workspace_id: UUID, account_id: UUID) -> dict[str, str]:
    return {"workspace": str(workspace_id), "account": str(account_id)}
