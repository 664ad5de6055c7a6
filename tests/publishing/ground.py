"""A whole house for stories of publishing: wiring's rooms served over HTTP, a real worker, the simulator beside it."""

from __future__ import annotations

import asyncio
import itertools
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2

from huntaze import wiring
from huntaze.identity import Actor
from huntaze.kit.crypto import new_key
from huntaze.kit.db import Connection
from huntaze.kit.ids import new_id
from huntaze.kit.jobs import Worker
from huntaze.kit.secret import Secret
from huntaze.platforms.contract import Platform
from huntaze.publishing import FACES, State, Timings
from huntaze.settings import Settings
from huntaze.wiring import House
from socialsim.testing import SimulatorHandle
from tests.publishing.gate import Gate
from tests.support.rooms import environ_of, served
from tests.support.waiting import eventually

Json = dict[str, Any]

QUICK = {"ready": dict.fromkeys(("IMAGE", "CAROUSEL_ITEM", "CAROUSEL", "REELS", "VIDEO", "default"), 0.1)}
"""Everything is ready at the platform after a tenth of a second."""

UNTOLD = (State.SENT, State.RECONCILING, State.SCHEDULED)
KEY_SCOPES = ["posts.read", "posts.write", "media.read", "media.write", "accounts.read"]
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_ACCOUNT = re.compile(r'name="account"[^>]*value="(\d+)"|value="(\d+)"[^>]*name="account"')

SCALE = 0.003
TIMINGS = replace(
    Timings().scaled(SCALE),
    prepare_image=timedelta(seconds=30),
    poll_first=timedelta(milliseconds=40),
    horizon=timedelta(minutes=10),
    grace=timedelta(seconds=36),
    retry_first=timedelta(milliseconds=20),
    work_beat=timedelta(seconds=0.5),
    work_lease=timedelta(seconds=3),
    send_lease=timedelta(seconds=2.5),
    hold_in_memory=timedelta(seconds=3),
    arm_lead=timedelta(seconds=0.5),
    sweep=timedelta(seconds=0.3),
    link_reads=tuple(timedelta(seconds=step) for step in (0, 0.02, 0.1, 0.4, 1, 2, 4)),
    link_slack=timedelta(seconds=2),
)
"""Some thousandths of what is designed; leases and beats stay so long that a busy machine does not lose them."""


def listening() -> tuple[socket.socket, str]:
    """A bound socket and its address: the address of a house is a setting, so it is known before it is served."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound, f"http://127.0.0.1:{bound.getsockname()[1]}"


@asynccontextmanager
async def working(house: House) -> AsyncIterator[None]:
    """A worker of the house, for all but what is done in the background: no story waits until everything that eighty
    accounts show is read, and every story would wait beside it."""
    tasks = [task for task in wiring.tasks(house) if not task.background]
    stop = asyncio.Event()
    running = asyncio.create_task(Worker(house.database, tasks, house.clock, concurrency=wiring.CONCURRENCY).run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


@dataclass(frozen=True)
class Connected:
    """One connected account: our id and the platform's."""

    id: str
    ref: str
    username: str


