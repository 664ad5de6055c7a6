"""Webhooks of ours: what leaves, by which signature, how often, where to, and what a crash does to it."""

from __future__ import annotations

import asyncio
import base64
import signal
import sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from huntaze import outbox
from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing, SealBroken, new_key
from huntaze.kit.db import Connection, Database
from huntaze.kit.http import FetchRefused, GuardedFetcher
from huntaze.kit.secret import Secret
from huntaze.outbox import Event
from huntaze.outbox.outgoing import (
    FACTS,
    GROUPS,
    KINDS,
    TOPICS_SENT,
    BadTarget,
    Neighbours,
    NoSuchDelivery,
    Poster,
    Replay,
    Said,
    TargetDraft,
    TargetPatch,
    TooManyTargets,
)
from huntaze.outbox.outgoing.sending import LANES, pause
from huntaze.outbox.outgoing.signing import signature
from tests.kit.bad_addresses import NOT_OURS_TO_ASK, names
from tests.kit.loopback import Names
from tests.outbox.receivers import HOST, Ground, Receiver, receiving
from tests.support.leaks import every_row

PUBLISHED = {"publicationId": "p1", "state": "PUBLISHED"}
BROKEN = "500 Internal Server Error"


def test_a_signature_is_the_one_that_standard_webhooks_publishes() -> None:
    secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_topic_is_sent_as_a_kind_whose_facts_are_explained() -> None:
    assert TOPICS_SENT == outbox.TOPICS, "a new topic becomes a kind, or says here why nobody wants it"
    assert {name for kind in KINDS for name in (*kind.facts, kind.ref)} == FACTS.keys()
    assert {kind.group for kind in KINDS} == GROUPS.keys()
    assert len({kind.name for kind in KINDS}) == len({kind.words for kind in KINDS}) == len(KINDS)


async def test_what_happens_arrives_signed_once_for_each_who_wants_it_with_declared_facts_alone(
    database: Database, clock: ManualClock, key_ring: KeyRing
) -> None:
    async with receiving() as shop, receiving() as other:
        ground = await Ground.laid(database, clock, key_ring, shop, other)
        target, secret = await ground.target(shop, "post.published", "comment.received")
        account, foreign = uuid4(), uuid4()
        narrow, _ = await ground.outgoing.targets.create(
            ground.workspace_id, TargetDraft("one account", other.url, account_ids=frozenset({account}))
        )
        await ground.tell("publication.changed", "post-1", account, **PUBLISHED)
        await ground.tell("publication.changed", "post-1", account, **PUBLISHED)  # its first comment moved on
        await ground.tell("publication.changed", "post-2", foreign, publicationId="p2", state="FAILED")
        await ground.tell("comment.received", "c1", foreign, mediaId="m1", source="push", text="for your eyes only")
        for one in (target, narrow):
            await ground.send(one)
        assert len(shop.arrived) == 2
        assert {one.json["type"]: one.json["data"] for one in shop.arrived} == {
            "post.published": {
                "postId": "post-1",
                "publicationId": "p1",
                "accountId": str(account),
                "state": "PUBLISHED",
            },
            "comment.received": {"commentId": "c1", "accountId": str(foreign), "mediaId": "m1", "source": "push"},
        }
        assert [one.json["type"] for one in other.arrived] == ["post.published"]
        first = shop.arrived[0]
        assert first.is_signed_by(secret)
        assert not first.is_signed_by(Secret("whsec_" + base64.b64encode(b"k" * 32).decode()))
        assert first.json["timestamp"] == "2026-01-01T00:00:00.000Z"
        assert first.headers["content-type"] == "application/json"
        log = await ground.log(target)
        assert {row.state for row in log} == {"delivered"}
        assert [str(row.id) for row in log] == sorted(one.headers["webhook-id"] for one in shop.arrived)
        assert (log[0].status, log[0].answer) == (200, "thank you")


