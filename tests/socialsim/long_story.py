"""One long story over both platforms, told to a simulator over HTTP and written down byte for byte."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx2

from socialsim.core import Core
from socialsim.server import SimulatorServer
from socialsim.testing import SimulatorHandle
from tests.socialsim.hints import document_of, parameters_of
from tests.socialsim.parts import IG, PAGE, Listener
from tests.socialsim.recipes import APP_TOKEN, FACEBOOK, INSTAGRAM, READS, RECIPES, TIKTOK, Shot, Stage

NOON = 1_790_000_000.0
NAME = "sim.test"
"""Told in the Host header and as the simulator's own address, for ports differ from run to run."""
_DAILY = {"date"}
_PLACES = {"ig": "accounts", "page": "pages", "m": "media", "c": "containers", "biz": "portfolios", "user": "people"}
_PLACES |= {"comment": "comments", "app": "apps", "hashtag": "hashtags", "post": "posts"}
_INBOX = {"conversation": "conversations", "message": "messages", "igsid": "contacts"}


Answer = tuple[str, int, list[tuple[str, str]], bytes]
"""What was asked, and status, headers and body of what came back."""


@dataclass
class Written:
    """What was answered, and what arrived at the app's webhook."""

    answers: list[Answer] = field(default_factory=list)
    events: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


class Teller(Stage):
    """A stage that writes every answer down."""

    def __init__(self, sim: SimulatorHandle, listener: Listener) -> None:
        super().__init__(sim, listener)
        self.written = Written()

    def fire(self, shot: Shot) -> httpx2.Response:
        """As it comes, under our own name."""
        response = super().fire(Shot(**{**vars(shot), "headers": {**shot.headers, "host": NAME}}))
        headers = [(key, value) for key, value in response.headers.items() if key not in _DAILY]
        what = f"{shot.method} {shot.url.removeprefix(self.sim.url)}"
        self.written.answers.append((what, response.status_code, headers, response.content))
        return response


@contextlib.contextmanager
def running(seed: int) -> Iterator[SimulatorHandle]:
    """A simulator of that seed whose clock stands at noon, in a thread."""
    ready = threading.Event()
    core = Core(seed, at=NOON)
    server = SimulatorServer(core, "127.0.0.1", 0, on_ready=lambda url: ready.set())
    core.services.home = f"http://{NAME}"
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert ready.wait(20)
    handle = SimulatorHandle(server.url)
    handle.configure({"ready": {"IMAGE": 0, "default": 0}, "tiktok": {"rateLimits": False, "tokenProfile": "24h"}})
    try:
        yield handle
    finally:
        handle.close()
        server.stop()
        thread.join(20)


def settle(sim: SimulatorHandle, seconds: float = 1.0) -> None:
    """Let time pass and wait for what became due."""
    sim.post("/_sim/clock", {"advance": seconds, "settle": True})


def tell(sim: SimulatorHandle, listener: Listener) -> Written:
    """Everything that changes anything, a comment from outside, then everything that can be read."""
    listener.seen.clear()
    stage = Teller(sim, listener)
    with stage.client:
        _listen(stage)
        for host, recipes in RECIPES.items():
            for template, recipe in recipes.items():
                if "subscri" not in template:
                    stage.fire(recipe(stage, host))
                    settle(sim)
        stage.comment()
        settle(sim, 3600)
    stage.written.answers += retell(sim, listener)
    stage.written.events = [(seen.headers, seen.body) for seen in listener.seen if seen.method == "POST"]
    return stage.written


def retell(sim: SimulatorHandle, listener: Listener) -> list[Answer]:
    """Everything that can be read."""
    stage = Teller(sim, listener)
    with stage.client:
        _read(stage)
    return stage.written.answers


def _listen(stage: Stage) -> None:
    stage.fire(RECIPES[FACEBOOK]["POST /{app}/subscriptions"](stage, FACEBOOK))
    stage.fire(RECIPES[FACEBOOK]["POST /{page}/subscribed_apps"](stage, FACEBOOK))
    clients = stage.sim.get("/_sim/tiktok/clients")["clients"]
    stage.sim.post("/_sim/tiktok/clients", {"key": clients[0]["key"], "callbackUrl": stage.hook})


def _read(stage: Teller) -> None:
    """GET every endpoint of every host, and the POSTs that read."""
    ids = _known(stage.sim)
    tokens = {host: stage.token(host) for host in (FACEBOOK, INSTAGRAM, TIKTOK)}
    people = str(stage.sim.tokens()["userToken"])
    for name, host in sorted(Core(seed=1).hosts.items()):
        for template in host.endpoints:
            method, _, path = template.partition(" ")
            if method != "GET" and template not in READS:
                continue
            token = tokens.get(name, tokens[FACEBOOK])
            token = people if "{user}" in path else APP_TOKEN if "{app}" in path else token
            query = "&".join(f"{key}={quote(value)}" for key, value in parameters_of(template)[0].items())
            filled = "/".join(_filled(part, ids) for part in path.strip("/").split("/"))
            url = f"{stage.url(name, filled)}{'/' if path.endswith('/') else ''}?{query}"
            document = document_of(template) if method == "POST" else None
            stage.fire(Shot(method, url, "", document=document, headers={"authorization": f"Bearer {token}"}))


def _filled(part: str, ids: dict[str, str]) -> str:
    return ids.get(part.strip("{}@"), "nobody") if "{" in part else part


def _known(sim: SimulatorHandle) -> dict[str, str]:
    snapshot = sim.get("/_sim/snapshot")
    world, inbox = snapshot["world"], snapshot["world"]["inbox"]
    found = {place: _first({**world, **snapshot["tiktok"]}[table]) for place, table in _PLACES.items()}
    return found | {place: _first(inbox[table]) for place, table in _INBOX.items()} | {"ig": IG, "page": PAGE}


def _first(table: dict[str, object]) -> str:
    return next(iter(sorted(table)), "nobody")
