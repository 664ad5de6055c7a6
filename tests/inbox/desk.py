"""What stories of comments hold: all rooms beside a simulator, served, with one account and its posts; no worker, the
story runs the jobs by its own clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2

from huntaze.accounts import AccountRow
from huntaze.crm import threads
from huntaze.identity import Actor
from huntaze.kit.crypto import new_key
from huntaze.platforms.contract import Comment
from socialsim.testing import ATELIER_MAYA, SimulatorHandle
from tests.publishing.ground import form_token, listening
from tests.support.rooms import Rooms, environ_of, rooms, served

Json = dict[str, Any]
SCOPES = ["comments.read", "comments.write"]
LONG_ENOUGH = timedelta(minutes=6)
"""Past the settling of an unknown outcome."""


@dataclass(frozen=True)
class Desk:
    """One workspace with one account."""

    here: Rooms
    actor: Actor
    account: AccountRow
    media_ref: str
    api: httpx2.AsyncClient
    browser: httpx2.AsyncClient

    @property
    def sim(self) -> SimulatorHandle:
        """The platform."""
        return self.here.sim

    # --- the world ----------------------------------------------------------------------------------------------

    async def comment(self, text: str = "très beau", username: str = "lena.draws", under: str = "") -> str:
        """Somebody comments, and the mirror knows; the id of our row. ``under``: the comment that is answered."""
        if under:
            parent = (await self.shown(under))["commentId"]
            body = {"commentId": parent, "username": username, "text": text}
            ref = str(self.sim.post("/_sim/act/reply", body)["id"])
        else:
            ref = self.sim.comment(self.account.account_ref, self.media_ref, username, text)
        house = self.here.house
        access = await house.accounts.access(self.account.id)
        found: Comment = await house.platforms["instagram"].reader.comment(access, ref)
        async with house.database.transaction() as tx:
            await house.mirror.keep_comments(
                tx, self.actor.workspace_id, self.account.id, [found], self.account.connected_at
            )
            row = await threads.comment_named(tx, self.actor.workspace_id, self.account.id, ref)
        assert row is not None
        return str(row.id)

    def fault(self, endpoint: str, **rule: object) -> None:
        """The platform fails."""
        self.sim.add_fault({"match": {"endpoint": endpoint}, **rule})

    def truth(self, kind: str) -> list[str]:
        """What was done through the API, by the platform's own ledger: the texts."""
        return [row["text"] for row in self.sim.truth(kind, self.account.account_ref) if row["source"] == "api"]

    # --- asking -------------------------------------------------------------------------------------------------

    async def ask(self, comment_id: str, way: str, text: str = "", **headers: str) -> httpx2.Response:
        """One wish, over the API."""
        where = f"/api/v1/comments/{comment_id}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if way == "delete":
            return await self.api.delete(where, headers=named)
        return await self.api.post(f"{where}/{way}", json={"text": text} if text else None, headers=named)

    async def do(self, comment_id: str, way: str, text: str = "") -> Json:
        """The same, and one round of work; the deed as it is then."""
        asked = await self.ask(comment_id, way, text)
        assert asked.status_code == 202, asked.text
        await self.here.work("inbox.deed")
        return await self.deed(comment_id, asked.json()["id"])

    async def later(self, comment_id: str, deed_id: str, rounds: int = 8, step: timedelta = LONG_ENOUGH) -> Json:
        """Hours of work until nothing happens by itself any more."""
        for _ in range(rounds):
            found = await self.deed(comment_id, deed_id)
            if found["state"] in ("DONE", "FAILED", "UNCONFIRMED"):
                break
            self.here.clock.advance(step)
            await self.here.run("inbox.sweep")
            await self.here.work("inbox.deed")
        return await self.deed(comment_id, deed_id)

    async def shown(self, comment_id: str) -> Json:
        """One comment, over the API."""
        answer = await self.api.get(f"/api/v1/comments/{comment_id}")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def deed(self, comment_id: str, deed_id: str) -> Json:
        """What became of a wish."""
        found: Json = next(one for one in (await self.shown(comment_id))["deeds"] if one["id"] == deed_id)
        return found

    async def decide(self, deed_id: str, way: str) -> httpx2.Response:
        """A person's decision."""
        return await self.api.post(f"/api/v1/comments/deeds/{deed_id}/{way}")

    async def told(self) -> list[str]:
        """What was told of work on comments, oldest first."""
        rows = await self.here.rows("SELECT topic FROM domain_event WHERE topic LIKE 'comment.%' ORDER BY id")
        return [row["topic"] for row in rows]

    async def token(self) -> str:
        """A form token of the browser's session."""
        return form_token((await self.browser.get("/comments")).text)


def kinds(deed: Json) -> list[str]:
    """The course of a deed in single words."""
    return [line["kind"] for line in deed["timeline"]]


@asynccontextmanager
async def open_desk(dsn: str, home: Path, sim: SimulatorHandle) -> AsyncIterator[Desk]:
    """A house with an account and its posts."""
    bound, url = listening()
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(rooms(environ_of(dsn, home, url, new_key(), sim), sim))
        await stack.enter_async_context(served(here.house, bound))
        actor = await here.owner()
        (account,) = await here.connect(actor, ATELIER_MAYA)
        media_ref = await _posts(here, actor.workspace_id, account)
        _, key = await here.house.identity.create_key(actor.workspace_id, "stories", SCOPES)
        headers = {"authorization": f"Bearer {key}"}
        api = httpx2.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=30)
        browser = httpx2.AsyncClient(
            base_url=url, headers={"accept": "text/html", "origin": url}, trust_env=False, timeout=30
        )
        stack.push_async_callback(api.aclose)
        stack.push_async_callback(browser.aclose)
        assert actor.person_id is not None
        await browser.get(await here.house.identity.person_link(actor.person_id, url), follow_redirects=True)
        yield Desk(here, actor, account, media_ref, api, browser)


async def _posts(here: Rooms, workspace_id: UUID, account: AccountRow) -> str:
    """The account's posts in the mirror, without their comments; the id of the newest picture."""
    access = await here.house.accounts.access(account.id)
    page = await here.house.platforms["instagram"].reader.media(access)
    async with here.house.database.transaction() as tx:
        await here.house.mirror.keep_media(tx, workspace_id, account.id, page.items)
    return page.items[0].media_ref


def at_the_platform(sim: SimulatorHandle) -> datetime:
    """What time it is there."""
    return datetime.fromtimestamp(sim.now(), UTC)
