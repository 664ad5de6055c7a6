"""A comment reaches every open page of its workspace, in the language of who looks, through any web process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from huntaze import outbox
from huntaze.identity import Actor
from huntaze.kit.crypto import new_key
from huntaze.kit.live import Position
from huntaze.kit.secret import Secret
from socialsim.testing import SimulatorHandle, simulator
from tests.support.processes import web_process
from tests.support.rooms import Rooms, environ_of, rooms
from tests.webhooks.deliveries import MAYA_ACCOUNT, comment, delivery, signed

_PATIENCE = 20.0


@pytest.fixture(scope="module")
def sim() -> Iterator[SimulatorHandle]:
    with simulator(seed=9) as handle:
        yield handle


@dataclass(frozen=True)
class Message:
    """One message of a stream."""

    id: str
    html: str


class Stream:
    """What an open page hears."""

    def __init__(self, answer: httpx2.Response) -> None:
        self._lines = answer.aiter_lines()

    async def next(self) -> Message:
        """The next message that bears an id."""
        async with asyncio.timeout(_PATIENCE):
            found: dict[str, str] = {}
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if not line and "id" in found:
                    return Message(found["id"], found.get("data", ""))
                found[name] = f"{found[name]}\n{value}" if name in found and name == "data" else value
        raise AssertionError("the stream ended")

    async def about(self, part: str) -> Message:
        """The next message that holds this part of a page."""
        while True:
            message = await self.next()
            if part in message.html:
                return message


@asynccontextmanager
async def looking(here: Rooms, url: str, person: UUID, last: str = "") -> AsyncIterator[Stream]:
    """A signed-in browser with an open stream."""
    identity = here.house.identity
    token = (await identity.person_link(person, url)).rpartition("/")[2]
    session = await identity.sign_in_by_link(Secret(token))
    cookies = {identity.cookies.session_name: session.reveal()}
    headers = {"last-event-id": last} if last else {}
    async with (
        httpx2.AsyncClient(trust_env=False, timeout=_PATIENCE, cookies=cookies) as client,
        client.stream("GET", f"{url}/live", headers=headers) as answer,
    ):
        assert answer.status_code == 200
        yield Stream(answer)


async def second_person(here: Rooms, actor: Actor, locale: str) -> UUID:
    """Somebody else in the workspace, who reads another language."""
    person = await here.house.identity.create_person(actor.workspace_id, "Paul", "paul@example.org")
    async with here.house.database.transaction() as tx:
        await tx.execute("UPDATE person SET locale = $2 WHERE id = $1", person, locale)
    return person


async def comments(here: Rooms, url: str, ref: str, post: str) -> None:
    """A follower comments: the webhook arrives at a web process, the worker drains."""
    body = delivery([comment(ref, f"text of {ref}", media=post)])
    async with httpx2.AsyncClient(trust_env=False) as client:
        path = f"{url}/api/webhooks/instagram"
        answer = await client.post(path, content=body, headers=signed(body, here.sim.app_secret))
    assert answer.status_code == 200
    await here.run("webhooks.drain")


async def test_a_comment_reaches_two_viewers_over_two_web_processes_each_in_their_language(
    dsn: str, sim: SimulatorHandle, tmp_path: Path
) -> None:
    environ = environ_of(dsn, tmp_path, "http://127.0.0.1:8420", new_key(), sim)
    async with (
        rooms(environ, sim) as here,
        web_process(environ, tmp_path) as (one, _),
        web_process(environ, tmp_path) as (two, _),
    ):
        actor, stranger = await here.owner(), await here.owner("Stranger")
        assert actor.person_id is not None
        assert stranger.person_id is not None
        paul = await second_person(here, actor, "fr")
        await here.connect(actor, MAYA_ACCOUNT)
        await here.run("outbox.deliver")
        await here.work("crm.sync")
        post = str(await here.value("SELECT media_ref FROM platform_media WHERE parent_ref = '' LIMIT 1"))
        async with here.house.database.transaction() as tx:
            await tx.execute("DELETE FROM comment WHERE media_ref = $1", post)
        part = f"comments-{post}"
        async with httpx2.AsyncClient(trust_env=False) as nobody:
            assert (await nobody.get(f"{one}/live")).status_code == 401
        async with looking(here, one, stranger.person_id) as foreign:
            async with looking(here, one, actor.person_id) as english, looking(here, two, paul) as french:
                await comments(here, one, "c1", post)
                in_english, in_french = await english.about(part), await french.about(part)
                assert "<hx-partial" in in_english.html
                assert "text of c1" in in_english.html
                assert "1 comment" in in_english.html
                assert "text of c1" in in_french.html
                assert "1 commentaire" in in_french.html
                unnamed = sim.comment(MAYA_ACCOUNT, post, "max", "whose post is this?")
                await comments(here, two, unnamed, "")
                await here.work("crm.place")
                placed = await french.about(part)
                assert "whose post is this?" in placed.html
            await comments(here, two, "c2", post)
            await comments(here, one, "c3", post)
            async with looking(here, one, paul, last=in_french.id) as resumed:
                again = [await resumed.about(part), await resumed.about(part)]
                assert all("text of c3" in message.html for message in again)
                places = [Position.parse(message.id) for message in (in_french, *again)]
                assert places == sorted(set(places))
            async with here.house.database.transaction() as tx:
                await outbox.tell(
                    tx, workspace_id=stranger.workspace_id, topic="media.changed", ref="", at=here.clock.now()
                )
            assert (await foreign.next()).html == ""
