import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from huntaze.kit.clock import ManualClock
from huntaze.kit.db import Database
from huntaze.kit.jobs import Jobs, Payload, RetryLater, Task, Worker, workers_seen
from huntaze.kit.jobs.engine import PatientDriver, engine_queries
from huntaze.kit.log import correlation, current_correlation
from tests.kit.jobs_ground import QUICK, Recorder, waiting, working
from tests.support.databases import pool
from tests.support.waiting import eventually

JOBS = Jobs()


@pytest.fixture(autouse=True)
async def _empty_queue(database: Database) -> None:
    await database.pool.execute("TRUNCATE pgqueuer, pgqueuer_log, worker, periodic")


async def test_the_installed_schema_is_what_the_pinned_engine_expects(database: Database) -> None:
    plan = await engine_queries(PatientDriver(database, asyncio.Event())).plan_upgrade()
    assert (plan.statements, plan.notes) == ((), ())


async def test_a_wake_up_lives_and_dies_with_the_callers_transaction(database: Database) -> None:
    recorder = Recorder()
    async with database.pool.acquire() as connection:
        undone = connection.transaction()
        await undone.start()
        await JOBS.enqueue(connection, "kit.record", {"post": "undone"})
        await undone.rollback()
    async with database.transaction() as tx:
        await JOBS.enqueue(tx, "kit.record", {"post": "7"})
    async with working(database, recorder.task):
        await eventually(lambda: recorder.count(1))
    assert recorder.seen == [{"post": "7"}]
    assert await waiting(database) == []


async def test_a_wake_up_is_never_put_off_for_more_than_ten_minutes(database: Database) -> None:
    async with database.transaction() as tx:
        await JOBS.enqueue(tx, "kit.record", {}, delay=timedelta(days=3))
    assert await database.pool.fetchval("SELECT execute_after - created FROM pgqueuer") == timedelta(minutes=10)


async def test_wake_ups_of_one_key_become_one_at_the_earliest_time(database: Database) -> None:
    recorder = Recorder()
    for minutes in (5, 0, 9):
        await JOBS.enqueue(
            database.pool, "kit.record", {"post": "7"}, delay=timedelta(minutes=minutes), dedupe="post:7"
        )
    assert await waiting(database) == [("queued", 0)]
    async with working(database, recorder.task):
        await eventually(lambda: recorder.count(1))
    assert recorder.seen == [{"post": "7"}]
    assert await waiting(database) == []


async def test_a_wake_up_brought_forward_wakes_a_worker_that_sleeps(database: Database) -> None:
    recorder, sleepy = Recorder(), replace(QUICK, poll=timedelta(minutes=5))
    async with working(database, recorder.task, timings=sleepy):
        await eventually(lambda: _is_listening(database))
        await JOBS.enqueue(database.pool, "kit.record", {}, delay=timedelta(minutes=9), dedupe="x")
        await JOBS.enqueue(database.pool, "kit.record", {}, dedupe="x")
        await eventually(lambda: recorder.count(1))


async def test_a_wake_up_for_a_key_that_is_running_runs_after_all(database: Database) -> None:
    started, go_on, runs = asyncio.Event(), asyncio.Event(), Recorder()

    async def slow(payload: Payload) -> None:
        started.set()
        runs.seen.append(payload)
        await go_on.wait()

    async with working(database, Task("kit.slow", slow)):
        await JOBS.enqueue(database.pool, "kit.slow", {}, dedupe="one")
        await started.wait()
        await JOBS.enqueue(database.pool, "kit.slow", {}, dedupe="one")
        await eventually(lambda: runs.count(2))
        go_on.set()


async def test_a_handler_sees_what_the_caller_wrote_even_when_its_wake_up_was_already_waiting(
    database: Database,
) -> None:
    await database.pool.execute("CREATE TABLE note (text text)")
    seen: list[int] = []

    async def look(_payload: Payload) -> None:
        seen.append(await database.pool.fetchval("SELECT count(*) FROM note"))

    async def looked() -> bool:
        return bool(seen)

    await JOBS.enqueue(database.pool, "kit.look", {}, dedupe="note")
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO note VALUES ('x')")
        await JOBS.enqueue(tx, "kit.look", {}, dedupe="note")
        bystander = Recorder()
        async with working(database, Task("kit.look", look), bystander.task):
            # The worker is at work (it does the other job), but passes over the one whose change is not committed.
            await JOBS.enqueue(database.pool, "kit.record", {})
            await eventually(lambda: bystander.count(1))
            assert seen == []
    async with working(database, Task("kit.look", look)):
        await eventually(looked)
    assert seen == [1]


