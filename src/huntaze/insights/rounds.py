"""What is read how often: new posts often, old ones rarely, stories before they end, the account twice a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from huntaze.insights.model import RoundRow
from huntaze.platforms.contract import InsightsReader

STORIES, DAYS, HISTORY, AUDIENCE = "stories", "days", "history", "audience"

STORY_EVERY, STORY_LOOK = timedelta(hours=1), timedelta(hours=6)
"""While a story lives, and to see whether there is one: each is read three times and more before it ends."""
STORY_LAST = timedelta(minutes=10)
"""How long before its end a story is read for the last time."""
DAYS_EVERY = timedelta(hours=12)
AUDIENCE_EVERY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Tier:
    """Posts of an age, and how often they are read. ``idle``: how soon again where there was none."""

    name: str
    youngest: timedelta
    oldest: timedelta | None
    """None: as far back as the platform keeps figures."""
    every: timedelta
    idle: timedelta

    def window(self, row: RoundRow, reader: InsightsReader, too_old: datetime | None) -> tuple[datetime, datetime]:
        """When the posts came out that this reading is about. It hangs on its beginning, so that its pages fit
        together; posts from before the account was professional are never asked again."""
        began = row.started_at
        if began is None:
            raise ValueError("a reading that has not begun has no window")
        since = began - (self.oldest or reader.kept)
        if too_old is not None:
            since = max(since, too_old + timedelta(seconds=1))
        return since, began - self.youngest


TIERS = (
    Tier("posts.new", timedelta(0), timedelta(days=2), timedelta(hours=1), timedelta(hours=2)),
    Tier("posts.week", timedelta(days=2), timedelta(days=7), timedelta(hours=6), timedelta(hours=12)),
    Tier("posts.month", timedelta(days=7), timedelta(days=30), timedelta(days=1), timedelta(days=2)),
    Tier("posts.older", timedelta(days=30), None, timedelta(days=7), timedelta(days=7)),
)
BY_NAME = {tier.name: tier for tier in TIERS}
SOON = timedelta(seconds=30)
"""How long after an account was connected it is first read: the mirror's own first sync goes before."""
BEGIN = dict.fromkeys((STORIES, DAYS, *BY_NAME), SOON) | {
    HISTORY: timedelta(minutes=2),
    AUDIENCE: timedelta(minutes=5),
}
"""Every kind of reading, and how soon it begins: what people look for first goes first."""


def next_story_look(now: datetime, published: list[datetime], life: timedelta) -> datetime:
    """When stories are read again: hourly while one lives, and once more just before the next one ends."""
    if not published:
        return now + STORY_LOOK
    ends = [moment + life - STORY_LAST for moment in published]
    return min([now + STORY_EVERY, *(end for end in ends if end > now)])
