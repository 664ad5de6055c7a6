"""The page before the dialog."""

from __future__ import annotations

from huntaze.desk.connect import ASKED
from huntaze.kit.clock import ManualClock
from tests.accounts.house import CALLBACK, Browser, House, open_house


async def test_every_permission_we_ask_for_is_explained_once_and_none_that_we_do_not_ask(house: House) -> None:
    explained = [scope for asked in ASKED for scope in asked.scopes]
    assert sorted(explained) == sorted(house.accounts.platforms["instagram"].logins["facebook"].wanted_scopes)


async def test_the_one_button_leads_to_the_dialog(browser: Browser) -> None:
    page = (await browser.get("/platforms/connect/instagram")).text
    assert 'href="/api/auth/instagram"' in page
    assert "Continue with Facebook" in page
    assert "A Business or Creator account" in page
    assert "FACEBOOK_APP_SECRET" not in page


async def test_a_network_without_an_app_says_which_settings_are_missing_and_offers_no_button(house: House) -> None:
    async with (
        open_house(house.database, ManualClock(house.clock.now()), house.key, house.sim, off=True) as dark,
        dark.browser(await dark.workspace()) as browser,
    ):
        page = (await browser.get("/platforms/connect/instagram")).text
        assert "Instagram is switched off on this server" in page
        asked = f"{dark.url}/api/webhooks/instagram"
        for name in ("FACEBOOK_APP_ID", "FACEBOOK_APP_SECRET", f"{dark.url}{CALLBACK}",
                     f"{asked}/deauthorize", f"{asked}/deletion"):  # fmt: skip
            assert name in page
        assert 'href="/api/auth/instagram"' not in page
        away = await browser.get("/api/auth/instagram")
        assert (away.status_code, away.headers["location"]) == (303, "/platforms/connect/instagram")