async def test_a_failure_comes_again_after_growing_pauses_as_the_same_bytes_under_the_same_id(
    database: Database, clock: ManualClock, key_ring: KeyRing
) -> None:
    async with receiving(BROKEN, None, "302 Found", "429 Too Many Requests") as shop:
        shop.headers = ["Retry-After: 7000", f"Location: {shop.url}"]
        ground = await Ground.laid(database, clock, key_ring, shop)
        target, secret = await ground.target(shop)
        await ground.tell("account.connected", "a1", uuid4())
        assert await ground.send(target) == 1
        assert await ground.send(target) == 0, "it is not time yet"
        pauses = await ground.go_on(target, until="delivered")
        assert len(shop.arrived) == 5, "no redirect is followed"
        assert len({(one.body, one.headers["webhook-id"]) for one in shop.arrived}) == 1
        assert len({one.headers["webhook-timestamp"] for one in shop.arrived}) == 5
        assert all(one.is_signed_by(secret) for one in shop.arrived)
        asked = timedelta(seconds=7000)
        assert pauses[0] == asked, "longer than planned, as the receiver wants it"
        assert pauses[3] >= timedelta(hours=2), "never sooner than planned"
        row, attempts = await ground.outgoing.log.one(ground.workspace_id, target.id, (await ground.log(target))[0].id)
        assert [(one.status, one.problem) for one in attempts] == [
            (500, ""),
            (None, "broken"),
            (302, ""),
            (429, ""),
            (200, ""),
        ]
        assert (await ground.outgoing.targets.get(ground.workspace_id, target.id)).failing_since is None
        assert row.ended_at == clock.now()
        await ground.outgoing.log.replay(ground.workspace_id, target.id, row.id)
        await ground.send(target)
        assert shop.arrived[5].headers["webhook-id"] == shop.arrived[0].headers["webhook-id"]


def test_the_plan_takes_three_days_and_a_receiver_may_ask_for_a_day_at_most() -> None:
    one = uuid4()
    planned = [pause(one, tries) for tries in range(1, 10)]
    assert planned == sorted(planned)
    assert timedelta(days=3) < sum(planned, timedelta(0)) < timedelta(days=4)
    assert pause(one, 1, timedelta(days=30)) == timedelta(days=1)


async def test_a_dead_receiver_is_switched_off_and_gets_what_it_missed_when_somebody_has_mended_it(
    database: Database, clock: ManualClock, key_ring: KeyRing
) -> None:
    nonsense = "Retry-After: Fri, 31 Dec 9999 23:59:59 -2300"
    async with receiving(*[BROKEN] * 11, headers=[nonsense]) as shop:
        ground = await Ground.laid(database, clock, key_ring, shop)
        targets, log = ground.outgoing.targets, ground.outgoing.log
        target, _ = await ground.target(shop)
        await ground.tell("account.connected", "first", uuid4())
        await ground.send(target)
        await ground.go_on(target, until="failed")
        assert len(shop.arrived) == 10
        assert (await targets.get(ground.workspace_id, target.id)).off_at is None
        clock.advance(timedelta(days=2))
        await ground.tell("account.connected", "second", uuid4())
        await ground.send(target)
        [off] = await targets.off(ground.workspace_id)
        assert (off.id, off.off_why) == (target.id, "failing")
        clock.advance(timedelta(hours=1))
        await ground.tell("account.connected", "while it was off", uuid4())
        assert await ground.send(target) == 0
        clock.advance(timedelta(hours=1))
        await targets.enable(ground.workspace_id, target.id)
        await ground.send(target)
        assert shop.arrived[11].json["data"] == {"accountId": "second"}, "what waited goes out by itself"
        asked = Replay(clock.now() - timedelta(days=30), clock.now(), missed=True)
        assert await log.replay_many(ground.workspace_id, target.id, asked) == 2
        assert await log.replay_many(ground.workspace_id, target.id, asked) == 0, "nothing is missed any more"
        await ground.send(target)
        late = {one.json["data"]["accountId"] for one in shop.arrived[12:]}
        assert late == {"first", "while it was off"}
        clock.advance(timedelta(days=31))
        assert await log.forget() == 3


