"""Events of one conversation are worked on one after another, whoever works; others go on beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from huntaze.accounts import AccountRow
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.db import Connection
from huntaze.kit.metrics import Metrics
from huntaze.platforms.contract import AuthorizationRemoved, CommentReceived, RemovalReason
from huntaze.webhooks import Drain, On
from tests.webhooks.conftest import Door
from tests.webhooks.deliveries import MAYA_ACCOUNT, OTHER_ACCOUNT, comment, delivery


class Slow:
    """A worker that writes down what it is handed, and may be held up there."""

    def __init__(self, door: Door) -> None:
        self.seen: list[str] = []
        self.entered, self.go = asyncio.Event(), asyncio.Event()
        h = door.rooms.house
        handlers = [On((CommentReceived,), self.take)]
        self.drain = Drain(h.database, h.clock, h.senders, h.accounts, handlers, Checkpoints(None), Metrics())

    async def take(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, events: Sequence[CommentReceived]
    ) -> None:
        """Be there, then wait for the word."""
        self.entered.set()
        await self.go.wait()
        self.seen += [event.comment_ref for event in events]


async def maya(door: Door) -> list[AccountRow]:
    return await door.rooms.connect(await door.rooms.owner(), MAYA_ACCOUNT, OTHER_ACCOUNT)


async def test_nothing_of_a_conversation_is_overtaken_by_a_second_worker_which_goes_on_elsewhere(door: Door) -> None:
    await maya(door)
    await door.post(delivery([comment("1")]))
    await door.post(delivery([comment("2")]))
    first, second = Slow(door), Slow(door)
    second.go.set()
    working = asyncio.create_task(first.drain.run())
    await first.entered.wait()
    await door.post(delivery([comment("3"), comment("4", media="elsewhere")]))
    await second.drain.run()
    assert second.seen == ["4"], "the first worker has the conversation of the third to itself"
    first.go.set()
    await working
    assert first.seen == ["1", "2", "3"]
    assert {state for _, _, state in await door.stored()} == {"done"}


async def test_many_conversations_get_their_turn_in_few_transactions_of_few_accounts(door: Door) -> None:
    await maya(door)
    for number in range(3):
        changes = [comment(f"{number}-{place:03}", media=f"{place:03}") for place in range(120)]
        await door.post(delivery(changes, account=OTHER_ACCOUNT if number == 1 else MAYA_ACCOUNT))
    alone = Slow(door)
    alone.go.set()
    await alone.drain.run()
    assert len(alone.seen) == len(set(alone.seen)) == 360
    for place in range(120):
        mine = [ref for ref in alone.seen if ref.endswith(f"-{place:03}") and not ref.startswith("1")]
        assert mine == [f"0-{place:03}", f"2-{place:03}"]


async def test_an_authorization_that_ended_holds_the_account_until_somebody_connects_it_again(door: Door) -> None:
    account, _ = await maya(door)
    h, now = door.rooms.house, door.rooms.clock.now()
    for reason, at, health in (
        (RemovalReason.BANNED, account.connected_at.replace(year=2020), "good"),
        (RemovalReason.DISCONNECTED, now.replace(year=now.year + 1), "reconnect"),
    ):
        async with h.database.transaction() as tx:
            await h.accounts.authorization_removed(
                tx, account.workspace_id, account.id, [AuthorizationRemoved(MAYA_ACCOUNT, reason, at)]
            )
            found = await h.accounts.get(tx, account.workspace_id, account.id)
        assert found is not None
        assert found.health == health
    assert found is not None
    assert found.note is not None
    assert str(found.note.reason) == "The app's rights were taken away in the platform's app."
