"""A house whose processes die: PostgreSQL, web and workers of its own, each started again when it is gone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple, TypeVar
from uuid import UUID

import httpx2

from huntaze.kit.crypto import new_key
from huntaze.kit.db import CONNECTION_LOST, Connection, connect
from huntaze.kit.migrate import upgrade
from huntaze.kit.postgres import EmbeddedPostgres
from huntaze.publishing.store import overdue
from socialsim.kernel.faults import FaultRule, Match
from socialsim.testing import SimulatorHandle, simulator
from tests.crash import wiring as crash
from tests.crash.cells import FORMS, Kind
from tests.crash.ground import Servers, environ_for, fork, platforms
from tests.crash.mutants import SQL, SWITCH
from tests.crash.orders import Orders
from tests.publishing.gate import Gate
from tests.publishing.ground import KEY_SCOPES, QUICK, Connected, Ground, Json, listening
from tests.support.rooms import environ_of
from tests.support.waiting import eventually

T = TypeVar("T")
QUOTA = {"quotaTotal": 100_000, "containerLimit": 1_000_000}
"""No limit is met by the many posts of one account."""
NEVER = 1_000_000_000
"""No account is called so often."""


class Crew:
    """The processes of one house."""

    def __init__(self, environ: Mapping[str, str], postgres: EmbeddedPostgres, orders: Orders) -> None:
        self.environ = environ
        self.postgres = postgres
        self.orders = orders
        self.wanted = 0
        """How many workers are to be at work; those that are frozen do not count."""
        self._web: BaseProcess | None = None
        self._workers: list[BaseProcess] = []

    def tend(self) -> None:
        """Start again whatever is gone."""
        if self.postgres.pid is None:
            self.postgres.start()
        self.orders.name_victim("postgres", self.postgres.pid)
        if self._web is None or not self._web.is_alive():
            self._web = fork("web", self.environ)
            self.orders.name_victim("web", self._web.pid)
        frozen = self.orders.frozen()
        self._workers = [worker for worker in self._workers if worker.is_alive()]
        awake = sum(worker.pid not in frozen for worker in self._workers)
        self._workers += [fork("worker", self.environ) for _ in range(self.wanted - awake)]

    def awake(self) -> list[int]:
        """The numbers of the workers that are at work."""
        frozen = self.orders.frozen()
        return [pid for worker in self._workers if (pid := worker.pid) and worker.is_alive() and pid not in frozen]

    def shut(self) -> None:
        """Nobody has the database open any more but whoever looks on."""
        self.dismiss()
        self.kill_web()

    def kill_web(self) -> None:
        """Nobody answers, until it is started again."""
        if self._web is not None:
            self._web.kill()
            self._web.join()

    def dismiss(self) -> None:
        """No worker any more, at once."""
        self.wanted = 0
        for worker in self._workers:
            worker.kill()
            worker.join()
        self._workers.clear()
        for pid in self.orders.frozen():
            self.orders.thaw(pid)

    def leave(self) -> None:
        """The end."""
        self.shut()


class Armed(NamedTuple):
    """What a rule of faults has met: calls that fit it, and those that it spoiled."""

    seen: int
    struck: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A publication as the database has it."""

    id: str
    state: str
    held: str
    """The reason for which it is held."""
    waits: bool
    """Whether somebody is to look at it again."""
    alive: int
    """Its artefacts of role post that may still be published."""
    overlapped: bool
    """Whether one of these was made while another could still be published (I3); true to the clocks of the workers."""
    explained: bool
    taken_back: bool
    """Whether something was still written after it was known to be published (I6)."""