async def test_a_receiver_that_says_gone_is_left_alone_at_once(
    database: Database, clock: ManualClock, key_ring: KeyRing
) -> None:
    async with receiving("410 Gone") as shop:
        ground = await Ground.laid(database, clock, key_ring, shop)
        target, _ = await ground.target(shop)
        await ground.tell("account.connected", "a1", uuid4())
        await ground.tell("account.connected", "a2", uuid4())
        await ground.send(target)
        [off] = await ground.outgoing.targets.off(ground.workspace_id)
        assert off.off_why == "gone"
        tested = await ground.outgoing.sender.test(ground.workspace_id, target.id)
        assert (tested.state, tested.status) == ("delivered", 200), "a test is one attempt, whatever was before"


async def test_a_slow_receiver_holds_up_nobody_and_is_asked_a_few_times_at_once(
    database: Database, clock: ManualClock, key_ring: KeyRing
) -> None:
    async with receiving() as slow, receiving() as quick:
        slow.closed = asyncio.Event()
        ground = await Ground.laid(database, clock, key_ring, slow, quick)
        (patient, _), (other, _) = await ground.target(slow), await ground.target(quick)
        for number in range(LANES + 2):
            await ground.tell("account.connected", f"a{number}", uuid4())
        waiting = [asyncio.create_task(ground.send(patient)) for _ in range(2)]
        assert await ground.send(other) == LANES + 2
        assert not all(one.done() for one in waiting), "one of them has the lanes, and waits"
        assert slow.server.connections <= LANES
        slow.closed.set()
        assert sum(await asyncio.gather(*waiting)) == LANES + 2
        assert len({one.headers["webhook-id"] for one in slow.arrived}) == LANES + 2 == len(slow.arrived)


DYING = """
import asyncio, sys
from uuid import UUID
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Database
from huntaze.kit.jobs import Jobs
from huntaze.kit.metrics import Metrics
from huntaze.outbox.outgoing import Outgoing
from tests.outbox.receivers import Receiver, poster
from tests.kit.loopback import Server

async def work(dsn, key, port, workspace, target, kill_at):
    database = await Database.connect(dsn)
    receiver = Receiver(server=Server(int(port)))
    outgoing = Outgoing.build(
        database, ManualClock(), KeyRing.parse(key), Jobs(), Checkpoints(kill_at), Metrics(), poster(receiver)
    )
    await outgoing.fan_out.run()
    await outgoing.sender.run(UUID(workspace), UUID(target))

asyncio.run(work(*sys.argv[1:]))
"""


async def test_a_worker_that_is_killed_at_any_moment_loses_nothing(
    database: Database, dsn: str, clock: ManualClock
) -> None:
    key = new_key()
    async with receiving() as shop:
        ground = await Ground.laid(database, clock, KeyRing.parse(key), shop)
        target, secret = await ground.target(shop)
        async with database.transaction() as tx:
            await outbox.tell(tx, workspace_id=ground.workspace_id, topic="account.connected", ref="a1", at=clock.now())

        async def killed(at: str) -> None:
            arguments = (dsn, key, str(shop.server.port), str(ground.workspace_id), str(target.id), at)
            worker = await asyncio.create_subprocess_exec(sys.executable, "-c", DYING, *arguments)
            assert await asyncio.wait_for(worker.wait(), 60) == -signal.SIGKILL

        await killed("outgoing.fanned_out")
        assert await ground.log(target) == [], "nothing half made"
        await killed("outgoing.answered")
        assert len(shop.arrived) == 1
        assert await ground.send(target) == 0, "the dead worker's lease still holds"
        clock.advance(timedelta(minutes=2))
        await ground.outgoing.sender.sweep()
        waking = "SELECT count(*) FROM pgqueuer WHERE convert_from(payload, 'UTF8') LIKE $1"
        assert await database.pool.fetchval(waking, f"%{target.id}%") == 1
        await ground.send(target)
        first, again = shop.arrived
        assert (first.body, first.headers["webhook-id"]) == (again.body, again.headers["webhook-id"])
        assert again.is_signed_by(secret)
        [row] = await ground.log(target)
        assert (row.state, row.attempts) == ("delivered", 2)


