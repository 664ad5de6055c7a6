"""A whole life of the product, and afterwards no secret of it lies anywhere: docs/look-up/security.md, item 1."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest

from huntaze.accounts import tasks as accounts_tasks
from huntaze.kit.secret import Secret
from socialsim.testing import SimulatorHandle
from tests.fixtures import media
from tests.journeys.house import MAYA_ACCOUNTS, House, Person
from tests.support.leaks import captured_logs, every_row
from tests.support.waiting import eventually

PASSWORD = "canary seven grey herons by the river"
PAGES = ("/", "/accounts", "/posts", "/media", "/settings", "/settings/keys", "/platforms/connect/instagram",
         "/api/v1/accounts", "/api/v1/posts", "/api/v1/keys", "/healthz", "/readyz", "/metrics")  # fmt: skip
_PLATFORM_TOKEN = re.compile(r"EAAJ[\w-]{40,}|AQ[\w-]{100,}")
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


async def test_after_a_whole_life_no_secret_lies_in_a_table_a_log_a_file_a_page_or_a_figure(
    house: House, sim: SimulatorHandle
) -> None:
    planted: dict[str, str] = {}
    with captured_logs() as logs:
        person = await _came_in(house, planted)
        async with httpx2.AsyncClient(
            base_url=house.url, cookies=await _session(house, person, planted), trust_env=False, timeout=20
        ) as browser:
            await _made_a_key(browser, planted)
            post_id = await _published(house, person, planted)
            await _heard_a_comment(house, sim)
            await _refreshed(house)
            shown = {path: (await browser.get(path)).text for path in (*PAGES, f"/posts/{post_id}")}
            shown["rows while all is connected"] = await every_row(house.rooms.database)
            account = (await house.rows("SELECT id FROM account"))[0]["id"]
            await house.rooms.accounts.disconnect(person.actor, account)  # type: ignore[arg-type]
    shown |= _files(Path(house.rooms.settings.local.home))
    shown |= {"rows at the end": await every_row(house.rooms.database), "the log": logs.getvalue()}
    planted |= _of_the_operator(house, sim) | _of_the_platform(sim)
    found = [f"{name} in {place}" for name, text in planted.items() for place, whole in shown.items() if text in whole]
    assert found == []
    assert len(planted) >= 11
    for event in ("account_connected", "key_made", "refresh_failed"):
        assert event in logs.getvalue(), "the story must have been told in the log"


async def test_a_secret_that_lies_somewhere_is_found(house: House) -> None:
    """Else the test before would hold of anything."""
    await house.rows("INSERT INTO app_webhook VALUES ('x', '1', 'http://x', $1, now())", b"canary-in-bytes")
    assert "canary-in-bytes" in await every_row(house.rooms.database)


async def _came_in(house: House, planted: dict[str, str]) -> Person:
    """A person with a password, wrong once."""
    person = await house.person()
    identity = house.rooms.identity
    await identity.create_person(person.workspace_id, "Ana", "ana@example.org", Secret(PASSWORD))
    planted["password"] = PASSWORD
    session = await identity.sign_in("ana@example.org", Secret(PASSWORD), "198.51.100.7")
    planted["session by password"] = session.reveal()
    await house.connect(person)
    return person


async def _session(house: House, person: Person, planted: dict[str, str]) -> dict[str, str]:
    """Through the one-time link, as a browser opens it."""
    link = await house.link(person)
    planted["one-time link"] = link.rpartition("/")[2]
    async with httpx2.AsyncClient(trust_env=False) as visitor:
        await visitor.get(link)
        cookies = dict(visitor.cookies)
    planted["session by link"] = cookies[house.rooms.identity.cookies.session_name]
    return cookies


async def _made_a_key(browser: httpx2.AsyncClient, planted: dict[str, str]) -> None:
    """On its page, where it is shown once."""
    token = _CSRF.search((await browser.get("/settings/keys")).text)
    assert token
    form = {"csrf_token": token[1], "name": "canary", "scopes": ["posts.write", "media.write", "posts.read"]}
    made = re.search(r"hz_[\w-]{20,}", (await browser.post("/settings/keys", data=form)).text)
    assert made
    planted["API key"] = made[0]


async def _published(house: House, person: Person, planted: Mapping[str, str]) -> str:
    """By a program, until it is out."""
    asset = await house.asset(person, media.jpeg(1080, 1080), "canary.jpg")
    account = (await house.rows("SELECT id FROM account"))[0]["id"]
    body = {"accountIds": [str(account)], "mediaType": "IMAGE", "media": [{"assetId": str(asset.id)}], "caption": "Hi"}
    bearer = {"authorization": f"Bearer {planted['API key']}"}
    async with httpx2.AsyncClient(base_url=house.url, headers=bearer, trust_env=False, timeout=30) as program:
        made = await program.post("/api/v1/posts", json=body, headers={"prefer": "wait=20"})
    assert made.json()["state"] == "PUBLISHED", made.text
    return str(made.json()["id"])


async def _heard_a_comment(house: House, sim: SimulatorHandle) -> None:
    """By webhook."""
    media_ref = str((await house.rows("SELECT media_ref FROM publication"))[0]["media_ref"])
    sim.comment(MAYA_ACCOUNTS[0], media_ref, "lena", "lovely")
    await eventually(lambda: house.rows("SELECT 1 FROM comment WHERE media_ref = $1", media_ref))


async def _refreshed(house: House) -> None:
    """Once with the platform away, which is told in the log, and once for good."""
    tasks = {task.name: task for task in accounts_tasks(house.rooms.accounts)}
    house.sim.configure({"exchangeExtends": True})
    for what in ("away", "back"):
        await house.rows("UPDATE grants SET refresh_at = now() - interval '1 hour', check_at = refresh_at")
        if what == "away":
            house.sim.add_fault({"where": "before", "what": "reset", "match": {"endpoint": "GET /oauth/access_token"}})
        await tasks["accounts.refresh"].handle({})
        house.sim.clear_faults()
    await tasks["accounts.health"].handle({})


def _files(home: Path) -> dict[str, str]:
    """Everything that the product wrote beside its database."""
    return {str(path): path.read_bytes().decode("latin-1") for path in home.rglob("*") if path.is_file()}


def _of_the_operator(house: House, sim: SimulatorHandle) -> dict[str, str]:
    settings = house.rooms.settings
    key = settings.local.token_encryption_key
    assert key is not None
    verify = house.rooms.accounts.apps.verify_token("instagram").reveal()
    return {"key of the ring": key.reveal(), "app secret": sim.app_secret, "verify token": verify}


def _of_the_platform(sim: SimulatorHandle) -> dict[str, str]:
    """Every token and code that the platform ever gave."""
    tokens = sorted(set(_PLATFORM_TOKEN.findall(json.dumps(sim.get("/_sim/snapshot")))))
    return {f"platform's {number} {text[:6]}…": text for number, text in enumerate(tokens)}


@pytest.mark.parametrize("path", ["/sign-in/link/{}", "/api/auth/instagram/callback?state=s&code={}"])
async def test_an_address_with_a_secret_is_not_logged(house: House, path: str) -> None:
    canary = "canary-0123456789-canary-0123456789-canary"
    with captured_logs() as logs:
        async with httpx2.AsyncClient(base_url=house.url, trust_env=False) as visitor:
            await visitor.get(path.format(canary))
    assert canary not in logs.getvalue()
