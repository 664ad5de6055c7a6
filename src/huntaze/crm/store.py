"""The only SQL of the mirror."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from huntaze.crm.model import CommentKept, CommentRow, MediaRow, PlaceRow, ProfileRow, SyncRow
from huntaze.kit.db import Connection, Queries, execute, fetch, fetch_optional, fetch_value, storable
from huntaze.kit.ids import new_id
from huntaze.platforms.contract import Comment, MediaItem, Profile

Q = Queries(__package__)


async def upsert_profile(tx: Connection, workspace_id: UUID, account_id: UUID, profile: Profile, now: datetime) -> None:
    """The account as the platform shows it now."""
    words = (profile.username, profile.name, profile.biography, profile.website, profile.picture_url)
    await execute(
        tx, Q.upsert_profile, workspace_id, account_id, *map(storable, words), profile.followers, profile.following,
        profile.media_count, now,
    )  # fmt: skip


async def set_profile_picture(tx: Connection, workspace_id: UUID, account_id: UUID, asset_id: UUID) -> None:
    """The picture that we keep of an account."""
    await execute(tx, Q.set_profile_picture, workspace_id, account_id, asset_id)


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


async def remove_unseen(tx: Connection, row: SyncRow, now: datetime) -> int:
    """Posts that the listing which began with ``row`` did not bring; how many."""
    return await fetch_value(tx, Q.remove_unseen, int, row.workspace_id, row.account_id, row.started_at, now) or 0


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


async def keep_sync(tx: Connection, row: SyncRow, held: datetime, until: datetime) -> bool:
    """Hold on; False when it is somebody else's by now. ``held`` is the end of the lease as we know it."""
    return await execute(tx, Q.keep_sync, row.workspace_id, row.account_id, row.name, held, until) == 1


async def move_sync(tx: Connection, row: SyncRow, held: datetime, cursor: str, until: datetime) -> bool:
    """One page is stored; False when it is somebody else's by now."""
    return await execute(tx, Q.move_sync, row.workspace_id, row.account_id, row.name, held, cursor, until) == 1


async def finish_sync(tx: Connection, row: SyncRow, held: datetime, now: datetime, next_at: datetime) -> bool:
    """Everything is here; False when it is somebody else's by now."""
    return await execute(tx, Q.finish_sync, row.workspace_id, row.account_id, row.name, held, now, next_at) == 1


async def fail_sync(
    tx: Connection, row: SyncRow, held: datetime, cursor: str, next_at: datetime | None, problem: Mapping[str, str]
) -> bool:
    """It did not work this time; False when it is somebody else's by now."""
    facts = (row.workspace_id, row.account_id, row.name, held, cursor, next_at, dict(problem))
    return await execute(tx, Q.fail_sync, *facts) == 1


async def pause_sync(tx: Connection, row: SyncRow, held: datetime, next_at: datetime) -> bool:
    """It goes on later; False when it is somebody else's by now, or was stopped."""
    return await execute(tx, Q.pause_sync, row.workspace_id, row.account_id, row.name, held, next_at) == 1


async def release_sync(tx: Connection, row: SyncRow, held: datetime) -> None:
    """Let go of it."""
    await execute(tx, Q.release_sync, row.workspace_id, row.account_id, row.name, held)


async def stop_sync(tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
    """The account is gone."""
    await execute(tx, Q.stop_sync, workspace_id, account_id)


async def syncs(tx: Connection, workspace_id: UUID) -> list[SyncRow]:
    """How far the syncs are."""
    return await fetch(tx, Q.syncs, SyncRow, workspace_id)


def arrays(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    """Rows as the columns that ``unnest`` takes."""
    return [list(column) for column in zip(*rows, strict=True)]
