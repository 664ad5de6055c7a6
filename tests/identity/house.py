"""A small house around identity: its own routes, a few guarded pages and endpoints, and browsers that walk in."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import httpx2
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp

from huntaze import identity as room
from huntaze.identity import Actor, Frame, Identity
from huntaze.identity.network import Network
from huntaze.identity.passwords import Passwords
from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Database
from huntaze.kit.secret import Secret
from huntaze.kit.text import Text
from huntaze.platforms.errors import Later
from huntaze.ui.appearance import appearance_route
from huntaze.ui.assets import Assets, static_route
from huntaze.ui.headers import SecurityHeaders
from huntaze.ui.i18n import Catalogues, _
from huntaze.ui.page import html, page
from huntaze.ui.stream import ViewerOf, live_route
from huntaze.ui.viewer import NavItem, Viewer
from tests.identity.probes import probes
from tests.ui.viewers import no_changes, render_nothing

PASSWORD = "seven grey herons by the river"
HTTPS = "https://huntaze.example"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class House:
    """What a test holds."""

    app: ASGIApp
    starlette: Starlette
    identity: Identity
    clock: ManualClock
    database: Database

    def browser(
        self,
        *,
        address: str = "198.51.100.7",
        base: str = HTTPS,
        language: str = "en",
        headers: dict[str, str] | None = None,
    ) -> Browser:
        """A browser that nobody knows."""
        return Browser(self.app, address, base, language, headers or {})

    async def owner(self, name: str = "Ana", email: str = "ana@example.com") -> tuple[UUID, UUID]:
        """A workspace and its owner, who has a password."""
        workspace_id = await self.identity.create_workspace(f"{name}'s", "Europe/Paris", "en")
        return workspace_id, await self.identity.create_person(workspace_id, name, email, Secret(PASSWORD))

    async def signed_in(self, name: str = "Ana", email: str = "ana@example.com") -> Browser:
        """A browser with a session of a new owner."""
        await self.owner(name, email)
        browser = self.browser()
        answer = await browser.sign_in(email)
        assert answer.status_code == 303, answer.text
        return browser


class Browser:
    """Keeps cookies and form tokens as a browser does; follows no redirect by itself."""

    def __init__(self, app: ASGIApp, address: str, base: str, language: str, headers: dict[str, str]) -> None:
        transport = httpx2.ASGITransport(app=app, client=(address, 4711), raise_app_exceptions=False)
        everywhere = {"accept": "text/html", "accept-language": language, **headers}
        self.client = httpx2.AsyncClient(transport=transport, base_url=base, headers=everywhere)
        self.form_token = ""

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        """A page; the token of its forms is remembered."""
        answer = await self.client.get(path, headers=_named(headers))
        found = _TOKEN.search(answer.text)
        self.form_token = found[1] if found else self.form_token
        return answer

    async def post(
        self, path: str, fields: Mapping[str, str | list[str]] | None = None, **headers: str
    ) -> httpx2.Response:
        """A form of the page last seen, with its token."""
        data = {"csrf_token": self.form_token, **(fields or {})}
        return await self.client.post(path, data=data, headers=_named(headers))

    async def sign_in(self, login: str, password: str = PASSWORD, next_path: str = "/") -> httpx2.Response:
        """Open the sign-in page and send its form."""
        await self.get("/sign-in")
        return await self.post("/sign-in", {"login": login, "password": password, "next": next_path})

    def cookie(self, name: str) -> str:
        """A cookie's value, "" without it."""
        return self.client.cookies.get(name) or ""


def house(
    database: Database,
    clock: ManualClock,
    ring: KeyRing,
    *,
    public_url: str = HTTPS,
    trusted: Sequence[Network] = (),
    key_calls_a_minute: int = 1000,
) -> House:
    """Everything that identity needs, with cheap password hashes."""
    catalogues, assets = Catalogues.load(), Assets.load()
    frame = Frame(catalogues, assets, _nav)
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    identity = Identity(
        database,
        clock,
        ring,
        frame=frame,
        public_url=public_url,
        trusted_proxies=trusted,
        passwords=passwords,
        key_calls_a_minute=key_calls_a_minute,
    )
    starlette = Starlette(
        routes=[
            *room.routes(identity, clock),
            *_pages(identity),
            appearance_route(identity.doors.check_anybody),
            live_route(no_changes, _looking(identity), render_nothing, closing=asyncio.Event()),
            static_route(assets),
            Mount("/api", probes(identity)),
        ],
        exception_handlers=room.page_errors(identity.doors),
    )
    return House(SecurityHeaders(starlette), starlette, identity, clock, database)


def _looking(identity: Identity) -> ViewerOf:
    async def viewer_of(request: Request) -> Viewer | None:
        actor = await identity.actor_of(request)
        return None if actor is None else identity.viewer(request, actor)

    return viewer_of


def _nav(_actor: Actor) -> Sequence[NavItem]:
    return (
        NavItem("/", _("Home"), "house", keys="g h"),
        NavItem("/posts/new", _("New post"), "plus", keys="n", action=True),
        NavItem("/settings", _("Settings"), "settings", keys="g s"),
    )


def _pages(identity: Identity) -> list[room.GuardedRoute]:
    async def home(request: Request, actor: Actor) -> Response:
        viewer = identity.viewer(request, actor)
        with viewer.speaking():
            return html(page(viewer, _("Home"), f"{actor.name} {viewer.live_url}"))

    async def change(request: Request, actor: Actor) -> Response:
        return PlainTextResponse(f"changed by {actor.name}")

    async def fail(request: Request, actor: Actor) -> Response:
        raise RuntimeError("the secret of the house")

    async def ask_platform(request: Request, actor: Actor) -> Response:
        raise Later(Text("The platform is full."), Text("We try again."), platform="instagram", trace_id="T1")

    return [
        identity.page_route("/", "posts.read", home),
        identity.page_route("/change", "posts.write", change, methods=["POST"]),
        identity.page_route("/fail", "posts.read", fail),
        identity.page_route("/ask", "posts.read", ask_platform),
    ]


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
