"""Connecting: every way in which a person comes back from the platform's dialog."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from huntaze.kit.secret import Secret
from huntaze.platforms.contract import App
from socialsim.testing import MAYA
from tests.accounts.house import CALLBACK, Browser, House

ATELIER, ROUE_LIBRE = "17841400000000001", "17841400000000002"
MAISON = "17841400000000003"
JONAS, INES, TOM = "9001000000000002", "9001000000000003", "9001000000000004"


async def grants(house: House, browser: Browser) -> int:
    """How many grants the workspace holds."""
    rows = await house.rows("SELECT count(*) AS n FROM grants WHERE workspace_id = $1", browser.workspace_id)
    return int(str(rows[0]["n"]))


async def test_both_accounts_of_a_person_are_found_and_the_ticked_one_is_connected(
    house: House, browser: Browser
) -> None:
    page = await browser.choose_page()
    assert page.status_code == 200
    for words in ("atelier.maya", "roue.libre", "Marché de Douarnenez", "No Instagram account is linked"):
        assert words in page.text
    answer = await browser.post(browser.choice, {"account": [ATELIER]})
    assert (answer.status_code, answer.headers["location"]) == (303, "/accounts")
    accounts = await house.live(browser.workspace_id)
    assert [(row.account_ref, row.username, row.page_name) for row in accounts] == [
        (ATELIER, "atelier.maya", "Atelier Maya")
    ]
    assert accounts[0].health == "good"
    stored = await house.rows("SELECT user_ref, token FROM grants WHERE workspace_id = $1", browser.workspace_id)
    assert stored[0]["user_ref"] == MAYA
    told = await house.rows("SELECT topic, account_id FROM domain_event WHERE workspace_id = $1", browser.workspace_id)
    assert told == [{"topic": "account.connected", "account_id": accounts[0].id}]
    shown = await browser.get("/accounts")
    assert "@atelier.maya" in shown.text
    assert "@roue.libre" not in shown.text


async def test_the_token_that_is_opened_works_at_the_platform(house: House, browser: Browser) -> None:
    account = (await browser.connect(ATELIER))[0]
    access = await house.accounts.access(account.id)
    profile = await house.accounts.platforms["instagram"].reader.profile(access)
    assert profile.username == "atelier.maya"
    assert access.fallback is not None


async def test_live_events_are_switched_on_for_the_app_once_and_for_each_account(
    house: House, browser: Browser
) -> None:
    accounts = await browser.connect(ATELIER, ROUE_LIBRE)
    assert all(row.webhooks_at is not None for row in accounts)
    calls = house.sim.calls()
    assert calls["POST /{app}/subscriptions"] <= 1
    assert calls["POST /{page}/subscribed_apps"] == 2
    assert "On" in (await browser.get("/accounts")).text


async def test_pictures_are_shown_through_us_and_only_those_the_platform_named(browser: Browser) -> None:
    page = (await browser.choose_page()).text
    source = page.partition('src="/accounts/picture?of=')[2].partition('"')[0]
    picture = await browser.client.get(f"/accounts/picture?of={source}")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    forged = await browser.client.get(f"/accounts/picture?of={source[:-2]}xx")
    assert forged.status_code == 404


async def test_the_dialog_is_asked_with_exactly_the_configured_address(house: House, browser: Browser) -> None:
    asked = await browser.to_dialog("/api/auth/instagram?redirect_uri=https://evil.example/")
    assert asked["redirect_uri"] == house.redirect_uri
    assert asked["client_id"] == house.sim.app_id
    assert len(asked["state"]) >= 43
    assert house.sim.app_secret not in str(asked)


async def test_a_person_who_says_no_is_told_that_nothing_was_connected(house: House, browser: Browser) -> None:
    asked = await browser.to_dialog()
    answer = await browser.get(
        f"{CALLBACK}?error=access_denied&error_reason=user_denied&error_description=no&state={asked['state']}"
    )
    assert answer.status_code == 200
    assert "You ended the sign-in at Facebook." in answer.text
    assert "Try again" in answer.text
    assert await grants(house, browser) == 0


async def test_an_error_of_the_app_is_told_in_the_platforms_words_and_rendered_inert(browser: Browser) -> None:
    asked = await browser.to_dialog()
    answer = await browser.get(f"{CALLBACK}?error_code=1349245&error_message=<script>x</script>&state={asked['state']}")
    assert answer.status_code == 200
    assert "<script>x" not in answer.text
    assert "&lt;script&gt;x" in answer.text


async def test_a_declined_permission_is_named_the_rest_connects_and_it_can_be_asked_again(
    house: House, browser: Browser
) -> None:
    page = await browser.choose_page(decline=["instagram_content_publish"])
    assert "Something was not allowed" in page.text
    assert "instagram_content_publish" in page.text
    await browser.post(browser.choice, {"account": [ATELIER]})
    account = (await house.live(browser.workspace_id))[0]
    assert [str(text) for text in account.off] == ["Publishing is off: its permission was not given."]
    assert "Limited" in (await browser.get("/accounts")).text
    asked = await browser.to_dialog("/api/auth/instagram?login=facebook&again=1")
    assert asked["auth_type"] == "rerequest"


@pytest.mark.parametrize(
    "wrong", ["missing", "invented", "used", "old", "another session", "another person", "another workspace"]
)
async def test_a_state_that_is_not_this_sessions_fresh_one_is_refused_and_nothing_is_stored(
    house: House, browser: Browser, wrong: str
) -> None:
    asked = await browser.to_dialog()
    code = house.sim.login(house.redirect_uri, scope=asked["scope"])[1]
    state = {"missing": "", "invented": "x" * 43}.get(wrong, asked["state"])
    url = f"{CALLBACK}?code={code}&state={state}"
    if wrong == "used":
        await browser.get(f"{CALLBACK}?error=access_denied&state={state}")
    if wrong == "old":
        house.clock.advance(timedelta(minutes=10, seconds=1))
    if wrong.startswith("another"):
        workspace_id = await house.workspace("Other") if wrong == "another workspace" else browser.workspace_id
        person_id = browser.person_id if wrong == "another session" else None
        async with house.browser(workspace_id, person_id=person_id) as other:
            answer = await other.get(url)
    else:
        answer = await browser.get(url)
    assert answer.status_code == 400
    assert "This sign-in was refused" in answer.text
    assert await grants(house, browser) == 0
    assert "GET /oauth/access_token" not in house.sim.calls()


async def test_a_stolen_callback_leaves_the_owners_own_one_usable(house: House, browser: Browser) -> None:
    asked = await browser.to_dialog()
    code = house.sim.login(house.redirect_uri, scope=asked["scope"])[1]
    async with house.browser(browser.workspace_id) as thief:
        assert (await thief.get(f"{CALLBACK}?code={code}&state={asked['state']}")).status_code == 400
    assert (await browser.get(f"{CALLBACK}?code={code}&state={asked['state']}")).status_code == 303


async def test_of_two_simultaneous_callbacks_with_one_state_one_wins(house: House, browser: Browser) -> None:
    asked = await browser.to_dialog()
    code = house.sim.login(house.redirect_uri, scope=asked["scope"])[1]
    url = f"{CALLBACK}?code={code}&state={asked['state']}"
    answers = await asyncio.gather(*(browser.client.get(url) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 400, 400, 400]
    assert await grants(house, browser) == 1


@pytest.mark.parametrize("why", ["used", "expired"])
async def test_a_code_that_is_used_or_expired_ends_on_a_page_that_says_so(
    house: House, browser: Browser, why: str
) -> None:
    asked = await browser.to_dialog()
    code = house.sim.login(house.redirect_uri, scope=asked["scope"])[1]
    if why == "used":
        login = house.accounts.platforms["instagram"].logins["facebook"]
        await login.exchange(App(house.sim.app_id, Secret(house.sim.app_secret)), house.redirect_uri, code)
    else:
        house.sim.advance(86_400)
    answer = await browser.get(f"{CALLBACK}?code={code}&state={asked['state']}")
    assert answer.status_code == 422
    assert "did not finish the sign-in" in answer.text
    assert await grants(house, browser) == 0


async def test_a_platform_that_does_not_answer_costs_only_another_try(house: House, browser: Browser) -> None:
    asked = await browser.to_dialog()
    code = house.sim.login(house.redirect_uri, scope=asked["scope"])[1]
    house.sim.add_fault(
        {"where": "before", "what": "status", "status": 500, "match": {"endpoint": "GET /oauth/access_token"}}
    )
    answer = await browser.get(f"{CALLBACK}?code={code}&state={asked['state']}")
    assert answer.status_code == 502
    assert await grants(house, browser) == 0
    house.sim.clear_faults()
    assert (await browser.allow()).status_code == 303


@pytest.mark.parametrize(
    ("user_id", "words"),
    [
        (JONAS, "This Facebook profile shows us no Page."),
        (TOM, "This is a personal Instagram account"),
    ],
)
async def test_a_person_without_a_usable_account_learns_why_and_what_to_do(
    browser: Browser, user_id: str, words: str
) -> None:
    page = await browser.choose_page(user_id=user_id)
    assert page.status_code == 200
    assert "No account can be connected yet" in page.text
    assert words in page.text
    assert "Business or Creator account" in page.text


async def test_an_account_inside_a_portfolio_is_found_when_its_permission_is_given(
    house: House, browser: Browser
) -> None:
    hidden = await browser.choose_page(user_id=INES, decline=["business_management"])
    assert "Business portfolio" in hidden.text
    again = hidden.text.partition('href="/api/auth/')[2].partition('"')[0].replace("&amp;", "&")
    accounts = await browser.connect(MAISON, user_id=INES, path=f"/api/auth/{again}")
    assert [row.username for row in accounts] == ["maison.carvalho"]


async def test_nothing_ticked_brings_the_choice_back_with_a_word(house: House, browser: Browser) -> None:
    await browser.choose_page()
    answer = await browser.post(browser.choice)
    assert answer.status_code == 422
    assert "Tick at least one account." in answer.text
    assert (await browser.post(browser.choice, {"account": ["17841499999999999"]})).status_code == 422
    assert await house.live(browser.workspace_id) == []


async def test_connecting_twice_at_the_same_moment_gives_one_row(house: House, browser: Browser) -> None:
    await browser.choose_page()
    answers = await asyncio.gather(
        *(browser.post(browser.choice, {"account": [ATELIER, ROUE_LIBRE]}) for _ in range(3))
    )
    assert {answer.status_code for answer in answers} == {303}
    accounts = await house.live(browser.workspace_id)
    assert len(accounts) == 2
    await house.run_jobs()
    await house.accounts.access(accounts[0].id)


async def test_connecting_again_keeps_the_account_and_ends_the_grant_it_had(house: House, browser: Browser) -> None:
    first = (await browser.connect(ATELIER))[0]
    house.clock.advance(timedelta(minutes=1))
    second = (await browser.connect(ATELIER, path=f"/api/auth/instagram?account={first.id}&again=1"))[0]
    assert (second.id, second.connected_at) == (first.id, first.connected_at)
    assert second.grant_id != first.grant_id
    old = (await house.rows("SELECT token, revoked_at FROM grants WHERE id = $1", first.grant_id))[0]
    assert (old["token"], old["revoked_at"] is None) == (b"", False)
    await house.accounts.access(second.id)


async def test_another_persons_sign_in_takes_an_account_over_only_on_purpose(house: House, browser: Browser) -> None:
    shared = {"id": "101100000000077", "name": "Shared", "instagram": {"id": "17841477000000077", "username": "shared"}}
    house.sim.seed({"users": [{"id": "9002000000000071", "name": "Ada", "pages": [shared]}]})
    house.sim.seed({"users": [{"id": "9002000000000072", "name": "Bo", "pages": [shared]}]})
    first = (await browser.connect("17841477000000077", user_id="9002000000000071"))[0]
    page = await browser.choose_page(user_id="9002000000000072")
    assert "Another person&#39;s sign-in is used" in page.text
    answer = await browser.post(browser.choice, {"account": ["17841477000000077"]})
    assert answer.status_code == 409
    assert "Another person connected this account here." in answer.text
    kept = (await house.live(browser.workspace_id))[0]
    assert kept.grant_id == first.grant_id
    answer = await browser.post(browser.choice, {"take_over": ["17841477000000077"]})
    assert answer.status_code == 303
    taken = (await house.live(browser.workspace_id))[0]
    assert (taken.id, taken.grant_id == first.grant_id) == (first.id, False)


async def test_reconnecting_as_somebody_who_cannot_see_the_account_is_told(house: House, browser: Browser) -> None:
    account = (await browser.connect(ATELIER))[0]
    page = await browser.choose_page(user_id=INES, path=f"/api/auth/instagram?account={account.id}")
    assert "@atelier.maya is not among them" in page.text


async def test_a_choice_left_open_for_an_hour_is_closed_and_its_token_wiped(house: House, browser: Browser) -> None:
    await browser.choose_page()
    house.clock.advance(timedelta(hours=1, seconds=1))
    await house.sweep("accounts.health")
    answer = await browser.get(browser.choice)
    assert answer.status_code == 410
    assert "This choice is no longer open." in answer.text
    left = await house.rows("SELECT token FROM grants WHERE workspace_id = $1", browser.workspace_id)
    assert left == [{"token": b""}]


async def test_a_foreign_choice_and_a_foreign_account_look_like_unknown_ones(house: House, browser: Browser) -> None:
    account = (await browser.connect(ATELIER))[0]
    unknown = "0190a0a0-0000-7000-8000-000000000000"
    async with house.browser(await house.workspace("Other")) as other:
        for known, missing in (
            (browser.choice, f"/accounts/choose/{unknown}"),
            (f"/accounts/{account.id}/disconnect", f"/accounts/{unknown}/disconnect"),
        ):
            one, two = await other.get(known), await other.get(missing)
            assert one.status_code == two.status_code
            assert _plain(one.text, known) == _plain(two.text, missing)
        assert (await other.post(browser.choice, {"account": [ROUE_LIBRE]})).status_code == 410
        assert (await other.post(f"/accounts/{account.id}/disconnect")).status_code == 404


async def test_an_api_key_cannot_connect(house: House, browser: Browser) -> None:
    _, key = await house.identity.create_key(browser.workspace_id, "program", ["accounts.read"])
    answer = await browser.client.get("/api/auth/instagram", headers={"authorization": f"Bearer {key}", "cookie": ""})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_an_unknown_network_or_login_is_nothing(browser: Browser) -> None:
    for path in ("/api/auth/myspace", "/api/auth/myspace/callback", "/api/auth/instagram?login=carrier-pigeon"):
        assert (await browser.get(path)).status_code == 404


def _plain(text: str, path: str) -> str:
    """A page without its own address and what differs from one request to the next."""
    own = text.replace(path, "here")
    return "\n".join(line for line in own.split(">") if "token" not in line and "since=" not in line)