async def test_a_kind_of_job_that_an_older_release_does_not_know_waits_for_the_newer_one(database: Database) -> None:
    older, newer = Recorder(), Recorder("kit.next_release")
    async with working(database, older.task):
        await JOBS.enqueue(database.pool, "kit.next_release", {"post": "7"}, dedupe="post:7")
        await JOBS.enqueue(database.pool, "kit.record", {})
        await eventually(lambda: older.count(1))
        assert ("queued", 0) in await waiting(database)
        async with working(database, older.task, newer.task):
            await eventually(lambda: newer.count(1))
    assert (newer.seen, await waiting(database)) == ([{"post": "7"}], [])


async def test_a_job_carries_on_under_the_correlation_id_of_whoever_woke_it(database: Database) -> None:
    under: list[str | None] = []

    async def note(_payload: Payload) -> None:
        under.append(current_correlation())
        if len(under) == 1:
            raise RetryLater(timedelta(0))

    with correlation("request-7"):
        await JOBS.enqueue(database.pool, "kit.note", {})
    async with working(database, Task("kit.note", note)):
        await eventually(lambda: _is_empty(database))
    assert under == ["request-7", "request-7"]


async def test_a_failing_task_is_tried_again_and_then_held_without_its_message_being_kept(
    database: Database,
) -> None:
    tries = Recorder()

    async def fail(payload: Payload) -> None:
        tries.seen.append(payload)
        raise KeyError("access_token=EAAB")

    async with working(database, Task("kit.fail", fail)):
        await JOBS.enqueue(database.pool, "kit.fail", {}, dedupe="x")
        await eventually(lambda: _is_held(database))
    assert len(tries.seen) == QUICK.max_tries
    kept = await database.pool.fetchval("SELECT string_agg(traceback::text, ' ') FROM pgqueuer_log")
    assert "KeyError at" in kept
    assert "EAAB" not in kept


async def test_asking_to_come_again_later_is_not_a_failed_try(database: Database) -> None:
    asked = Recorder()

    async def not_yet(payload: Payload) -> None:
        asked.seen.append(payload)
        if len(asked.seen) <= 2 * QUICK.max_tries:
            raise RetryLater(timedelta(0))

    async with working(database, Task("kit.not_yet", not_yet)):
        await JOBS.enqueue(database.pool, "kit.not_yet", {"n": "1"})
        await eventually(lambda: _is_empty(database))
    assert asked.seen == [{"n": "1"}] * (2 * QUICK.max_tries + 1)


async def test_three_hundred_long_jobs_run_side_by_side_on_a_pool_of_two(dsn: str) -> None:
    together, go_on = 0, asyncio.Event()

    async def long(_payload: Payload) -> None:
        nonlocal together
        together += 1
        await go_on.wait()

    async def all_in() -> bool:
        return together == 300

    async with pool(dsn, max_size=2) as small:
        async with working(small, Task("kit.long", long), concurrency=300):
            async with small.transaction() as tx:
                for _ in range(300):
                    await JOBS.enqueue(tx, "kit.long", {})
            await eventually(all_in)
            go_on.set()
        assert await waiting(small) == []


async def test_what_waits_in_the_background_takes_few_places_and_none_of_the_others(database: Database) -> None:
    begun, most, go_on, prompt = 0, 0, asyncio.Event(), Recorder("kit.prompt")

    async def read(_payload: Payload) -> None:
        nonlocal begun, most
        begun, most = begun + 1, max(most, begun + 1)
        await go_on.wait()
        begun -= 1

    async def full() -> bool:
        return begun == 16

    async with working(database, Task("kit.read", read, background=True), prompt.task, concurrency=20):
        async with database.transaction() as tx:
            for _ in range(40):
                await JOBS.enqueue(tx, "kit.read", {})
        await eventually(full)
        for number in range(20):
            await JOBS.enqueue(database.pool, "kit.prompt", {"n": str(number)})
        await eventually(lambda: prompt.count(20))
        assert begun == 16
        go_on.set()
        await eventually(lambda: _is_empty(database))
    assert most == 16


