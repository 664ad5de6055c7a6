"""`kill -9` at every named place of publishing: another worker takes over, and it is public exactly once.

Waits are a hundredth of the designed ones (`Timings.scaled`); a checkpoint that is not reached is red.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from socialsim.testing import simulator
from tests.crash.cells import CHECKPOINTS, COMMENT_CHECKPOINTS
from tests.crash.ground import TIME_SCALE, Servers, Workers, died, open_house, platforms, say, stuck
from tests.platforms.made_up.known import HOSTS
from tests.publishing.ground import QUICK, Connected, Ground
from tests.support.databases import Databases
from tests.support.waiting import eventually

COMMENT = "#sea #salt"
CELLS = [
    *(("instagram", checkpoint) for checkpoint in (*CHECKPOINTS, *COMMENT_CHECKPOINTS)),
    *((name, checkpoint) for name in HOSTS for checkpoint in ("publish.before_send", "publish.answered")),
]


class Cells:
    """The posts whose workers were killed, and whether the checkpoint was reached."""

    def __init__(self, ground: Ground, workers: Workers, servers: Servers) -> None:
        self.ground = ground
        self.workers = workers
        self.servers = servers
        self.posts: dict[tuple[str, str], tuple[str, Connected]] = {}
        self.exits: dict[tuple[str, str], int | None] = {}

    async def kill(self, platform: str, checkpoint: str) -> None:
        """A worker takes a new post and dies at the checkpoint. The row is laid aside until all are dead."""
        ground = self.ground
        if platform == "instagram":
            account = ground.account()
            said = {"firstComment": COMMENT} if checkpoint in COMMENT_CHECKPOINTS else {}
            post_id = await ground.publish(ground.image(account, **said))
        else:
            account = await ground.made_up(platform)
            post_id = await ground.post_one_picture(account)
        with self.workers.worker(checkpoint) as worker:
            self.exits[platform, checkpoint] = await died(worker)
        self.posts[platform, checkpoint] = (post_id, account)
        async with ground.rows() as tx:
            await tx.execute(
                "UPDATE publication SET next_check_at = next_check_at + interval '1 day' WHERE post_id = $1", post_id
            )
            await tx.execute(
                "UPDATE first_comment SET next_check_at = next_check_at + interval '1 day' WHERE post_id = $1", post_id
            )

    async def rescue(self) -> None:
        """One more worker for everything that was left behind."""
        async with self.ground.rows() as tx:
            await tx.execute("UPDATE publication SET next_check_at = next_check_at - interval '1 day'")
            await tx.execute("UPDATE first_comment SET next_check_at = next_check_at - interval '1 day'")
        with self.workers.worker():
            for post_id, _ in self.posts.values():
                await self.ground.until(post_id, "PUBLISHED", seconds=40)
                await self.ground.linked(post_id)
            for checkpoint in COMMENT_CHECKPOINTS:
                await self._commented(self.posts["instagram", checkpoint][0])

    async def _commented(self, post_id: str) -> None:
        async def posted() -> bool:
            said = (await self.ground.post(post_id))["publications"][0]["firstComment"]
            return bool(said["state"] == "POSTED")

        await eventually(posted, seconds=40, every=0.05)

    def comments(self, checkpoint: str) -> list[str]:
        """What the platform's own ledger knows to be written under the posts of the account."""
        account = self.posts["instagram", checkpoint][1]
        return [row["text"] for row in self.ground.sim.truth("comment.created", account.ref)]

    def public(self, platform: str, checkpoint: str) -> int:
        """How many posts the platform's own ledger knows of the account."""
        account = self.posts[platform, checkpoint][1]
        if platform == "instagram":
            return len(self.ground.public(account))
        return sum(row.account_id == account.ref for row in self.servers[platform].truth())


@pytest_asyncio.fixture(scope="module")
async def cells(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cells]:
    """Every cell killed, one after the other, then one rescuer for all."""
    home: Path = tmp_path_factory.mktemp("crash")
    with simulator(seed=9) as sim, platforms() as servers:
        sim.configure(QUICK)
        async with databases.fresh() as dsn, open_house(home, dsn, sim, servers, accounts=12) as (ground, workers):
            made = Cells(ground, workers, servers)
            for platform, checkpoint in CELLS:
                await made.kill(platform, checkpoint)
            await made.rescue()
            say(f'{{"time_scale": {TIME_SCALE}, "cells": {len(CELLS)}, "sigkill": {len(made.exits)}}}')
            yield made


@pytest.mark.parametrize(("platform", "checkpoint"), CELLS)
async def test_a_worker_killed_there_leaves_one_post_that_is_published_once(
    cells: Cells, platform: str, checkpoint: str
) -> None:
    assert cells.exits[platform, checkpoint] == -9, "the checkpoint was not reached"
    post_id, _ = cells.posts[platform, checkpoint]
    assert (await cells.ground.row(post_id))["state"] == "PUBLISHED"
    assert cells.public(platform, checkpoint) == 1


@pytest.mark.parametrize("checkpoint", COMMENT_CHECKPOINTS)
async def test_a_worker_killed_at_a_first_comment_leaves_one_comment_under_the_post(
    cells: Cells, checkpoint: str
) -> None:
    assert cells.exits["instagram", checkpoint] == -9, "the checkpoint was not reached"
    assert cells.comments(checkpoint) == [COMMENT]


async def test_nothing_is_left_without_anybody_to_look_after_it(cells: Cells) -> None:
    assert await stuck(cells.ground) == 0
