"""The only SQL of the mirror."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from huntaze.crm.model import CommentRow, MediaRow, ProfileRow, SyncRow
from huntaze.kit.db import Connection, Queries, execute, fetch, fetch_optional, fetch_value
from huntaze.kit.ids import new_id
from huntaze.platforms.contract import Comment, MediaItem, MessageReceived, Profile

Q = Queries(__package__)


async def upsert_profile(
    tx: Connection, workspace_id: UUID, account_id: UUID, profile: Profile, picture_id: UUID | None, now: datetime
) -> None:
    """The account as the platform shows it now."""
    await execute(
        tx, Q.upsert_profile, workspace_id, account_id, profile.username, profile.name, profile.biography,
        profile.website, picture_id, profile.picture_url, profile.followers, profile.following, profile.media_count,
        now,
    )  # fmt: skip


async def profile(tx: Connection, workspace_id: UUID, account_id: UUID) -> ProfileRow | None:
    """The account as it was last seen."""
    return await fetch_optional(tx, Q.profile, ProfileRow, workspace_id, account_id)


async def profiles(tx: Connection, workspace_id: UUID) -> list[ProfileRow]:
    """Every account as it was last seen."""
    return await fetch(tx, Q.profiles, ProfileRow, workspace_id)


async def upsert_media(
    tx: Connection,
    workspace_id: UUID,
    account_id: UUID,
    items: Sequence[MediaItem],
    now: datetime,
    *,
    thumbnail_id: UUID | None = None,
) -> None:
    """Posts with their carousel pictures, in one statement. ``thumbnail_id``: a picture of ours for all of them."""
    rows = [(item, "") for item in items]
    rows += [(child, item.media_ref) for item in items for child in item.children]
    columns = [
        (
            new_id(now), one.media_ref, one.type, one.product_type, one.caption, one.permalink, one.media_url,
            one.thumbnail_url, one.like_count, one.comments_count, one.published_at, parent,
            thumbnail_id if not parent else None,
        )
        for one, parent in rows
    ]  # fmt: skip
    if columns:
        arrays = [list(column) for column in zip(*columns, strict=True)]
        await execute(tx, Q.upsert_media, workspace_id, account_id, now, *arrays)


async def media(tx: Connection, workspace_id: UUID, account_id: UUID, limit: int) -> list[MediaRow]:
    """Posts, newest first."""
    return await fetch(tx, Q.media, MediaRow, workspace_id, account_id, limit)


async def media_item(tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str) -> MediaRow | None:
    """One post."""
    return await fetch_optional(tx, Q.media_item, MediaRow, workspace_id, account_id, media_ref)


async def media_without_picture(tx: Connection, workspace_id: UUID, account_id: UUID, limit: int) -> list[MediaRow]:
    """Posts whose picture we do not keep yet."""
    return await fetch(tx, Q.media_without_picture, MediaRow, workspace_id, account_id, limit)


async def set_thumbnail(tx: Connection, workspace_id: UUID, media_id: UUID, asset_id: UUID) -> None:
    """The picture that we keep of a post."""
    await execute(tx, Q.set_thumbnail, workspace_id, media_id, asset_id)


async def upsert_comment(
    tx: Connection, workspace_id: UUID, account_id: UUID, comment: Comment, source: str, now: datetime
) -> bool:
    """One comment with its author; True when it is new here."""
    if comment.author_ref:
        await execute(
            tx, Q.upsert_person, workspace_id, new_id(now), account_id, comment.author_ref, comment.author_username,
            source, comment.created_at,
        )  # fmt: skip
    new = await fetch_value(
        tx, Q.upsert_comment, bool, workspace_id, new_id(now), account_id, comment.comment_ref, comment.media_ref,
        comment.parent_ref, comment.author_ref, comment.author_username, comment.text, comment.like_count,
        comment.hidden, source, comment.created_at, now,
    )  # fmt: skip
    return new is True


async def comments_of(
    tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str, limit: int
) -> list[CommentRow]:
    """Comments and replies of a post, oldest first."""
    return await fetch(tx, Q.comments_of, CommentRow, workspace_id, account_id, media_ref, limit)


async def comment_count(tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str) -> int:
    """How many comments of a post we hold."""
    return await fetch_value(tx, Q.comment_count, int, workspace_id, account_id, media_ref) or 0


async def upsert_message(
    tx: Connection, workspace_id: UUID, account_id: UUID, message: MessageReceived, source: str, now: datetime
) -> None:
    """One direct message with its conversation and person."""
    await execute(
        tx, Q.upsert_person, workspace_id, new_id(now), account_id, message.person_ref, "", source, message.sent_at
    )
    conversation = await fetch_value(
        tx, Q.upsert_conversation, UUID, workspace_id, new_id(now), account_id, message.person_ref, message.sent_at
    )
    await execute(
        tx, Q.upsert_message, workspace_id, new_id(now), account_id, conversation, message.message_ref,
        message.from_account, message.text, message.edited, now if message.deleted else None, source, message.sent_at,
    )  # fmt: skip


async def start_sync(tx: Connection, workspace_id: UUID, account_id: UUID, name: str, now: datetime) -> None:
    """Begin anew, or go on where an unfinished one stands."""
    await execute(tx, Q.start_sync, workspace_id, account_id, name, now)


async def lease_sync(
    tx: Connection, workspace_id: UUID, account_id: UUID, name: str, until: datetime, now: datetime
) -> SyncRow | None:
    """Take a sync; None when somebody else has it or it is finished."""
    return await fetch_optional(tx, Q.lease_sync, SyncRow, workspace_id, account_id, name, until, now)


async def due_syncs(tx: Connection, now: datetime, limit: int) -> list[SyncRow]:
    """Syncs whose time has come."""
    return await fetch(tx, Q.due_syncs, SyncRow, now, limit)


async def move_sync(tx: Connection, row: SyncRow, cursor: str, until: datetime) -> None:
    """One page is stored."""
    await execute(tx, Q.move_sync, row.workspace_id, row.account_id, row.name, cursor, until)


async def finish_sync(tx: Connection, row: SyncRow, now: datetime, next_at: datetime) -> None:
    """Everything is here."""
    await execute(tx, Q.finish_sync, row.workspace_id, row.account_id, row.name, now, next_at)


async def fail_sync(tx: Connection, row: SyncRow, next_at: datetime | None, problem: dict[str, Any]) -> None:
    """It did not work this time."""
    await execute(tx, Q.fail_sync, row.workspace_id, row.account_id, row.name, next_at, problem)


async def stop_sync(tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
    """The account is gone."""
    await execute(tx, Q.stop_sync, workspace_id, account_id)


async def syncs(tx: Connection, workspace_id: UUID) -> list[SyncRow]:
    """How far the syncs are."""
    return await fetch(tx, Q.syncs, SyncRow, workspace_id)


async def erase(tx: Connection, workspace_id: UUID, person_ref: str) -> int:
    """Remove a person; how many rows held them."""
    counts = [
        await fetch_value(tx, query, int, workspace_id, person_ref) or 0
        for query in (Q.erase_comments, Q.erase_messages, Q.erase_person)
    ]
    return sum(counts)
