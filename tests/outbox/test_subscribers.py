"""Subscribers: at least once, in order, each by itself."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import timedelta
from uuid import UUID

import pytest

from huntaze import outbox
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import ManualClock, SystemClock
from huntaze.kit.db import Connection, Database
from huntaze.kit.ids import new_id
from huntaze.kit.jobs import Worker
from huntaze.outbox import Erasers, Event, Outbox, Subscriber
from tests.outbox.conftest import Listener, Tell
from tests.support.waiting import eventually

COMMENTS = frozenset({"comment.received"})


async def test_a_subscriber_handles_each_event_once_and_in_order_over_several_rounds(
    database: Database, told: Outbox, tell: Tell, workspace_id: UUID
) -> None:
    listener = Listener(workspace_id)
    told.subscribe(Subscriber("in order", COMMENTS, listener))
    for part in (["1", "2", "3"], ["4"], [], ["5", "6"]):
        async with database.transaction() as tx:
            for ref in part:
                await tell(tx, ref)
        await told.deliver()
    assert listener.heard == ["1", "2", "3", "4", "5", "6"]
    assert await told.deliver() == 0


async def test_a_subscriber_hears_only_its_topics(
    database: Database, told: Outbox, tell: Tell, workspace_id: UUID, clock: ManualClock
) -> None:
    listener = Listener(workspace_id)
    told.subscribe(Subscriber("accounts only", frozenset({"account.connected"}), listener))
    async with database.transaction() as tx:
        await tell(tx, "a comment")
        await outbox.tell(tx, workspace_id=workspace_id, topic="account.connected", ref="an account", at=clock.now())
        await tell(tx, "another comment")
    await told.deliver()
    assert listener.heard == ["an account"]


async def test_a_slower_transaction_that_commits_later_is_not_lost_for_a_subscriber(
    database: Database, told: Outbox, tell: Tell, workspace_id: UUID
) -> None:
    listener = Listener(workspace_id)
    told.subscribe(Subscriber("patient", COMMENTS, listener))
    async with database.transaction() as slow:
        await tell(slow, "slow")
        async with database.transaction() as quick:
            await tell(quick, "quick")
        await told.deliver()
        assert listener.heard == []
    await told.deliver()
    assert listener.heard == ["slow", "quick"]


async def test_a_failing_handler_holds_up_itself_and_nobody_else_and_goes_on_in_order_when_it_is_mended(
    database: Database, told: Outbox, tell: Tell, workspace_id: UUID, clock: ManualClock
) -> None:
    broken, well = Listener(workspace_id), Listener(workspace_id)
    broken.fails_on = {"2"}
    told.subscribe(Subscriber("broken", COMMENTS, broken))
    told.subscribe(Subscriber("well", COMMENTS, well))
    async with database.transaction() as tx:
        for ref in ("1", "2", "3"):
            await tell(tx, ref)
    await told.deliver()
    assert (broken.heard, well.heard) == (["1"], ["1", "2", "3"])
    broken.fails_on = set()
    await told.deliver()
    assert broken.heard == ["1"], "it is not time to try again"
    clock.advance(timedelta(seconds=2))
    await told.deliver()
    assert broken.heard == ["1", "2", "3"]


async def test_the_wait_after_a_failure_doubles_up_to_five_minutes_and_the_problem_is_kept(
    database: Database, told: Outbox, tell: Tell, workspace_id: UUID, clock: ManualClock
) -> None:
    listener = Listener(workspace_id)
    listener.fails_on = {"poison"}
    told.subscribe(Subscriber("stuck", COMMENTS, listener))
    async with database.transaction() as tx:
        await tell(tx, "poison")
    waits = []
    for _ in range(10):
        await told.deliver()
        row = await database.pool.fetchrow("SELECT * FROM subscription WHERE name = 'stuck'")
        waits.append((row["retry_at"] - clock.now()).total_seconds())
        clock.set(row["retry_at"])
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert (row["failures"], row["problem"]) == (10, "RuntimeError: cannot take poison")


async def test_what_a_failed_handler_wrote_is_rolled_back_with_it(
    database: Database, told: Outbox, tell: Tell, workspace_id: UUID, clock: ManualClock
) -> None:
    async def write_then_fail(connection: Connection, event: Event) -> None:
        await outbox.tell(
            connection, workspace_id=event.workspace_id, topic="sync.changed", ref="half done", at=clock.now()
        )
        raise RuntimeError("too late")

    told.subscribe(Subscriber("half", COMMENTS, write_then_fail))
    async with database.transaction() as tx:
        await tell(tx, "1")
    await told.deliver()
    assert await database.pool.fetchval("SELECT count(*) FROM domain_event WHERE ref = 'half done'") == 0


async def test_two_workers_that_deliver_at_once_handle_each_event_once(
    database: Database, tell: Tell, workspace_id: UUID, clock: ManualClock
) -> None:
    listener = Listener(workspace_id)
    workers = [Outbox(database, clock, Checkpoints(None)) for _ in range(3)]
    for worker in workers:
        worker.subscribe(Subscriber("shared", COMMENTS, listener))
    async with database.transaction() as tx:
        for number in range(20):
            await tell(tx, str(number))
    for _ in range(3):
        await asyncio.gather(*(worker.deliver() for worker in workers))
    assert listener.heard == [str(number) for number in range(20)]


CRASHING_WORKER = """
import asyncio, sys
from pathlib import Path
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import SystemClock
from huntaze.kit.db import Database
from huntaze.outbox import Outbox, Subscriber

