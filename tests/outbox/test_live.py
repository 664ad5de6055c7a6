"""Live readers: what is told is read once by everyone, in an order that loses nothing."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from huntaze import outbox
from huntaze.kit.clock import ManualClock
from huntaze.kit.db import Database
from huntaze.kit.live import Position
from huntaze.outbox import Outbox
from tests.outbox.conftest import Tell


async def test_what_is_told_is_read_after_the_commit_with_its_facts(
    database: Database, told: Outbox, clock: ManualClock
) -> None:
    workspace_id, account_id = uuid4(), uuid4()
    async with database.transaction() as tx:
        await outbox.tell(
            tx,
            workspace_id=workspace_id,
            topic="account.connected",
            ref="a1",
            at=clock.now(),
            account_id=account_id,
            body={"name": "Ana", "count": 2, "tags": ["x"]},
            actor="person:1",
        )
        assert await told.read_changes(workspace_id, Position.START, 10) == []
    [change] = await told.read_changes(workspace_id, Position.START, 10)
    assert (change.topic, change.ref, change.account_id) == ("account.connected", "a1", account_id)
    assert change.body == {"name": "Ana", "count": 2, "tags": ["x"]}
    assert await told.read_changes(workspace_id, change.position, 10) == []


async def test_a_rolled_back_transaction_tells_nothing(
    database: Database, told: Outbox, tell: Tell, workspace_id: UUID
) -> None:
    before = await told.latest_position()

    async def tell_and_fail() -> None:
        async with database.transaction() as tx:
            await tell(tx, "never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await tell_and_fail()
    assert await told.read_changes(workspace_id, before, 10) == []
    async with database.transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM domain_event WHERE ref = 'never'") == 0


async def test_a_slower_transaction_that_commits_later_is_not_lost_for_a_live_reader(
    database: Database, told: Outbox, tell: Tell, workspace_id: UUID
) -> None:
    position = await told.latest_position()
    async with database.transaction() as slow:
        await tell(slow, "slow")
        async with database.transaction() as quick:
            await tell(quick, "quick")
        # The quick one is committed with the higher id. A reader that took it now would pass the slow one over.
        assert await told.read_changes(workspace_id, position, 10) == []
    changes = await told.read_changes(workspace_id, position, 10)
    assert [change.ref for change in changes] == ["slow", "quick"]
    assert changes[0].position < changes[1].position


async def test_a_reader_that_starts_now_hears_everything_told_from_now_on_and_nothing_older(
    database: Database, told: Outbox, tell: Tell, workspace_id: UUID
) -> None:
    async with database.transaction() as tx:
        await tell(tx, "older")
    async with database.transaction() as under_way:
        await tell(under_way, "under way")
        now = await told.latest_position()
    async with database.transaction() as tx:
        await tell(tx, "newer")
    assert [change.ref for change in await told.read_changes(workspace_id, now, 10)] == ["under way", "newer"]


async def test_a_workspace_reads_only_its_own_and_only_as_much_as_asked(
    database: Database, told: Outbox, tell: Tell, workspace_id: UUID, clock: ManualClock
) -> None:
    async with database.transaction() as tx:
        for ref in ("one", "two", "three"):
            await tell(tx, ref)
        await outbox.tell(tx, workspace_id=uuid4(), topic="post.changed", ref="foreign", at=clock.now())
    first = await told.read_changes(workspace_id, Position.START, 2)
    rest = await told.read_changes(workspace_id, first[-1].position, 2)
    assert [change.ref for change in first + rest] == ["one", "two", "three"]


async def test_telling_wakes_the_listeners_once_a_transaction_and_not_before_the_commit(
    database: Database, tell: Tell
) -> None:
    woken: list[str] = []
    heard = asyncio.Event()

    def wake(_connection: object, _pid: int, channel: str, _payload: str) -> None:
        woken.append(channel)
        heard.set()

    listener = await database.listen()
    try:
        await listener.add_listener("huntaze_live", wake)
        async with database.transaction() as tx:
            for ref in ("a", "b", "c"):
                await tell(tx, ref)
            await listener.execute("SELECT 1")
            assert woken == []
        await asyncio.wait_for(heard.wait(), 10)
        await listener.execute("SELECT 1")
        assert woken == ["huntaze_live"]
    finally:
        await listener.close()


async def test_a_topic_that_nobody_knows_is_refused(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as tx:
        with pytest.raises(ValueError, match=r"comment\.recieved is no topic"):
            await outbox.tell(tx, workspace_id=uuid4(), topic="comment.recieved", ref="x", at=clock.now())