async def test_both_secrets_sign_for_a_day_after_a_rotation_and_neither_lies_about(
    database: Database, clock: ManualClock, key_ring: KeyRing
) -> None:
    async with receiving() as shop:
        ground = await Ground.laid(database, clock, key_ring, shop)
        targets = ground.outgoing.targets
        target, old = await ground.target(shop)
        rotated, new = await targets.rotate(ground.workspace_id, target.id)
        for hours in (0, 25):
            clock.advance(timedelta(hours=hours))
            await ground.tell("account.connected", f"a{hours}", uuid4())
            await ground.send(target)
        day, after = shop.arrived
        assert day.is_signed_by(old)
        assert day.is_signed_by(new)
        assert after.is_signed_by(new)
        assert not after.is_signed_by(old)
        rows = await every_row(database)
        for secret in (old, new):
            assert secret.reveal().removeprefix("whsec_") not in rows
        moved = TargetPatch(name="renamed")
        assert (await targets.change(ground.workspace_id, target.id, moved)).secret == rotated.secret
        other, _ = await ground.target(shop)
        await database.pool.execute("UPDATE webhook_target SET secret = $1 WHERE id = $2", rotated.secret, other.id)
        with pytest.raises(SealBroken):
            targets.signing(await targets.get(ground.workspace_id, other.id))


async def test_an_address_that_leads_inside_is_refused_when_saved_and_when_sent(
    database: Database, clock: ManualClock, key_ring: KeyRing
) -> None:
    by = Poster(GuardedFetcher(resolve=names()))
    ground = await Ground.laid(database, clock, key_ring, by=by)
    targets = ground.outgoing.targets
    target, _ = await targets.create(ground.workspace_id, TargetDraft("hook", "https://public.test/in"))
    for bad, _code in NOT_OURS_TO_ASK:
        for url in {bad, bad.replace("http://", "https://", 1)}:
            with pytest.raises(BadTarget) as refused:
                await targets.create(ground.workspace_id, TargetDraft("hook", url))
            assert set(refused.value.faults) == {"url"}
            with pytest.raises(FetchRefused):
                await by.post(url, b"{}", {})
    inside = "https://169.254.169.254/latest/meta-data"
    with pytest.raises(BadTarget):
        await targets.change(ground.workspace_id, target.id, TargetPatch(url=inside))
    await database.pool.execute("UPDATE webhook_target SET url = $1 WHERE id = $2", inside, target.id)
    tested = await ground.outgoing.sender.test(ground.workspace_id, target.id)
    assert (tested.state, tested.status, tested.problem) == ("failed", None, "address")
    assert [row.name for row in await targets.all(ground.workspace_id)] == ["hook"]
    with pytest.raises(BadTarget, match="url"):
        await targets.create(ground.workspace_id, TargetDraft("plain", "http://public.test/in"))


async def test_beside_a_simulator_this_machine_is_told_by_plain_http_and_nobody_else() -> None:
    by = Poster(GuardedFetcher(loopback=True, resolve=names()))
    async with receiving() as here:
        assert (await by.post(f"http://127.0.0.1:{here.server.port}/in", b"{}", {})).status == 200
        assert len(here.arrived) == 1
    for url in ("http://public.test/in", "https://public.test:8443/in", "http://10.1.2.3/", "https://169.254.169.254/"):
        with pytest.raises(FetchRefused):
            await by.check(url)


