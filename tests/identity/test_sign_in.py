"""Coming in and going out."""

from __future__ import annotations

import asyncio
import hashlib
import re
from datetime import timedelta

from huntaze.kit.crypto import KeyRing
from tests.identity.house import HTTPS, PASSWORD, House, house

REFUSED_PATHS = (
    *(
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "///\\evil.example",
        "\\\\evil.example",
        "/\\evil.example",
    ),
    *(
        "https://evil.example",
        "http://evil.example",
        "HTTPS://evil.example",
        "https:evil.example",
        "https:/evil.example",
    ),
    *(
        "/\\/evil.example",
        "\\/evil.example",
        "/path\\..\\evil",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "vbscript:x",
    ),
    *("data:text/html,x", "ftp://evil.example", "evil.example", "@evil.example", "?//evil.example", "#//evil.example"),
    *("../evil", ".//evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example"),
    *(" //evil.example", "\x00//evil.example", "/ok\r\nSet-Cookie: a=b", "/ok\nLocation: //evil.example"),
)


async def test_the_right_password_by_e_mail_or_name_begins_a_session_and_goes_where_one_wanted(here: House) -> None:
    await here.owner()
    for login in ("ana@example.com", "ANA@EXAMPLE.COM", " ana ", "Ana"):
        browser = here.browser()
        answer = await browser.sign_in(login, next_path="/posts?page=2")
        assert (answer.status_code, answer.headers["location"]) == (303, "/posts?page=2")
        assert "Ana" in (await browser.get("/")).text


async def test_a_wrong_name_and_a_wrong_password_are_told_in_the_same_words(here: House) -> None:
    await here.owner()
    wrong = await here.browser().sign_in("ana@example.com", "not her password")
    unknown = await here.browser().sign_in("bob@example.com", "not her password")
    assert wrong.status_code == unknown.status_code == 422

    def words(text: str, login: str) -> str:
        return re.sub(r"1\.[\w.-]+", "", text.replace(login, ""))

    assert words(wrong.text, "ana@example.com") == words(unknown.text, "bob@example.com")
    assert "not her password" not in wrong.text
    assert "did not match" in wrong.text


async def test_after_five_wrong_tries_the_name_is_locked_even_for_the_right_password_and_the_time_is_told(
    here: House,
) -> None:
    await here.owner()
    browser = here.browser()
    statuses = [(await browser.sign_in("ana@example.com", f"wrong {n}")).status_code for n in range(5)]
    assert statuses == [422, 422, 422, 422, 429]
    answer = await browser.sign_in("ana@example.com")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert "in 1 minute" in answer.text
    assert "2026-01-01T00:01:00+00:00" in answer.text
    here.clock.advance(timedelta(seconds=61))
    assert (await browser.sign_in("ana@example.com")).status_code == 303


async def test_a_name_that_nobody_has_is_locked_in_the_same_way(here: House) -> None:
    browser = here.browser()
    statuses = [(await browser.sign_in("nobody@example.com", f"wrong {n}")).status_code for n in range(6)]
    assert statuses == [422, 422, 422, 422, 429, 429]


async def test_the_lock_survives_a_restart_and_doubles_up_to_a_quarter_of_an_hour(
    here: House, key_ring: KeyRing
) -> None:
    clock = here.clock
    await here.owner()
    for n in range(5):
        await here.browser().sign_in("ana@example.com", f"wrong {n}")
    restarted = house(here.database, clock, key_ring)
    assert (await restarted.browser().sign_in("ana@example.com")).status_code == 429
    waits = []
    for n in range(6):
        clock.advance(timedelta(minutes=16))
        answer = await restarted.browser().sign_in("ana@example.com", f"again wrong {n}")
        waits.append(int(answer.headers["retry-after"]))
    assert waits == [120, 240, 480, 900, 900, 900]
    clock.advance(timedelta(hours=25))
    assert (await restarted.browser().sign_in("ana@example.com", "wrong")).status_code == 422, "a day forgives"


async def test_guesses_sent_side_by_side_are_counted_like_guesses_one_by_one(here: House) -> None:
    await here.owner()
    browsers = [here.browser(address=f"198.51.100.{n}") for n in range(20)]
    answers = await asyncio.gather(*(b.sign_in("ana@example.com", "wrong") for b in browsers))
    assert sorted(answer.status_code for answer in answers).count(422) == 4


async def test_one_address_that_tries_many_names_is_locked_and_another_is_not(here: House) -> None:
    await here.owner()
    guesser = here.browser(address="203.0.113.9")
    statuses = [(await guesser.sign_in(f"name{n}@example.com", "wrong")).status_code for n in range(31)]
    assert statuses == [422] * 29 + [429] * 2
    assert (await guesser.sign_in("ana@example.com")).status_code == 429
    assert (await here.browser(address="203.0.113.10").sign_in("ana@example.com")).status_code == 303


async def test_the_sign_in_page_itself_is_rate_limited_by_address(here: House) -> None:
    browser = here.browser()
    statuses = [(await browser.get("/sign-in")).status_code for _ in range(121)]
    assert statuses == [200] * 120 + [429]
    assert (await here.browser(address="192.0.2.1").get("/sign-in")).status_code == 200