class Field:
    """A house, the platforms around it, and accounts to publish on."""

    def __init__(self, ground: Ground, crew: Crew, orders: Orders, servers: Servers) -> None:
        self.ground = ground
        self.crew = crew
        self.orders = orders
        self.servers = servers
        self._accounts: dict[str, list[Connected]] = {}
        self._media: dict[str, list[str]] = {}

    async def provide(self, need: Mapping[str, int]) -> None:
        """So many accounts of each platform, and the files to publish."""
        self.crew.tend()
        await answering(self.ground)
        for platform, count in need.items():
            have = self._accounts.setdefault(platform, [])
            if platform == "instagram" and len(have) < count:
                made = self.ground.sim.seed({"accounts": count - len(have), "media": 0})
                have += await self.ground.connect(str(made["userId"]))
            while len(have) < count:
                have.append(await self.ground.made_up(platform))
        if not self._media:
            url = f"{self.ground.sim.url}/_sim/videos/crash.mp4"
            first, second, clip = [
                await self._asset(one) for one in (self.ground.picture(), self.ground.picture(), url)
            ]
            self._media = {"IMAGE": [first], "CAROUSEL": [first, second], "REELS": [clip]}

    async def _asset(self, url: str) -> str:
        answer = await self.ground.api.post("/api/v1/assets", json={"url": url, "name": url.rpartition("/")[2][:20]})
        assert answer.status_code in (200, 201), answer.text
        return str(answer.json()["id"])

    def account(self, platform: str, number: int) -> Connected:
        """One that was provided."""
        return self._accounts[platform][number]

    def body(self, kind: Kind, account: Connected, caption: str) -> Json:
        """What is asked for with `POST /api/v1/posts`."""
        return {
            "accountIds": [account.id],
            "mediaType": kind.media_type,
            "media": [{"assetId": asset} for asset in self._media[kind.media_type]],
            "caption": caption,
        }

    async def post(self, kind: Kind, account: Connected, caption: str) -> str:
        """`POST /api/v1/posts`; the post's id."""
        answer = await self.ground.api.post("/api/v1/posts", json=self.body(kind, account, caption))
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    # --- faults ---------------------------------------------------------------------------------------------------

    def count_sends(self, kind: Kind, account: Connected) -> str:
        """A rule that only sees the irreversible calls of one account, if it is armed before any other; its id."""
        return self._arm(kind, account, kind.irreversible, {"what": "slow", "times": 1}, nth=NEVER)

    def arm(self, kind: Kind, account: Connected, endpoint: str, form: str, *, nth: int, times: int) -> str:
        """A fault for one account; its id."""
        return self._arm(kind, account, endpoint, {**FORMS[form], "times": times}, nth=nth)

    def _arm(self, kind: Kind, account: Connected, endpoint: str, rule: Mapping[str, object], *, nth: int) -> str:
        match: dict[str, object] = {"endpoint": endpoint, "accountId": account.ref, "nth": nth}
        if kind.platform == "instagram":
            return self.ground.sim.add_fault({"match": match, **rule})
        services = self.servers[kind.platform].services
        at_call = Match(endpoint=endpoint, account_id=account.ref, nth=nth)
        return services.faults.add(FaultRule(match=at_call, **rule), services.clock.epoch()).id  # type: ignore[arg-type]

    def armed(self, platform: str) -> dict[str, Armed]:
        """The rules that may still strike."""
        if platform == "instagram":
            listed = self.ground.sim.get("/_sim/faults")["rules"]
            return {str(one["rule"]["id"]): Armed(int(one["seen"]), int(one["struck"])) for one in listed}
        return {
            one.rule.id: Armed(one.seen, one.struck) for one in self.servers[platform].services.faults.armed_rules()
        }

    def clear_faults(self) -> None:
        """None is left."""
        self.ground.sim.clear_faults()
        for server in self.servers.values():
            server.services.faults.clear()

    # --- what is true ---------------------------------------------------------------------------------------------

    def public(self, platform: str, account: Connected, caption: str) -> int:
        """How many posts with these words the platform's own ledger knows."""
        if platform == "instagram":
            return sum(row["text"] == caption for row in self.ground.public(account))
        truth = self.servers[platform].truth()
        return sum(row.account_id == account.ref and row.text == caption for row in truth)

    async def seen(self, posts: Sequence[str]) -> dict[str, Seen]:
        """The publications of these posts, by post."""

        async def read(tx: Connection) -> dict[str, Seen]:
            rows = await tx.fetch(_SEEN, [UUID(post) for post in posts])
            return {
                str(row["post_id"]): Seen(
                    id=str(row["id"]),
                    state=row["state"],
                    held=row["held_reason"],
                    waits=row["next_check_at"] is not None,
                    alive=row["alive"],
                    overlapped=row["overlapped"],
                    explained=row["problem"] is not None,
                    taken_back=row["taken_back"],
                )
                for row in rows
            }

        return await self.patiently(read)

    async def stuck(self) -> int:
        """Non-final publications with no next look, or one that is overdue by the scaled five minutes."""
        house = self.ground.house

        async def read(tx: Connection) -> int:
            return await overdue(tx, house.clock.now() - house.timings.overdue)

        return await self.patiently(read)

    async def patiently(self, read: Callable[[Connection], Awaitable[T]]) -> T:
        """Ask the database again when it was just killed."""
        while True:
            try:
                async with self.ground.rows() as tx:
                    return await read(tx)
            except CONNECTION_LOST:
                await asyncio.sleep(0.2)
                self.crew.tend()