async def test_a_name_that_leads_inside_only_when_it_is_sent_gains_nothing(
    database: Database, clock: ManualClock, key_ring: KeyRing
) -> None:
    async with receiving() as inside:
        changing = Names({HOST: [["93.184.216.34"], ["127.0.0.1"]]})
        ground = await Ground.laid(database, clock, key_ring, by=Poster(GuardedFetcher(resolve=changing)))
        target, _ = await ground.outgoing.targets.create(ground.workspace_id, TargetDraft("hook", f"https://{HOST}/in"))
        await ground.tell("account.connected", "a1", uuid4())
        await ground.send(target)
        [row] = await ground.log(target)
        assert (row.state, row.problem) == ("waiting", "address")
        assert inside.server.connections == 0


async def test_what_people_wrote_leaves_only_where_it_is_allowed_and_is_wiped_with_them(
    database: Database, clock: ManualClock, key_ring: KeyRing
) -> None:
    async def said(_tx: Connection, event: Event) -> Said:
        return Said({"text": f"the words of {event.ref}"}, "instagram", "lena")

    async with receiving() as shop, receiving() as analytics:
        ground = await Ground.laid(
            database, clock, key_ring, shop, analytics, neighbours=Neighbours(content={"comment.received": said})
        )
        (open_one, _), (thin, _) = await ground.target(shop, content=True), await ground.target(analytics)
        for ref in ("c1", "c2"):
            await ground.tell("comment.received", ref, uuid4())
            if ref == "c1":
                await ground.send(open_one)
        await ground.send(thin)
        assert shop.arrived[0].json["data"]["content"] == {"text": "the words of c1"}
        assert all("content" not in one.json["data"] for one in analytics.arrived)
        async with database.transaction() as tx:
            assert await ground.outgoing.log.erase(tx, uuid4(), "instagram", "lena") == 0
            assert await ground.outgoing.log.erase(tx, ground.workspace_id, "instagram", "lena") == 2
        await ground.send(open_one)
        assert len(shop.arrived) == 1, "what waited is not sent any more"
        assert "the words of" not in await every_row(database)
        with pytest.raises(NoSuchDelivery):
            await ground.outgoing.log.replay(ground.workspace_id, open_one.id, (await ground.log(open_one))[0].id)


async def test_a_choice_that_cannot_be_is_told_with_every_field_and_there_is_an_end_to_them(
    database: Database, clock: ManualClock, key_ring: KeyRing
) -> None:
    receiver = Receiver()
    ground = await Ground.laid(database, clock, key_ring, receiver)
    wrong = TargetDraft(" ", "http://10.0.0.1/", frozenset({"post.exploded"}))
    with pytest.raises(BadTarget) as refused:
        await ground.outgoing.targets.create(ground.workspace_id, wrong)
    assert set(refused.value.faults) == {"name", "url", "types"}
    assert str(refused.value.faults["types"]) == "post.exploded is no kind of event."
    for _ in range(20):
        await ground.target(receiver)
    with pytest.raises(TooManyTargets):
        await ground.target(receiver)


async def test_the_official_library_takes_what_we_send_and_nothing_else(database: Database, key_ring: KeyRing) -> None:
    async with receiving() as shop:
        ground = await Ground.laid(database, ManualClock(datetime.now(UTC)), key_ring, shop)
        target, old = await ground.target(shop)
        _, new = await ground.outgoing.targets.rotate(ground.workspace_id, target.id)
        await ground.tell("account.connected", "a1", uuid4())
        await ground.send(target)
        [arrived] = shop.arrived
        for secret in (old, new):
            assert Webhook(secret.reveal()).verify(arrived.body, arrived.headers) == arrived.json
        for body, secret in ((arrived.body + b" ", new), (arrived.body, Secret("whsec_" + "A" * 44))):
            with pytest.raises(WebhookVerificationError):
                Webhook(secret.reveal()).verify(body, arrived.headers)
