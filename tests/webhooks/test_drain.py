"""Stored events become rows of the mirror, once, whatever fails on the way."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

from huntaze.crm import PUSHED, Pushed
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.metrics import Metrics
from huntaze.webhooks import Drain, On
from tests.webhooks.conftest import Door
from tests.webhooks.deliveries import MAYA_ACCOUNT, comment, delivery, envelope


async def states(door: Door) -> list[str]:
    return [state for _, _, state in await door.stored()]


async def comments(door: Door) -> list[str]:
    return [row["comment_ref"] for row in await door.rooms.rows("SELECT comment_ref FROM comment ORDER BY 1")]


async def test_a_comment_becomes_a_row_and_is_told_once_however_often_it_comes(door: Door) -> None:
    actor = await door.rooms.owner()
    (account,) = await door.rooms.connect(actor, MAYA_ACCOUNT)
    for time in (1, 2, 3):
        await door.post(delivery([comment("1", "très beau 😍")], time=time))
        await door.drain()
    (row,) = await door.rooms.rows("SELECT workspace_id, account_id, text, username, source FROM comment")
    assert (row["workspace_id"], row["account_id"]) == (actor.workspace_id, account.id)
    assert (row["text"], row["username"], row["source"]) == ("très beau 😍", "lea", "push")
    told = await door.rooms.rows("SELECT ref, body FROM domain_event WHERE topic = 'comment.received'")
    assert [(row["ref"], row["body"]) for row in told] == [("1", {"mediaId": "1789", "source": "push"})]
    assert await states(door) == ["done"]


async def test_an_account_connected_in_two_workspaces_is_served_in_both(door: Door) -> None:
    owners = [await door.rooms.owner("Maya"), await door.rooms.owner("Agency")]
    for actor in owners:
        await door.rooms.connect(actor, MAYA_ACCOUNT)
    await door.post(delivery([comment("1")]))
    await door.drain()
    rows = await door.rooms.rows("SELECT workspace_id FROM comment")
    assert {row["workspace_id"] for row in rows} == {actor.workspace_id for actor in owners}
    assert len(await door.stored()) == 1


async def test_events_of_an_account_that_nobody_connected_are_kept(door: Door) -> None:
    await door.post(delivery([comment("1")], account="17841499999999999"))
    await door.drain()
    assert await states(door) == ["unhandled"]


async def test_a_direct_message_its_edit_and_its_unsend_end_alike_in_any_order(door: Door) -> None:
    actor = await door.rooms.owner()
    await door.rooms.connect(actor, MAYA_ACCOUNT)
    sides = {"sender": {"id": "9988"}, "recipient": {"id": MAYA_ACCOUNT}, "timestamp": 1770000000001}
    parts = [
        sides | {"message": {"mid": "m1", "text": "helo"}},
        sides | {"message_edit": {"mid": "m1", "text": "hello", "num_edit": "1"}},
        sides | {"message": {"mid": "m2", "text": "oops"}},
        sides | {"message": {"mid": "m2", "is_deleted": True}},
    ]
    for part in (parts[1], parts[3], parts[0], parts[2]):
        await door.post(envelope([{"id": MAYA_ACCOUNT, "time": 1, "messaging": [part]}]))
        await door.drain()
    rows = await door.rooms.rows("SELECT message_ref, text, edited, deleted_at FROM message ORDER BY message_ref")
    assert [(row["message_ref"], row["edited"], row["deleted_at"] is None) for row in rows] == [
        ("m1", 1, True),
        ("m2", 0, False),
    ]
    assert rows[0]["text"] == "hello"


async def test_a_failing_event_is_tried_again_with_growing_pauses_and_holds_back_nothing_but_its_own_conversation(
    door: Door,
) -> None:
    actor = await door.rooms.owner()
    await door.rooms.connect(actor, MAYA_ACCOUNT)
    async with door.rooms.house.database.transaction() as tx:
        await tx.execute("ALTER TABLE comment ADD CONSTRAINT trouble CHECK (comment_ref <> 'bad')")
    try:
        for one in (comment("1"), comment("bad"), comment("2"), comment("3", media="elsewhere")):
            await door.post(delivery([one]))
        pauses = []
        for _ in range(8):
            await door.drain()
            (row,) = await door.rooms.rows("SELECT * FROM intake_event WHERE tries > 0")
            kept = await comments(door)
            assert kept == (["1", "2", "3"] if row["state"] == "dead" else ["1", "3"]), "its own conversation waits"
            if row["next_attempt_at"] is not None:
                pauses.append(row["next_attempt_at"] - door.rooms.clock.now())
                await door.drain()  # too early: nothing happens
                door.rooms.clock.set(row["next_attempt_at"])
    finally:
        async with door.rooms.house.database.transaction() as tx:
            await tx.execute("ALTER TABLE comment DROP CONSTRAINT trouble")
    assert pauses == [timedelta(seconds=5 * 2**n) for n in range(7)]
    assert (row["state"], row["tries"], row["problem"]) == ("dead", 8, "CheckViolationError")


async def test_an_event_that_nobody_can_understand_is_laid_aside_at_once(door: Door) -> None:
    body = delivery([{"field": "comments", "value": {"id": "1", "from": "nobody"}}, comment("2")])
    actor = await door.rooms.owner()
    await door.rooms.connect(actor, MAYA_ACCOUNT)
    await door.post(body)
    await door.drain()
    assert sorted(await states(door)) == ["dead", "done"]


async def test_more_events_than_a_batch_are_drained_in_one_run_and_counted(door: Door) -> None:
    actor = await door.rooms.owner()
    await door.rooms.connect(actor, MAYA_ACCOUNT)
    await door.post(delivery([comment(str(number), author=str(number % 7)) for number in range(1100)]))
    h = door.rooms.house
    metrics = Metrics()
    drain = Drain(
        h.database, h.clock, h.senders, h.accounts, [On[Pushed](PUSHED, h.mirror.take)], Checkpoints(None), metrics
    )
    await drain.run()
    text = metrics.render()[0].decode()
    assert 'huntaze_webhook_worked_total{outcome="done",platform="instagram"} 1100.0' in text
    assert await door.rooms.value("SELECT count(*) FROM comment") == 1100


async def test_two_drains_side_by_side_do_the_work_once(door: Door) -> None:
    owners = [await door.rooms.owner(name) for name in ("one", "two")]
    for actor in owners:
        await door.rooms.connect(actor, MAYA_ACCOUNT)
    refs = [str(number) for number in range(600)]
    for at in range(0, 600, 50):
        await door.post(delivery([comment(ref, author=str(int(ref) % 5)) for ref in refs[at : at + 50]]))
    await asyncio.gather(door.drain(), door.drain(), door.drain())
    assert await door.rooms.value("SELECT count(*) FROM domain_event WHERE topic = 'comment.received'") == 1200
    assert set(await states(door)) == {"done"}


async def test_the_old_and_done_is_forgotten_the_dead_and_the_waiting_stay(door: Door) -> None:
    actor = await door.rooms.owner()
    await door.rooms.connect(actor, MAYA_ACCOUNT)
    await door.post(delivery([comment("1"), {"field": "comments", "value": {}}]))
    await door.drain()
    door.rooms.clock.advance(timedelta(days=9))
    await door.post(delivery([comment("2")]))
    await door.rooms.run("webhooks.forget")
    assert await states(door) == ["dead", "pending"]
    payload = await door.rooms.value("SELECT payload FROM intake_event WHERE state = 'pending'")
    assert json.loads(payload)["id"] == "2"
