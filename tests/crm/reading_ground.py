"""A mirror full of things, and those who read it: a program with a key, a person with a browser."""

from __future__ import annotations

import csv
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import httpx2

from huntaze.accounts import AccountRow
from huntaze.crm import Pushed
from huntaze.identity import Actor
from huntaze.kit.secret import Secret
from huntaze.platforms.contract import CommentReceived, MediaItem, MessageReceived, PostType
from tests.support.rooms import Rooms

MAYA_ACCOUNT = "17841400000000001"
LEA, LEA_NAME = "9988001", "lea.of.this.story"
SCOPES = ("accounts.read", "comments.read", "media.read")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Readers:
    """What a story holds."""

    here: Rooms
    actor: Actor
    account: AccountRow
    program: httpx2.AsyncClient
    browser: httpx2.AsyncClient

    async def told(self, path: str, **query: str) -> Any:
        """What a program is told."""
        answer = await self.program.get(f"/api/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def all_of(self, path: str, **query: str) -> list[Any]:
        """Every item of a list, page by page."""
        found, cursor = list[Any](), ""
        while True:
            page = await self.told(path, **query, **({"cursor": cursor} if cursor else {}))
            found += page["items"]
            if page["nextCursor"] is None:
                return found
            cursor = page["nextCursor"]

    async def file(self, path: str, **query: str) -> list[Mapping[str, str]]:
        """The rows of a CSV file."""
        answer = await self.program.get(f"/api/v1/{path}", params=query)
        assert answer.headers["content-type"].startswith("text/csv"), answer.text
        return list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"), newline="")))

    async def page(self, path: str, **query: str) -> str:
        """What a person sees."""
        answer = await self.browser.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def press(self, shown: str, path: str, **fields: str) -> httpx2.Response:
        """Send a form of a page that was shown."""
        token = _TOKEN.search(shown)
        assert token is not None
        return await self.browser.post(path, data={"csrf_token": token[1], **fields})

    async def post_of(self, kind: PostType) -> tuple[UUID, str]:
        """A post of this kind: our id and the platform's."""
        sql = (
            "SELECT id, media_ref FROM platform_media WHERE type = $1 AND parent_ref = '' ORDER BY published_at LIMIT 1"
        )
        (row,) = await self.here.rows(sql, kind.value)
        return row["id"], row["media_ref"]

    async def publish(self, caption: str) -> None:
        """A post of ours that is public now."""
        item = MediaItem(
            "18088888888888888",
            PostType.IMAGE,
            "",
            caption,
            "https://x/p/1/",
            "",
            "",
            self.here.clock.now(),
            None,
            None,
        )
        async with self.here.house.database.transaction() as tx:
            await self.here.house.mirror.published(tx, self.actor.workspace_id, self.account.id, item, None)

    async def lea_speaks(self, media_ref: str) -> None:
        """Léa comments and writes; the account answers both."""
        now, ref = self.here.clock.now(), self.account.account_ref
        told: list[Pushed] = [
            CommentReceived(
                ref, "c1", media_ref, "", "<script>alert(1)</script>", LEA, LEA_NAME, now - timedelta(hours=4)
            ),
            CommentReceived(ref, "c2", media_ref, "c1", "merci", ref, self.account.username, now - timedelta(hours=3)),
            MessageReceived(ref, "m1", LEA, False, "=1+1", now - timedelta(hours=2)),
            MessageReceived(ref, "m2", LEA, True, "bonjour", now - timedelta(hours=1)),
        ]
        async with self.here.house.database.transaction() as tx:
            await self.here.house.mirror.take(tx, self.actor.workspace_id, self.account.id, told)


@asynccontextmanager
async def readers(here: Rooms, url: str) -> AsyncIterator[Readers]:
    """Maya's account, mirrored; ``url`` is the web process of the house."""
    actor = await here.owner()
    (account,) = await here.connect(actor, MAYA_ACCOUNT)
    await here.run("outbox.deliver")
    await here.work("crm.sync")
    identity = here.house.identity
    _, key = await identity.create_key(actor.workspace_id, "program", SCOPES)
    assert actor.person_id is not None
    link = await identity.person_link(actor.person_id, "")
    session = await identity.sign_in_by_link(Secret(link.rpartition("/")[2]))
    cookies = {identity.cookies.session_name: session.reveal()}
    page = {"accept": "text/html", "origin": here.environ["PUBLIC_URL"]}
    async with (
        httpx2.AsyncClient(
            base_url=url, trust_env=False, verify=False, timeout=20, headers={"authorization": f"Bearer {key}"}
        ) as program,
        httpx2.AsyncClient(
            base_url=url, trust_env=False, verify=False, timeout=20, cookies=cookies, headers=page
        ) as browser,
    ):
        yield Readers(here, actor, account, program, browser)
