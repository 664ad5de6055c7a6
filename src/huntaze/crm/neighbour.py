"""What the mirror tells the room of accounts about its accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from huntaze.accounts import FollowersOn, Mirrored, MirroredOf, Seen, Syncing
from huntaze.crm.model import FigureRow, ProfileRow, SyncRow
from huntaze.crm.reading import lists
from huntaze.crm.service import Mirror
from huntaze.kit.db import Database

SHOWN = timedelta(days=30)
"""How far back a card shows an account's followers."""


def mirrored_of(database: Database, mirror: Mirror) -> MirroredOf:
    """How accounts ask for it."""

    async def mirrored(workspace_id: UUID, account_ids: Sequence[UUID]) -> Mapping[UUID, Mirrored]:
        since = (mirror.clock.now() - SHOWN).date()
        async with database.transaction() as tx:
            profiles = await mirror.profiles(tx, workspace_id)
            syncs = await mirror.syncs(tx, workspace_id)
            figures = await lists.figures(tx, workspace_id, account_ids, since, None)
        days = {one: [day for row in figures if row.account_id == one for day in _day(row)] for one in account_ids}
        return {one: Mirrored(_seen(profiles.get(one)), _syncing(syncs.get(one)), days[one]) for one in account_ids}

    return mirrored


def _day(row: FigureRow) -> list[FollowersOn]:
    """Nothing for a day on which the platform did not say."""
    return [] if row.followers is None else [FollowersOn(row.day, row.followers)]


def _seen(row: ProfileRow | None) -> Seen | None:
    if row is None:
        return None
    return Seen(
        row.biography, row.website, row.followers, row.following, row.media_count, row.picture_id, row.synced_at
    )


def _syncing(row: SyncRow | None) -> Syncing | None:
    if row is None:
        return None
    problem = str((row.problem or {}).get("message", ""))
    return Syncing(row.started_at, row.finished_at, row.next_at, problem)
