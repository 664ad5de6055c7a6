"""One long story over both platforms, told to a simulator over HTTP and written down byte for byte."""

import contextlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx2

from socialsim.core import Core
from socialsim.server import SimulatorServer
from socialsim.testing import SimulatorHandle
from tests.socialsim.hints import document_of, parameters_of
from tests.socialsim.parts import IG, PAGE, Listener
from tests.socialsim.recipes import READS, RECIPES
from tests.socialsim.staging import APP_TOKEN, FACEBOOK, INSTAGRAM, TIKTOK, Shot, Stage

NOON = 1_790_000_000.0
NAME = "sim.test"
"""Told in the Host header and as the simulator's own address, for ports differ from run to run."""
_DAILY = {"date"}
_PLACES = {"ig": "accounts", "page": "pages", "m": "media", "c": "containers", "biz": "portfolios", "user": "people"}
_PLACES |= {"comment": "comments", "app": "apps", "hashtag": "hashtags", "post": "posts", "job": "jobs"}


Answer = tuple[str, int, list[tuple[str, str]], bytes]
"""What was asked, and status, headers and body of what came back."""


@dataclass
class Written:
    """What was answered, in order, and what arrived at the app's webhook, in no order: events overtake each other."""

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
    posted = [(seen.headers, seen.body) for seen in listener.seen if seen.method == "POST"]
    stage.written.events = sorted(posted, key=lambda event: event[1])
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
    stage.fire(stage.graph("GET", FACEBOOK, "ig_hashtag_search", "", user_id=IG, q="ceramics"))
    clients = stage.sim.get("/_sim/tiktok/clients")["clients"]
    stage.sim.post("/_sim/tiktok/clients", {"key": clients[0]["key"], "callbackUrl": stage.hook})


def _read(stage: Teller) -> None:
    """GET every endpoint of every host in all the ways we know, and the POSTs that read."""
    ids = _known(stage.sim)
    tokens = {host: stage.token(host) for host in (FACEBOOK, INSTAGRAM, TIKTOK)}
    people = str(stage.sim.tokens()["userToken"])
    for name, host in sorted(Core(seed=1).hosts.items()):
        for template in host.endpoints:
            method, _, path = template.partition(" ")
            if method != "GET" and template not in READS:
                continue
            token = tokens.get(name, tokens[FACEBOOK])
            token = people if "{user}" in path else APP_TOKEN if "{app}" in path or "oembed" in path else token
            url = stage.url(name, _filled(path, ids))
            text = json.dumps(document_of(template)).replace("$PUBLISH", ids["job"])
            document = json.loads(text) if method == "POST" else None
            for parameters in parameters_of(template):
                query = "&".join(f"{key}={quote(value)}" for key, value in parameters.items())
                headers = {"authorization": f"Bearer {token}"}
                stage.fire(Shot(method, f"{url}?{query}", "", document=document, headers=headers))
                settle(stage.sim)


def _filled(path: str, ids: Mapping[str, str]) -> str:
    return re.sub(r"{(\w+)}", lambda found: ids.get(found[1], "nobody"), path)


def _known(sim: SimulatorHandle) -> dict[str, str]:
    """For each kind of node one that the tokens may see."""
    snapshot = sim.get("/_sim/snapshot")
    world, tiktok, inbox = snapshot["world"], snapshot["tiktok"], snapshot["world"]["inbox"]
    found = {place: _first({**world, **tiktok}[table]) for place, table in _PLACES.items()}
    conversation = _first({id_: one for id_, one in inbox["conversations"].items() if one["account_id"] == IG})
    message = _first({id_: one for id_, one in inbox["messages"].items() if one["conversation_id"] == conversation})
    contact = _first({id_: one for id_, one in inbox["contacts"].items() if one["account_id"] == IG})
    found |= {"conversation": conversation, "message": message, "igsid": contact}
    return found | {"ig": IG, "page": PAGE, "username": next(iter(tiktok["creators"].values()))["username"]}


def _first(table: Mapping[str, object]) -> str:
    return next(iter(sorted(table)), "nobody")
