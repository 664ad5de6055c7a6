"""The library's pages and endpoints behind real doors: a server, a signed-in browser, an API key."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import httpx2
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

from huntaze.identity import Frame, Identity, install_problems, page_errors
from huntaze.kit.clock import Clock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.secret import Secret
from huntaze.library import Library, router, routes
from huntaze.platforms.registry import Platforms
from huntaze.ui.assets import Assets
from huntaze.ui.i18n import Catalogues
from tests.library.ground import PUBLIC_URL
from tests.support.serving import serving
from tests.ui.viewers import nav


@dataclass(frozen=True)
class House:
    """A served library. `browser` is signed in as an owner of `workspace_id`, `program` has its API key."""

    shelf: Library
    identity: Identity
    workspace_id: UUID
    browser: httpx2.AsyncClient
    program: httpx2.AsyncClient
    stranger: httpx2.AsyncClient


@asynccontextmanager
async def open_house(shelf: Library, clock: Clock, ring: KeyRing) -> AsyncIterator[House]:
    """Serve `shelf`, make a workspace, an owner and a key of it."""
    frame = Frame(Catalogues.load(), Assets.load(), lambda _actor: nav())
    identity = Identity(shelf.db, clock, ring, frame=frame, public_url=PUBLIC_URL)
    api = FastAPI()
    api.include_router(router(shelf, identity))
    install_problems(api)
    app = Starlette(
        routes=[*routes(shelf, identity, Platforms({})), Mount("/api", api)],
        exception_handlers=page_errors(identity.doors),
    )
    workspace_id = await identity.create_workspace("Atelier", "Europe/Paris", "en")
    person_id = await identity.create_person(workspace_id, "Maya", "maya@example.test")
    link = await identity.person_link(person_id, PUBLIC_URL)
    session = await identity.sign_in_by_link(Secret(link.rpartition("/")[2]))
    _, key = await identity.create_key(workspace_id, "tests", ["media.read", "media.write"])
    cookies = {identity.cookies.session_name: session.reveal()}
    async with (
        serving(app) as address,
        httpx2.AsyncClient(base_url=address, trust_env=False, cookies=cookies) as browser,
        httpx2.AsyncClient(base_url=address, trust_env=False, headers={"authorization": f"Bearer {key}"}) as program,
        httpx2.AsyncClient(base_url=address, trust_env=False, headers={"accept": "text/html"}) as stranger,
    ):
        browser.headers["origin"] = PUBLIC_URL
        yield House(shelf, identity, workspace_id, browser, program, stranger)


async def form_token(browser: httpx2.AsyncClient) -> str:
    """The token that the page hands to htmx and to its forms."""
    page = (await browser.get("/media")).text
    found = re.search(r'<meta name="csrf-token" content="([^"]+)"', page)
    assert found is not None
    return found[1]