async def test_a_leaving_worker_ends_what_it_does_and_claims_no_more(database: Database) -> None:
    started, go_on, ended = asyncio.Event(), asyncio.Event(), Recorder()

    async def slow(payload: Payload) -> None:
        started.set()
        await go_on.wait()
        ended.seen.append(payload)

    worker, stop = Worker(database, [Task("kit.slow", slow)], ManualClock(), timings=QUICK), asyncio.Event()
    leaving = asyncio.create_task(worker.run(stop))
    await JOBS.enqueue(database.pool, "kit.slow", {"n": "1"})
    await started.wait()
    stop.set()
    await asyncio.sleep(0.3)  # a claim that was under way may end
    await JOBS.enqueue(database.pool, "kit.slow", {"n": "2"})
    go_on.set()
    await leaving
    assert ended.seen == [{"n": "1"}]
    assert await waiting(database) == [("queued", 0)]


async def test_what_outlives_the_drain_goes_back_to_the_queue(database: Database) -> None:
    started = asyncio.Event()

    async def endless(_payload: Payload) -> None:
        started.set()
        await asyncio.Event().wait()

    impatient = replace(QUICK, drain=timedelta(seconds=0.1))
    async with working(database, Task("kit.endless", endless), timings=impatient):
        await JOBS.enqueue(database.pool, "kit.endless", {}, dedupe="one")
        await started.wait()
    assert await waiting(database) == [("queued", 0)]


async def test_a_periodic_task_runs_once_for_all_workers(database: Database) -> None:
    hourly, often = (
        Recorder("kit.hourly", every=timedelta(hours=1)),
        Recorder("kit.often", every=timedelta(seconds=0.2)),
    )
    async with working(database, hourly.task, often.task), working(database, hourly.task, often.task):
        await eventually(lambda: often.count(3))
    assert hourly.seen == [{}]


async def test_a_periodic_task_whose_worker_died_in_the_middle_is_begun_anew(database: Database) -> None:
    hourly = Recorder("kit.hourly", every=timedelta(hours=1))
    async with working(database, hourly.task):
        await eventually(lambda: hourly.count(1))
    await database.pool.execute(
        "UPDATE periodic SET worker_id = gen_random_uuid(), lease_until = now() - interval '1 second'"
    )
    async with working(database, hourly.task):
        await eventually(lambda: hourly.count(2))


async def test_workers_are_seen_while_they_beat_and_not_after_their_goodbye(database: Database) -> None:
    clock = ManualClock()
    async with working(database, clock=clock):
        await eventually(lambda: _alive(database, clock))
        assert (await workers_seen(database.pool, clock.now() + timedelta(seconds=11))).alive == 0
    seen = await workers_seen(database.pool, clock.now())
    assert (seen.alive, seen.last_seen) == (0, clock.now())


async def test_the_log_of_finished_jobs_is_kept_for_two_days(database: Database) -> None:
    await database.pool.execute(
        "INSERT INTO pgqueuer_log (created, job_id, status, priority, entrypoint)"
        " SELECT now() - age, 1, 'successful', 0, 'kit.old' FROM unnest(ARRAY[interval '1 day', '3 days']) AS age"
    )
    async with working(database):
        await eventually(lambda: _logged(database, "kit.old", 1))


async def _is_listening(database: Database) -> bool:
    return bool(await database.pool.fetchval("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN%pgqueuer%'"))


async def _is_held(database: Database) -> bool:
    return [status for status, _ in await waiting(database)] == ["failed"]


async def _is_empty(database: Database) -> bool:
    return await waiting(database) == []


async def _alive(database: Database, clock: ManualClock) -> bool:
    return (await workers_seen(database.pool, clock.now())).alive == 1


async def _logged(database: Database, name: str, expected: int) -> bool:
    found: int = await database.pool.fetchval("SELECT count(*) FROM pgqueuer_log WHERE entrypoint = $1", name)
    return found == expected
