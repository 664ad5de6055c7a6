"""The only SQL of the mirror."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from huntaze.crm.model import CommentKept, CommentRow, MediaRow, PlaceRow, ProfileRow, SyncRow
from huntaze.crm.queries import Q
from huntaze.kit.db import Connection, execute, fetch, fetch_optional, storable
from huntaze.kit.ids import new_id
from huntaze.platforms.contract import Comment, MediaItem, Profile


async def upsert_profile(tx: Connection, workspace_id: UUID, account_id: UUID, profile: Profile, now: datetime) -> None:
    """The account as the platform shows it now."""
    words = (profile.username, profile.name, profile.biography, profile.website, profile.picture_url)
    await execute(
        tx, Q.upsert_profile, workspace_id, account_id, *map(storable, words), profile.followers, profile.following,
        profile.media_count, now,
    )  # fmt: skip


async def profile(tx: Connection, workspace_id: UUID, account_id: UUID) -> ProfileRow | None:
    """The account as it was last seen."""
    return await fetch_optional(tx, Q.profile, ProfileRow, workspace_id, account_id)


async def profiles(tx: Connection, workspace_id: UUID) -> list[ProfileRow]:
    """Every account as it was last seen."""
    return await fetch(tx, Q.profiles, ProfileRow, workspace_id)


async def upsert_media(
    tx: Connection, workspace_id: UUID, account_id: UUID, items: Sequence[MediaItem], now: datetime
) -> None:
    """Posts with their carousel pictures, in one statement."""
    rows = {item.media_ref: (item, "") for item in items}
    for item in items:
        rows |= {child.media_ref: (child, item.media_ref) for child in item.children if child.media_ref not in rows}
    columns = [
        (
            new_id(now), ref, one.type.value, one.product_type, storable(one.caption), one.permalink, one.media_url,
            one.thumbnail_url, one.like_count, one.comments_count, one.published_at, parent,
        )
        for ref, (one, parent) in sorted(rows.items())
    ]  # fmt: skip
    if columns:
        await execute(tx, Q.upsert_media, workspace_id, account_id, now, *arrays(columns))


async def insert_published(
    tx: Connection, workspace_id: UUID, account_id: UUID, item: MediaItem, thumbnail_id: UUID | None, now: datetime
) -> None:
    """A post of ours, with our own picture of it."""
    await execute(
        tx, Q.insert_published, workspace_id, new_id(now), account_id, item.media_ref, item.type.value,
        storable(item.caption), item.permalink, item.published_at, now, thumbnail_id,
    )  # fmt: skip


async def places(tx: Connection, workspace_id: UUID, account_id: UUID, media_refs: Sequence[str]) -> dict[str, str]:
    """The album of each of these posts that the mirror knows; empty for a post that is none's picture."""
    rows = await fetch(tx, Q.places, PlaceRow, workspace_id, account_id, list(media_refs))
    return {row.media_ref: row.parent_ref for row in rows}


async def media(tx: Connection, workspace_id: UUID, account_id: UUID, limit: int) -> list[MediaRow]:
    """Posts, newest first."""
    return await fetch(tx, Q.media, MediaRow, workspace_id, account_id, limit)


async def media_item(tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str) -> MediaRow | None:
    """One post."""
    return await fetch_optional(tx, Q.media_item, MediaRow, workspace_id, account_id, media_ref)


async def upsert_comments(
    tx: Connection, workspace_id: UUID, account_id: UUID, comments: Mapping[str, Comment], source: str, now: datetime
) -> list[CommentKept]:
    """Comments by their id; those that are here now, which an erased one is not. Whether one is gone is not changed."""
    rows = [
        (
            new_id(now), ref, one.media_ref, one.parent_ref, one.author_ref, storable(one.author_username),
            storable(one.text), one.like_count, one.hidden, one.created_at, one.live, one.ad_ref,
        )
        for ref, one in sorted(comments.items())
    ]  # fmt: skip
    if not rows:
        return []
    return await fetch(tx, Q.upsert_comments, CommentKept, workspace_id, account_id, source, now, *arrays(rows))


async def place_comments(tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str) -> None:
    """Comments that named a picture of a carousel go to its album, if the mirror knows it by now."""
    await execute(tx, Q.place_comments, workspace_id, account_id, media_ref)


async def comments_of(
    tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str, limit: int
) -> list[CommentRow]:
    """Comments and replies of a post, oldest first."""
    return await fetch(tx, Q.comments_of, CommentRow, workspace_id, account_id, media_ref, limit)


async def syncs(tx: Connection, workspace_id: UUID) -> list[SyncRow]:
    """How far the syncs are."""
    return await fetch(tx, Q.syncs, SyncRow, workspace_id)


def arrays(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    """Rows as the columns that ``unnest`` takes."""
    return [list(column) for column in zip(*rows, strict=True)]
