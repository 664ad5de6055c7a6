"""One-time links: the first owner, and the way in without a password."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta

from tests.identity.house import HTTPS, PASSWORD, House

ANA = {"name": "Ana", "email": "ana@example.com", "password": PASSWORD, "zone": "Europe/Paris"}


async def link_path(here: House) -> str:
    return (await here.identity.owner_link(HTTPS)).removeprefix(HTTPS)


async def test_the_first_owner_is_made_by_the_printed_link_and_is_signed_in(here: House) -> None:
    path = await link_path(here)
    browser = here.browser(language="fr")
    assert (await browser.get(path)).status_code == 200
    answer = await browser.post(path, ANA)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Ana" in (await browser.get("/")).text
    workspace = await here.database.pool.fetchrow("SELECT name, zone, locale FROM workspace")
    assert tuple(workspace) == ("Ana", "Europe/Paris", "fr")
    assert (await here.browser().sign_in("ana@example.com")).status_code == 303


async def test_the_link_works_once(here: House) -> None:
    path = await link_path(here)
    browser = here.browser()
    await browser.get(path)
    await browser.post(path, ANA)
    for answer in (await here.browser().get(path), await browser.post(path, {**ANA, "email": "eve@example.com"})):
        assert answer.status_code == 410
        assert "no longer works" in answer.text


async def test_the_link_dies_after_an_hour_and_a_made_up_one_never_lived(here: House) -> None:
    path = await link_path(here)
    here.clock.advance(timedelta(hours=1, seconds=1))
    assert (await here.browser().get(path)).status_code == 410
    assert (await here.browser().get("/sign-in/link/" + "A" * 43)).status_code == 410


async def test_a_program_that_previews_links_does_not_use_it_up(here: House) -> None:
    await here.owner()
    path = await link_path(here)
    assert (await here.browser().client.head(path)).status_code == 200
    assert (await here.browser().get(path)).status_code == 303


async def test_only_the_hash_of_a_link_is_stored_and_its_address_is_told_to_no_other_site(here: House) -> None:
    path = await link_path(here)
    token = path.rsplit("/", 1)[1]
    stored = await here.database.pool.fetchval("SELECT token_hash FROM sign_in_link")
    assert stored == hashlib.sha256(token.encode()).digest()
    assert (await here.browser().get(path)).headers["referrer-policy"] == "same-origin"


async def test_once_somebody_owns_the_installation_an_unbound_link_makes_nobody(here: House) -> None:
    path, other = await link_path(here), await link_path(here)
    browser, late = here.browser(), here.browser()
    await browser.get(path)
    await late.get(other)
    await browser.post(path, ANA)
    assert (await late.post(other, {**ANA, "name": "Eve", "email": "eve@example.com"})).status_code == 410
    assert (await here.browser().get(other)).status_code == 410
    assert await here.database.pool.fetchval("SELECT count(*) FROM person") == 1


async def test_of_many_that_claim_a_new_installation_at_once_one_gets_it(here: House) -> None:
    shared, other = await link_path(here), await link_path(here)
    browsers = [here.browser() for _ in range(6)]
    paths = [shared, other] * 3
    for browser, path in zip(browsers, paths, strict=True):
        await browser.get(path)
    answers = await asyncio.gather(
        *(
            browser.post(path, {**ANA, "email": f"a{n}@example.com"})
            for n, (browser, path) in enumerate(zip(browsers, paths, strict=True))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410, 410, 410, 410]
    assert await here.database.pool.fetchval("SELECT count(*) FROM workspace") == 1


async def test_a_link_bound_to_a_person_signs_them_in_at_once_and_only_once(here: House) -> None:
    _workspace_id, person_id = await here.owner()
    path = (await here.identity.person_link(person_id, HTTPS)).removeprefix(HTTPS)
    browsers = [here.browser() for _ in range(4)]
    answers = await asyncio.gather(*(browser.get(path) for browser in browsers))
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410, 410]
    inside = [browser for browser, answer in zip(browsers, answers, strict=True) if answer.status_code == 303]
    assert "Ana" in (await inside[0].get("/")).text


async def test_the_owner_link_is_the_way_back_for_a_forgotten_password(here: House) -> None:
    await here.owner()
    browser = here.browser()
    assert (await browser.get(await link_path(here))).headers["location"] == "/"
    assert "Ana" in (await browser.get("/")).text


async def test_what_cannot_be_taken_is_told_at_its_field_and_nothing_is_lost_but_the_password(here: House) -> None:
    path = await link_path(here)
    browser = here.browser()
    await browser.get(path)
    bad = {"name": "Ana", "email": "not an address", "password": "short", "zone": "Mars/Olympus"}
    answer = await browser.post(path, bad)
    assert answer.status_code == 422
    for words in ("Enter an e-mail address", "Too short: use 10 characters", "Choose a time zone", 'value="Ana"'):
        assert words in answer.text
    assert 'value="short"' not in answer.text
    assert (await browser.post(path, ANA)).status_code == 303, "the link is not used up by a mistake"


async def test_weak_passwords_are_refused_with_the_reason(here: House) -> None:
    path = await link_path(here)
    browser = here.browser()
    await browser.get(path)
    for weak in (
        "aaaaaaaaaaaaaa",
        "1234567890123",
        "password12345",
        "ana@example.com",
        "Ana example com",
        "abcdefghijkl",
    ):
        answer = await browser.post(path, {**ANA, "password": weak})
        assert (answer.status_code, "easily guessed" in answer.text) == (422, True), weak
    assert "Too long" in (await browser.post(path, {**ANA, "password": "long words " * 30})).text
