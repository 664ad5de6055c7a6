"""How soon the simulator answers, what it weighs, how many status polls a second it takes with few and many posts."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx2

from bench.control import Control
from bench.figure import Figure, Ground, Measured
from socialsim.fire import Shot, asked, fire, posted

STARTS = 5
POSTS = 5_000
FEW = 10
POLLS = 10_000
"""A round of polls: a few seconds."""
ROUNDS = 3
CONNECTIONS = 8
_READY = re.compile(r"ready on (http://\S+)")
_ENDED_IN = 20.0
_SETTLED_AFTER = 5.0


@dataclass(frozen=True, slots=True)
class Running:
    """A simulator in a process of its own."""

    pid: int
    url: str
    first_answer: float
    """Seconds from starting the process to its first answer."""

    def rss_mb(self) -> float:
        """Resident memory."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


@dataclass(frozen=True, slots=True)
class Crowd:
    """A simulator before and after 5,000 posts went through it."""

    idle_mb: float
    posted_in: float
    refused: int
    few: tuple[float, ...]
    """Status polls a second with ten posts, round by round."""
    many: tuple[float, ...]
    grown_mb: float


@contextmanager
def running(ground: Ground) -> Iterator[Running]:
    """`python -m socialsim` on a free port, ended afterwards."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [ground.python, "-m", "socialsim", "--port", "0"], stdout=subprocess.PIPE, text=True, cwd=ground.root
    )
    try:
        assert process.stdout is not None
        said = _READY.search(process.stdout.readline())
        if said is None:
            raise RuntimeError("the simulator did not start")
        answer = httpx2.get(f"{said[1]}/graph.facebook.com/v26.0/me", timeout=_ENDED_IN)
        took = time.perf_counter() - began
        if "error" not in answer.json():  # no token: an answer in Meta's own envelope
            raise RuntimeError(f"a strange answer: {answer.text}")
        yield Running(process.pid, said[1], took)
    finally:
        process.terminate()
        process.wait(_ENDED_IN)


def first_answer_s(ground: Ground) -> Measured:
    """From the start of the process to an answer of the Graph API; the median of a few starts."""
    runs = []
    for _ in range(STARTS):
        with running(ground) as sim:
            runs.append(sim.first_answer)
    return Measured(sorted(runs)[STARTS // 2], runs=runs, n=STARTS)


def crowd(ground: Ground) -> Crowd:
    """The whole course in one process: idle, ten posts and polls, 5,000 posts and polls."""
    with running(ground) as sim:
        time.sleep(_SETTLED_AFTER)
        idle = sim.rss_mb()
        stage = _Stage.of(sim.url)
        stage.post(FEW)
        few = stage.polls()
        posted_in, refused = stage.post(POSTS - FEW)
        many = stage.polls()
        return Crowd(idle, posted_in, refused, few, many, sim.rss_mb())


@dataclass(frozen=True, slots=True)
class _Stage:
    """Accounts to post to. Raw sockets send everything, so that the client costs little beside the simulator."""

    url: str
    graph: str
    accounts: tuple[str, ...]
    headers: dict[str, str]

    @classmethod
    def of(cls, url: str) -> _Stage:
        control = Control(url)
        control.post("/_sim/config", {"ready": {"IMAGE": 0}, "quotaTotal": POSTS, "containerLimit": POSTS})
        seeded = control.post("/_sim/seed", {"accounts": 20, "media": 0, "comments": 0})
        token = control.post("/_sim/tokens", {"userId": seeded["userId"]})["userToken"]
        accounts = tuple(one["accountId"] for one in seeded["accounts"])
        return cls(url, f"{url}/graph.facebook.com/v26.0", accounts, {"authorization": f"Bearer {token}"})

    def post(self, count: int) -> tuple[float, int]:
        """Create and publish that many pictures; seconds, and how many calls were refused."""
        picture = f"{self.url}/_sim/pictures/sea-bench.jpg?w=1080&h=1350"
        before = set(Control(self.url).containers())
        began = time.perf_counter()
        creating = [
            self._form(f"{account}/media", {"image_url": picture, "caption": f"Post {number} of the bench"})
            for number, account in self._turns(count)
        ]
        refused = self._send(creating)
        made = [one for one in Control(self.url).containers().values() if one["id"] not in before]
        publishing = [self._form(f"{one['accountId']}/media_publish", {"creation_id": one["id"]}) for one in made]
        refused += self._send(publishing)
        return time.perf_counter() - began, refused + count - len(made)

    def polls(self) -> tuple[float, ...]:
        """Status polls a second, over all containers in turn."""
        ids = list(Control(self.url).containers())
        shots = [
            asked(f"{self.graph}/{ids[turn % len(ids)]}?fields=status_code", self.headers) for turn in range(POLLS)
        ]
        rates = []
        for _ in range(ROUNDS):
            ledger = fire(self.url, shots, CONNECTIONS)
            if set(ledger.statuses) != {200}:
                raise RuntimeError(f"a poll was not answered with 200: {dict(ledger.statuses)}")
            rates.append(ledger.rate())
        return tuple(rates)

    def _turns(self, count: int) -> Iterator[tuple[int, str]]:
        return ((number, self.accounts[number % len(self.accounts)]) for number in range(count))

    def _form(self, path: str, values: dict[str, str]) -> Shot:
        headers = {**self.headers, "content-type": "application/x-www-form-urlencoded"}
        return posted(f"{self.graph}/{path}", urlencode(values).encode(), headers)

    def _send(self, shots: Sequence[Shot]) -> int:
        ledger = fire(self.url, shots, CONNECTIONS)
        return len(shots) - ledger.statuses[200]


def idle_mb(ground: Ground) -> Measured:
    """Resident memory a few seconds after the start."""
    seen = ground.once(crowd)
    return Measured(seen.idle_mb, detail={"after_5000_posts": round(seen.grown_mb, 1)})


def polls_per_s(ground: Ground) -> Measured:
    """With ten posts: the slowest round."""
    seen = ground.once(crowd)
    return Measured(min(seen.few), runs=seen.few, n=POLLS * ROUNDS)


def polls_per_s_5000(ground: Ground) -> Measured:
    """With 5,000 posts: the slowest round, and its share of the median with ten."""
    seen = ground.once(crowd)
    share = sorted(seen.many)[ROUNDS // 2] / sorted(seen.few)[ROUNDS // 2]
    return Measured(
        min(seen.many), runs=seen.many, n=POLLS * ROUNDS, baseline=min(seen.few), detail={"share": round(share, 3)}
    )


def posts_5000_s(ground: Ground) -> Measured:
    """Creating and publishing 5,000 pictures, each fetched and checked; unmet when a call was refused."""
    seen = ground.once(crowd)
    return Measured(seen.posted_in, n=POSTS, detail={"refused": seen.refused}, ok=seen.refused == 0)


FIGURES = (
    Figure("first_answer_s", first_answer_s, target=0.8, op="<"),
    Figure("idle_mb", idle_mb, target=70),
    Figure("polls_per_s", polls_per_s, target=1000, op=">="),
    Figure("polls_per_s_5000_posts", polls_per_s_5000, target=1000, op=">="),
    Figure("posts_5000_s", posts_5000_s, target=40),
)
