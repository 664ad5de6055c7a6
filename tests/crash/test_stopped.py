"""Deployments and machines that freeze: processes that are told to leave, workers that sleep and wake.

Nothing here waits for a time: the gate keeps the platform's answer back until the story has come to it.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from socialsim.testing import simulator
from tests.crash.ground import Workers, died, open_house, platforms
from tests.publishing.ground import QUICK, Connected, Ground, Json, kinds
from tests.support.databases import Databases
from tests.support.processes import web_process
from tests.support.waiting import eventually

PUBLISH = "POST /{ig}/media_publish"
SENDING = b"/media_publish"
House = tuple[Ground, Workers]


@pytest_asyncio.fixture(scope="module")
async def opened(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house whose workers are processes."""
    home: Path = tmp_path_factory.mktemp("stopped")
    with simulator(seed=11) as sim, platforms() as servers:
        sim.configure(QUICK)
        async with databases.fresh() as dsn, open_house(home, dsn, sim, servers, accounts=8) as (ground, workers):
            yield ground, workers


def tell(worker: BaseProcess, number: signal.Signals) -> None:
    """Send a signal."""
    assert worker.pid is not None
    os.kill(worker.pid, number)


@contextmanager
def frozen(worker: BaseProcess) -> Iterator[None]:
    """The worker gets no time at all."""
    tell(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        tell(worker, signal.SIGCONT)


async def _out(ground: Ground, account: Connected) -> None:
    """The platform has published something; whoever asked for it may not know."""

    async def public() -> bool:
        return len(ground.public(account)) == 1

    await eventually(public, seconds=60)


async def _told(ground: Ground, post_id: str, kind: str) -> Json:
    async def told() -> Json:
        row: Json = (await ground.post(post_id))["publications"][0]
        return row if kind in kinds(row) else {}

    return await eventually(told, seconds=60, every=0.1)


async def test_a_worker_told_to_leave_ends_its_send_and_takes_nothing_more(opened: House) -> None:
    ground, workers = opened
    account, next_one = ground.account(), ground.account()
    before = ground.sim.calls().get(PUBLISH, 0)
    ground.gate.keep_back(SENDING)
    with workers.worker() as leaving:
        post_id = await ground.publish(ground.image(account))
        await _out(ground, account)
        tell(leaving, signal.SIGTERM)
        left_over = await ground.publish(ground.image(next_one))
        ground.gate.let_go()
        assert await died(leaving) == 0
    row = (await ground.post(post_id))["publications"][0]
    assert (row["state"], [one["outcome"] for one in row["attempts"]]) == ("PUBLISHED", ["published"])
    assert (ground.sim.calls()[PUBLISH], (await ground.row(left_over))["fence"]) == (before + 1, 0)
    with workers.worker():
        await ground.until(left_over, "PUBLISHED", seconds=60)
    assert [len(ground.public(one)) for one in (account, next_one)] == [1, 1]


async def test_a_frozen_worker_is_relieved_and_when_it_wakes_only_its_late_answer_is_kept(opened: House) -> None:
    ground, workers = opened
    sent, prepared = ground.account(), ground.account()
    before = ground.sim.calls().get(PUBLISH, 0)
    blind = ground.fault("GET /{c}", prepared, what="status", status=500, times=0)
    ground.gate.keep_back(SENDING)
    with workers.worker() as sleeper:
        answered_late, half_made = [await ground.publish(ground.image(one)) for one in (sent, prepared)]
        await _out(ground, sent)
        await eventually(lambda: ground.artefacts(half_made), seconds=60)
        with frozen(sleeper), workers.worker():
            ground.gate.let_go()
            ground.sim.delete(f"/_sim/faults/{blind}")
            for post_id in (answered_late, half_made):
                await ground.until(post_id, "PUBLISHED", seconds=60)
                await ground.linked(post_id)
            written = [_lasting(await ground.row(one)) for one in (answered_late, half_made)]
        await _told(ground, answered_late, "late_answer")
        assert [_lasting(await ground.row(one)) for one in (answered_late, half_made)] == written
        tell(sleeper, signal.SIGTERM)
        assert await died(sleeper) == 0
    assert [len(ground.public(one)) for one in (sent, prepared)] == [1, 1]
    assert (ground.sim.calls()[PUBLISH], len(ground.containers(prepared))) == (before + 2, 1)


def _lasting(row: Json) -> tuple[object, ...]:
    return tuple(row[name] for name in ("state", "attempt", "media_ref", "permalink", "published_at", "armed_at"))


async def test_a_web_told_to_leave_answers_who_waits_and_ends_its_streams(opened: House, tmp_path: Path) -> None:
    ground, workers = opened
    account, before = ground.account(), await _posts(ground)
    body, headers = ground.image(account), {"prefer": "wait=30", "idempotency-key": "deploy-1"}

    async def taken() -> bool:
        return await _posts(ground) > before

    async with (
        web_process(workers.environ, tmp_path) as (url, leaving),
        ground.browser.stream("GET", f"{url}/live") as stream,
    ):
        assert stream.status_code == 200
        watching = asyncio.create_task(_to_the_end(stream))
        waiting = asyncio.create_task(ground.api.post(f"{url}/api/instagram/publish", json=body, headers=headers))
        await eventually(taken, seconds=60)
        leaving.process.send_signal(signal.SIGTERM)
        answer, _ = await asyncio.gather(waiting, watching)
        assert (answer.status_code, await leaving.ended()) == (202, 0)
    again = await ground.ask(body, idempotency_key="deploy-1")
    assert (again.headers["idempotent-replayed"], again.json()["id"]) == ("true", answer.json()["id"])
    with workers.worker():
        await ground.until(answer.json()["statusUrl"].rpartition("/")[2], "PUBLISHED", seconds=60)
    assert len(ground.public(account)) == 1


async def _to_the_end(stream: httpx2.Response) -> None:
    """Read until it ends; one that is cut instead raises."""
    async for _ in stream.aiter_lines():
        pass


async def _posts(ground: Ground) -> int:
    async with ground.rows() as tx:
        return int(await tx.fetchval("SELECT count(*) FROM post"))