class Ground:
    """What a story holds."""

    def __init__(self, house: House, sim: SimulatorHandle, gate: Gate, url: str, workspace_id: UUID, key: str) -> None:
        self.house = house
        self.sim = sim
        self.gate = gate
        self.url = url
        self.workspace_id = workspace_id
        self.actor = Actor(
            workspace_id, None, None, "Maya", "owner", frozenset(), locale="en", zone="Europe/Paris", session_hash=None
        )
        headers = {"authorization": f"Bearer {key}"}
        self.api = httpx2.AsyncClient(base_url=url, headers=headers, trust_env=False, verify=False, timeout=40)
        self.browser = httpx2.AsyncClient(
            base_url=url, headers={"accept": "text/html", "origin": url}, trust_env=False, verify=False, timeout=30
        )
        self._accounts: Iterator[Connected] = iter(())
        self.somebody = Connected("", "", "")
        """An account for stories that publish nothing."""
        self._pictures = itertools.count(1)

    # --- making the world ---------------------------------------------------------------------------------------

    async def sign_in(self) -> None:
        """A browser session of an owner."""
        person = await self.house.identity.create_person(self.workspace_id, "Maya", "maya@example.org")
        link = await self.house.identity.person_link(person, self.url)
        answer = await self.browser.get(link, follow_redirects=True)
        assert answer.status_code == 200, answer.text

    async def connect(self, user_id: str) -> list[Connected]:
        """Walk through the platform's dialog and choose every account it shows."""
        start = await self.browser.get("/api/auth/instagram")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(start.headers["location"]).query).items()}
        location, _ = self.sim.login(asked["redirect_uri"], scope=asked["scope"], user_id=user_id, state=asked["state"])
        choice = await self.browser.get(location, follow_redirects=True)
        refs = [one or other for one, other in _ACCOUNT.findall(choice.text)]
        data = {"csrf_token": form_token(choice.text), "account": list(dict.fromkeys(refs))}
        done = await self.browser.post(str(choice.url), data=data)
        assert done.status_code == 303, done.text
        items = (await self.api.get("/api/v1/accounts")).json()["items"]
        return [
            Connected(item["id"], item["accountRef"], item["username"]) for item in items if item["accountRef"] in refs
        ]

    async def populate(self, accounts: int) -> None:
        """Accounts to hand out, one to a story."""
        made = self.sim.seed({"accounts": accounts, "media": 0})
        connected = await self.connect(made["userId"])
        self.somebody, self._accounts = connected[0], iter(connected[1:])

    def account(self) -> Connected:
        """An account nobody has published on."""
        return next(self._accounts)

    async def with_own_sign_in(self) -> tuple[Connected, str]:
        """An account behind a sign-in of its own, and the platform's id of its person."""
        user_id = str(self.sim.seed({"accounts": 1, "media": 0})["userId"])
        return (await self.connect(user_id))[0], user_id

    async def made_up(self, platform: str) -> Connected:
        """An account of a made-up platform, which has no sign-in of its own: its rows are written here."""
        house, now = self.house, self.house.clock.now()
        account_id, grant_id, ref = new_id(now), new_id(now), f"{platform}-{next(self._pictures)}"
        await house.accounts.apps.save(platform, "none", "app", Secret("made-up-secret"))

        def sealed(table: str, row: UUID) -> bytes:
            return house.ring.seal("made-up-token", table=table, row=row, column="token", workspace=self.workspace_id)

        async with self.rows() as tx:
            await tx.execute(
                "INSERT INTO grants (id, workspace_id, platform, login, user_ref, token, scopes, declined, issued_at,"
                " created_at) VALUES ($1, $2, $3, 'none', 'nobody', $4, '{}', '{}', $5, $5)",
                grant_id, self.workspace_id, platform, sealed("grants", grant_id), now,
            )  # fmt: skip
            await tx.execute(
                "INSERT INTO account (id, workspace_id, platform, login, account_ref, username, name, token, grant_id,"
                " health, checked_at, connected_at) VALUES ($1, $2, $3, 'none', $4, $4, $4, $5, $6, 'good', $7, $7)",
                account_id, self.workspace_id, platform, ref, sealed("account", account_id), grant_id, now,
            )  # fmt: skip
        return Connected(str(account_id), ref, ref)

    async def post_one_picture(self, account: Connected, **more: object) -> str:
        """`POST /api/v1/posts` with a picture of ours; the post's id."""
        asset = (await self.api.post("/api/v1/assets", json={"url": self.picture()})).json()
        body = {
            "accountIds": [account.id],
            "mediaType": "IMAGE",
            "media": [{"assetId": asset["id"]}],
            "caption": f"For {account.username}",
            **more,
        }
        answer = await self.api.post("/api/v1/posts", json=body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def picture(self) -> str:
        """The address of a picture no story has used."""
        return f"{self.sim.url}/_sim/pictures/sea-{next(self._pictures)}.jpg?w=640&h=640"

    # --- asking -------------------------------------------------------------------------------------------------

    def image(self, account: Connected, **more: object) -> Json:
        """The body of a request that publishes one picture."""
        return {
            "mediaType": "IMAGE",
            "mediaUrl": self.picture(),
            "caption": f"Story of @{account.username} #sea",
            "accountId": account.id,
            **more,
        }

    async def ask(self, body: Mapping[str, object], **headers: str) -> httpx2.Response:
        """`POST /api/instagram/publish`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.api.post("/api/instagram/publish", json=dict(body), headers=named)

    async def publish(self, body: Mapping[str, object]) -> str:
        """Ask, and give the post's id."""
        answer = await self.ask(body)
        assert answer.status_code in (200, 202), answer.text
        return str(answer.json()["id"])

    async def post(self, post_id: str) -> Json:
        """The status address."""
        answer = await self.api.get(f"/api/v1/posts/{post_id}")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def until(self, post_id: str, *states: str, seconds: float = 20.0) -> Json:
        """The first publication of the post once it is in one of ``states``."""
        return await self._once(post_id, str(states), lambda one: one["state"] in states, seconds)

    async def linked(self, post_id: str) -> Json:
        """The first publication once its address is known."""
        return await self._once(post_id, "linked", lambda one: bool(one["permalink"]), 30.0)

    async def _once(self, post_id: str, wanted: str, so: Callable[[Mapping[str, Any]], bool], seconds: float) -> Json:
        """The first publication as the status address shows it. Until it is so its row is looked at, which costs a
        tenth of the address."""
        stored = "SELECT state, permalink FROM publication WHERE post_id = $1"

        async def there() -> Json:
            if not any(so(row) for row in await self.house.database.pool.fetch(stored, UUID(post_id))):
                return {}
            shown: Json = (await self.post(post_id))["publications"][0]
            return shown if so(shown) else {}

        try:
            return await eventually(there, seconds=seconds, every=0.05)
        except AssertionError:
            last = (await self.post(post_id))["publications"][0]
            raise AssertionError(f"not {wanted} but {last['state']}: {kinds(last)} {last['error']}") from None

    # --- what is true -------------------------------------------------------------------------------------------

    def public(self, account: Connected) -> list[Json]:
        """What is really public on the account by our doing."""
        return [row for row in self.sim.truth("media.published", account.ref) if row["source"] == "api"]

    def containers(self, account: Connected, kind: str = "") -> list[Json]:
        """What was made at the platform for the account."""
        return [row for row in self.sim.containers(account.ref) if kind in ("", row["kind"])]

    def fault(self, endpoint: str, account: Connected, **rule: object) -> str:
        """A fault for one account."""
        return self.sim.add_fault({"match": {"endpoint": endpoint, "accountId": account.ref}, **rule})

    def sends(self, account: Connected) -> int:
        """How often the call that publishes was made for an account."""
        return self.sim.calls(account.ref).get("POST /{ig}/media_publish", 0)

    @asynccontextmanager
    async def rows(self) -> AsyncIterator[Connection]:
        """The database, for looking at rows and for making trouble in them."""
        async with self.house.database.transaction() as tx:
            yield tx

    async def row(self, post_id: str) -> Json:
        """The stored publication of a post on one account."""
        async with self.rows() as tx:
            found = await tx.fetchrow("SELECT * FROM publication WHERE post_id = $1", UUID(post_id))
        return dict(found or {})

    async def artefacts(self, post_id: str) -> list[Json]:
        """What was made for a post, oldest first."""
        async with self.rows() as tx:
            found = await tx.fetch(
                "SELECT a.* FROM artefact a JOIN publication p ON p.id = a.publication_id WHERE p.post_id = $1"
                " ORDER BY a.made_at",
                UUID(post_id),
            )
        return [dict(row) for row in found]


async def strange_steps(ground: Ground) -> set[tuple[str, str]]:
    """Changes that were told and that the state table does not know. What passes untold may lie between two of them;
    what a person changes is told of the post."""
    async with ground.rows() as tx:
        told = await tx.fetch(
            "SELECT body->>'publicationId' AS publication, body->>'state' AS state FROM domain_event"
            " WHERE topic = 'publication.changed' ORDER BY id"
        )
    last: dict[str, State] = {}
    strange = set()
    for row in told:
        now = State(row["state"])
        before = last.get(row["publication"], now)
        last[row["publication"]] = now
        between = [step for step in FACES[before].follows if step in UNTOLD]
        if now is not before and not any(now in FACES[step].follows for step in (before, *between)):
            strange.add((before.value, now.value))
    return strange


def kinds(publication: Json) -> list[str]:
    """The timeline in single words."""
    return [line["kind"] for line in publication["timeline"]]


def soon(seconds: float) -> str:
    """A time from now, as the API wants it."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def form_token(page: str) -> str:
    """The CSRF token in the forms of a page."""
    found = _TOKEN.search(page)
    assert found is not None, page[:2000]
    return found[1]


@asynccontextmanager
async def open_ground(
    home: Path,
    dsn: str,
    sim: SimulatorHandle,
    *,
    timings: Timings = TIMINGS,
    accounts: int = 0,
    with_worker: bool = True,
    more_platforms: dict[str, Platform] | None = None,
    key: str = "",
) -> AsyncIterator[Ground]:
    """A house with a worker, and accounts connected to it."""
    bound, url = listening()
    async with AsyncExitStack() as stack:
        gate = await stack.enter_async_context(Gate.before(sim.url))
        environ = environ_of(dsn, home, url, key or new_key(), sim, gate.url + "/graph.facebook.com")
        house = await wiring.build(Settings.load(environ, None), timings=timings, more_platforms=more_platforms)
        stack.push_async_callback(house.close)
        await stack.enter_async_context(served(house, bound))
        if with_worker:
            await stack.enter_async_context(working(house))
        workspace_id = await house.identity.create_workspace("Atelier Maya", "Europe/Paris", "en")
        _, shown = await house.identity.create_key(workspace_id, "stories", KEY_SCOPES)
        ground = Ground(house, sim, gate, url, workspace_id, shown)
        stack.push_async_callback(ground.api.aclose)
        stack.push_async_callback(ground.browser.aclose)
        await ground.sign_in()
        if accounts:
            await ground.populate(accounts)
        yield ground
