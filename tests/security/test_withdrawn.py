"""Who lost the right to look loses the open stream too: docs/look-up/security.md, item 8."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from huntaze.kit.secret import Secret
from huntaze.ui.stream import LIFETIME_SECONDS, Change, LiveStream
from huntaze.ui.viewer import Viewer
from tests.journeys.house import House
from tests.support.serving import serving
from tests.ui.viewers import render_nothing, viewer

MINUTE = 60.0


async def _silent(_workspace_id: str, _after: str | None) -> AsyncGenerator[Change, None]:
    await asyncio.Event().wait()
    yield Change("1", "never", "")


async def _maya(_request: Request) -> Viewer:
    return viewer("en")


async def test_a_stream_ends_by_itself_so_that_the_next_request_is_asked_who_looks() -> None:
    live = LiveStream(_silent, _maya, render_nothing, asyncio.Event(), lifetime=0.05)
    app = Starlette(routes=[Route("/live", live.respond)])
    async with serving(app) as base, httpx2.AsyncClient(base_url=base, trust_env=False, timeout=10) as browser:
        answer = await browser.get("/live")
    assert answer.text.startswith("retry: ")
    assert LIFETIME_SECONDS < MINUTE


async def test_an_ended_session_a_removed_member_and_a_key_get_no_stream(house: House) -> None:
    async def answered(cookies: dict[str, str], **headers: str) -> int:
        async with (
            httpx2.AsyncClient(base_url=house.url, cookies=cookies, headers=headers, trust_env=False) as browser,
            browser.stream("GET", "/live") as stream,
        ):
            return stream.status_code

    person = await house.person()
    ended, kept = await house.cookies(person), await house.cookies(person)
    assert await answered(ended) == 200
    await house.rooms.identity.sign_out(Secret(next(iter(ended.values()))))
    assert (await answered(ended), await answered(kept)) == (401, 200)
    await house.rows("DELETE FROM member WHERE person_id = $1 RETURNING 1", person.id)
    assert await answered(kept) == 401
    assert await answered({}, authorization=f"Bearer {await house.key(person)}") == 401
