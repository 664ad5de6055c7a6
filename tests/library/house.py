"""The library's pages and endpoints behind real doors: a server, a signed-in browser, an API key."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import httpx2
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount

from huntaze.identity import Frame, Identity, install_problems, page_errors
from huntaze.kit.clock import Clock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.secret import Secret
from huntaze.library import Library, router, routes
from huntaze.platforms.registry import Platforms
from huntaze.ui.appearance import appearance_route
from huntaze.ui.assets import Assets, static_route
from huntaze.ui.headers import SecurityHeaders
from huntaze.ui.i18n import Catalogues
from huntaze.ui.stream import live_route
from huntaze.ui.viewer import Viewer
from tests.library.ground import PUBLIC_URL
from tests.support.serving import serving
from tests.ui.viewers import nav, no_changes, render_nothing


@dataclass(frozen=True)
class House:
    """A served library. `browser` is signed in as an owner of `workspace_id`, `program` has its API key."""

    shelf: Library
    identity: Identity
    address: str
    workspace_id: UUID
    browser: httpx2.AsyncClient
    program: httpx2.AsyncClient
    stranger: httpx2.AsyncClient


@asynccontextmanager
async def open_house(
    shelf: Library, clock: Clock, ring: KeyRing, platforms: Platforms = Platforms({})
) -> AsyncIterator[House]:
    """Serve `shelf`, make a workspace, an owner and a key of it."""
    closing = asyncio.Event()
    frame = Frame(Catalogues.load(), Assets.load(), lambda _actor: nav())
    identity = Identity(shelf.db, clock, ring, frame=frame, public_url=PUBLIC_URL)
    api = FastAPI()
    api.include_router(router(shelf, identity))
    install_problems(api)

    async def viewer_of(request: Request) -> Viewer | None:
        actor = await identity.actor_of(request)
        return identity.viewer(request, actor) if actor else None

    live = live_route(no_changes, viewer_of, render_nothing, closing=closing)
    pages = [
        live,
        *routes(shelf, identity, platforms),
        static_route(frame.assets),
        appearance_route(identity.doors.check_anybody),
    ]
    app = Starlette(routes=[*pages, Mount("/api", api)], exception_handlers=page_errors(identity.doors))
    workspace_id = await identity.create_workspace("Atelier", "Europe/Paris", "en")
    person_id = await identity.create_person(workspace_id, "Maya", "maya@example.test")
    link = await identity.person_link(person_id, PUBLIC_URL)
    session = await identity.sign_in_by_link(Secret(link.rpartition("/")[2]))
    _, key = await identity.create_key(workspace_id, "tests", ["media.read", "media.write"])
    cookies = {identity.cookies.session_name: session.reveal()}
    async with (
        serving(SecurityHeaders(app)) as address,
        httpx2.AsyncClient(base_url=address, trust_env=False, verify=False, cookies=cookies) as browser,
        httpx2.AsyncClient(
            base_url=address, trust_env=False, verify=False, headers={"authorization": f"Bearer {key}"}
        ) as program,
        httpx2.AsyncClient(
            base_url=address, trust_env=False, verify=False, headers={"accept": "text/html"}
        ) as stranger,
    ):
        browser.headers["origin"] = PUBLIC_URL
        try:
            yield House(shelf, identity, address, workspace_id, browser, program, stranger)
        finally:
            closing.set()


async def form_token(browser: httpx2.AsyncClient) -> str:
    """The token that the page hands to htmx and to its forms."""
    page = (await browser.get("/media")).text
    found = re.search(r'<meta name="csrf-token" content="([^"]+)"', page)
    assert found is not None
    return found[1]
