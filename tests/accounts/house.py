"""A small house around accounts: real rooms, real HTTP to the simulator, browsers that walk through its dialog."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from huntaze import accounts as room
from huntaze import webhooks
from huntaze.accounts import AccountRow, Accounts, Addresses, Apps, Governor, Mirrored, Neighbours, WebhookKeys
from huntaze.desk.connect import connect_routes
from huntaze.identity import Frame, Identity, install_problems, page_errors
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import ManualClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Database, in_transaction
from huntaze.kit.http import GuardedFetcher, Timeouts, irreversible_client, platform_client
from huntaze.kit.jobs import Jobs, Payload
from huntaze.kit.metrics import Metrics
from huntaze.kit.secret import Secret
from huntaze.platforms.contract import App
from huntaze.platforms.instagram import Instagram, InstagramUrls
from huntaze.platforms.registry import Platforms
from huntaze.ui.assets import Assets, static_route
from huntaze.ui.headers import SecurityHeaders
from huntaze.ui.i18n import Catalogues
from huntaze.ui.stream import live_route
from huntaze.ui.viewer import Viewer
from socialsim.testing import MAYA, SimulatorHandle
from tests.support.serving import serving
from tests.ui.viewers import nav, no_changes, render_nothing

QUICK = Timeouts(connect=2.0, read=2.0, write=2.0, pool=2.0)
CALLBACK = "/api/auth/instagram/callback"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Known:
    """What the rooms above would tell: a test writes it."""

    scheduled: int = 0
    mirror: dict[UUID, Mirrored] = field(default_factory=dict)

    def neighbours(self) -> Neighbours:
        """As accounts are handed it."""

        async def scheduled_posts(_workspace_id: UUID, _account_id: UUID) -> int:
            return self.scheduled

        async def mirrored(_workspace_id: UUID, ids: Sequence[UUID]) -> Mapping[UUID, Mirrored]:
            return {key: known for key, known in self.mirror.items() if key in ids}

        return Neighbours(scheduled_posts, mirrored)


@dataclass(frozen=True)
class House:
    """What a test holds."""

    url: str
    sim: SimulatorHandle
    database: Database
    clock: ManualClock
    key: str
    """The only key of the ring, for a process of its own."""
    identity: Identity
    accounts: Accounts
    known: Known

    @property
    def redirect_uri(self) -> str:
        """The one address that the platform may send people back to."""
        return f"{self.url}{CALLBACK}"

    async def workspace(self, name: str = "Atelier") -> UUID:
        """A workspace of its own."""
        return await self.identity.create_workspace(name, "Europe/Paris", "en")

    @asynccontextmanager
    async def browser(
        self, workspace_id: UUID, *, language: str = "en", person_id: UUID | None = None
    ) -> AsyncIterator[Browser]:
        """A browser in which a new owner of the workspace, or a known person again, has signed in."""
        if person_id is None:
            email = f"owner-{datetime.now(UTC).timestamp()}@example.test"
            person_id = await self.identity.create_person(workspace_id, "Maya", email)
        link = await self.identity.person_link(person_id, self.url)
        session = await self.identity.sign_in_by_link(Secret(link.rpartition("/")[2]))
        cookies = {self.identity.cookies.session_name: session.reveal()}
        headers = {"accept": "text/html", "accept-language": language, "origin": self.url}
        async with httpx2.AsyncClient(
            base_url=self.url, trust_env=False, verify=False, cookies=cookies, headers=headers, timeout=10
        ) as client:
            yield Browser(self, client, workspace_id, person_id)

    async def run_jobs(self) -> None:
        """What a worker would do now: every waiting job of the room by name."""
        tasks = {task.name: task for task in room.tasks(self.accounts)}
        for name, payload in await self.waiting_jobs():
            await tasks[name].handle(payload)

    async def waiting_jobs(self) -> list[tuple[str, Payload]]:
        """The room's jobs in the queue, taken out of it."""
        async with self.database.transaction() as tx:
            rows = await tx.fetch(
                "DELETE FROM pgqueuer WHERE entrypoint LIKE 'accounts.%' RETURNING id, entrypoint, payload"
            )
        return [(row["entrypoint"], _payload(row["payload"])) for row in sorted(rows, key=lambda row: row["id"])]

    async def sweep(self, name: str) -> None:
        """Run a periodic task once."""
        await next(task for task in room.tasks(self.accounts) if task.name == name).handle({})

    async def pass_time(self, by: timedelta) -> None:
        """Here and at the platform."""
        self.sim.advance(by.total_seconds())
        self.clock.advance(by)

    async def rows(self, sql: str, *args: object) -> list[Mapping[str, object]]:
        """Look into the database."""
        async with self.database.transaction() as tx:
            return [dict(row) for row in await tx.fetch(sql, *args)]

    async def live(self, workspace_id: UUID) -> list[AccountRow]:
        """The workspace's live accounts."""
        async with self.database.transaction() as tx:
            return await self.accounts.list_accounts(tx, workspace_id)


