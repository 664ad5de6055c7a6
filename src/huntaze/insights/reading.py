"""One step of a reading: what is asked of the platform, and where it goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from huntaze.accounts import AccountRow
from huntaze.crm import Mirror
from huntaze.insights import store
from huntaze.insights.model import FOLLOWERS, POLL, PROFILE, RoundRow
from huntaze.insights.rounds import (
    AUDIENCE,
    AUDIENCE_EVERY,
    BY_NAME,
    DAYS,
    DAYS_EVERY,
    HISTORY,
    STORIES,
    Tier,
    next_story_look,
)
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.platforms.contract import Access, DayNumber, InsightsReader, MediaNumbers, Refused

_ACCOUNT = ""
"""The account itself, among the kinds of posts that refuse metrics."""
_WHOLE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """What a step brought. ``cursor`` empty: nothing is left to read, and ``next_at`` is when it begins anew (None:
    never)."""

    cursor: str = ""
    next_at: datetime | None = None
    media: tuple[MediaNumbers, ...] = ()
    days: tuple[DayNumber, ...] = ()
    refused: Refused = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether nothing is left to read."""
        return not self.cursor


class Readings:
    """Knows every kind of reading."""

    def __init__(self, database: Database, clock: Clock, mirror: Mirror) -> None:
        self._database = database
        self._clock = clock
        self._mirror = mirror

    async def step(
        self,
        row: RoundRow,
        cursor: str,
        account: AccountRow,
        access: Access,
        reader: InsightsReader,
        refused: Refused,
    ) -> Step:
        """The next part of a reading; asks the platform. Raises ``PlatformError``."""
        of_account = refused.get(_ACCOUNT, ())
        if row.name in BY_NAME:
            return await self._posts(BY_NAME[row.name], row, cursor, access, reader, refused)
        if row.name == STORIES:
            return await self._stories(access, reader, refused)
        if row.name == DAYS:
            return await self._days(row, cursor, access, reader, of_account)
        if row.name == HISTORY:
            return await self._history(row, cursor, access, reader, of_account)
        if row.name == AUDIENCE:
            now = self._clock.now()
            told = await reader.audience(access, now, of_account)
            return Step(next_at=now + AUDIENCE_EVERY, days=told.numbers, refused=_told(told.refused))
        raise LookupError(f"no reading is called {row.name}")

    async def keep(self, tx: Connection, account: AccountRow, step: Step) -> int:
        """Store what a step brought; how many figures changed."""
        now, owner = self._clock.now(), (account.workspace_id, account.id)
        changed = await store.keep_media(tx, *owner, step.media, now)
        polled = [one for one in step.days if one.metric != FOLLOWERS]
        counted = [one for one in step.days if one.metric == FOLLOWERS]
        changed += await store.keep_account(tx, *owner, polled, now, POLL)
        return changed + await store.keep_account(tx, *owner, counted, now, PROFILE)

    async def _posts(
        self, tier: Tier, row: RoundRow, cursor: str, access: Access, reader: InsightsReader, refused: Refused
    ) -> Step:
        """A page of the posts of an age."""
        async with self._database.transaction() as tx:
            too_old = await store.youngest_too_old(tx, row.workspace_id, row.account_id)
        since, until = tier.window(row, reader, too_old)
        now = self._clock.now()
        if since >= until:
            return Step(next_at=now + tier.idle)
        page = await reader.media(access, since, until, cursor, refused)
        found = bool(page.items or cursor)
        return Step(page.cursor, now + (tier.every if found else tier.idle), page.items, refused=page.refused)

    async def _stories(self, access: Access, reader: InsightsReader, refused: Refused) -> Step:
        """Every story that lives."""
        page = await reader.stories(access, refused)
        published = [item.published_at for item in page.items]
        next_at = next_story_look(self._clock.now(), published, reader.story_life)
        return Step(next_at=next_at, media=page.items, refused=page.refused)

    async def _days(
        self, row: RoundRow, cursor: str, access: Access, reader: InsightsReader, refused: Sequence[str]
    ) -> Step:
        """First the series and how many follow now, then the totals of the days that may still change, one a step."""
        now = self._clock.now()
        if not cursor:
            first = row.finished_at is None
            since = now - (reader.history if first else reader.late + 3 * _WHOLE_DAY)
            told = await reader.days_of(access, since, now, refused)
            follow = await self._followers(row, reader, now)
            return Step("0", days=told.numbers + follow, refused=_told(told.refused))
        days = reader.days(now - reader.late - _WHOLE_DAY, now)
        place = int(cursor)
        if place >= len(days):
            return Step(next_at=now + DAYS_EVERY)
        told = await reader.totals(access, days[place], refused, fully=True)
        last = place + 1 == len(days)
        return Step("" if last else str(place + 1), now + DAYS_EVERY, days=told.numbers, refused=_told(told.refused))

    async def _history(
        self, row: RoundRow, cursor: str, access: Access, reader: InsightsReader, refused: Sequence[str]
    ) -> Step:
        """Totals of the days before the account was connected, one a step, newest first; once."""
        began = row.started_at or self._clock.now()
        end = datetime.fromisoformat(cursor) if cursor else began - reader.late - _WHOLE_DAY
        days = reader.days(began - reader.history + _WHOLE_DAY, end)
        if not days:
            return Step()
        told = await reader.totals(access, days[-1], refused, fully=False)
        onward = days[-1].starts_at.isoformat() if len(days) > 1 else ""
        return Step(onward, days=told.numbers, refused=_told(told.refused))

    async def _followers(self, row: RoundRow, reader: InsightsReader, now: datetime) -> tuple[DayNumber, ...]:
        """How many follow, as the mirror saw it last: the figure of the day that runs."""
        async with self._database.transaction() as tx:
            profile = await self._mirror.profile(tx, row.workspace_id, row.account_id)
        running = next(iter(reader.days(now, now + 2 * _WHOLE_DAY)), None)
        if profile is None or profile.followers is None or running is None:
            return ()
        return (DayNumber(FOLLOWERS, profile.followers, running.ends_at),)


def _told(metrics: Sequence[str]) -> Mapping[str, Sequence[str]]:
    return {_ACCOUNT: metrics} if metrics else {}