async def work(dsn, diary, kill_at):
    database = await Database.connect(dsn)
    async def handle(connection, event):
        with Path(diary).open("a") as lines:
            lines.write(event.ref + "\\n")
    outbox = Outbox(database, SystemClock(), Checkpoints(kill_at or None))
    outbox.subscribe(Subscriber("diary", frozenset({"post.changed"}), handle))
    await outbox.deliver()
    await database.close()

asyncio.run(work(*sys.argv[1:]))
"""


async def test_an_event_handled_before_a_crash_is_handled_again_and_the_next_ones_follow(
    database: Database, dsn: str, workspace_id: UUID, clock: ManualClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    diary = tmp_path_factory.mktemp("diary") / "diary.txt"
    async with database.transaction() as tx:
        for ref in ("1", "2", "3"):
            await outbox.tell(tx, workspace_id=workspace_id, topic="post.changed", ref=ref, at=clock.now())

    async def work(kill_at: str) -> int:
        worker = await asyncio.create_subprocess_exec(sys.executable, "-c", CRASHING_WORKER, dsn, str(diary), kill_at)
        return await asyncio.wait_for(worker.wait(), 30)

    assert await work("outbox.handled:2") == -signal.SIGKILL
    assert diary.read_text().split() == ["1", "2"]
    assert await work("") == 0
    assert diary.read_text().split() == ["1", "2", "2", "3"]


async def test_what_is_old_is_forgotten_only_behind_every_subscriber(
    fresh_database: Database, workspace_id: UUID, clock: ManualClock, tell: Tell
) -> None:
    told = Outbox(fresh_database, clock, Checkpoints(None))
    listener = Listener(workspace_id)
    listener.fails_on = {"2"}
    told.subscribe(Subscriber("reader", COMMENTS, listener))
    async with fresh_database.transaction() as tx:
        await tell(tx, "1")
        await tell(tx, "2")
    await told.deliver()
    assert await told.forget() == 0, "it is not old"
    clock.advance(timedelta(days=31))
    assert await told.forget() == 1
    listener.fails_on = set()
    await told.deliver()
    assert listener.heard == ["1", "2"]
    assert await told.forget() == 1


async def test_what_is_old_is_kept_for_a_subscriber_that_has_not_begun(
    fresh_database: Database, workspace_id: UUID, clock: ManualClock, tell: Tell
) -> None:
    told = Outbox(fresh_database, clock, Checkpoints(None))
    listener = Listener(workspace_id)
    told.subscribe(Subscriber("late", COMMENTS, listener))
    async with fresh_database.transaction() as tx:
        await tell(tx, "1")
    clock.advance(timedelta(days=31))
    assert await told.forget() == 0
    await told.deliver()
    assert listener.heard == ["1"]


async def test_a_subscriber_is_refused_if_its_name_is_taken_or_its_topic_unknown(told: Outbox) -> None:
    listener = Listener(new_id(ManualClock().now()))
    told.subscribe(Subscriber("one", COMMENTS, listener))
    with pytest.raises(ValueError, match="one is subscribed already"):
        told.subscribe(Subscriber("one", COMMENTS, listener))
    with pytest.raises(ValueError, match="no topic"):
        told.subscribe(Subscriber("two", frozenset({"comment.recieved"}), listener))


async def test_every_room_that_registered_forgets_a_person_in_one_transaction(
    database: Database, workspace_id: UUID
) -> None:
    asked: list[tuple[str, UUID, str, str]] = []

    def room(name: str, rows: int) -> outbox.Eraser:
        async def erase(_connection: Connection, workspace: UUID, platform: str, person_ref: str) -> int:
            asked.append((name, workspace, platform, person_ref))
            return rows

        return erase

    erasers = Erasers()
    erasers.register("crm", room("crm", 7))
    erasers.register("inbox", room("inbox", 0))
    with pytest.raises(ValueError, match="crm erases already"):
        erasers.register("crm", room("crm", 1))
    async with database.transaction() as tx:
        assert await erasers.erase(tx, workspace_id, "instagram", "178") == {"crm": 7, "inbox": 0}
    assert asked == [("crm", workspace_id, "instagram", "178"), ("inbox", workspace_id, "instagram", "178")]


async def test_a_worker_delivers_what_is_told_while_it_runs(
    fresh_database: Database, workspace_id: UUID, tell: Tell
) -> None:
    clock = SystemClock()
    told = Outbox(fresh_database, clock, Checkpoints(None))
    listener = Listener(workspace_id)
    told.subscribe(Subscriber("working", COMMENTS, listener))
    stop = asyncio.Event()
    running = asyncio.create_task(Worker(fresh_database, outbox.tasks(told), clock).run(stop))
    try:
        for ref in ("1", "2"):
            async with fresh_database.transaction() as tx:
                await tell(tx, ref)

            async def heard(ref: str = ref) -> bool:
                return ref in listener.heard

            await eventually(heard)
    finally:
        stop.set()
        await running
    assert listener.heard == ["1", "2"]
