"""Looking after connected accounts: what changes at the platform is seen, shown, and mended where that can be done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huntaze.accounts import AccountUnavailable
from huntaze.kit.text import Text
from huntaze.platforms.errors import Reconnect
from socialsim.testing import MAYA
from tests.accounts.house import Browser, House

ATELIER, ROUE_LIBRE = "17841400000000001", "17841400000000002"
ATELIER_PAGE = "101000000000001"
SUBSCRIBE = "POST /{page}/subscribed_apps"
DAY = timedelta(days=1, minutes=1)


async def checked(house: House, browser: Browser) -> None:
    """A day later."""
    await house.pass_time(DAY)
    await house.sweep("accounts.health")


async def test_live_events_that_cannot_be_switched_on_are_shown_and_tried_again_and_cost_nothing_else(
    house: House, browser: Browser
) -> None:
    house.sim.add_fault({"where": "before", "what": "status", "status": 500, "match": {"endpoint": SUBSCRIBE}})
    account = (await browser.connect(ATELIER))[0]
    assert (account.health, account.webhooks_at) == ("good", None)
    assert account.webhooks_problem is not None
    await house.accounts.access(account.id)
    assert "No live events" in (await browser.get("/accounts")).text
    await house.sweep("accounts.health")
    assert (await house.live(browser.workspace_id))[0].webhooks_at is None
    house.clock.advance(timedelta(minutes=1))
    await house.sweep("accounts.health")
    mended = (await house.live(browser.workspace_id))[0]
    assert mended.webhooks_at is not None
    assert mended.webhooks_problem is None


async def test_our_own_webhook_answers_the_handshake_with_a_token_nobody_had_to_set(
    house: House, browser: Browser
) -> None:
    await browser.connect(ATELIER)
    token = house.accounts.apps.verify_token("instagram").reveal()
    good = f"hub.mode=subscribe&hub.challenge=4711&hub.verify_token={token}"
    assert (await browser.client.get(f"/api/webhooks/instagram?{good}")).text == "4711"
    assert (await browser.client.get(f"/api/webhooks/instagram?{good}x")).status_code == 403
    marks = await house.rows("SELECT callback_url FROM app_webhook")
    assert marks == [{"callback_url": f"{house.url}/api/webhooks/instagram"}]


async def test_a_lost_role_is_seen_at_the_daily_check_and_only_that_account_suffers(
    house: House, browser: Browser
) -> None:
    await browser.connect(ATELIER, ROUE_LIBRE)
    house.sim.post("/_sim/act/lose-role", {"userId": MAYA, "pageId": ATELIER_PAGE})
    await checked(house, browser)
    health = {row.account_ref: row.health for row in await house.live(browser.workspace_id)}
    assert health == {ATELIER: "reconnect", ROUE_LIBRE: "good"}
    lost = next(row for row in await house.live(browser.workspace_id) if row.account_ref == ATELIER)
    with pytest.raises(AccountUnavailable) as refused:
        await house.accounts.access(lost.id)
    assert refused.value.account == lost
    assert "role" in str(refused.value.remedy)


async def test_a_changed_password_is_seen_told_once_and_shown_with_the_way_out(house: House, browser: Browser) -> None:
    await browser.connect(ATELIER)
    house.sim.post("/_sim/act/change-password", {"userId": MAYA})
    await checked(house, browser)
    await checked(house, browser)
    account = (await house.live(browser.workspace_id))[0]
    assert account.health == "reconnect"
    told = await house.rows("SELECT 1 FROM domain_event WHERE body->>'what' = 'reconnect'")
    assert len(told) == 1
    async with house.browser(browser.workspace_id) as later:
        page = (await later.get("/accounts")).text
        assert "Reconnect needed" in page
        assert f"/api/auth/instagram?account={account.id}" in page
        again = (await later.connect(ATELIER, path=f"/api/auth/instagram?account={account.id}"))[0]
    assert (again.id, again.health) == (account.id, "good")


async def test_a_platform_out_of_order_disconnects_nobody(house: House, browser: Browser) -> None:
    await browser.connect(ATELIER)
    house.sim.add_fault({"where": "before", "what": "status", "status": 500, "times": 99, "match": {"endpoint": "*"}})
    await checked(house, browser)
    assert (await house.live(browser.workspace_id))[0].health == "good"


async def test_a_permission_taken_away_later_limits_the_account_and_says_which_function_is_off(
    house: House, browser: Browser
) -> None:
    await browser.connect(ATELIER)
    async with house.browser(await house.workspace("Other")) as elsewhere:
        made = house.sim.post(
            "/_sim/login",
            {
                "redirectUri": house.redirect_uri,
                "scope": ",".join(house.accounts.platforms["instagram"].logins["facebook"].wanted_scopes),
                "authType": "rerequest",
                "userId": MAYA,
                "decline": ["instagram_manage_comments"],
            },
        )
        assert made["code"]
        assert elsewhere.workspace_id != browser.workspace_id
    await checked(house, browser)
    account = (await house.live(browser.workspace_id))[0]
    assert account.health == "good"
    assert [str(text) for text in account.off] == ["Comments are off: their permission was not given."]


async def test_a_complaint_is_checked_soon_and_taken_back_when_the_account_works(
    house: House, browser: Browser
) -> None:
    account = (await browser.connect(ATELIER))[0]
    house.clock.advance(timedelta(hours=2))
    complaint = Reconnect(Text("It said no."), Text("Connect again."), platform="instagram", code="100", subcode="33")
    await house.accounts.needs_reconnect(account.id, complaint)
    shown = (await house.live(browser.workspace_id))[0]
    assert (shown.health, str(shown.note.reason) if shown.note else "") == ("reconnect", "It said no.")
    house.clock.advance(timedelta(minutes=11))
    await house.sweep("accounts.health")
    assert (await house.live(browser.workspace_id))[0].health == "good"
    await house.accounts.needs_reconnect(account.id, complaint)
    house.clock.advance(timedelta(minutes=11))
    await house.sweep("accounts.health")
    assert (await house.live(browser.workspace_id))[0].health == "reconnect"


async def test_the_end_of_data_access_is_kept_shown_and_told_in_time(house: House, browser: Browser) -> None:
    house.sim.configure({"longTokenLifetime": 31_536_000.0})
    await browser.connect(ATELIER)
    await house.pass_time(timedelta(days=80))
    await house.sweep("accounts.health")
    told = await house.rows("SELECT body->>'what' AS what FROM domain_event WHERE body->>'what' LIKE 'ends%'")
    assert told == [{"what": "ends_in_14_days"}]
    async with house.browser(browser.workspace_id) as later:
        page = (await later.get("/accounts")).text
    assert "Ends soon" in page
    assert "Access to data ends" in page


async def test_a_renamed_account_is_shown_under_its_new_name(house: House, browser: Browser) -> None:
    account = (await browser.connect(ATELIER))[0]
    await house.rows("UPDATE account SET username = 'old.name' WHERE id = $1", account.id)
    await checked(house, browser)
    assert (await house.live(browser.workspace_id))[0].username == "atelier.maya"
