"""``contract.InsightsReader`` over the Graph API (instagram.md §4.4, §4.5); it needs ``instagram_manage_insights``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from huntaze.platforms.contract import Access, AccountNumbers, Day, Missing, Number, NumbersPage, Refused
from huntaze.platforms.instagram import metrics
from huntaze.platforms.instagram.account_insights import HISTORY, AccountInsights, days
from huntaze.platforms.instagram.client import Graph
from huntaze.platforms.instagram.media_insights import MediaInsights


class GraphInsights:
    """Figures of posts, stories and accounts."""

    kept = timedelta(days=730)
    history = HISTORY
    late = timedelta(hours=48)
    story_life = timedelta(hours=24)

    def __init__(self, graph: Graph) -> None:
        self._media = MediaInsights(graph)
        self._accounts = AccountInsights(graph)

    def days(self, since: datetime, until: datetime) -> list[Day]:
        """Pacific days (§4.5)."""
        return list(days(since, until))

    async def media(
        self, access: Access, since: datetime, until: datetime, cursor: str, refused: Refused
    ) -> NumbersPage:
        """Up to 50 posts: one counted call and one for each kind among them, where nothing is amiss."""
        return await self._media.posts(access, since, until, cursor, refused)

    async def stories(self, access: Access, refused: Refused) -> NumbersPage:
        """Two counted calls, one if no story lives."""
        return await self._media.stories(access, refused)

    async def days_of(self, access: Access, since: datetime, until: datetime, refused: Sequence[str]) -> AccountNumbers:
        """A counted call for each 30 days of reach, and two."""
        return await self._accounts.series(access, since, until, refused)

    async def totals(self, access: Access, day: Day, refused: Sequence[str], *, fully: bool) -> AccountNumbers:
        """One counted call, three if ``fully``."""
        return await self._accounts.totals(access, day, refused, fully=fully)

    async def audience(self, access: Access, at: datetime, refused: Sequence[str]) -> AccountNumbers:
        """Eight counted calls."""
        return await self._accounts.audience(access, at, refused)

    def told(self, counts: Mapping[str, int | None]) -> tuple[Number, ...]:
        """The retired names of ``story_insights`` under today's (§6.7); fewer than five is told as missing."""
        found = [_few(metrics.TOLD[name], count) for name, count in counts.items() if name in metrics.TOLD]
        ways = metrics.TOLD_WAYS
        dimension = metrics.NAVIGATION_DIMENSION
        found += [
            _few(metrics.NAVIGATION, count, f"{dimension}={ways[name]}")
            for name, count in counts.items()
            if name in ways
        ]
        return tuple(found)


def _few(metric: str, count: int | None, breakdown: str = "") -> Number:
    return Number(metric, count, breakdown, "" if count is not None else Missing.FEW)
