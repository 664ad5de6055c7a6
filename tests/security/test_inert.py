"""What strangers write stays text, on every page and in the live stream: docs/look-up/security.md, item 28."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

import httpx2
import pytest_asyncio
from starlette.routing import Route

from huntaze.identity import every_route
from socialsim.testing import SimulatorHandle
from tests.fixtures import media
from tests.journeys.house import MAYA_ACCOUNTS, House, Person
from tests.support.waiting import eventually

CORPUS = (
    "<hzxss>", "<script>hzxss()</script>", "<img src=hzxss onerror=hzxss()>", "'\"><svg/onload=hzxss()>",
    "</title></textarea></style></script><hzxss>", "\" autofocus onfocus=\"hzxss()", "' onmouseover='hzxss()",
    "<a href=javascript:hzxss()>x</a>", "javascript:hzxss()", "<!--<hzxss>-->", "<template><hzxss></template>",
    "<hx-partial hx-target='body'><hzxss></hx-partial>", "\" hx-get=\"/hzxss", "&lt;hzxss&gt;&#60;hzxss&#62;",
    "%(hzxss)s {hzxss} %s", "\u202e<hzxss>\u2028data: <hzxss>", "<math><mtext></mtext><hzxss>", "{{hzxss}}${hzxss}",
)  # fmt: skip
EVERYTHING = "\n".join(CORPUS)
TEXTS_OF_STRANGERS: Mapping[str, tuple[str, ...]] = {
    "account": ("username", "name", "page_name"),
    "account_profile": ("username", "name", "biography", "website"),
    "platform_media": ("caption",),
    "comment": ("username", "text"),
    "people": ("username", "name"),
    "post": ("caption", "author"),
    "asset": ("name", "alt_text", "origin"),
    "evidence": ("raw",),
    "artefact": ("raw",),
    "link_fetch": ("user_agent",),
    "intake_event": ("kind", "problem"),
    "api_key": ("name",),
    "person": ("name",),
    "workspace": ("name",),
}
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
_MADE_BY_US = re.compile(r"/|#|https?://|$")


class Danger(HTMLParser):
    """Notices an element or attribute that a stranger's text became."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        values = {name: value or "" for name, value in attrs}
        if tag in ("hzxss", "math") or (tag == "script" and not values.get("src", "").startswith("/static/")):
            self.found.append(tag)
        for name, value in values.items():
            if name.startswith("on") or name == "autofocus" or "hzxss" in name:
                self.found.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction", "hx-get", "hx-post") and not _MADE_BY_US.match(value):
                self.found.append(f"{tag} {name}={value[:40]}")
            if name in ("hx-get", "hx-target") and "hzxss" in value:
                self.found.append(f"{tag} {name}={value[:40]}")


@dataclass(frozen=True)
class Ground:
    """A house whose every foreign text is hostile, and its owner's browser."""

    house: House
    browser: httpx2.AsyncClient
    ids: Mapping[str, str]
    media_ref: str


@pytest_asyncio.fixture(scope="module")
async def ground(house: House, sim: SimulatorHandle) -> AsyncIterator[Ground]:
    """One post that went out and was commented on, one that the platform refused; then every text is replaced."""
    person = await house.person()
    await house.connect(person)
    cookies = await house.cookies(person)
    await eventually(
        lambda: house.rows("SELECT 1 FROM sync_cursor HAVING count(*) > 0 AND count(finished_at) = count(*)")
    )
    await eventually(lambda: house.rows("SELECT 1 FROM account_profile"))
    posted = await _post(house, person, 1)
    words = EVERYTHING.replace("\u2028", " ")
    sim.add_fault(
        {"what": "error", "code": 100, "status": 400, "message": words, "match": {"endpoint": "POST /{ig}/media"}}
    )
    await _post(house, person, 2)
    assert await house.rows("SELECT 1 FROM publication WHERE state = 'FAILED'"), "the fault must meet the post"
    sim.clear_faults()
    media_ref = str((await house.rows("SELECT media_ref FROM publication WHERE state = 'PUBLISHED'"))[0]["media_ref"])
    sim.comment(MAYA_ACCOUNTS[0], media_ref, "lena", "lovely")
    await eventually(lambda: house.rows("SELECT 1 FROM comment WHERE media_ref = $1", media_ref))
    for table, columns in TEXTS_OF_STRANGERS.items():
        changes = ", ".join(f"{column} = $1" for column in columns)
        assert await house.rows(f"UPDATE {table} SET {changes} RETURNING 1", EVERYTHING) or table == "people", table
    rows = await house.rows(
        "SELECT a.id AS account, s.id AS asset_id, a.grant_id AS grant FROM account a, asset s "
        "WHERE s.source = 'upload'"
    )
    ids = {name: str(value) for name, value in rows[0].items()}
    ids |= {"post_id": posted, "account_id": ids["account"], "platform": "instagram"}
    sql = "SELECT m.id AS media_id, p.id AS person_id FROM platform_media m, people p WHERE m.media_ref = $1 LIMIT 1"
    ids |= {name: str(value) for name, value in (await house.rows(sql, media_ref))[0].items()}
    event = "UPDATE intake_event SET payload = convert_to($1, 'UTF8') RETURNING id"
    ids["event_id"] = str((await house.rows(event, EVERYTHING))[0]["id"])
    async with httpx2.AsyncClient(
        base_url=house.url, cookies=cookies, trust_env=False, timeout=20, headers={"accept": "text/html"}
    ) as browser:
        yield Ground(house, browser, ids, media_ref)


