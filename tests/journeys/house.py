"""The whole product on loopback: `wiring`'s app under uvicorn, its worker, PostgreSQL, and a simulator process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import uvicorn
from starlette.applications import Starlette

from huntaze import wiring
from huntaze.accounts import PendingGrant
from huntaze.identity import KEY_SCOPES, Actor
from huntaze.identity.rights import OWNER, VERBS
from huntaze.kit.crypto import new_key
from huntaze.kit.secret import Secret
from huntaze.library import Asset
from huntaze.settings import Settings
from socialsim.testing import MAYA, SimulatorHandle
from tests.support.rooms import environ_of

CALLBACK = "/api/auth/instagram/callback"
MAYA_ACCOUNTS = ("17841400000000001", "17841400000000002")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who owns a workspace."""

    id: UUID
    workspace_id: UUID
    actor: Actor


@dataclass(frozen=True)
class House:
    """The running product and a hand behind its scenes."""

    url: str
    rooms: wiring.House
    app: Starlette
    sim: SimulatorHandle

    async def person(self, name: str = "Maya", locale: str = "en") -> Person:
        """A new workspace with its owner."""
        identity = self.rooms.identity
        workspace_id = await identity.create_workspace("Atelier Maya", "Europe/Paris", locale)
        person_id = await identity.create_person(workspace_id, name, f"{workspace_id}@example.org")
        actor = Actor(
            workspace_id, person_id, None, name, OWNER, VERBS, locale, "Europe/Paris", b"-", "Atelier Maya"
        )  # fmt: skip
        return Person(person_id, workspace_id, actor)

    async def link(self, person: Person) -> str:
        """A one-time address that signs the person in."""
        return await self.rooms.identity.person_link(person.id, self.url)

    async def cookies(self, person: Person) -> dict[str, str]:
        """A session of the person, as a browser keeps it."""
        token = (await self.link(person)).rpartition("/")[2]
        session = await self.rooms.identity.sign_in_by_link(Secret(token))
        return {self.rooms.identity.cookies.session_name: session.reveal()}

    async def key(self, person: Person, scopes: Sequence[str] = tuple(sorted(KEY_SCOPES))) -> str:
        """An API key of the person's workspace."""
        _, text = await self.rooms.identity.create_key(person.workspace_id, "test", scopes)
        return text

    async def grant(self, person: Person, *, user_id: str = MAYA, decline: Sequence[str] = ()) -> UUID:
        """Through dialog and callback without a browser: a sign-in whose accounts are still to be chosen."""
        url = await self.rooms.accounts.start(person.actor, "instagram", "facebook")
        asked = _query(url)
        location, _code = await asyncio.to_thread(
            self.sim.login,
            asked["redirect_uri"],
            scope=asked["scope"],
            user_id=user_id,
            state=asked["state"],
            decline=list(decline),
        )
        outcome = await self.rooms.accounts.callback(person.actor, "instagram", _query(location))
        assert isinstance(outcome, PendingGrant), outcome
        return outcome.grant_id

    async def connect(self, person: Person, refs: Sequence[str] = MAYA_ACCOUNTS[:1]) -> list[UUID]:
        """Accounts of Maya's connected; the ids of all that the workspace has."""
        accounts = self.rooms.accounts
        await accounts.connect(person.actor, await self.grant(person), set(refs))
        async with self.rooms.database.transaction() as tx:
            return [row.id for row in await accounts.list_accounts(tx, person.workspace_id)]

    async def asset(self, person: Person, content: bytes, name: str) -> Asset:
        """A file of the workspace's library."""

        async def pieces() -> AsyncIterator[bytes]:
            yield content

        return await self.rooms.library.receive(person.workspace_id, name, pieces())

    async def rows(self, sql: str, *args: object) -> list[Mapping[str, object]]:
        """What PostgreSQL says."""
        async with self.rooms.database.transaction() as tx:
            return [dict(row) for row in await tx.fetch(sql, *args)]


@asynccontextmanager
async def opened(dsn: str, home: Path, sim: SimulatorHandle, *, dev: bool = False) -> AsyncIterator[House]:
    """The product on this migrated database. Its parts leave in the order in which a server's would."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        environ = environ_of(dsn, home, url, new_key(), sim)
        environ |= {"HUNTAZE_DEV": "1" if dev else "0", "HUNTAZE_SIMULATOR_URL": sim.url}
        rooms = await wiring.build(Settings.load(environ, None))
        app = wiring.web_app(rooms)
        config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=2, ws="none")
        server, stop = uvicorn.Server(config), asyncio.Event()
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        working = asyncio.create_task(wiring.worker(rooms, 64).run(stop))
        try:
            while not server.started and not serving.done():
                await asyncio.sleep(0.01)
            yield House(url, rooms, app, sim)
        finally:
            rooms.closing.set()
            server.should_exit = True
            stop.set()
            await asyncio.gather(serving, working)
            await rooms.close()


def _query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
