"""Days down, a restored backup, clocks that differ, a database that goes away: what goes out, and what does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from huntaze import wiring
from huntaze.kit.postgres import EmbeddedPostgres
from huntaze.publishing import Advance
from huntaze.publishing.store import overdue
from socialsim.testing import SimulatorHandle
from tests.publishing.elsewhere import PUBLISH, post_elsewhere
from tests.publishing.ground import QUICK, TIMINGS, Connected, Ground, kinds, open_ground, soon, working
from tests.support.clocks import Skewed
from tests.support.databases import Databases
from tests.support.waiting import eventually

TABLES = ("artefact", "attempt", "evidence")
OVERDUE = 40


@pytest_asyncio.fixture(scope="module")
async def down(
    databases: Databases, simulated: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    """A house whose workers are down."""
    home: Path = tmp_path_factory.mktemp("disaster")
    async with (
        databases.fresh() as dsn,
        open_ground(home, dsn, simulated, accounts=16, with_worker=False) as ground,
    ):
        yield ground


@pytest.fixture(autouse=True)
def quiet(simulated: SimulatorHandle) -> None:
    """No fault is left from another story."""
    simulated.clear_faults()
    simulated.configure(QUICK)


def machine(ground: Ground, by: timedelta = timedelta(0)) -> Advance:
    """A worker that begins now, on a machine whose clock is wrong by ``by``."""
    h = ground.house
    return Advance.build(
        h.database, Skewed(by), TIMINGS, h.platforms, h.accounts, h.library, h.mirror, h.jobs, h.checkpoints
    )


async def _goes_on(ground: Ground, worker: Advance, post_id: str, *states: str) -> None:
    """The worker takes the post whenever it is free, until it has come to one of the states."""
    publication: UUID = (await ground.row(post_id))["id"]

    async def there() -> bool:
        await worker.run(publication)
        return (await ground.row(post_id))["state"] in states

    await eventually(there, every=0.05)


# --- days down --------------------------------------------------------------------------------------------------


async def test_after_two_days_down_forty_overdue_posts_ask_and_none_goes_out(down: Ground) -> None:
    accounts = [down.account() for _ in range(4)]
    asset = (await down.api.post("/api/v1/assets", json={"url": down.picture()})).json()
    body = {"mediaType": "IMAGE", "media": [{"assetId": asset["id"]}], "scheduledAt": soon(3600)}
    for number in range(OVERDUE):
        one = {**body, "accountIds": [accounts[number % 4].id], "caption": f"Number {number}"}
        assert (await down.api.post("/api/v1/posts", json=one)).status_code == 202
    async with down.rows() as tx:
        await tx.execute(
            "UPDATE publication SET due_at = now() - interval '2 days', prepare_from = now() - interval '2 days',"
            " next_check_at = now() - interval '2 days'"
        )
    async with working(down.house):

        async def all_asked() -> bool:
            found = (await down.api.get("/api/v1/posts?limit=100")).json()["items"]
            held = [row for post in found for row in post["publications"] if row["heldReason"] == "missed"]
            return len(held) == OVERDUE and all(row["error"]["remedy"] for row in held)

        await eventually(all_asked, every=0.1)
        assert await _overdue(down) == 0
    assert [down.containers(account) for account in accounts] == [[]] * 4
    assert [down.public(account) for account in accounts] == [[]] * 4


async def _overdue(ground: Ground) -> int:
    async with ground.rows() as tx:
        return await overdue(tx, ground.house.clock.now() - timedelta(minutes=5))


# --- safe start -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Backup:
    """A publication and what hangs on it, as they were."""

    publication: str
    hanging: dict[str, list[str]]


async def _back_up(ground: Ground, post_id: str) -> Backup:
    publication = (await ground.row(post_id))["id"]
    async with ground.rows() as tx:
        row = await tx.fetchval("SELECT to_jsonb(p)::text FROM publication p WHERE id = $1", publication)
        hanging = {}
        for table in TABLES:
            found = await tx.fetch(
                f"SELECT to_jsonb(t)::text AS row FROM {table} t WHERE publication_id = $1", publication
            )
            hanging[table] = [one["row"] for one in found]
    return Backup(row, hanging)


async def _restore(ground: Ground, post_id: str, backup: Backup) -> None:
    publication = (await ground.row(post_id))["id"]
    async with ground.rows() as tx:
        for table in TABLES:
            await tx.execute(f"DELETE FROM {table} WHERE publication_id = $1", publication)
        await tx.execute("DELETE FROM publication WHERE id = $1", publication)
        for table, rows in {"publication": [backup.publication], **backup.hanging}.items():
            for row in rows:
                await tx.execute(
                    f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, $1::text::jsonb)", row
                )


async def _published_after_the_backup(ground: Ground, state: str) -> tuple[Connected, str, str]:
    """Published, then the database is put back to where the post was in ``state``; the platform's id of it."""
    account = ground.account()
    post_id = await ground.publish(ground.image(account, scheduledAt=soon(2.5 if state == "PREPARED" else 0.3)))
    first = machine(ground)
    backup = await _back_up(ground, post_id)
    if state == "PREPARED":
        await _stopped_when(ground, first, post_id, state)
        backup = await _back_up(ground, post_id)
    elif state == "SENT":
        ground.fault(PUBLISH, account, where="before", what="slow", seconds=1.0)
        sending = asyncio.create_task(_goes_on(ground, first, post_id, "PUBLISHED"))
        await _until(ground, post_id, state)
        backup = await _back_up(ground, post_id)
        await sending
    await _goes_on(ground, first, post_id, "PUBLISHED")
    (public,) = ground.public(account)
    await _restore(ground, post_id, backup)
    assert (await ground.row(post_id))["state"] == state
    return account, post_id, str(public["objectId"])


