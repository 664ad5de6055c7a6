"""Figures as people and programs read them."""

from __future__ import annotations

import csv
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import httpx2

from huntaze.identity import Actor
from huntaze.kit.secret import Secret
from tests.insights.ground import POSTS, connected, read
from tests.support.rooms import Rooms, served


@asynccontextmanager
async def visited(here: Rooms, actor: Actor) -> AsyncIterator[tuple[httpx2.AsyncClient, httpx2.AsyncClient]]:
    """The served house: a signed-in browser, and a program with a key."""
    identity = here.house.identity
    assert actor.person_id is not None
    link = await identity.person_link(actor.person_id, "http://127.0.0.1:8420")
    session = await identity.sign_in_by_link(Secret(link.rpartition("/")[2]))
    _, key = await identity.create_key(actor.workspace_id, "figures", ["accounts.read"])
    cookies = {identity.cookies.session_name: session.reveal()}
    with socket.create_server(("127.0.0.1", 0)) as door:
        async with (
            served(here.house, door) as url,
            httpx2.AsyncClient(base_url=url, trust_env=False, cookies=cookies) as browser,
            httpx2.AsyncClient(base_url=url, trust_env=False, headers={"authorization": f"Bearer {key}"}) as program,
        ):
            yield browser, program


async def test_figures_are_told_to_people_in_words_and_to_programs_page_by_page(here: Rooms) -> None:
    actor, account = await connected(here, "days", *POSTS)
    await read(here)
    async with visited(here, actor) as (browser, program):
        await _people(browser)
        await _programs(program, str(account.id), here)


async def _people(browser: httpx2.AsyncClient) -> None:
    page = (await browser.get("/insights?period=7&sort=saved")).text
    for words in ("Daily reach", "The 7 days before", "people a day", "Top posts by saves", "Most followers are"):
        assert words in page, words
    assert page.count('data-value="') >= 14
    assert 'aria-sort="descending"' in page
    assert "insights-" in page
    custom = (await browser.get("/insights?period=custom&from=nonsense")).text
    assert 'type="date"' in custom
    assert (await browser.get(f"/insights?account={uuid4()}")).status_code == 404


async def _programs(program: httpx2.AsyncClient, account: str, here: Rooms) -> None:
    asked: dict[str, Any] = {"accountId": account, "metric": ["views", "reach"], "limit": 40}
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = (await program.get("/api/v1/insights", params={**asked, "cursor": cursor})).json()
        found += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    keys = [(one["at"], one["metric"], one["breakdown"]) for one in found]
    assert len(keys) == len(set(keys)) > 40
    assert {one["metric"] for one in found} == {"views", "reach"}
    post = (await program.get("/api/v1/insights", params={"of": "media", "limit": 1})).json()["items"][0]["mediaId"]
    figures = (await program.get("/api/v1/insights", params={"mediaId": post})).json()["items"]
    assert {one["mediaId"] for one in figures} == {post}
    await _file(program, account)
    await _refusals(program, here, account)


async def _file(program: httpx2.AsyncClient, account: str) -> None:
    text = (await program.get("/api/v1/insights.csv", params={"accountId": account})).text
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert {"views", "reach", "online_followers"} <= {row["metric"] for row in rows}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


async def _refusals(program: httpx2.AsyncClient, here: Rooms, account: str) -> None:
    now = here.clock.now()
    other = (await program.get("/api/v1/insights", params={"of": "media", "limit": 1})).json()["nextCursor"]
    for query in (
        {"metrics": "views"},
        {"accountId": str(uuid4())},
        {"since": now.isoformat(), "until": (now - timedelta(days=1)).isoformat()},
        {"since": "2026-11-01"},
        {"mediaId": "1", "of": "account"},
        {"cursor": "nonsense"},
        {"cursor": other, "accountId": account},
    ):
        answer = await program.get("/api/v1/insights", params=query)
        assert answer.status_code == 422, query
        problem = answer.json()
        assert problem["errors"], query
