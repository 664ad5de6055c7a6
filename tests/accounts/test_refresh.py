"""Keeping a sign-in alive: early, once, never losing what works, and telling in time when it cannot be done."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from huntaze.accounts import GrantGone
from huntaze.accounts.schedule import notice_due, refresh_at
from huntaze.platforms.contract import Allowance, Usage
from huntaze.platforms.errors import Later, Reconnect
from tests.accounts.house import Browser, House

ATELIER, ROUE_LIBRE = "17841400000000001", "17841400000000002"
EXCHANGE = "GET /oauth/access_token"
DAY = timedelta(days=1)


async def grant_of(house: House, browser: Browser) -> UUID:
    """Connect an account, and give the grant behind it."""
    return (await browser.connect(ATELIER))[0].grant_id


async def ends(house: House, grant_id: UUID) -> datetime:
    """When the grant ends, as the row has it."""
    row = (await house.rows("SELECT expires_at FROM grants WHERE id = $1", grant_id))[0]
    end = row["expires_at"]
    assert isinstance(end, datetime)
    return end


async def told(house: House, browser: Browser) -> list[str]:
    """What was told of the account, in order."""
    rows = await house.rows(
        "SELECT body->>'what' AS what FROM domain_event WHERE workspace_id = $1 AND topic = 'account.changed'"
        " AND body->>'what' NOT IN ('webhooks', 'health') ORDER BY id",
        browser.workspace_id,
    )
    return [str(row["what"]) for row in rows]


async def test_nothing_is_asked_before_thirty_days_of_the_end(house: House, browser: Browser) -> None:
    await grant_of(house, browser)
    house.sim.delete("/_sim/calls")
    await house.pass_time(timedelta(days=29))
    await house.sweep("accounts.refresh")
    assert EXCHANGE not in house.sim.calls()


async def test_from_thirty_days_before_the_end_the_grant_is_renewed_by_itself(house: House, browser: Browser) -> None:
    house.sim.configure({"exchangeExtends": True})
    grant_id = await grant_of(house, browser)
    before = await ends(house, grant_id)
    await house.pass_time(timedelta(days=31))
    await house.sweep("accounts.refresh")
    after = await ends(house, grant_id)
    assert after > before + timedelta(days=25)
    account = (await house.live(browser.workspace_id))[0]
    assert (await house.accounts.access(account.id)).fallback is not None
    await house.sweep("accounts.refresh")
    assert await ends(house, grant_id) == after


async def test_eight_refreshes_at_once_ask_the_platform_once_and_all_use_the_answer(
    house: House, browser: Browser
) -> None:
    house.sim.configure({"exchangeExtends": True})
    grant_id = await grant_of(house, browser)
    await house.pass_time(timedelta(days=31))
    house.sim.delete("/_sim/calls")
    house.sim.add_fault({"where": "before", "what": "slow", "seconds": 0.5, "match": {"endpoint": EXCHANGE}})
    rows = await asyncio.gather(*(house.accounts.refreshing.refresh(grant_id) for _ in range(8)))
    assert house.sim.calls()[EXCHANGE] == 1
    assert {row.token for row in rows} == {rows[0].token}


async def test_an_end_that_does_not_move_is_told_at_fourteen_seven_and_two_days(house: House, browser: Browser) -> None:
    grant_id = await grant_of(house, browser)
    for day in range(1, 60):
        await house.pass_time(DAY)
        await house.sweep("accounts.refresh")
        if day == 47:
            assert await told(house, browser) == ["ends_in_14_days"]
            assert "Ends soon" in await page_later(house, browser.workspace_id)
    assert await told(house, browser) == ["ends_in_14_days", "ends_in_7_days", "ends_in_2_days"]
    assert (await house.accounts.refreshing.refresh(grant_id)).refresh_tries >= 25


async def test_the_day_the_token_dies_the_account_asks_for_a_person(house: House, browser: Browser) -> None:
    await grant_of(house, browser)
    await house.pass_time(timedelta(days=61))
    await house.sweep("accounts.refresh")
    account = (await house.live(browser.workspace_id))[0]
    assert account.health == "reconnect"
    assert account.note is not None
    assert await told(house, browser) == ["reconnect"]
    house.sim.delete("/_sim/calls")
    await house.pass_time(DAY)
    await house.sweep("accounts.refresh")
    assert EXCHANGE not in house.sim.calls()


@pytest.mark.parametrize("answer", ["status", "malformed"])
async def test_a_failed_renewal_keeps_the_token_and_is_tried_again_later_each_time(
    house: House, browser: Browser, answer: str
) -> None:
    grant_id = await grant_of(house, browser)
    before = (await house.rows("SELECT token FROM grants WHERE id = $1", grant_id))[0]
    await house.pass_time(timedelta(days=31))
    house.sim.add_fault(
        {"where": "before", "what": answer, "status": 500, "times": 99, "match": {"endpoint": EXCHANGE}}
    )
    waits = []
    for _ in range(3):
        await house.sweep("accounts.refresh")
        row = (await house.rows("SELECT token, refresh_at, lease_until FROM grants WHERE id = $1", grant_id))[0]
        assert (row["token"], row["lease_until"]) == (before["token"], None)
        again_at = row["refresh_at"]
        assert isinstance(again_at, datetime)
        waits.append(again_at - house.clock.now())
        await house.pass_time(waits[-1])
    assert waits == sorted(waits)
    assert waits[0] < waits[2]
    account = (await house.live(browser.workspace_id))[0]
    assert account.health == "good"
    house.sim.clear_faults()
    await house.sweep("accounts.refresh")


@pytest.mark.parametrize("checkpoint", ["refresh.intent", "refresh.answered"])
async def test_a_worker_killed_during_a_renewal_loses_nothing_and_the_next_one_does_it(
    house: House, browser: Browser, checkpoint: str
) -> None:
    grant_id = await grant_of(house, browser)
    await house.pass_time(timedelta(days=31))
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.accounts.dying_worker",
        str(grant_id),
        env={
            **os.environ,
            "T_DSN": house.database.dsn,
            "T_KEY": house.key,
            "T_SIM": house.sim.url,
            "T_NOW": house.clock.now().isoformat(),
            "T_KILL_AT": checkpoint,
        },
    )
    assert await child.wait() == -signal.SIGKILL
    account = (await house.live(browser.workspace_id))[0]
    await house.accounts.access(account.id)
    await house.sweep("accounts.refresh")
    left = (await house.rows("SELECT lease_until, refresh_tries FROM grants WHERE id = $1", grant_id))[0]
    assert left["lease_until"] is not None
    await house.pass_time(timedelta(minutes=4))
    await house.sweep("accounts.refresh")
    done = (await house.rows("SELECT lease_until, refresh_tries FROM grants WHERE id = $1", grant_id))[0]
    assert (done["lease_until"], done["refresh_tries"]) == (None, 1)


async def test_who_lost_the_lease_does_not_overwrite_the_one_who_has_it(house: House, browser: Browser) -> None:
    grant_id = await grant_of(house, browser)
    await house.pass_time(timedelta(days=31))
    house.sim.delete("/_sim/calls")
    house.sim.add_fault({"where": "before", "what": "slow", "seconds": 0.6, "match": {"endpoint": EXCHANGE}})
    slow = asyncio.create_task(house.accounts.refreshing.refresh(grant_id))
    while EXCHANGE not in house.sim.calls():
        await asyncio.sleep(0.02)
    await house.rows("UPDATE grants SET fence = fence + 1, token = 'of somebody else' WHERE id = $1", grant_id)
    assert (await slow).token == b"of somebody else"
    row = (await house.rows("SELECT token FROM grants WHERE id = $1", grant_id))[0]
    assert row["token"] == b"of somebody else"


async def test_a_grant_that_is_over_is_not_renewed(house: House, browser: Browser) -> None:
    grant_id = await grant_of(house, browser)
    await house.accounts.forget_user("instagram", "9001000000000001")
    with pytest.raises(GrantGone):
        await house.accounts.refreshing.refresh(grant_id)


async def test_a_dead_sign_in_is_told_to_every_account_behind_it(house: House, browser: Browser) -> None:
    accounts = await browser.connect(ATELIER, ROUE_LIBRE)
    await house.pass_time(timedelta(days=31))
    house.sim.post("/_sim/act/change-password", {"userId": "9001000000000001"})
    with pytest.raises(Reconnect):
        await house.accounts.refreshing.refresh(accounts[0].grant_id)
    assert [row.health for row in await house.live(browser.workspace_id)] == ["reconnect", "reconnect"]


async def test_a_silent_platform_is_later_not_reconnect(house: House, browser: Browser) -> None:
    grant_id = await grant_of(house, browser)
    await house.pass_time(timedelta(days=31))
    house.sim.add_fault({"where": "before", "what": "error", "code": 2, "match": {"endpoint": EXCHANGE}})
    with pytest.raises(Later):
        await house.accounts.refreshing.refresh(grant_id)


def test_a_short_grant_is_renewed_from_the_middle_of_its_life() -> None:
    now = datetime.fromisoformat("2026-03-01T00:00:00+00:00")
    assert refresh_at(now, now + timedelta(days=60)) == now + timedelta(days=30)
    assert refresh_at(now, now + DAY) == now + timedelta(hours=12)
    assert refresh_at(now, None) is None


def test_each_notice_is_due_once() -> None:
    now = datetime.fromisoformat("2026-03-01T00:00:00+00:00")
    assert notice_due(now + timedelta(days=20), None, now) is None
    assert notice_due(now + timedelta(days=14), None, now) == 14
    assert notice_due(now + timedelta(days=10), 14, now) is None
    assert notice_due(now + timedelta(days=1), 14, now) == 2
    assert notice_due(now - DAY, 2, now) is None
    assert notice_due(None, None, now) is None


async def page_later(house: House, workspace_id: UUID) -> str:
    """The accounts page for somebody who signs in at this hour."""
    async with house.browser(workspace_id) as fresh:
        return (await fresh.get("/accounts")).text


def block(house: House, minutes: int) -> None:
    """What an answer told: the app is blocked."""
    blocked = Usage("instagram", Allowance.APP, house.sim.app_id, 100, timedelta(minutes=minutes))
    house.accounts.governor.take((blocked,))


async def test_while_the_platform_takes_no_calls_a_renewal_waits_until_the_time_it_named(
    house: House, browser: Browser
) -> None:
    grant_id = await grant_of(house, browser)
    await house.pass_time(timedelta(days=31))
    house.sim.delete("/_sim/calls")
    block(house, 40)
    await house.sweep("accounts.refresh")
    await house.accounts.health.check(grant_id)
    assert house.sim.calls() == {}
    (row,) = await house.rows("SELECT refresh_at, lease_until FROM grants WHERE id = $1", grant_id)
    assert (row["refresh_at"], row["lease_until"]) == (house.clock.now() + timedelta(minutes=40), None)
    assert (await house.live(browser.workspace_id))[0].health == "good"
    await house.pass_time(timedelta(minutes=40))
    await house.sweep("accounts.refresh")
    assert house.sim.calls()[EXCHANGE] == 1


async def test_a_sign_in_that_would_end_before_the_block_does_is_renewed_all_the_same(
    house: House, browser: Browser
) -> None:
    grant_id = await grant_of(house, browser)
    await house.pass_time(await ends(house, grant_id) - house.clock.now() - timedelta(hours=6))
    house.sim.delete("/_sim/calls")
    block(house, 40)
    await house.sweep("accounts.refresh")
    assert house.sim.calls()[EXCHANGE] == 1