async def _until(ground: Ground, post_id: str, state: str) -> None:
    async def there() -> bool:
        return bool((await ground.row(post_id))["state"] == state)

    await eventually(there, every=0.01)


async def _stopped_when(ground: Ground, worker: Advance, post_id: str, state: str) -> None:
    """A worker that is stopped as soon as the post is in the state."""
    running = asyncio.create_task(worker.run((await ground.row(post_id))["id"]))
    await _until(ground, post_id, state)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    async with ground.rows() as tx:
        await tx.execute("UPDATE publication SET work_lease_until = NULL WHERE post_id = $1", UUID(post_id))


async def test_a_backup_from_before_the_post_was_prepared_sends_nothing_and_asks(down: Ground) -> None:
    account, post_id, media_ref = await _published_after_the_backup(down, "SCHEDULED")
    before = down.sends(account)
    await _goes_on(down, machine(down), post_id, "UNCONFIRMED", "PUBLISHED")
    row = (await down.post(post_id))["publications"][0]
    assert (row["state"], row["error"]["code"], "may_be_out" in kinds(row)) == ("UNCONFIRMED", "unconfirmed", True)
    asked = (await down.api.get(f"/api/v1/posts/{post_id}/candidates")).json()
    assert [(one["mediaId"], one["alike"]) for one in asked["candidates"]] == [(media_ref, True)]
    await down.api.post(f"/api/v1/posts/{post_id}/confirm", json={"mediaId": media_ref})
    row = (await down.post(post_id))["publications"][0]
    assert (row["state"], row["mediaId"]) == ("PUBLISHED", media_ref)
    assert (len(down.public(account)), down.sends(account)) == (1, before)


@pytest.mark.parametrize("state", ["PREPARED", "SENT"])
async def test_a_backup_that_knows_the_artefact_learns_from_it_that_it_is_out(down: Ground, state: str) -> None:
    account, post_id, _ = await _published_after_the_backup(down, state)
    before = down.sends(account)
    await _goes_on(down, machine(down), post_id, "PUBLISHED", "UNCONFIRMED")
    assert ((await down.row(post_id))["state"], len(down.public(account))) == ("PUBLISHED", 1)
    assert down.sends(account) == before


