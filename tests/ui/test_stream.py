"""The live stream over a real server: nothing is lost, whatever breaks."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2
import pytest
from htpy import Node, p
from starlette.applications import Starlette
from starlette.requests import Request

from huntaze.ui.htmx import partial
from huntaze.ui.i18n import _
from huntaze.ui.stream import Change, live_route
from huntaze.ui.viewer import Viewer
from tests.support.serving import serving
from tests.ui.viewers import viewer


@dataclass
class Ledger:
    """Changes in memory, read as the product reads its table."""

    rows: list[Change] = field(default_factory=list)
    grown: asyncio.Event = field(default_factory=asyncio.Event)
    closed: int = 0

    def tell(self, subject: str) -> None:
        """Add a change."""
        self.rows.append(Change(str(len(self.rows) + 1), "publication.changed", subject))
        self.grown.set()

    async def read(self, _workspace_id: str, after: str | None) -> AsyncGenerator[Change, None]:
        """Every change after the cursor, without end."""
        place = len(self.rows) if after is None else int(after)
        try:
            while True:
                while place < len(self.rows):
                    place += 1
                    yield self.rows[place - 1]
                self.grown.clear()
                await self.grown.wait()
        finally:
            self.closed += 1


async def _viewer_of(request: Request) -> Viewer | None:
    locale = request.headers.get("accept-language", "en")
    return None if locale == "nobody" else viewer(locale)


async def _render(_viewer: Viewer, change: Change) -> Node:
    return (
        None
        if change.subject == "unseen"
        else partial(f"#{change.subject}", p(id=change.subject)[_("Save"), "\r\nnext line"])
    )


@asynccontextmanager
async def _live(ledger: Ledger, closing: asyncio.Event, heartbeat: float = 20.0) -> AsyncIterator[httpx2.AsyncClient]:
    route = live_route(ledger.read, _viewer_of, _render, closing=closing, heartbeat=heartbeat)
    async with serving(Starlette(routes=[route])) as base, httpx2.AsyncClient(base_url=base, timeout=10) as client:
        yield client


@asynccontextmanager
async def _messages(
    client: httpx2.AsyncClient, query: str = "", **headers: str
) -> AsyncIterator[AsyncGenerator[str, None]]:
    async with client.stream(
        "GET", f"/live{query}", headers={name.replace("_", "-"): value for name, value in headers.items()}
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")

        async def blocks() -> AsyncGenerator[str, None]:
            waiting: list[str] = []
            async for line in answer.aiter_lines():
                if line:
                    waiting.append(line)
                elif waiting:
                    yield "\n".join(waiting)
                    waiting = []

        stream = blocks()
        assert await anext(stream) == "retry: 700\n: open"
        yield stream


@pytest.fixture
def ledger() -> Ledger:
    """No change yet."""
    return Ledger()


async def test_a_change_reaches_each_viewer_in_their_own_language(ledger: Ledger) -> None:
    async with (
        _live(ledger, asyncio.Event()) as client,
        _messages(client) as english,
        _messages(client, accept_language="fr") as french,
    ):
        ledger.tell("post-1")
        part = '<hx-partial hx-target="#post-1" hx-swap="outerHTML"><p id="post-1">{}\ndata: next line</p></hx-partial>'
        expected = f"id: 1\ndata: {part}"
        assert await anext(english) == expected.format("Save")
        assert await anext(french) == expected.format("Enregistrer")


async def test_a_tab_that_was_hidden_gets_what_it_missed(ledger: Ledger) -> None:
    async with _live(ledger, asyncio.Event()) as client:
        async with _messages(client) as stream:
            ledger.tell("post-1")
            first = await anext(stream)
        ledger.tell("post-2")
        ledger.tell("post-3")
        async with _messages(client, last_event_id=first.split("\n")[0].removeprefix("id: ")) as stream:
            assert [(await anext(stream)).split("\n")[0] for _time in range(2)] == ["id: 2", "id: 3"]


async def test_nothing_is_lost_between_a_page_and_its_stream(ledger: Ledger) -> None:
    ledger.tell("post-1")
    cursor_of_the_page = "1"
    ledger.tell("post-2")
    async with _live(ledger, asyncio.Event()) as client, _messages(client, f"?since={cursor_of_the_page}") as stream:
        assert (await anext(stream)).startswith("id: 2\n")


async def test_a_change_that_a_page_does_not_show_still_moves_the_cursor(ledger: Ledger) -> None:
    async with _live(ledger, asyncio.Event()) as client, _messages(client) as stream:
        ledger.tell("unseen")
        assert await anext(stream) == "id: 1"


async def test_a_quiet_stream_shows_that_it_lives(ledger: Ledger) -> None:
    async with _live(ledger, asyncio.Event(), heartbeat=0.05) as client, _messages(client) as stream:
        assert await anext(stream) == ": here"
        ledger.tell("post-1")
        while (block := await anext(stream)) == ": here":
            pass
        assert block.startswith("id: 1")


async def test_closing_the_server_ends_every_stream_at_once(ledger: Ledger) -> None:
    closing = asyncio.Event()
    async with _live(ledger, closing) as client, _messages(client) as stream:
        closing.set()
        assert [block async for block in stream] == []
    assert ledger.closed == 1


async def test_a_closed_tab_frees_its_reader(ledger: Ledger) -> None:
    async with _live(ledger, asyncio.Event(), heartbeat=0.05) as client:
        async with _messages(client):
            pass
        async with asyncio.timeout(5):
            while not ledger.closed:
                await asyncio.sleep(0.01)


async def test_nobody_signed_in_gets_no_stream(ledger: Ledger) -> None:
    async with _live(ledger, asyncio.Event()) as client:
        assert (await client.get("/live", headers={"accept-language": "nobody"})).status_code == 401
