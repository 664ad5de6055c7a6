"""When what is read again: what is new often, what is old rarely. Every rule of time of the pulling is here.

A page of a list is one call whatever it holds, a post by itself is one call too (instagram.md §8.1). So the newest
page, which each sync reads, keeps the newest posts fresh for nothing; recent posts behind it are asked for when their
own time has come; everything else waits for the whole listing at night.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

PAGE = 50
"""Posts of one call; the platform may take fewer (§4.2)."""
WHOLE_PAGE = 100
"""Posts of one call of a whole listing, which has all night: the most that there can be (§4.2)."""

REACH = timedelta(days=14)
"""Posts older than this are read by whole listings only."""

_AGAIN = (
    (timedelta(days=1), timedelta(minutes=30)),
    (timedelta(days=3), timedelta(hours=3)),
    (timedelta(days=7), timedelta(hours=8)),
    (REACH, timedelta(days=1)),
)
"""Up to which age a post is read again after how long."""

_NEXT = (
    (timedelta(days=2), timedelta(minutes=15)),
    (timedelta(days=14), timedelta(hours=1)),
    (timedelta(days=60), timedelta(hours=3)),
)
_QUIET = timedelta(hours=6)
"""Often enough to see every story in its day (§4.2)."""

_COMMENTS_AGAIN = (
    (timedelta(days=7), timedelta(hours=20)),
    (timedelta(days=30), timedelta(days=7)),
)
_OLD_COMMENTS_AGAIN = timedelta(days=30)

_NIGHT_BEGINS, _NIGHT_MINUTES = time(1, 0), 240
"""Whole listings begin between one and five o'clock of the workspace."""

GRACE = timedelta(minutes=10)
"""What is younger than this may be missing from a list and be there all the same."""
STORY_LIVES = timedelta(hours=24)
CHECKED_FOR = timedelta(days=7)
"""How long a comment that lists leave out is believed to exist, once it was asked for by itself."""


@dataclass(frozen=True, slots=True)
class RecentRow:
    """A recent post that the listing under way has not brought."""

    media_ref: str
    published_at: datetime
    synced_at: datetime


def due(row: RecentRow, now: datetime) -> bool:
    """Whether a recent post is to be read again by now."""
    age = now - row.published_at
    again = next((again for up_to, again in _AGAIN if age < up_to), None)
    return again is not None and now - row.synced_at >= again


def to_read_alone(recent: Sequence[RecentRow], now: datetime) -> list[str] | None:
    """Which of the posts behind the last page, newest first, are to be read by themselves; None: it costs fewer calls
    to list on until the oldest of them."""
    places = [place for place, row in enumerate(recent) if due(row, now)]
    if not places:
        return []
    pages = places[-1] // PAGE + 1
    return None if pages < len(places) else [recent[place].media_ref for place in places]


def next_sync(newest: datetime | None, now: datetime) -> datetime:
    """When an account is looked at again, by its newest post or story: who posts often is looked at often."""
    age = None if newest is None else now - newest
    again = next((again for up_to, again in _NEXT if age is not None and age < up_to), _QUIET)
    return now + again


def comments_due(published_at: datetime, read_at: datetime | None, now: datetime) -> bool:
    """Whether all comments of a post are to be read again though their number did not change: one that was deleted
    and one that is new leave it as it was."""
    if read_at is None:
        return True
    age = now - published_at
    again = next((again for up_to, again in _COMMENTS_AGAIN if age < up_to), _OLD_COMMENTS_AGAIN)
    return now - read_at >= again


def next_night(account_id: UUID, zone: str, now: datetime) -> datetime:
    """When everything of an account is listed again: in the coming night of its workspace, each account at a minute of
    its own, at least six hours from now."""
    place = ZoneInfo(zone)
    minute = timedelta(minutes=account_id.int % _NIGHT_MINUTES)
    day = now.astimezone(place).date()
    while True:
        at = datetime.combine(day, _NIGHT_BEGINS, place).astimezone(now.tzinfo) + minute
        if at - now >= _QUIET:
            return at
        day += timedelta(days=1)
