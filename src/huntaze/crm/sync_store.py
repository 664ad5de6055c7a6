"""The SQL of pulling: how far a sync is, how comments are read on, what is gone, what was pushed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from huntaze.crm.cadence import CHECKED_FOR, GRACE, STORY_LIVES, RecentRow
from huntaze.crm.model import CountRow, DriftRow, FigureRow, MediaRow, OpenRow, ReadingRow, SyncRow
from huntaze.crm.queries import Q
from huntaze.kit.db import Connection, execute, fetch, fetch_optional, fetch_value, fetch_values, storable
from huntaze.platforms.contract import Onward, Profile

# --- the sync ---------------------------------------------------------------------------------------------------


async def start_sync(tx: Connection, workspace_id: UUID, account_id: UUID, name: str, now: datetime) -> None:
    """List everything, soon: begin anew, or go on where an unfinished one stands."""
    await execute(tx, Q.start_sync, workspace_id, account_id, name, now)


async def hasten_sync(tx: Connection, workspace_id: UUID, account_id: UUID, name: str, now: datetime) -> None:
    """A finished sync is due now."""
    await execute(tx, Q.hasten_sync, workspace_id, account_id, name, now)


async def begin_sync(tx: Connection, row: SyncRow, now: datetime) -> None:
    """A finished sync begins anew."""
    await execute(tx, Q.begin_sync, row.workspace_id, row.account_id, row.name, now)


async def lease_sync(
    tx: Connection, workspace_id: UUID, account_id: UUID, name: str, until: datetime, now: datetime
) -> SyncRow | None:
    """Take a sync; None when somebody else has it or it is finished."""
    return await fetch_optional(tx, Q.lease_sync, SyncRow, workspace_id, account_id, name, until, now)


async def due_syncs(tx: Connection, now: datetime, limit: int, name: str) -> list[SyncRow]:
    """Syncs of a name whose time has come."""
    return await fetch(tx, Q.due_syncs, SyncRow, now, limit, name)


async def keep_sync(tx: Connection, row: SyncRow, held: datetime, until: datetime) -> bool:
    """Hold on; False when it is somebody else's by now. ``held`` is the end of the lease as we know it."""
    return await execute(tx, Q.keep_sync, row.workspace_id, row.account_id, row.name, held, until) == 1


async def move_sync(
    tx: Connection, row: SyncRow, held: datetime, cursor: str, until: datetime, oldest: datetime | None, *, listed: bool
) -> bool:
    """A step is stored; False when it is somebody else's by now."""
    facts = (row.workspace_id, row.account_id, row.name, held, cursor, until, oldest, listed)
    return await execute(tx, Q.move_sync, *facts) == 1


async def finish_sync(
    tx: Connection, row: SyncRow, held: datetime, now: datetime, next_at: datetime, reconcile_at: datetime
) -> bool:
    """Everything is here; False when it is somebody else's by now. ``reconcile_at``: when a whole listing is due
    after this one, if it was one."""
    facts = (row.workspace_id, row.account_id, row.name, held, now, next_at, reconcile_at)
    return await execute(tx, Q.finish_sync, *facts) == 1


async def fail_sync(
    tx: Connection,
    row: SyncRow,
    held: datetime,
    cursor: str,
    next_at: datetime | None,
    problem: Mapping[str, str],
    *,
    listed: bool,
) -> bool:
    """It did not work this time; False when it is somebody else's by now."""
    facts = (row.workspace_id, row.account_id, row.name, held, cursor, next_at, dict(problem), listed)
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
    await execute(tx, Q.forget_pushes, workspace_id, account_id)


# --- posts ------------------------------------------------------------------------------------------------------


async def remove_unseen(tx: Connection, row: SyncRow, now: datetime, since: datetime) -> int:
    """Posts since a time that the listing which began with ``row`` did not bring; how many."""
    facts = (row.workspace_id, row.account_id, row.started_at, now, since, GRACE)
    return await fetch_value(tx, Q.remove_unseen, int, *facts) or 0


async def listed_count(tx: Connection, row: SyncRow) -> int:
    """How many posts the listing which began with ``row`` brought."""
    return await fetch_value(tx, Q.listed_count, int, row.workspace_id, row.account_id, row.started_at) or 0


async def remove_media(
    tx: Connection, workspace_id: UUID, account_id: UUID, refs: Sequence[str], now: datetime
) -> None:
    """Posts that the platform says are gone."""
    await execute(tx, Q.remove_media, workspace_id, account_id, list(refs), now)


