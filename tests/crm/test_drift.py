"""Events that stay away are noticed: silence where much is usual, and what only lists bring."""

from __future__ import annotations

from datetime import UTC, timedelta

from huntaze.crm import Drift, DriftRow
from huntaze.desk.drifting import missing_events
from tests.crm.platform_side import Side
from tests.support.rooms import Rooms


async def pushed_daily(here: Rooms, side: Side, events: int, *, last: timedelta) -> None:
    """So many events on each of fifteen days, the last of them so long ago."""
    at = here.clock.now() - last
    async with here.house.database.transaction() as tx:
        await tx.execute("DELETE FROM push_day")
        for back in range(15):
            day = (at - timedelta(days=back)).astimezone(UTC).date()
            await tx.execute(
                "INSERT INTO push_day (workspace_id, account_id, day, pushed, last_at) VALUES ($1, $2, $3, $4, $5)",
                side.account.workspace_id, side.account.id, day, events, at - timedelta(days=back),
            )  # fmt: skip


async def found(here: Rooms, side: Side) -> list[DriftRow]:
    drift = Drift(here.house.database, here.clock)
    async with here.house.database.transaction() as tx:
        return await drift.found(tx, side.account.workspace_id)


async def test_an_account_that_usually_hears_much_and_hears_nothing_for_a_day_is_told_of(here: Rooms) -> None:
    side = await Side.connected(here, media=1)
    assert await found(here, side) == []
    await pushed_daily(here, side, 40, last=timedelta(hours=25))
    (one,) = await found(here, side)
    assert (one.account_id, one.silent, one.usual) == (side.account.id, True, 40.0)
    await here.run("crm.drift")
    await side.push("1", side.posts()[0])
    assert await found(here, side) == []
    await pushed_daily(here, side, 39, last=timedelta(hours=25))
    assert await found(here, side) == []
    await pushed_daily(here, side, 400, last=timedelta(days=31))
    assert await found(here, side) == []


async def test_comments_that_only_lists_bring_are_told_of_and_history_is_not(here: Rooms) -> None:
    side = await Side.connected(here, media=1, comments=20)
    async with here.house.database.transaction() as tx:
        await tx.execute("UPDATE account SET webhooks_at = $1", here.clock.now())
    assert await found(here, side) == []
    for _ in range(10):
        here.sim.advance(1)
        side.comment(side.posts()[0])
    await side.later(timedelta(hours=1))
    (one,) = await found(here, side)
    assert (one.silent, one.missed) == (False, 10)
    await here.house.accounts.disconnect(side.actor, side.account.id)
    await here.run("outbox.deliver")
    assert await found(here, side) == []


def test_a_home_without_drift_says_nothing_of_it() -> None:
    assert missing_events([], []) is None