async def _post(house: House, person: Person, seed: int) -> str:
    """Publish a picture; wait until there is an outcome."""
    asset = await house.asset(person, media.jpeg(1080, 1080, seed), "x.jpg")
    account = (await house.rows("SELECT id FROM account"))[0]["id"]
    body = {"accountIds": [str(account)], "mediaType": "IMAGE", "media": [{"assetId": str(asset.id)}], "caption": "Hi"}
    headers = {"authorization": f"Bearer {await house.key(person)}", "prefer": "wait=20"}
    async with httpx2.AsyncClient(base_url=house.url, headers=headers, trust_env=False, timeout=30) as program:
        made = (await program.post("/api/v1/posts", json=body)).json()
    assert made["state"] in ("PUBLISHED", "FAILED"), made
    return str(made["id"])


async def test_every_page_shows_what_strangers_wrote_as_text(ground: Ground) -> None:
    pages: dict[str, str] = {}
    for path, route in every_route(ground.house.app.routes):
        if not isinstance(route, Route) or "GET" not in (route.methods or ()) or path == "/live":
            continue
        answer = await ground.browser.get(_PARAMETER.sub(lambda found: ground.ids.get(found[1], "x"), path))
        if answer.headers.get("content-type", "").startswith("text/html"):
            pages[path] = answer.text
    failed = await ground.house.rows("SELECT post_id FROM publication WHERE state = 'FAILED'")
    pages["refused"] = (await ground.browser.get(f"/posts/{failed[0]['post_id']}")).text
    assert {path: Danger(text).found for path, text in pages.items() if Danger(text).found} == {}
    told = {path for path, text in pages.items() if "hzxss" in text}
    assert told >= {"/", "/accounts", "/posts", "/posts/{post_id:uuid}", "/media", "/settings/keys", "refused"}
    assert told >= {"/events", "/events/{event_id}"}
    assert told >= {"/published", "/published/{media_id:uuid}", "/contacts", "/contacts/{person_id:uuid}"}


async def test_the_live_stream_shows_what_strangers_wrote_as_text(ground: Ground, sim: SimulatorHandle) -> None:
    since = re.search(r"/live\?since=[^\"&]+", (await ground.browser.get("/")).text)
    assert since
    sent = [f"{text.replace(chr(0x2028), ' ')} live" for text in CORPUS]
    for text in sent:
        sim.comment(MAYA_ACCOUNTS[0], ground.media_ref, "lena", text)
    heard: list[str] = []
    async with ground.browser.stream("GET", since[0]) as stream:
        async for line in stream.aiter_lines():
            heard.append(line)
            if sent[-1] in line:
                break
    frames = "\n".join(line.removeprefix("data: ") for line in heard if line.startswith("data: "))
    assert "hzxss" in frames
    assert Danger(frames).found == []


async def test_the_corpus_would_be_noticed() -> None:
    """Else the tests before would hold of anything."""
    quiet = {"javascript:hzxss()", "<!--<hzxss>-->", "&lt;hzxss&gt;&#60;hzxss&#62;", "%(hzxss)s {hzxss} %s",
             "{{hzxss}}${hzxss}"}  # fmt: skip
    for text in set(CORPUS) - quiet:
        assert Danger(f'<a title="{text}">').found or Danger(f"<a title='{text}'>").found or Danger(text).found, text
    assert Danger('<a href="javascript:hzxss()">').found