async def settle_stories(tx: Connection, workspace_id: UUID, account_id: UUID, asked_at: datetime) -> None:
    """Mark the stories whose day is over, and those that the list asked for at ``asked_at`` did not bring."""
    await execute(tx, Q.end_stories, workspace_id, account_id, asked_at, STORY_LIVES)
    await execute(tx, Q.remove_stories, workspace_id, account_id, asked_at, GRACE)


async def recent_unread(
    tx: Connection, workspace_id: UUID, account_id: UUID, since: datetime, read_at: datetime
) -> list[RecentRow]:
    """Posts published since a time that were not seen since another, newest first."""
    return await fetch(tx, Q.recent_unread, RecentRow, workspace_id, account_id, since, read_at)


async def newest_published(tx: Connection, workspace_id: UUID, account_id: UUID) -> datetime | None:
    """When an account last published something."""
    return await fetch_value(tx, Q.newest_published, datetime, workspace_id, account_id)


# --- pictures ---------------------------------------------------------------------------------------------------


async def media_without_picture(
    tx: Connection, workspace_id: UUID, account_id: UUID, limit: int, now: datetime, tries: int
) -> list[MediaRow]:
    """Posts whose picture we do not keep yet and that may be tried now, at most so often."""
    return await fetch(tx, Q.media_without_picture, MediaRow, workspace_id, account_id, limit, now, tries)


async def set_thumbnail(tx: Connection, workspace_id: UUID, media_id: UUID, asset_id: UUID) -> None:
    """The picture that we keep of a post."""
    await execute(tx, Q.set_thumbnail, workspace_id, media_id, asset_id)


async def picture_not_kept(tx: Connection, workspace_id: UUID, media_id: UUID, now: datetime, pause: timedelta) -> None:
    """A picture could not be copied; the pause doubles each time."""
    await execute(tx, Q.picture_not_kept, workspace_id, media_id, now, pause)


async def set_profile_picture(
    tx: Connection, workspace_id: UUID, account_id: UUID, asset_id: UUID, origin: str
) -> None:
    """The picture that we keep of an account; ``origin`` is its address without the signature."""
    await execute(tx, Q.set_profile_picture, workspace_id, account_id, asset_id, origin)


# --- comments that go on ----------------------------------------------------------------------------------------


async def readings(
    tx: Connection, workspace_id: UUID, account_id: UUID, media_refs: Sequence[str]
) -> dict[str, ReadingRow]:
    """How the comments of these posts were and are read."""
    rows = await fetch(tx, Q.readings, ReadingRow, workspace_id, account_id, list(media_refs))
    return {row.media_ref: row for row in rows}


async def comment_counts(
    tx: Connection, workspace_id: UUID, account_id: UUID, media_refs: Sequence[str]
) -> dict[str, int]:
    """How many comments of these posts we have."""
    rows = await fetch(tx, Q.comment_counts, CountRow, workspace_id, account_id, list(media_refs))
    return {row.media_ref: row.comments for row in rows}


async def begin_reading(
    tx: Connection,
    workspace_id: UUID,
    account_id: UUID,
    media_ref: str,
    began_at: datetime,
    target: int | None,
    seen: Sequence[str],
    *,
    whole: bool,
) -> None:
    """Read a post's comments on from its first page, to the end (``whole``) or until ``target`` of them are here."""
    await execute(tx, Q.close_lists, workspace_id, account_id, [media_ref])
    await execute(tx, Q.begin_reading, workspace_id, account_id, media_ref, began_at, target, whole, list(seen))


async def see_comments(
    tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str, refs: Sequence[str]
) -> None:
    """A further page brought these."""
    await execute(tx, Q.see_comments, workspace_id, account_id, media_ref, list(refs))


async def end_reading(
    tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str, count: int | None, read_at: datetime | None
) -> None:
    """A post's comments are complete; ``read_at``: when its list was read to the end, if it was."""
    await execute(tx, Q.close_lists, workspace_id, account_id, [media_ref])
    await execute(tx, Q.end_reading, workspace_id, account_id, media_ref, count, read_at)


async def open_lists(tx: Connection, workspace_id: UUID, account_id: UUID, limit: int) -> list[Onward]:
    """Lists to be followed."""
    rows = await fetch(tx, Q.open_lists, OpenRow, workspace_id, account_id, limit)
    return [Onward(row.media_ref, row.comment_ref, row.cursor) for row in rows]


