"""Leaving: at once here, then at the platform, and no token stays."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from huntaze.accounts import AccountUnavailable
from socialsim.testing import MAYA
from tests.accounts.house import Browser, House

ATELIER, ROUE_LIBRE = "17841400000000001", "17841400000000002"
REVOKE = "DELETE /{user}/permissions"


async def tokens(house: House, account_id: UUID, grant_id: UUID) -> tuple[bool, bool]:
    """Whether the account and its grant still hold a sealed token."""
    account = (await house.rows("SELECT token FROM account WHERE id = $1", account_id))[0]
    grant = (await house.rows("SELECT token FROM grants WHERE id = $1", grant_id))[0]
    return bool(account["token"]), bool(grant["token"])


async def test_the_question_says_what_happens_to_scheduled_posts(house: House, browser: Browser) -> None:
    account = (await browser.connect(ATELIER))[0]
    house.known.scheduled = 3
    page = await browser.get(f"/accounts/{account.id}/disconnect")
    assert "Disconnect @atelier.maya?" in page.text
    assert "3 posts are scheduled for it. They will be held" in page.text
    house.known.scheduled = 0
    assert "No post is scheduled for it." in (await browser.get(f"/accounts/{account.id}/disconnect")).text


async def test_a_disconnected_account_is_told_wiped_and_its_rights_are_taken_away_at_the_platform(
    house: House, browser: Browser
) -> None:
    account = (await browser.connect(ATELIER))[0]
    await browser.get(f"/accounts/{account.id}/disconnect")
    answer = await browser.post(f"/accounts/{account.id}/disconnect")
    assert (answer.status_code, answer.headers["location"]) == (303, "/accounts")
    assert await tokens(house, account.id, account.grant_id) == (False, True)
    told = await house.rows("SELECT account_id, actor FROM domain_event WHERE topic = 'account.disconnected'")
    assert told == [{"account_id": account.id, "actor": "Maya"}]
    with pytest.raises(AccountUnavailable):
        await house.accounts.access(account.id)
    await house.run_jobs()
    assert house.sim.calls()[REVOKE] == 1
    assert await tokens(house, account.id, account.grant_id) == (False, False)
    assert "atelier.maya" not in (await browser.get("/accounts")).text


async def test_the_rights_stay_while_another_account_lives_by_them(house: House, browser: Browser) -> None:
    first, second = await browser.connect(ATELIER, ROUE_LIBRE)
    await browser.get("/accounts")
    await browser.post(f"/accounts/{first.id}/disconnect")
    await house.run_jobs()
    assert REVOKE not in house.sim.calls()
    await house.accounts.access(second.id)
    await browser.post(f"/accounts/{second.id}/disconnect")
    await house.run_jobs()
    assert house.sim.calls()[REVOKE] == 1
    assert await tokens(house, second.id, second.grant_id) == (False, False)


async def test_the_rights_stay_while_another_workspace_lives_by_them(house: House, browser: Browser) -> None:
    mine = (await browser.connect(ATELIER))[0]
    async with house.browser(await house.workspace("Other")) as other:
        theirs = (await other.connect(ATELIER))[0]
    await browser.get("/accounts")
    await browser.post(f"/accounts/{mine.id}/disconnect")
    await house.run_jobs()
    assert REVOKE not in house.sim.calls()
    assert await tokens(house, mine.id, mine.grant_id) == (False, False)
    await house.accounts.access(theirs.id)


async def test_a_platform_that_is_away_is_asked_again_and_the_token_goes_in_the_end(
    house: House, browser: Browser
) -> None:
    account = (await browser.connect(ATELIER))[0]
    house.sim.add_fault(
        {"where": "before", "what": "status", "status": 500, "times": 99, "match": {"endpoint": REVOKE}}
    )
    await browser.get("/accounts")
    await browser.post(f"/accounts/{account.id}/disconnect")
    await house.run_jobs()
    assert await tokens(house, account.id, account.grant_id) == (False, True)
    await house.sweep("accounts.health")
    assert house.sim.calls()[REVOKE] == 1
    for _ in range(20):
        house.clock.advance(timedelta(hours=12))
        await house.sweep("accounts.health")
    assert 10 <= house.sim.calls()[REVOKE] <= 13
    assert await tokens(house, account.id, account.grant_id) == (False, False)


async def test_a_token_that_is_dead_already_is_no_error(house: House, browser: Browser) -> None:
    account = (await browser.connect(ATELIER))[0]
    house.sim.post("/_sim/act/remove-app", {"userId": MAYA})
    await browser.get("/accounts")
    await browser.post(f"/accounts/{account.id}/disconnect")
    await house.run_jobs()
    assert await tokens(house, account.id, account.grant_id) == (False, False)


async def test_connecting_again_brings_the_same_account_back(house: House, browser: Browser) -> None:
    account = (await browser.connect(ATELIER))[0]
    await browser.get("/accounts")
    await browser.post(f"/accounts/{account.id}/disconnect")
    await house.run_jobs()
    again = (await browser.connect(ATELIER))[0]
    assert again.id == account.id
    assert again.disconnected_at is None
    await house.accounts.access(again.id)


async def test_a_new_sign_in_before_the_revocation_keeps_its_rights(house: House, browser: Browser) -> None:
    account = (await browser.connect(ATELIER))[0]
    await browser.get("/accounts")
    await browser.post(f"/accounts/{account.id}/disconnect")
    again = (await browser.connect(ATELIER))[0]
    await house.run_jobs()
    await house.sweep("accounts.health")
    assert REVOKE not in house.sim.calls()
    await house.accounts.access(again.id)


async def test_who_takes_the_app_away_at_the_platform_is_disconnected_everywhere(
    house: House, browser: Browser
) -> None:
    accounts = await browser.connect(ATELIER, ROUE_LIBRE)
    assert await house.accounts.forget_user("instagram", MAYA) == 2
    assert await house.accounts.forget_user("instagram", MAYA) == 0
    assert await house.live(browser.workspace_id) == []
    for account in accounts:
        assert await tokens(house, account.id, account.grant_id) == (False, False)


async def test_disconnecting_twice_is_no_error(house: House, browser: Browser) -> None:
    account = (await browser.connect(ATELIER))[0]
    await browser.get("/accounts")
    for _ in range(2):
        assert (await browser.post(f"/accounts/{account.id}/disconnect")).status_code == 303
    told = await house.rows("SELECT 1 FROM domain_event WHERE topic = 'account.disconnected'")
    assert len(told) == 1
