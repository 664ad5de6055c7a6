"""Who goes first on one worker."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

from huntaze.publishing.turns import INTENTS_AT_ONCE, Turns

LONG = timedelta(minutes=1)
SHORT = timedelta(milliseconds=10)


async def test_the_first_post_of_each_account_goes_before_the_second_of_any() -> None:
    turns, sent, accounts = Turns(), list[UUID](), [uuid4() for _ in range(4)]

    async def post(account: UUID) -> None:
        async with turns.send(account):
            await asyncio.sleep(0)
            sent.append(account)

    await asyncio.gather(*(post(account) for account in accounts for _ in range(3)))
    assert [set(sent[first : first + 4]) for first in (0, 4, 8)] == [set(accounts)] * 3


async def test_intents_are_committed_a_few_at_a_time_in_the_order_of_turns() -> None:
    turns, began, at_once = Turns(), list[UUID](), 0
    accounts = [uuid4() for _ in range(3 * INTENTS_AT_ONCE)]

    async def post(account: UUID, answered_after: int) -> None:
        nonlocal at_once
        async with turns.send(account):
            async with turns.intent():
                began.append(account)
                at_once += 1
                assert at_once <= INTENTS_AT_ONCE
                await asyncio.sleep(0)
                at_once -= 1
            for _ in range(answered_after):
                await asyncio.sleep(0)

    await asyncio.gather(*(post(account, number % 3) for account in accounts for number in range(3)))
    rounds = [began[first : first + len(accounts)] for first in range(0, len(began), len(accounts))]
    assert [set(one) for one in rounds] == [set(accounts)] * 3


async def test_whoever_waits_for_the_platform_keeps_nobody_from_committing_an_intent() -> None:
    turns, answered = Turns(), asyncio.Event()

    async def stuck() -> None:
        async with turns.send(uuid4()):
            async with turns.intent():
                pass
            await answered.wait()

    waiting = [asyncio.create_task(stuck()) for _ in range(2 * INTENTS_AT_ONCE)]
    await asyncio.sleep(0)
    async with turns.send(uuid4()), turns.intent():
        assert not any(task.done() for task in waiting)
    answered.set()
    await asyncio.gather(*waiting)


async def test_an_account_that_the_platform_keeps_waiting_does_not_stop_the_others() -> None:
    turns, answered, slow, quick = Turns(), asyncio.Event(), uuid4(), uuid4()

    async def stuck() -> None:
        async with turns.send(slow):
            await answered.wait()

    waiting = asyncio.create_task(stuck())
    await asyncio.sleep(0)
    async with turns.send(quick):
        assert not waiting.done()
    answered.set()
    await waiting


async def test_links_wait_until_nothing_is_to_be_sent_but_not_for_ever() -> None:
    turns, told = Turns(), list[str]()

    async def link(name: str, patience: timedelta) -> None:
        async with turns.link(patience):
            told.append(name)

    async with turns.send(uuid4()):
        patient = asyncio.create_task(link("patient", LONG))
        await link("impatient", SHORT)
        assert told == ["impatient"]
    await patient
    assert told == ["impatient", "patient"]
    await link("calm", LONG)
    assert told[-1] == "calm"
