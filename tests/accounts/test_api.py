"""`/api/v1/accounts` for programs."""

from __future__ import annotations

import httpx2

from tests.accounts.house import Browser, House

ATELIER, ROUE_LIBRE = "17841400000000001", "17841400000000002"


async def asked(house: House, browser: Browser, path: str, scopes: list[str]) -> httpx2.Response:
    """What a program with a key of these scopes is answered."""
    _, key = await house.identity.create_key(browser.workspace_id, "program", scopes)
    async with httpx2.AsyncClient(base_url=house.url, trust_env=False) as program:
        return await program.get(path, headers={"authorization": f"Bearer {key}"})


async def test_a_program_lists_the_accounts_without_any_token(house: House, browser: Browser) -> None:
    accounts = await browser.connect(ATELIER, ROUE_LIBRE)
    answer = await asked(house, browser, "/api/v1/accounts", ["accounts.read"])
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert [item["id"] for item in items] == [str(row.id) for row in accounts]
    assert items[0] | {"checkedAt": "", "connectedAt": "", "liveEventsSince": ""} == {
        "id": str(accounts[0].id),
        "platform": "instagram",
        "login": "facebook",
        "accountRef": ATELIER,
        "username": "atelier.maya",
        "name": accounts[0].name,
        "health": "good",
        "standing": "good",
        "note": None,
        "functionsOff": [],
        "liveEventsSince": "",
        "signInEndsAt": items[0]["signInEndsAt"],
        "dataAccessEndsAt": items[0]["dataAccessEndsAt"],
        "checkedAt": "",
        "connectedAt": "",
        "profile": None,
        "sync": None,
    }
    one = await asked(house, browser, f"/api/v1/accounts/{accounts[1].id}", ["accounts.read"])
    found = one.json()
    usage, quota = found.pop("usage"), found.pop("quota")
    assert found == items[1]
    assert {row["scope"] for row in usage} >= {"account", "app"}
    assert (quota["left"], quota["periodSeconds"]) == (quota["total"] - quota["used"], 86400)


async def test_a_foreign_a_disconnected_and_an_unknown_account_are_the_same_nothing(
    house: House, browser: Browser
) -> None:
    account = (await browser.connect(ATELIER))[0]
    unknown = "0190a0a0-0000-7000-8000-000000000000"
    nothing = await asked(house, browser, f"/api/v1/accounts/{unknown}", ["accounts.read"])
    async with house.browser(await house.workspace("Other")) as other:
        foreign = await asked(house, other, f"/api/v1/accounts/{account.id}", ["accounts.read"])
    await browser.get("/accounts")
    await browser.post(f"/accounts/{account.id}/disconnect")
    gone = await asked(house, browser, f"/api/v1/accounts/{account.id}", ["accounts.read"])
    assert {answer.status_code for answer in (nothing, foreign, gone)} == {404}
    assert nothing.json() == foreign.json() == gone.json()


async def test_a_key_without_the_scope_is_refused(house: House, browser: Browser) -> None:
    answer = await asked(house, browser, "/api/v1/accounts", ["posts.read"])
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