async def test_what_somebody_posted_by_hand_while_we_were_down_is_asked_about(down: Ground) -> None:
    account, user_id = await down.with_own_sign_in()
    post_id = await down.publish(down.image(account, caption="By hand, then"))
    other = await post_elsewhere(down, account, user_id, "By hand, then")
    before, worker = down.sends(account), machine(down)
    await _goes_on(down, worker, post_id, "UNCONFIRMED", "PUBLISHED")
    assert ((await down.row(post_id))["state"], down.sends(account)) == ("UNCONFIRMED", before)
    await down.api.post(f"/api/v1/posts/{post_id}/retry?looked=not_there")
    await _goes_on(down, worker, post_id, "PUBLISHED", "UNCONFIRMED")
    row = await down.row(post_id)
    assert (row["state"], down.sends(account), row["media_ref"] != other) == ("PUBLISHED", before + 1, True)


async def test_a_safe_start_that_cannot_read_the_list_waits_and_sends_nothing(down: Ground) -> None:
    account = down.account()
    post_id = await down.publish(down.image(account))
    blind = down.fault("GET /{ig}/media", account, what="status", status=500, times=0)
    before, worker = down.sends(account), machine(down)
    running = asyncio.create_task(_goes_on(down, worker, post_id, "PUBLISHED"))

    async def tried() -> bool:
        return bool((await down.row(post_id))["tries"] >= 3)

    await eventually(tried)
    assert ((await down.row(post_id))["state"], down.sends(account)) == ("PREPARED", before)
    down.sim.delete(f"/_sim/faults/{blind}")
    await running
    assert (len(down.public(account)), down.sends(account)) == (1, before + 1)


# --- clocks -----------------------------------------------------------------------------------------------------


async def test_workers_whose_clocks_differ_by_minutes_send_once(down: Ground) -> None:
    account = down.account()
    down.fault(PUBLISH, account, where="before", what="slow", seconds=0.5)
    post_id = await down.publish(down.image(account))
    before = down.sends(account)
    wrong = [machine(down, timedelta(seconds=seconds)) for seconds in (-300, 0, 30)]
    await asyncio.gather(*(_goes_on(down, one, post_id, "PUBLISHED") for one in wrong))
    assert (len(down.public(account)), down.sends(account)) == (1, before + 1)
    assert len([one for one in await down.artefacts(post_id) if one["role"] == "post"]) == 1


@pytest.mark.parametrize("seconds", [-1, 20])
async def test_a_worker_whose_clock_is_not_the_databases_sends_once(down: Ground, seconds: int) -> None:
    account = down.account()
    by = timedelta(seconds=seconds)
    house = await wiring.build(down.house.settings, timings=TIMINGS, clock=Skewed(by))
    try:
        async with working(house):
            post_id = await down.publish(down.image(account))
            await down.until(post_id, "PUBLISHED")
    finally:
        await house.close()
    assert len(down.public(account)) == 1


# --- no database ------------------------------------------------------------------------------------------------


async def _answers_come_later(ground: Ground) -> None:
    """Whoever asks for something while the database is away is told when to ask again."""
    for path in ("/", "/readyz", "/media"):
        assert [(await ground.browser.get(path)).status_code for _ in range(2)] == [503, 503], path
    assert (await ground.api.get("/api/v1/posts")).status_code == 503
    told = await ground.ask(ground.image(ground.somebody))
    assert (told.status_code, told.json()["code"], told.headers["retry-after"]) == (503, "database_away", "5")
    assert (await ground.api.get("/healthz")).status_code == 200


async def test_an_answer_that_comes_while_the_database_is_away_is_learned_from_the_platform(
    fresh_server: EmbeddedPostgres, simulated: SimulatorHandle, tmp_path: Path
) -> None:
    async with open_ground(tmp_path, fresh_server.start(), simulated, accounts=2) as ground:
        account = ground.account()
        before = ground.sends(account)
        ground.gate.keep_back(b"/media_publish")
        post_id = await ground.publish(ground.image(account))

        async def public() -> bool:
            return len(ground.public(account)) == 1

        await eventually(public)
        fresh_server.stop()
        ground.gate.let_go()  # the platform's answer finds nobody who could write it down
        await _answers_come_later(ground)
        fresh_server.start()
        row = await ground.linked(post_id)
        assert row["state"] == "PUBLISHED"
        assert (len(ground.public(account)), ground.sends(account)) == (1, before + 1)