async def open_list(tx: Connection, workspace_id: UUID, account_id: UUID, one: Onward) -> None:
    """This list goes on."""
    await execute(tx, Q.open_list, workspace_id, account_id, one.media_ref, one.comment_ref, one.cursor)


async def close_list(tx: Connection, workspace_id: UUID, account_id: UUID, one: Onward) -> None:
    """This list was followed."""
    await execute(tx, Q.close_list, workspace_id, account_id, one.media_ref, one.comment_ref)


async def still_open(tx: Connection, workspace_id: UUID, account_id: UUID, media_refs: Sequence[str]) -> set[str]:
    """Which of these posts have lists to be followed."""
    return set(await fetch_values(tx, Q.still_open, str, workspace_id, account_id, list(media_refs)))


# --- comments that are gone -------------------------------------------------------------------------------------


async def miss_comments(
    tx: Connection,
    workspace_id: UUID,
    account_id: UUID,
    media_refs: Sequence[str],
    seen: Sequence[str],
    asked_at: datetime,
) -> None:
    """The whole lists of these posts, asked for then, brought ``seen``: the platform is to be asked about the rest."""
    facts = (list(media_refs), list(seen), asked_at, GRACE, CHECKED_FOR)
    await execute(tx, Q.miss_comments, workspace_id, account_id, *facts)


async def miss_comment(tx: Connection, workspace_id: UUID, account_id: UUID, ref: str, now: datetime) -> None:
    """The platform is to be asked about this one."""
    await execute(tx, Q.miss_comment, workspace_id, account_id, ref, now)


async def missing_comments(tx: Connection, workspace_id: UUID, account_id: UUID, limit: int) -> list[str]:
    """What the platform is to be asked about."""
    return await fetch_values(tx, Q.missing_comments, str, workspace_id, account_id, limit)


async def judge_comments(
    tx: Connection, workspace_id: UUID, account_id: UUID, there: Mapping[str, bool], now: datetime
) -> None:
    """What it answered."""
    kept, gone = sorted(ref for ref in there if there[ref]), sorted(ref for ref in there if not there[ref])
    await execute(tx, Q.check_comments, workspace_id, account_id, kept, now)
    await execute(tx, Q.remove_comments, workspace_id, account_id, gone, now)


async def return_comments(
    tx: Connection, workspace_id: UUID, account_id: UUID, refs: Sequence[str], asked_at: datetime
) -> None:
    """A list asked for at ``asked_at`` brought these: what was thought gone before is not."""
    await execute(tx, Q.return_comments, workspace_id, account_id, list(refs), asked_at)


# --- figures by day ---------------------------------------------------------------------------------------------


async def keep_figure(
    tx: Connection, workspace_id: UUID, account_id: UUID, day: date, profile: Profile, read_at: datetime
) -> None:
    """An account on a day."""
    words = (storable(profile.username), storable(profile.name))
    figures = (profile.followers, profile.following, profile.media_count)
    await execute(tx, Q.keep_figure, workspace_id, account_id, day, *words, *figures, read_at)


async def figures(tx: Connection, workspace_id: UUID, account_id: UUID, since: date) -> list[FigureRow]:
    """An account day by day."""
    return await fetch(tx, Q.figures, FigureRow, workspace_id, account_id, since)


# --- what was pushed --------------------------------------------------------------------------------------------


async def count_pushed(
    tx: Connection, workspace_id: UUID, account_id: UUID, day: date, events: int, now: datetime
) -> None:
    """So many events more on a day of UTC."""
    await execute(tx, Q.count_pushed, workspace_id, account_id, day, events, now)


async def count_missed(tx: Connection, workspace_id: UUID, account_id: UUID, day: date, things: int) -> None:
    """So many more that should have been pushed."""
    await execute(tx, Q.count_missed, workspace_id, account_id, day, things)


async def forget_old_pushes(tx: Connection, before: date) -> None:
    """Drop the days before one."""
    await execute(tx, Q.forget_old_pushes, before)


async def drifting(
    tx: Connection,
    workspace_id: UUID | None,
    missed_since: date,
    silent_since: datetime,
    given_up: datetime,
    usual: int,
    missed: int,
    days: int,
) -> list[DriftRow]:
    """Accounts whose events stay away; see ``Drift``."""
    facts = (workspace_id, missed_since, silent_since, given_up, float(usual), missed, days)
    return await fetch(tx, Q.drifting, DriftRow, *facts)
