"""Requests that another site makes a browser send."""

from __future__ import annotations

from tests.identity.house import HTTPS, PASSWORD, House

FOREIGN = "https://evil.example"


async def test_a_form_with_its_token_is_taken_and_so_is_the_header_of_a_fetch(here: House) -> None:
    browser = await here.signed_in()
    await browser.get("/")
    assert (await browser.post("/change")).text == "changed by Ana"
    token = {"x-csrf-token": browser.form_token}
    assert (await browser.client.post("/change", headers=token)).status_code == 200
    assert (await browser.client.post("/change", content=b"raw", headers=token)).status_code == 200


async def test_every_change_without_the_token_or_with_anothers_is_refused(here: House) -> None:
    browser = await here.signed_in()
    other = await here.signed_in("Bob", "bob@example.com")
    await browser.get("/")
    await other.get("/")
    for token in ("", "1.AAAA.BBBB", other.form_token, browser.form_token[:-1], "é"):
        answer = await browser.post("/change", {"csrf_token": token})
        assert answer.status_code == 403, token
        assert "load the page again" in answer.text
    assert (await browser.client.post("/change")).status_code == 403
    assert (await browser.client.post("/change", files={"file": b"x"})).status_code == 403
    field = {"csrf_token": browser.form_token}
    assert (await browser.client.post("/change", data=field, files={"file": b"x"})).status_code == 200


async def test_a_token_of_a_session_that_ended_is_worth_nothing_in_the_next(here: House) -> None:
    browser = await here.signed_in()
    await browser.get("/")
    old = browser.form_token
    await browser.post("/sign-out")
    await browser.sign_in("ana@example.com")
    assert (await browser.post("/change", {"csrf_token": old})).status_code == 403


async def test_a_foreign_origin_is_refused_even_with_the_right_token(here: House) -> None:
    browser = await here.signed_in()
    await browser.get("/")
    refused: list[dict[str, str]] = [
        {"origin": FOREIGN},
        {"origin": "null"},
        {"origin": "https://huntaze.example.evil.example"},
        {"origin": "https://huntaze.example:8443"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "same-origin", "origin": FOREIGN},
    ]
    taken: list[dict[str, str]] = [
        {"origin": HTTPS},
        {"sec_fetch_site": "same-origin", "origin": HTTPS},
        {"sec_fetch_site": "none"},
    ]
    for headers in refused:
        assert (await browser.post("/change", None, **headers)).status_code == 403, headers
    for headers in taken:
        assert (await browser.post("/change", None, **headers)).status_code == 200, headers


async def test_the_forms_before_sign_in_are_guarded_too(here: House) -> None:
    await here.owner()
    entry = {"login": "ana@example.com", "password": PASSWORD}
    browser = here.browser()
    assert (await browser.post("/sign-in", entry)).status_code == 403, "no visit and no token"
    await browser.get("/sign-in")
    assert (await browser.post("/sign-in", {**entry, "csrf_token": ""})).status_code == 403
    assert (await browser.post("/sign-in", entry, origin=FOREIGN)).status_code == 403
    other = here.browser()
    await other.get("/sign-in")
    assert (await browser.post("/sign-in", {**entry, "csrf_token": other.form_token})).status_code == 403
    again = await browser.post("/sign-in", {**entry, "csrf_token": "old"})
    assert "open for too long" in again.text
    assert 'value="ana@example.com"' in again.text
    await browser.get("/sign-in")
    assert (await browser.post("/sign-in", entry)).status_code == 303
    for path in ("/language", "/sign-out"):
        assert (await browser.client.post(path, data={"locale": "fr"})).status_code == 403


async def test_the_json_api_takes_a_session_only_with_the_token_and_a_key_without_one(here: House) -> None:
    browser = await here.signed_in()
    await browser.get("/")
    note = {"text": "hello"}
    refused = await browser.client.post("/api/v1/notes", json=note)
    assert (refused.status_code, refused.json()["code"]) == (403, "form_token")
    token = {"x-csrf-token": browser.form_token}
    assert (await browser.client.post("/api/v1/notes", json=note, headers=token)).json() == note
    foreign = {**token, "origin": FOREIGN}
    assert (await browser.client.post("/api/v1/notes", json=note, headers=foreign)).status_code == 403
    workspace_id = await here.database.pool.fetchval("SELECT id FROM workspace")
    _key_id, key = await here.identity.create_key(workspace_id, "site", ["posts.write"])
    bearer = {"authorization": f"Bearer {key}", "origin": FOREIGN}
    assert (await here.browser().client.post("/api/v1/notes", json=note, headers=bearer)).json() == note


async def test_the_theme_is_kept_for_a_visitor_of_our_pages_and_for_a_person_only_with_the_token(here: House) -> None:
    dark = {"theme": "dark"}
    visitor, person = here.browser(), await here.signed_in()
    assert (await visitor.client.post("/appearance", data=dark)).status_code == 303
    assert (await visitor.client.post("/appearance", data=dark, headers={"origin": FOREIGN})).status_code == 403
    assert (await person.client.post("/appearance", data=dark)).status_code == 403
    await person.get("/")
    assert (await person.post("/appearance", dark)).status_code == 303
    assert (await person.post("/appearance", dark, origin=FOREIGN)).status_code == 403
