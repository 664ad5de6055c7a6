"""Requests in flight share a commit; what fails among them costs nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from huntaze.kit.clock import ManualClock
from huntaze.kit.db import Database
from huntaze.webhooks.model import Arrival
from huntaze.webhooks.writer import GroupCommit, NotStored, QueueFull, WriterLimits


def event(ref: str, *, replaces: bool = False, payload: bytes = b"{}", kind: str = "comments") -> Arrival:
    return Arrival("instagram", "178", kind, ref.encode().rjust(32, b"0"), "178", payload, replaces)


@asynccontextmanager
async def writing(database: Database, limits: WriterLimits = WriterLimits()) -> AsyncIterator[GroupCommit]:
    writer = GroupCommit(database, ManualClock(), lambda *_: None, limits)
    writer.start()
    try:
        yield writer
    finally:
        await writer.close()


@pytest_asyncio.fixture(autouse=True)
async def _empty(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("TRUNCATE intake_event")


async def stored(database: Database) -> list[str]:
    async with database.transaction() as tx:
        rows = await tx.fetch("SELECT identity FROM intake_event ORDER BY identity")
    return [row["identity"].decode().lstrip("0") for row in rows]


async def commits(database: Database) -> int:
    async with database.transaction() as tx:
        return int(await tx.fetchval("SELECT count(DISTINCT xmin::text) FROM intake_event"))


async def test_requests_that_arrive_while_a_commit_runs_share_the_next_one(database: Database) -> None:
    async with writing(database) as writer:
        await asyncio.gather(*(writer.store([event(f"a{n}")], 2) for n in range(300)))
    assert len(await stored(database)) == 300
    assert await commits(database) < 30


async def test_a_sender_that_hangs_up_takes_nobodys_commit_with_it(database: Database) -> None:
    async with writing(database) as writer:
        requests = [asyncio.create_task(writer.store([event(f"b{n}")], 2)) for n in range(20)]
        await asyncio.sleep(0)
        for request in requests[::2]:
            request.cancel()
        ends = await asyncio.gather(*requests, return_exceptions=True)
    assert [end for end in ends if end is None] == [None] * 10
    assert len(await stored(database)) == 20


async def test_a_poisoned_request_costs_nobody_else(database: Database) -> None:
    async with writing(database) as writer:
        poisoned = event("c-bad", kind="\ud800")
        requests = [writer.store([event(f"c{n}")], 2) for n in range(10)] + [writer.store([event("c-x"), poisoned], 2)]
        ends = await asyncio.gather(*requests, return_exceptions=True)
    assert [end for end in ends[:10] if end is not None] == []
    assert isinstance(ends[10], NotStored)
    assert await stored(database) == [f"c{n}" for n in range(10)]


@pytest.mark.parametrize("limits", [WriterLimits(requests=3), WriterLimits(payload=30)])
async def test_more_than_we_take_on_is_refused_at_once(database: Database, limits: WriterLimits) -> None:
    async with writing(database, limits) as writer:
        requests = [writer.store([event(f"d{n}")], 10) for n in range(8)]
        ends = await asyncio.gather(*requests, return_exceptions=True)
        assert [type(end) for end in ends if end is not None] == [QueueFull] * 5
        await writer.store([event("d-later")], 10)
    assert len(await stored(database)) == 4


async def test_two_writers_of_the_same_events_never_dead_lock(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Two web processes get the same batches, each in another order; half of the events replace one another."""

    async def volley(writer: GroupCommit, turn: int, *, backwards: bool) -> None:
        events = [event(f"e{turn}-{n}", replaces=n % 2 == 0, kind="story" if n % 2 == 0 else "x") for n in range(400)]
        order = events[::-1] if backwards else events
        await asyncio.gather(*(writer.store(order[at : at + 40], 2) for at in range(0, 400, 40)))

    async with writing(database) as one, writing(database) as other:
        for turn in range(20):
            await asyncio.gather(volley(one, turn % 4, backwards=False), volley(other, turn % 4, backwards=True))
    assert caplog.messages == []
    assert len(await stored(database)) == 1600


async def test_a_slower_writers_older_arrival_does_not_overwrite_the_last_one(database: Database) -> None:
    early, late = ManualClock(), ManualClock()
    late.advance(late.now().resolution)
    slow = GroupCommit(database, early, lambda *_: None)
    fast = GroupCommit(database, late, lambda *_: None)
    for writer, payload in ((fast, b"new"), (slow, b"old")):
        writer.start()
        await writer.store([event("f", replaces=True, payload=payload)], 2)
        await writer.close()
    async with database.transaction() as tx:
        assert await tx.fetchval("SELECT payload FROM intake_event") == b"new"


async def test_while_the_table_is_out_of_reach_a_sender_is_told_to_come_again(database: Database) -> None:
    async with writing(database, WriterLimits(patience=0.3)) as writer:
        async with database.transaction() as tx:
            await tx.execute("LOCK TABLE intake_event IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(NotStored):
                await writer.store([event("g1")], 2)
            ends = await asyncio.gather(*(writer.store([event(f"g{n}")], 2) for n in range(9)), return_exceptions=True)
            assert {type(end) for end in ends} == {NotStored}
        await writer.store([event("g-after")], 2)
    assert "g-after" in await stored(database)


async def test_closing_commits_what_is_in_flight_and_takes_no_more(database: Database) -> None:
    async with writing(database) as writer:
        requests = [asyncio.create_task(writer.store([event(f"h{n}")], 2)) for n in range(50)]
        await asyncio.sleep(0)
    assert await asyncio.gather(*requests) == [None] * 50
    assert len(await stored(database)) == 50
    with pytest.raises(QueueFull):
        await writer.store([event("h-late")], 2)