async def test_nobody_is_sent_elsewhere_after_signing_in(here: House) -> None:
    await here.owner()
    assert len(REFUSED_PATHS) >= 30
    for number, path in enumerate(REFUSED_PATHS):
        browser = here.browser(address=f"198.51.100.{number}")
        answer = await browser.sign_in("ana@example.com", next_path=path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/"), path


async def test_the_session_cookie_is_locked_to_the_host_and_hidden_from_scripts(here: House) -> None:
    await here.owner()
    answer = await here.browser().sign_in("ana@example.com")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


async def test_on_plain_http_the_cookie_goes_by_its_simple_name(here: House, key_ring: KeyRing) -> None:
    local = house(here.database, here.clock, key_ring, public_url="http://127.0.0.1:8420")
    await local.owner()
    browser = local.browser(base="http://127.0.0.1:8420")
    answer = await browser.sign_in("ana@example.com")
    assert answer.headers["set-cookie"].startswith("session=")
    assert "Secure" not in answer.headers["set-cookie"]
    assert (await browser.get("/")).status_code == 200


async def test_the_session_id_changes_at_sign_in_and_the_old_one_is_dead(here: House) -> None:
    browser = await here.signed_in()
    old = browser.cookie("__Host-session")
    browser.client.cookies.delete("__Host-session")
    await browser.get("/sign-in")
    browser.client.cookies.set("__Host-session", old, domain="huntaze.example", path="/")
    await browser.post("/sign-in", {"login": "ana@example.com", "password": PASSWORD})
    new = browser.client.cookies
    assert old not in [cookie.value for cookie in new.jar if cookie.name == "__Host-session" and cookie.domain]
    thief = here.browser(headers={"cookie": f"__Host-session={old}"})
    assert (await thief.get("/")).status_code == 303


async def test_only_the_hash_of_a_session_is_stored(here: House) -> None:
    browser = await here.signed_in()
    token = browser.cookie("__Host-session")
    stored = await here.database.pool.fetchval("SELECT token_hash FROM session")
    assert stored == hashlib.sha256(token.encode()).digest()


async def test_signing_out_ends_the_session_on_the_server(here: House) -> None:
    browser = await here.signed_in()
    token = browser.cookie("__Host-session")
    await browser.get("/")
    answer = await browser.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert (await here.browser(headers={"cookie": f"__Host-session={token}"}).get("/")).status_code == 303


async def test_a_session_ends_after_fourteen_idle_days_and_after_ninety_in_any_case(here: House) -> None:
    browser = await here.signed_in()
    for _ in range(6):
        here.clock.advance(timedelta(days=13, hours=23))
        assert (await browser.get("/")).status_code == 200
    here.clock.advance(timedelta(days=6, hours=7))
    assert (await browser.get("/")).status_code == 303, "ninety days are over"
    await browser.sign_in("ana@example.com")
    here.clock.advance(timedelta(days=14, minutes=1))
    assert (await browser.get("/")).status_code == 303, "nobody came for fourteen days"


async def test_a_removed_member_loses_the_session_at_the_next_request(here: House) -> None:
    browser = await here.signed_in()
    await here.database.pool.execute("DELETE FROM member")
    assert (await browser.get("/")).status_code == 303


async def test_a_new_installation_says_on_its_sign_in_page_how_it_gets_an_owner(here: House) -> None:
    assert "Nobody owns this installation yet" in (await here.browser().get("/sign-in")).text
    await here.owner()
    assert "Nobody owns this installation yet" not in (await here.browser().get("/sign-in")).text


async def test_the_sign_in_page_speaks_the_browsers_language_until_another_is_chosen(here: House) -> None:
    browser = here.browser(language="fr-CA, fr;q=0.9")
    assert 'lang="fr"' in (await browser.get("/sign-in")).text
    answer = await browser.post("/language", {"locale": "en", "back": "/sign-in"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert 'lang="en"' in (await browser.get("/sign-in")).text


async def test_a_persons_language_goes_with_them_to_another_browser(here: House) -> None:
    browser = await here.signed_in()
    await browser.get("/")
    await browser.post("/language", {"locale": "fr", "back": "//evil.example"})
    elsewhere = here.browser(language="en")
    await elsewhere.sign_in("ana@example.com")
    assert 'lang="fr"' in (await elsewhere.get("/")).text
    assert (await browser.post("/language", {"locale": "xx", "back": "/"})).status_code == 303
    assert 'lang="fr"' in (await elsewhere.get("/")).text


async def test_what_is_over_is_forgotten_by_the_hourly_job(here: House) -> None:
    await here.signed_in()
    await here.identity.owner_link(HTTPS)
    await here.browser().sign_in("nobody", "wrong")
    here.clock.advance(timedelta(days=91))
    assert await here.identity.tidy() > 0
    for table in ("session", "sign_in_link", "sign_in_failure"):
        assert await here.database.pool.fetchval(f"SELECT count(*) FROM {table}") == 0
