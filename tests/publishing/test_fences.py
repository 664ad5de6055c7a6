"""Two workers and one row: leases, fences, late answers. Each test could fail; each holds one invariant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from huntaze.kit.db import UniqueViolation
from huntaze.publishing import Advance, State, store
from huntaze.publishing.states import StrangeStep
from huntaze.publishing.store import overdue
from socialsim.testing import SimulatorHandle
from tests.publishing.ground import QUICK, TIMINGS, Connected, Ground, kinds, open_ground, soon
from tests.support.databases import Databases
from tests.support.waiting import eventually

PUBLISH = "POST /{ig}/media_publish"
CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND query LIKE '%SET work_lease_until = $3%FROM unnest%'"
)
"""Ends the connection on which leases are beaten."""


@pytest_asyncio.fixture(scope="module")
async def idle(
    databases: Databases, simulated: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    """A house in which nobody works but the machines of the story."""
    home: Path = tmp_path_factory.mktemp("fences")
    async with (
        databases.fresh() as dsn,
        open_ground(home, dsn, simulated, accounts=15, with_worker=False) as ground,
    ):
        ground.sim.clear_faults()
        ground.sim.configure(QUICK)
        yield ground


def machine(ground: Ground, *, beat: float = 0.2, work: float = 2.0, send: float = 20.0) -> Advance:
    """The machine of one worker, with leases of its own; a beat of an hour is a worker that froze."""
    timings = replace(
        TIMINGS,
        work_beat=timedelta(seconds=beat),
        work_lease=timedelta(seconds=work),
        send_lease=timedelta(seconds=send),
    )
    h = ground.house
    return Advance.build(
        h.database, h.clock, timings, h.platforms, h.accounts, h.library, h.mirror, h.jobs, h.checkpoints
    )


async def _asked(ground: Ground, account: Connected, **more: object) -> tuple[str, UUID]:
    post_id = await ground.publish(ground.image(account, **more))
    return post_id, (await ground.row(post_id))["id"]


async def _at(ground: Ground, post_id: str, *states: str) -> None:
    async def there() -> bool:
        return (await ground.row(post_id))["state"] in states

    await eventually(there)


async def _goes_on(ground: Ground, other: Advance, publication: UUID, post_id: str, *states: str) -> None:
    """Another worker takes the row whenever it is free, until it has come to one of the states."""

    async def there() -> bool:
        await other.run(publication)
        return (await ground.row(post_id))["state"] in states

    await eventually(there, every=0.1)


async def test_i1_one_row_for_a_post_on_an_account(idle: Ground) -> None:
    post_id, _ = await _asked(idle, idle.account(), scheduledAt=soon(3600))
    with pytest.raises(UniqueViolation):
        async with idle.rows() as tx:
            await tx.execute(
                "INSERT INTO publication (id, workspace_id, post_id, account_id, platform, state, content_hash,"
                " created_at) SELECT gen_random_uuid(), workspace_id, post_id, account_id, platform, state,"
                " content_hash, created_at FROM publication WHERE post_id = $1",
                post_id,
            )


async def test_i2_the_intent_is_stored_before_the_request_leaves(idle: Ground) -> None:
    account = idle.account()
    idle.fault(PUBLISH, account, where="before", what="slow", seconds=1.0)
    post_id, publication = await _asked(idle, account)
    working = asyncio.create_task(machine(idle).run(publication))
    await _at(idle, post_id, "ARMED", "SENT")
    assert idle.public(account) == []
    async with idle.rows() as tx:
        intent = await tx.fetchrow("SELECT * FROM attempt WHERE publication_id = $1", publication)
    (made,) = idle.containers(account)
    assert (intent["artefact_ref"], intent["outcome"], len(intent["request_hash"])) == (made["id"], "", 32)
    await working
    assert (await idle.row(post_id))["state"] == "PUBLISHED"


async def test_i3_one_live_post_artefact_for_a_publication(idle: Ground) -> None:
    account = idle.account()
    post_id, publication = await _asked(idle, account, scheduledAt=soon(25))
    await machine(idle).run(publication)
    assert [one["state"] for one in await idle.artefacts(post_id)] == ["ready"]
    with pytest.raises(UniqueViolation):
        async with idle.rows() as tx:
            await tx.execute(
                "INSERT INTO artefact (id, workspace_id, publication_id, attempt, role, ref, state, made_at)"
                " SELECT gen_random_uuid(), workspace_id, publication_id, 2, 'post', 'another', 'made', now()"
                " FROM artefact WHERE publication_id = $1",
                publication,
            )


async def test_i4_while_the_send_lease_runs_another_worker_only_reads(idle: Ground) -> None:
    account = idle.account()
    idle.fault(PUBLISH, account, where="before", what="slow", seconds=1.5)
    post_id, publication = await _asked(idle, account)
    frozen = asyncio.create_task(machine(idle, beat=3600, work=0.3).run(publication))
    await _at(idle, post_id, "SENT")
    await asyncio.sleep(0.4)
    await machine(idle, work=0.3).run(publication)
    await frozen
    row = (await idle.post(post_id))["publications"][0]
    assert (row["state"], "status" in kinds(row), "unknown" in kinds(row)) == ("PUBLISHED", True, False)
    assert (len(idle.public(account)), idle.sends(account)) == (1, 1)


async def test_i4_a_worker_that_beats_keeps_its_row_for_as_long_as_it_takes(idle: Ground) -> None:
    account = idle.account()
    idle.sim.configure({"ready": {"IMAGE": 2.6}})
    post_id, publication = await _asked(idle, account)
    first = asyncio.create_task(machine(idle, beat=0.1, work=2.0).run(publication))
    await _at(idle, post_id, "PREPARING")
    other = machine(idle)
    while not first.done():
        await other.run(publication)
        await asyncio.sleep(0.1)
    await first
    idle.sim.configure(QUICK)
    row = await idle.row(post_id)
    assert (row["state"], row["fence"], len(idle.containers(account))) == ("PUBLISHED", 1, 1)


async def test_i4_a_lease_is_kept_while_nobody_else_gets_a_connection_and_when_its_own_is_cut(idle: Ground) -> None:
    account = idle.account()
    idle.fault(PUBLISH, account, where="before", what="slow", seconds=1.5)
    post_id, publication = await _asked(idle, account)
    working = asyncio.create_task(machine(idle, beat=0.05, work=20).run(publication))
    await _at(idle, post_id, "SENT")
    pool = idle.house.database.pool
    async with AsyncExitStack() as taken:
        own, *_ = [await taken.enter_async_context(pool.acquire()) for _ in range(pool.get_max_size())]
        for _ in range(2):
            before = await own.fetchval("SELECT work_lease_until FROM publication WHERE id = $1", publication)

            async def later() -> bool:
                now = await own.fetchval("SELECT work_lease_until FROM publication WHERE id = $1", publication)
                return bool(now > before)  # noqa: B023

            await eventually(later)
            await own.execute(CUT)
    await working
    row = await idle.row(post_id)
    assert (row["state"], row["fence"]) == ("PUBLISHED", 1)


async def test_i6_a_late_yes_under_a_lost_fence_is_kept_and_changes_nothing(idle: Ground) -> None:
    account = idle.account()
    idle.fault(PUBLISH, account, where="after", what="slow", seconds=2.0)
    post_id, publication = await _asked(idle, account)
    frozen = asyncio.create_task(machine(idle, beat=3600, work=0.3, send=0.5).run(publication))
    await _at(idle, post_id, "SENT")
    await _goes_on(idle, machine(idle, send=0.5), publication, post_id, "PUBLISHED")
    published_at = (await idle.row(post_id))["published_at"]
    await frozen
    row = (await idle.post(post_id))["publications"][0]
    assert ("late_answer" in kinds(row), row["state"], len(idle.public(account))) == (True, "PUBLISHED", 1)
    assert (await idle.row(post_id))["published_at"] == published_at


async def test_i6_a_yes_of_somebody_else_is_not_written_over_by_who_thought_otherwise(idle: Ground) -> None:
    post_id, _ = await _asked(idle, idle.account(), scheduledAt=soon(3600))
    async with idle.rows() as tx:
        (row,) = await store.publications(tx, idle.workspace_id, [UUID(post_id)])
        assert await store.mark_published(tx, row, idle.house.clock.now(), None) is not None
        assert await store.step(tx, row, State.HELD, None, 0, None, "missed", None) is None
    assert (await idle.row(post_id))["state"] == "PUBLISHED"


async def test_a_step_that_the_table_of_states_does_not_know_is_refused_and_nothing_is_written(idle: Ground) -> None:
    post_id, _ = await _asked(idle, idle.account(), scheduledAt=soon(3600))
    before = await idle.row(post_id)
    async with idle.rows() as tx:
        (row,) = await store.publications(tx, idle.workspace_id, [UUID(post_id)])
        with pytest.raises(StrangeStep, match="SCHEDULED -> SENT"):
            await store.step(tx, row, State.SENT, None, 0, None, "", None)
    assert await idle.row(post_id) == before


async def test_i7_a_late_refusal_under_a_lost_fence_does_not_stop_whoever_looks(idle: Ground) -> None:
    account = idle.account()
    idle.sim.configure({"accounts": {account.ref: {"quotaTotal": 0}}})
    idle.fault(PUBLISH, account, where="before", what="slow", seconds=2.0)
    post_id, publication = await _asked(idle, account)
    frozen = asyncio.create_task(machine(idle, beat=3600, work=0.3, send=0.4).run(publication))
    await _at(idle, post_id, "SENT")
    other = machine(idle, send=0.4)
    await _goes_on(idle, other, publication, post_id, "HELD")
    await frozen
    row = (await idle.post(post_id))["publications"][0]
    assert "late_answer" in kinds(row)
    assert (row["state"], [attempt["outcome"] for attempt in row["attempts"]]) == ("HELD", ["unknown", "refused"])
    assert idle.public(account) == []


async def test_i7_a_send_whose_lease_ran_out_becomes_unknown_and_never_a_retry(idle: Ground) -> None:
    account = idle.account()
    post_id, publication = await _asked(idle, account, scheduledAt=soon(25))
    await machine(idle).run(publication)
    async with idle.rows() as tx:
        await tx.execute(
            "UPDATE publication SET state = 'ARMED', armed_at = now(), due_at = now(), next_check_at = now(),"
            " send_lease_until = now() - interval '1 second' WHERE id = $1",
            publication,
        )
    other = machine(idle)
    claimed = asyncio.create_task(other.run(publication))
    await _at(idle, post_id, "UNKNOWN", "RECONCILING")
    assert idle.sends(account) == 0
    await claimed
    await _goes_on(idle, other, publication, post_id, "PUBLISHED")
    assert len(idle.public(account)) == 1


async def test_a_person_who_moves_a_post_turns_away_the_worker_that_prepares_it(idle: Ground) -> None:
    account = idle.account()
    idle.sim.configure({"ready": {"IMAGE": 1.0}})
    post_id, publication = await _asked(idle, account)
    working = asyncio.create_task(machine(idle, beat=3600).run(publication))
    await _at(idle, post_id, "PREPARING")
    answer = await idle.api.patch(f"/api/v1/posts/{post_id}", json={"scheduledAt": soon(3600)})
    assert answer.status_code == 200
    await working
    idle.sim.configure(QUICK)
    row = await idle.row(post_id)
    assert (row["state"], row["attempt"], idle.public(account)) == ("SCHEDULED", 1, [])


async def test_a_definite_refusal_leaves_the_way_free_for_the_same_worker(idle: Ground) -> None:
    account = idle.account()
    post_id, publication = await _asked(idle, account, scheduledAt=soon(2.8))
    working = asyncio.create_task(machine(idle).run(publication))
    await _at(idle, post_id, "PREPARED")
    await asyncio.sleep(0.3)  # nothing of the preparing is on its way any more, and the time is not near yet
    idle.gate.shut()

    async def refused() -> bool:
        return "refused" in kinds((await idle.post(post_id))["publications"][0])

    await eventually(refused)
    await idle.gate.open()
    await working
    row = await idle.row(post_id)
    assert (row["state"], row["fence"], len(idle.public(account))) == ("PUBLISHED", 1, 1)


async def test_i8_nothing_that_is_not_final_is_ever_without_a_next_look(idle: Ground) -> None:
    async with idle.rows() as tx:
        assert await overdue(tx, idle.house.clock.now() - timedelta(minutes=5)) == 0
        await tx.execute(
            "UPDATE publication SET next_check_at = NULL WHERE id = (SELECT id FROM publication"
            " WHERE state = 'SCHEDULED' LIMIT 1)"
        )
        assert await overdue(tx, idle.house.clock.now() - timedelta(minutes=5)) == 1


async def test_what_is_made_while_a_person_edits_is_an_orphan_and_never_published(idle: Ground) -> None:
    account = idle.account()
    idle.fault("POST /{ig}/media", account, where="after", what="slow", seconds=1.2)
    post_id, publication = await _asked(idle, account)
    working = asyncio.create_task(machine(idle, beat=3600).run(publication))
    await _at(idle, post_id, "PREPARING")

    async def being_made() -> bool:
        return len(idle.containers(account)) == 1

    await eventually(being_made)
    answer = await idle.api.patch(f"/api/v1/posts/{post_id}", json={"caption": "New words", "scheduledAt": None})
    assert answer.status_code == 200, answer.text
    await working
    await _goes_on(idle, machine(idle), publication, post_id, "PUBLISHED")
    assert [one["text"] for one in idle.public(account)] == ["New words"]