class Browser:
    """Keeps cookies and form tokens as a browser does; follows no redirect by itself."""

    def __init__(self, house: House, client: httpx2.AsyncClient, workspace_id: UUID, person_id: UUID) -> None:
        self.house = house
        self.client = client
        self.workspace_id = workspace_id
        self.person_id = person_id
        self.form_token = ""
        self.choice = ""

    async def get(self, path: str) -> httpx2.Response:
        """A page; the token of its forms is remembered."""
        answer = await self.client.get(path)
        found = _TOKEN.search(answer.text)
        self.form_token = found[1] if found else self.form_token
        return answer

    async def post(self, path: str, fields: Mapping[str, str | list[str]] | None = None) -> httpx2.Response:
        """A form of the page last seen, with its token."""
        return await self.client.post(path, data={"csrf_token": self.form_token, **(fields or {})})

    async def to_dialog(self, path: str = "/api/auth/instagram") -> dict[str, str]:
        """Press Connect; what the dialog's address asks for."""
        answer = await self.client.get(path)
        assert answer.status_code == 303, answer.text
        parts = urlsplit(answer.headers["location"])
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return {"dialog": f"{parts.scheme}://{parts.netloc}{parts.path}", **query}

    async def allow(
        self,
        *,
        user_id: str = MAYA,
        decline: list[str] | None = None,
        page_ids: list[str] | None = None,
        path: str = "/api/auth/instagram",
    ) -> httpx2.Response:
        """Through the dialog and back; the answer to the callback."""
        asked = await self.to_dialog(path)
        made = self.house.sim.post(
            "/_sim/login",
            {
                "redirectUri": asked["redirect_uri"],
                "scope": asked["scope"],
                "state": asked["state"],
                "authType": asked.get("auth_type", ""),
                "userId": user_id,
                "decline": decline or [],
                "pageIds": page_ids,
            },
        )
        return await self.get(_local(made["location"]))

    async def choose_page(
        self,
        *,
        user_id: str = MAYA,
        decline: list[str] | None = None,
        page_ids: list[str] | None = None,
        path: str = "/api/auth/instagram",
    ) -> httpx2.Response:
        """Through the dialog to the choice of accounts."""
        answer = await self.allow(user_id=user_id, decline=decline, page_ids=page_ids, path=path)
        assert answer.status_code == 303, answer.text
        self.choice = answer.headers["location"]
        return await self.get(self.choice)

    async def connect(
        self,
        *refs: str,
        user_id: str = MAYA,
        decline: list[str] | None = None,
        path: str = "/api/auth/instagram",
    ) -> list[AccountRow]:
        """All the way: dialog, choice, and what a worker does then. The workspace's accounts afterwards."""
        await self.choose_page(user_id=user_id, decline=decline, path=path)
        answer = await self.post(self.choice, {"account": list(refs)})
        assert answer.status_code == 303, answer.text
        await self.house.run_jobs()
        return await self.house.live(self.workspace_id)


class Late:
    """An app that is put in place when its own address is known."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@asynccontextmanager
async def open_house(
    database: Database, clock: ManualClock, key: str, sim: SimulatorHandle, *, off: bool = False
) -> AsyncIterator[House]:
    """Serve accounts on loopback. ``off``: no developer app is set."""
    late, ring = Late(), KeyRing.parse(key)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving(late))
        client = await stack.enter_async_context(platform_client(QUICK, before_request=_no_open_transaction))
        once = await stack.enter_async_context(irreversible_client(QUICK, before_request=_no_open_transaction))
        urls = InstagramUrls(graph=sim.graph_url, dialog=sim.dialog_url)
        metrics = Metrics()
        operator = {} if off else {("instagram", "facebook"): App(sim.app_id, Secret(sim.app_secret))}
        apps = Apps(database, clock, ring, operator, {"instagram": WebhookKeys()})
        governor = Governor(database, clock, apps)
        platforms = Platforms({"instagram": Instagram(client, once, urls, "v26.0", clock, governor.take)})
        addresses = Addresses(url, {"instagram": url + CALLBACK})
        accounts = Accounts(
            database, clock, ring, platforms, apps, Jobs(), Checkpoints(None), metrics, addresses, governor
        )  # fmt: skip
        assets = Assets.load()
        frame = Frame(Catalogues.load(), assets, lambda _actor: nav())
        identity = Identity(database, clock, ring, frame=frame, public_url=url)
        known = Known()
        fetcher = GuardedFetcher(allowed_origins=frozenset({sim.url}))
        door = webhooks.Intake(database, clock, platforms.senders(), accounts, Jobs(), metrics)

        async def viewer_of(request: Request) -> Viewer | None:
            actor = await identity.actor_of(request)
            return identity.viewer(request, actor) if actor else None

        api = FastAPI()
        api.include_router(room.router(accounts, identity, known.neighbours()))
        install_problems(api)
        app = Starlette(
            routes=[
                *webhooks.routes(door, platforms.senders(), metrics),
                *room.routes(accounts, identity, ring, fetcher, known.neighbours()),
                *connect_routes(accounts, identity),
                static_route(assets),
                live_route(no_changes, viewer_of, render_nothing, closing=asyncio.Event()),
                Mount("/api", api),
            ],
            exception_handlers=page_errors(identity.doors),
        )
        late.app = SecurityHeaders(app)
        yield House(url, sim, database, clock, key, identity, accounts, known)
        await governor.settle()


def _no_open_transaction() -> None:
    assert not in_transaction(), "a platform was asked inside a transaction"


def _local(location: str) -> str:
    """The path and query of an address of ours; the fragment stays in the browser."""
    parts = urlsplit(location)
    return f"{parts.path}?{parts.query}"


def _payload(raw: bytes | None) -> Payload:
    envelope = json.loads(raw or b"{}")
    return dict(envelope["payload"])
