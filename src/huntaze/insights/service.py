"""The front door of the figures: what was counted, for whom it is shown, and what a webhook told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from huntaze.accounts import Accounts
from huntaze.crm import Mirror
from huntaze.insights import store
from huntaze.insights.model import AccountMetricRow, LatestRow, PostNumbers, RoundRow
from huntaze.insights.rounds import BEGIN
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.jobs import Jobs
from huntaze.platforms.contract import InsightsReader
from huntaze.platforms.registry import Platforms

PULL = "insights.pull"
MOST_POSTS = 500
"""Posts of one period that are compared with one another."""


class Insights:
    """Reading figures, and taking in what was pushed."""

    def __init__(
        self, database: Database, clock: Clock, platforms: Platforms, accounts: Accounts, mirror: Mirror, jobs: Jobs
    ) -> None:
        self.database = database
        self.clock = clock
        self.platforms = platforms
        self.accounts = accounts
        self.mirror = mirror
        self.jobs = jobs

    # --- writing ------------------------------------------------------------------------------------------------

    async def take_story(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str, counts: Mapping[str, int | None]
    ) -> None:
        """What a webhook told of a story that ended (``contract.StoryNumbers``). The last arrival wins; a count that
        the platform keeps to itself replaces no figure."""
        account = await self.accounts.get(tx, workspace_id, account_id)
        reader = self.platforms[account.platform].insights if account is not None else None
        if reader is None:
            return
        now = self.clock.now()
        seen = await self.mirror.media_item(tx, workspace_id, account_id, media_ref)
        post = (media_ref, seen.product_type, seen.published_at) if seen else (media_ref, "", now - reader.story_life)
        await store.keep_told(tx, workspace_id, account_id, post, reader.told(counts), now)

    async def start(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        """An account was connected: everything is due soon; what is under way goes on."""
        for name, delay in BEGIN.items():
            await store.start_round(tx, workspace_id, account_id, name, self.clock.now() + delay)

    async def stop(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        """The account is gone; its figures stay."""
        await store.stop_rounds(tx, workspace_id, account_id)

    async def wake(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
        """A wake-up for readings that are due."""
        payload = {"workspace": str(workspace_id), "account": str(account_id)}
        await self.jobs.enqueue(tx, PULL, payload, dedupe=f"{PULL}:{account_id}")

    # --- reading ------------------------------------------------------------------------------------------------

    def reader_of(self, platform: str) -> InsightsReader | None:
        """How a platform cuts days; None when it tells no figures."""
        return self.platforms[platform].insights if platform in self.platforms else None

    async def days_of(
        self,
        tx: Connection,
        workspace_id: UUID,
        account_id: UUID,
        metrics: Sequence[str],
        since: datetime,
        until: datetime,
    ) -> list[AccountMetricRow]:
        """Figures of an account over the days that end in (since, until], oldest first."""
        return await store.days_of(tx, workspace_id, account_id, metrics, since, until)

    async def posts(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, since: datetime, until: datetime
    ) -> list[PostNumbers]:
        """The newest figures of the posts that came out in [since, until), newest post first."""
        rows = await store.posts(tx, workspace_id, account_id, since, until, MOST_POSTS)
        found = []
        for _, several in groupby(rows, lambda row: row.media_ref):
            lines = list(several)
            values = {line.metric: line.value for line in lines if line.metric is not None}
            first = lines[0]
            about = (first.media_ref, first.kind, first.published_at, first.note, first.read_at)
            found.append(PostNumbers(*about, values))
        return found

    async def latest_of(self, tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str) -> list[LatestRow]:
        """The newest figures of one post, whole and divided; empty before the first reading."""
        return await store.latest_of(tx, workspace_id, account_id, media_ref)

    async def rounds(self, tx: Connection, workspace_id: UUID, account_id: UUID) -> dict[str, RoundRow]:
        """How far the readings of an account are, by name."""
        return {row.name: row for row in await store.rounds(tx, workspace_id, account_id)}
