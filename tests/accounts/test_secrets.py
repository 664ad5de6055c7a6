"""No token is readable anywhere but where it is opened on purpose."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from huntaze.accounts import AccountUnavailable, Apps, WebhookKeys
from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing, new_key
from huntaze.kit.secret import Secret
from huntaze.platforms.contract import App
from tests.accounts.house import Browser, House
from tests.support.leaks import captured_logs, every_row

ATELIER, ROUE_LIBRE = "17841400000000001", "17841400000000002"


async def test_after_a_whole_life_no_token_stands_in_any_table_or_log(house: House, browser: Browser) -> None:
    house.sim.configure({"exchangeExtends": True})
    with captured_logs() as logs:
        accounts = await browser.connect(ATELIER, ROUE_LIBRE)
        for account in accounts:
            await house.accounts.access(account.id)
        await house.pass_time(timedelta(days=31))
        await house.sweep("accounts.refresh")
        await house.sweep("accounts.health")
        house.sim.add_fault({"where": "before", "what": "reset", "match": {"endpoint": "GET /me/accounts"}})
        await browser.get(browser.choice)
        before = await every_row(house.database)
        async with house.browser(browser.workspace_id) as later:
            await later.get("/accounts")
            await later.post(f"/accounts/{accounts[0].id}/disconnect")
        after = await every_row(house.database)
    secrets = set(re.findall(r"EAAJ[\w-]{40,}|AQ[\w-]{100,}", json.dumps(house.sim.get("/_sim/snapshot"))))
    assert len(secrets) >= 4
    secrets.add(house.sim.app_secret)
    for text in (before, after, logs.getvalue()):
        assert [secret[:8] for secret in secrets if secret in text] == []
    assert "account_connected" in logs.getvalue()


async def test_a_token_moved_to_another_row_does_not_open(house: House, browser: Browser) -> None:
    one, two = await browser.connect(ATELIER, ROUE_LIBRE)
    await house.rows(
        "UPDATE account SET token = (SELECT token FROM account WHERE id = $2) WHERE id = $1", one.id, two.id
    )
    with pytest.raises(AccountUnavailable) as refused:
        await house.accounts.access(one.id)
    assert "cannot be opened" in str(refused.value.reason)
    await house.accounts.access(two.id)


async def test_an_app_entered_in_the_ui_is_sealed_and_the_operators_one_comes_first(house: House) -> None:
    clock, ring = ManualClock(), KeyRing.parse(new_key())
    apps = Apps(house.database, clock, ring, {}, {"instagram": WebhookKeys(None, (Secret("extra"),))})
    assert await apps.app("instagram", "facebook") is None
    assert await apps.webhook_secrets("instagram") == [Secret("extra")]
    await apps.save("instagram", "facebook", "4711", Secret("typed-by-hand"))
    await apps.save("instagram", "facebook", "4712", Secret("typed-again"))
    assert await apps.app("instagram", "facebook") == App("4712", Secret("typed-again"))
    assert not apps.set_by_operator("instagram", "facebook")
    assert "typed" not in await every_row(house.database)
    operator = {("instagram", "facebook"): App("1", Secret("of-the-operator"))}
    ruled = Apps(house.database, clock, ring, operator, {})
    assert await ruled.app("instagram", "facebook") == App("1", Secret("of-the-operator"))
    assert ruled.set_by_operator("instagram", "facebook")
    assert await ruled.webhook_secrets("instagram") == [Secret("of-the-operator")]
    assert await ruled.webhook_secrets("tiktok") == []


async def test_the_verify_token_is_the_configured_one_else_our_own_and_never_shared(house: House) -> None:
    ring = KeyRing.parse(new_key())
    set_one = Apps(house.database, ManualClock(), ring, {}, {"instagram": WebhookKeys(Secret("chosen"))})
    own = Apps(house.database, ManualClock(), ring, {}, {})
    other = Apps(house.database, ManualClock(), KeyRing.parse(new_key()), {}, {})
    assert set_one.verify_token("instagram") == Secret("chosen")
    assert own.verify_token("instagram") == own.verify_token("instagram")
    assert len({app.verify_token("instagram").reveal() for app in (own, other)}) == 2
    assert own.verify_token("instagram") != own.verify_token("tiktok")
