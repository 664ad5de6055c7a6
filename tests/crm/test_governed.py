"""How often the platform is asked: slowly from 75 %, no sync from 80 %, nothing but publishing from 90 %, each account
for itself (instagram.md §8.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from huntaze.accounts import AccountRow, CallKind, Go, Wait
from huntaze.kit.jobs import RetryLater
from huntaze.platforms.contract import Allowance, Usage
from tests.support.rooms import Rooms

LISTS = ("GET /{ig}", "GET /{ig}/media")
"""The first page of posts comes with the account."""


async def connected(here: Rooms, accounts: int = 1) -> list[AccountRow]:
    """Accounts with two pages of posts each, whose first sync has been asked for."""
    seeded = here.sim.seed({"accounts": accounts, "media": 60, "comments": 0})
    refs = [one["accountId"] for one in seeded["accounts"]]
    rows = await here.connect(await here.owner(), *refs, user_id=seeded["userId"])
    await here.run("outbox.deliver")
    here.sim.delete("/_sim/calls")
    return rows


async def sync_once(here: Rooms) -> None:
    """What a worker does with the wake-ups that wait now."""
    for job in await here.jobs("crm.sync"):
        await here.tasks["crm.sync"].handle(job)


async def sync_of(here: Rooms, account: AccountRow) -> Mapping[str, Any]:
    (row,) = await here.rows("SELECT * FROM sync_cursor WHERE account_id = $1", account.id)
    return row


async def mirrored(here: Rooms, account: AccountRow) -> int:
    """Posts of an account in the mirror."""
    return int(await here.value("SELECT count(*) FROM platform_media WHERE account_id = $1", account.id))


async def may(here: Rooms, kind: CallKind, account: AccountRow) -> Go | Wait:
    """What the governor answers now."""
    return await here.house.accounts.governor.allow(kind, account.workspace_id, account.id)


@contextmanager
def without_headers(here: Rooms) -> Iterator[None]:
    """The platform tells nothing of its allowances."""
    here.sim.configure({"limits": {"headers": 0}})
    try:
        yield
    finally:
        here.sim.configure({"limits": {"headers": 1}})


def lists(here: Rooms) -> int:
    """How often posts were listed."""
    return sum(here.sim.calls().get(endpoint, 0) for endpoint in LISTS)


async def test_at_76_percent_a_sync_goes_page_by_page_with_a_pause_between(here: Rooms) -> None:
    (account,) = await connected(here)
    here.sim.use_up(account.account_ref, 76)
    await sync_once(here)
    row = await sync_of(here, account)
    assert (lists(here), await mirrored(here, account)) == (1, 50)
    assert row["cursor"]
    assert (row["problem"], row["failures"], row["lease_until"]) == (None, 0, None)
    assert row["next_at"] == here.clock.now() + timedelta(minutes=1)
    await sync_once(here)
    assert (lists(here), await mirrored(here, account)) == (2, 60)
    assert (await sync_of(here, account))["finished_at"] is not None


async def test_at_81_percent_a_sync_stops_at_its_page_and_goes_on_when_the_allowance_is_back(here: Rooms) -> None:
    (account,) = await connected(here)
    here.sim.use_up(account.account_ref, 81, minutes=30)
    await sync_once(here)
    assert lists(here) == 1
    assert (await sync_of(here, account))["next_at"] == here.clock.now() + timedelta(minutes=10)
    await sync_once(here)
    assert lists(here) == 1
    assert isinstance(await may(here, CallKind.OTHER, account), Go)
    here.clock.advance(timedelta(minutes=11))
    await here.run("crm.sweep")
    await sync_once(here)
    assert lists(here) == 2
    assert await mirrored(here, account) == 60


async def test_another_account_is_not_slowed_by_it(here: Rooms) -> None:
    spared, other = await connected(here, accounts=2)
    here.sim.use_up(spared.account_ref, 81)
    await sync_once(here)
    assert await mirrored(here, spared) == 50
    assert await mirrored(here, other) == 60
    assert await may(here, CallKind.SYNC, other) == Go()


async def test_at_91_percent_even_a_single_comment_waits_and_publishing_goes_on(here: Rooms) -> None:
    (account,) = await connected(here)
    here.sim.use_up(account.account_ref, 91)
    await sync_once(here)
    here.sim.delete("/_sim/calls")
    place = {"workspace": str(account.workspace_id), "account": str(account.id), "comment": "17900000000000001"}
    with pytest.raises(RetryLater) as later:
        await here.tasks["crm.place"].handle(place)
    assert later.value.delay == timedelta(minutes=10)
    assert here.sim.calls() == {}
    assert await may(here, CallKind.PUBLISH, account) == Go()
    assert await may(here, CallKind.TOKEN, account) == Go()


async def test_the_apps_allowance_counts_for_all_its_accounts_and_never_for_publishing(here: Rooms) -> None:
    first, second = await connected(here, accounts=2)
    here.sim.use_up("", 91, kind="app")
    await sync_once(here)
    for account in (first, second):
        assert isinstance(await may(here, CallKind.SYNC, account), Wait)
        assert isinstance(await may(here, CallKind.OTHER, account), Wait)
        assert await may(here, CallKind.PUBLISH, account) == Go()
    here.clock.advance(timedelta(minutes=11))
    assert await may(here, CallKind.SYNC, first) == Go()


async def test_a_refusal_blocks_until_the_minutes_of_its_header_are_over(here: Rooms) -> None:
    blocked, other = await connected(here, accounts=2)
    here.sim.use_up(blocked.account_ref, 100, minutes=19)
    await sync_once(here)
    answer = await may(here, CallKind.PUBLISH, blocked)
    assert isinstance(answer, Wait)
    assert timedelta(minutes=19) <= answer.until - here.clock.now() <= timedelta(minutes=25)
    assert await may(here, CallKind.PUBLISH, other) == Go()
    assert await mirrored(here, other) == 60
    here.clock.advance(timedelta(minutes=26))
    assert await may(here, CallKind.PUBLISH, blocked) == Go()


async def test_a_refusal_without_headers_blocks_for_five_minutes_then_ten(here: Rooms) -> None:
    (account,) = await connected(here)
    here.sim.use_up(account.account_ref, 100, minutes=300)
    with without_headers(here):
        await sync_once(here)
        row = await sync_of(here, account)
        assert (row["failures"], row["problem"]["message"]) == (1, "Too many calls for now: Instagram asks us to wait.")
        assert await may(here, CallKind.PUBLISH, account) == Wait(here.clock.now() + timedelta(minutes=5))
        here.clock.advance(timedelta(minutes=6))
        await here.run("crm.sweep")
        await sync_once(here)
    assert await may(here, CallKind.PUBLISH, account) == Wait(here.clock.now() + timedelta(minutes=10))


async def test_a_missing_header_says_nothing_neither_full_nor_empty(here: Rooms) -> None:
    (account,) = await connected(here)
    here.sim.use_up(account.account_ref, 76)
    await sync_once(here)
    with without_headers(here):
        await sync_once(here)
    assert await mirrored(here, account) == 60
    assert await may(here, CallKind.SYNC, account) == Go(timedelta(minutes=1))


async def test_only_what_moved_is_written(here: Rooms) -> None:
    (account,) = await connected(here)
    governor, start = here.house.accounts.governor, here.clock.now()
    here.clock.advance(timedelta(hours=1))

    async def written(percent: float, seconds: float) -> tuple[float, float]:
        """What stands in the row after an answer, and when it was told, in seconds."""
        here.clock.advance(timedelta(seconds=seconds))
        governor.take([Usage("instagram", Allowance.ACCOUNT, account.account_ref, percent)])
        await governor.settle()
        (row,) = await here.rows("SELECT * FROM budget WHERE account_id = $1 AND scope = 'account'", account.id)
        return row["percent"], (row["told_at"] - start).total_seconds() - 3600

    assert await written(60, 0) == (60, 0)
    assert await written(64, 10) == (60, 0)
    assert await written(65, 10) == (65, 20)
    assert await written(69, 10) == (65, 20)
    assert await written(74, 10) == (74, 40)
    assert await written(75, 10) == (75, 50)
    assert await written(75, 50) == (75, 50)
    assert await written(75, 10) == (75, 110)


async def test_what_is_told_of_the_page_or_of_messages_concerns_neither_publishing_nor_others(here: Rooms) -> None:
    (account,) = await connected(here)
    governor = here.house.accounts.governor
    full = Usage("instagram", Allowance.MESSAGES, account.page_ref, 100.0, timedelta(minutes=7))
    governor.take([full])
    wait = Wait(here.clock.now() + timedelta(minutes=7))
    messages = dict.fromkeys((CallKind.MESSAGE, CallKind.READ_MESSAGES), wait)
    assert {kind: await may(here, kind, account) for kind in CallKind} == dict.fromkeys(CallKind, Go()) | messages
    governor.take([replace(full, scope=Allowance.SIGN_IN)])
    assert {kind: await may(here, kind, account) for kind in CallKind} == messages | {
        CallKind.PUBLISH: Go(),
        CallKind.TOKEN: wait,
        CallKind.SYNC: wait,
        CallKind.OTHER: wait,
    }
