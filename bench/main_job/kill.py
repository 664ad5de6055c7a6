"""`kill -9` around the call that cannot be taken back, and of PostgreSQL in between: public exactly once, and the page
says so.

After the call: a whole `huntaze demo` with the designed waits. Before it, five minutes of settling are a part of the
design, so the same processes run with scaled waits (`time_scale` in the line) through the tests' wiring.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from bench.control import Control, connect_many
from bench.demo import Demo
from bench.figure import Figure, Ground, Measured
from huntaze.kit.crypto import new_key
from huntaze.kit.json_value import JsonValue
from huntaze.kit.migrate import upgrade
from huntaze.kit.postgres import EmbeddedPostgres
from socialsim.testing import SimulatorHandle, simulator
from tests.crash import wiring as crash
from tests.publishing.gate import Gate
from tests.publishing.ground import KEY_SCOPES, Connected, listening
from tests.publishing.ground import Ground as House
from tests.support.rooms import environ_of

TIME_SCALE = 0.02
PUBLISH = "POST /{ig}/media_publish"
LONGEST = 120.0
"""Seconds until a killed post has to be known as published."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one post whose processes were killed."""

    name: str
    public: int
    state: str
    page_says_so: bool
    seconds: float

    @property
    def right(self) -> bool:
        """Public once, known, and shown."""
        return self.public == 1 and self.state == "PUBLISHED" and self.page_says_so

    def told(self) -> JsonValue:
        """For the line of the figure."""
        return {
            "public": self.public,
            "state": self.state,
            "page": self.page_says_so,
            "seconds": round(self.seconds, 1),
        }


def killed_after_wrong(ground: Ground) -> Measured:
    """Killed once the platform has published, before it has answered: the worker, PostgreSQL, both."""
    demo = Demo.start(ground.scratch / "kill", python=ground.python)
    try:
        here = _Running(demo)
        fates = [
            here.fate("worker", ("worker",)),
            here.fate("postgres", ("postgres",)),
            here.fate("worker and postgres", ("worker", "postgres")),
        ]
    finally:
        demo.stop()
    return _judged(fates, time_scale=1.0)


def killed_before_wrong(ground: Ground) -> Measured:
    """Killed with the intent stored and nothing sent, and with the answer in hand and nothing stored."""
    with simulator(process=True) as sim, _scaled_house(ground.scratch / "kill-scaled", sim) as environ:
        fates = asyncio.run(_scaled_fates(environ, sim))
    return _judged(fates, time_scale=TIME_SCALE)


def _judged(fates: list[Fate], time_scale: float) -> Measured:
    detail: dict[str, JsonValue] = {"time_scale": time_scale, **{fate.name: fate.told() for fate in fates}}
    return Measured(float(sum(not fate.right for fate in fates)), n=len(fates), detail=detail)


class _Running:
    """A demo with one more account, somebody signed in, and a key."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.control = Control(demo.simulator)
        self.account = connect_many(demo, 1)[0]
        self.api = httpx2.Client(base_url=demo.url, headers={"Authorization": f"Bearer {demo.token()}"}, timeout=20)
        self.browser = httpx2.Client(base_url=demo.url, follow_redirects=True, timeout=20)
        self.browser.get(demo.owner_link()).raise_for_status()

    def fate(self, name: str, victims: tuple[str, ...]) -> Fate:
        """Ask for a post, wait until it is public and its answer is held back, kill, and see what is said."""
        caption = f"killed: {name}"
        self.control.post(
            "/_sim/faults", {"where": "after", "what": "timeout", "seconds": 20, "match": {"endpoint": PUBLISH}}
        )
        picture = f"{self.demo.simulator}/_sim/pictures/sea-{len(name)}.jpg?w=640&h=640"
        body = {"mediaType": "IMAGE", "mediaUrl": picture, "caption": caption, "accountId": self.account}
        answer = self.api.post("/api/instagram/publish", json=body).raise_for_status()
        _until(lambda: self._public(caption) == 1, 60)
        began = time.monotonic()
        for victim in victims:
            self.demo.kill(victim)
        where = answer.json()["statusUrl"]
        _until(lambda: self._row(where)["state"] == "PUBLISHED", LONGEST)
        seconds = time.monotonic() - began
        page = self.browser.get(f"/posts/{answer.json()['id']}").text
        return Fate(name, self._public(caption), str(self._row(where)["state"]), "Published" in page, seconds)

    def _public(self, caption: str) -> int:
        rows = self.control.get("/_sim/truth?kind=media.published")["rows"]
        return sum(row.get("text") == caption for row in rows)

    def _row(self, where: str) -> Mapping[str, object]:
        try:
            answer = self.api.get(where)
        except httpx2.HTTPError:
            return {"state": ""}
        row: Mapping[str, object] = answer.json()["publications"][0] if answer.status_code == 200 else {"state": ""}
        return row


@contextmanager
def _scaled_house(home: Path, sim: SimulatorHandle) -> Iterator[Mapping[str, str]]:
    """A database of its own and the environment of the processes on it."""
    home.mkdir(parents=True)
    bound, url = listening()
    bound.close()
    with EmbeddedPostgres(home) as dsn:
        asyncio.run(upgrade(dsn))
        yield {**os.environ, **environ_of(dsn, home, url, new_key(), sim), crash.SCALE: str(TIME_SCALE)}


async def _scaled_fates(environ: Mapping[str, str], sim: SimulatorHandle) -> list[Fate]:
    house = await crash.build(environ)
    workspace = await house.identity.create_workspace("Killed", "Europe/Paris", "en")
    _, key = await house.identity.create_key(workspace, "bench", KEY_SCOPES)
    with _process("web", environ):
        async with Gate.before(sim.url) as gate:
            here = House(house, sim, gate, environ["PUBLIC_URL"], workspace, key)
            await here.sign_in()
            await here.populate(4)
            fates = [
                await _scaled_fate(here, environ, name)
                for name in ("publish.intent", "publish.before_send", "publish.answered")
            ]
            await here.api.aclose()
            await here.browser.aclose()
    await house.close()
    return fates


async def _scaled_fate(here: House, environ: Mapping[str, str], checkpoint: str) -> Fate:
    account: Connected = here.account()
    post_id = await here.publish(here.image(account, caption=f"killed at {checkpoint}"))
    with _process("worker", {**environ, "HUNTAZE_KILL_AT": checkpoint}) as doomed:
        if await asyncio.to_thread(doomed.wait, 60) != -9:
            raise RuntimeError(f"{checkpoint} was not reached")
    began = time.monotonic()
    with _process("worker", environ):
        row = await here.until(post_id, "PUBLISHED", seconds=LONGEST)
    seconds = time.monotonic() - began
    page = (await here.browser.get(f"/posts/{post_id}")).text
    return Fate(checkpoint, len(here.public(account)), str(row["state"]), "Published" in page, seconds)


@contextmanager
def _process(name: str, environ: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A process of the tests' wiring, ready; killed at the end."""
    command = [sys.executable, "-m", "tests.crash.process", name]
    with subprocess.Popen(command, env=dict(environ), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline().strip() != "ready":
                raise RuntimeError(f"{name} did not start")
            yield process
        finally:
            process.kill()


def _until(true: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise RuntimeError(f"not so after {seconds:.0f} s")
        time.sleep(0.2)


FIGURES = (
    Figure("killed_after_publish_wrong", killed_after_wrong, target=0, op="=="),
    Figure("killed_before_publish_wrong", killed_before_wrong, target=0, op="=="),
)