_SEEN = """
SELECT id, post_id, state, held_reason, next_check_at, problem,
    (SELECT count(*) FROM artefact
     WHERE publication_id = publication.id AND role = 'post' AND ended_at IS NULL) AS alive,
    EXISTS (
        SELECT 1 FROM artefact AS one JOIN artefact AS next USING (publication_id, role)
        WHERE publication_id = publication.id AND role = 'post' AND next.made_at > one.made_at
            AND (one.ended_at IS NULL OR one.ended_at > next.made_at)
    ) AS overlapped,
    EXISTS (
        SELECT 1 FROM evidence AS known JOIN evidence AS after USING (publication_id)
        WHERE publication_id = publication.id AND known.kind = 'published' AND after.at > known.at
            AND after.kind IN ('sending', 'refused', 'failed', 'unknown', 'held', 'soft_no', 'strong_no')
    ) AS taken_back
FROM publication WHERE post_id = ANY ($1)
"""


@contextmanager
def around() -> Iterator[tuple[SimulatorHandle, Servers]]:
    """The platforms: the simulator as a process of its own, the made-up ones beside us."""
    with simulator(seed=9, process=True) as sim, platforms() as servers:
        sim.configure({**QUICK, **QUOTA})
        yield sim, servers


@asynccontextmanager
async def open_field(
    home: Path, sim: SimulatorHandle, servers: Servers, *, scale: float, mutant: str = "", horizon: float | None = None
) -> AsyncIterator[Field]:
    """A house with nobody in it but its web process. ``horizon``: seconds until a person is asked, unscaled."""
    bound, url = listening()
    bound.close()
    postgres, orders = EmbeddedPostgres(home / "house"), Orders(home / "orders")
    dsn = postgres.start()
    try:
        await _prepare(dsn, SQL.get(mutant, ""))
        environ = environ_for(environ_of(dsn, home / "house", url, new_key(), sim), servers, scale)
        environ |= {crash.ORDERS: str(home / "orders"), SWITCH: mutant}
        if horizon is not None:
            environ[crash.HORIZON] = str(horizon)
        crew, house = Crew(environ, postgres, orders), await crash.build(environ)
        try:
            crew.tend()
            workspace = await house.identity.create_workspace("Crash", "Europe/Paris", "en")
            _, key = await house.identity.create_key(workspace, "crash", KEY_SCOPES)
            async with Gate.before(sim.url) as gate:
                ground = Ground(house, sim, gate, url, workspace, key)
                await answering(ground)
                await ground.sign_in()
                yield Field(ground, crew, orders, servers)
                await ground.api.aclose()
                await ground.browser.aclose()
        finally:
            crew.leave()
            await house.close()
    finally:
        postgres.stop()


async def answering(ground: Ground, seconds: float = 30.0) -> None:
    """Return once the web process answers."""

    async def answers() -> bool:
        with contextlib.suppress(httpx2.HTTPError):
            return (await ground.api.get("/healthz")).status_code < 500
        return False

    await eventually(answers, seconds=seconds, every=0.1)


async def _prepare(dsn: str, mutation: str) -> None:
    """Every table. Processes die here, the machine does not: the server need not wait for the disk."""
    await upgrade(dsn)
    connection = await connect(dsn)
    try:
        for setting in ("fsync", "full_page_writes"):
            await connection.execute(f"ALTER SYSTEM SET {setting} = off")
        await connection.execute("SELECT pg_reload_conf()")
        if mutation:
            await connection.execute(mutation)
    finally:
        await connection.close()
