"""Every endpoint that changes anything, under every fault: what the client sees and what is true."""

from collections.abc import Iterator

import httpx2
import pytest

from socialsim.core import Core
from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import Listener
from tests.socialsim.recipes import CHANGING_GETS, READS, RECIPES
from tests.socialsim.staging import Recipe, Shot, Stage

NOON = 1_790_000_000.0
LATER = 0.5
BROKEN = (httpx2.ReadError, httpx2.RemoteProtocolError, httpx2.ReadTimeout)


def changing() -> set[tuple[str, str]]:
    """Host and template of every endpoint that can change something, from the tables themselves."""
    return {
        (name, template)
        for name, host in Core(seed=1).hosts.items()
        for template in host.endpoints
        if template in CHANGING_GETS or (not template.startswith("GET ") and template not in READS)
    }


KNOWN = sorted((host, template) for host, recipes in RECIPES.items() for template in recipes)


def test_every_changing_endpoint_has_a_recipe() -> None:
    assert changing() == set(KNOWN)


class Trial:
    """One endpoint under one fault after the other."""

    def __init__(self, stage: Stage, host: str, template: str, recipe: Recipe) -> None:
        self._stage, self._sim = stage, stage.sim
        self._host, self._template, self._recipe = host, template, recipe

    def struck(self, **rule: object) -> tuple[Shot, int]:
        """Prepare a shot, arm the rule, shoot, see the connection break; gives the rows of its kind before."""
        shot = self._recipe(self._stage, self._host)
        rows = self.rows(shot)
        self._sim.add_fault({**rule, "match": {"endpoint": self._template.replace("/permissions", "/permissions*")}})
        with pytest.raises(BROKEN):
            self._stage.fire(shot)
        assert self._sim.get("/_sim/faults") == {"rules": []}
        return shot, rows

    def rows(self, shot: Shot) -> int:
        return len(self._sim.truth(shot.kind))


@pytest.fixture
def stage(sim: SimulatorHandle, listener: Listener) -> Iterator[Stage]:
    """The clock stands, so that nothing but the test lets time pass; no rate limit disturbs."""
    sim.post("/_sim/reset", {"seed": 7, "at": NOON})
    sim.configure(
        {"ready": {"IMAGE": 0, "default": 0}, "tiktok": {"rateLimits": False, "posting": {"processing": 9999}}}
    )
    staged = Stage(sim, listener)
    yield staged
    staged.client.close()


@pytest.mark.parametrize(("host", "template"), KNOWN, ids=lambda word: str(word))
def test_the_ledger_tells_what_the_broken_connection_does_not(stage: Stage, host: str, template: str) -> None:
    trial = Trial(stage, host, template, RECIPES[host][template])
    shot, rows = trial.struck(where="before", what="timeout", seconds=0.01)
    assert trial.rows(shot) == rows, "a time-out before the effect leaves no row"
    shot, rows = trial.struck(where="after", what="reset")
    assert trial.rows(shot) == rows + 1, "commit, then drop: one row"
    shot, rows = trial.struck(where="mid", what="reset")
    assert trial.rows(shot) == rows + 1, "cut in the middle of the answer: one row"
    shot, rows = trial.struck(what="late-commit", seconds=LATER)
    assert trial.rows(shot) == rows, "not yet"
    stage.sim.post("/_sim/clock", {"advance": LATER + 1, "settle": True})
    assert trial.rows(shot) == rows + 1, "late, but once"
