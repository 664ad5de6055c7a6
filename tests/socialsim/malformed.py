"""Malformed requests of every kind at every route of every host: the answer is the platform's own, always.

``run(cases, seed)`` and ``run_sweep(every)`` are for programs: `test_malformed.py` calls them with little, a bench may
call them with much.
"""

import asyncio
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import hypothesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialsim.core import Core
from tests.socialsim import shapes
from tests.socialsim.in_process import Answered, Asked, InProcess
from tests.socialsim.material import Ground
from tests.socialsim.sweeping import sweep
from tests.socialsim.throwing import Case, Thrower

HANG_SECONDS = 8.0
REFRESH_EVERY = 50
SECONDS_BETWEEN = 15.0
"""On the virtual clock: slow enough that no rate limit hides what lies behind it."""
_MOST_FAULTS = 200


@dataclass
class Result:
    """What came of a run: cases, answers by status, templates met, and every fault with its request."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    templates: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def run(cases: int, seed: int) -> Result:
    """Throw ``cases`` drawn by chance; never raises for what the simulator does, all of it stands in the result."""
    return _thrown(lambda ground: _drawn(ground, cases, seed))


def run_sweep(every: int, start: int = 0) -> Result:
    """Throw one of ``every`` requests that are right but for one value; with 1 all of them, some 200,000."""
    return _thrown(lambda ground: sweep(ground, every, start))


def _thrown(cases: Callable[[Ground], Iterable[Case]]) -> Result:
    core = Core(seed=1)
    simulator, ground = InProcess(core), Ground(core)
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(ground.prepare(simulator))
        result = loop.run_until_complete(_throw(simulator, ground, cases(ground)))
        loop.run_until_complete(simulator.close())
    finally:
        loop.close()
    return result


async def _throw(simulator: InProcess, ground: Ground, drawn: Iterable[Case]) -> Result:
    result = Result()
    for number, case in enumerate(drawn):
        if number % REFRESH_EVERY == 0:
            await ground.prepare(simulator)
        simulator.core.services.clock.advance(SECONDS_BETWEEN)
        await _try(simulator, case, result)
    return result


def _drawn(ground: Ground, count: int, seed: int) -> list[Case]:
    """As many cases for each route of each host, at least three."""
    found: list[Case] = []
    thrower, routes = Thrower(ground), ground.templates()
    for number, (host, template) in enumerate(routes):
        _draw(thrower.cases(host, template), max(3, -(-count // len(routes))), seed + number, found)
    return found


def _draw(cases: st.SearchStrategy[Case], count: int, seed: int, found: list[Case]) -> None:
    @hypothesis.seed(seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def draw(case: Case) -> None:
        found.append(case)

    draw()


async def _try(simulator: InProcess, case: Case, result: Result) -> None:
    rows = len(simulator.core.services.ledger.rows)
    wrong, answered = "", Answered()
    try:
        answered = await asyncio.wait_for(simulator.ask(case.asked), HANG_SECONDS)
    except TimeoutError:
        wrong = f"no answer within {HANG_SECONDS} s"
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        wrong = f"{type(error).__name__}: {str(error)[:120]} at {at.filename.rpartition('/')[2]}:{at.lineno}"
    else:
        wrong = _wrong(case, answered)
    if not wrong and answered.status >= 400 and _effects(simulator.core, rows):
        wrong = f"status {answered.status}, and yet an effect in the ledger"
    result.cases += 1
    result.statuses[answered.status] += 1
    result.templates[f"{case.host} {case.template}"] += 1
    if wrong and len(result.faults) < _MOST_FAULTS:
        told = [wrong, f"{case.host} {case.template}", _shown(case.asked), repr(answered.body[:300])]
        result.faults.append("\n    ".join(told))


def _effects(core: Core, since: int) -> bool:
    """Whether the newest request has left a row; those of others may ripen meanwhile."""
    request_id = f"req-{core.services.mint.counters['request']}"
    return any(row.request_id == request_id for row in core.services.ledger.rows[since:])


def _wrong(case: Case, answered: Answered) -> str:
    if not case.asked.whole:
        return ""
    if answered.status == 0:
        return "no answer at all"
    if case.asked.method == "HEAD":
        return ""
    return shapes.judge(case.host, answered)


def _shown(asked: Asked) -> str:
    headers = [(key.decode(), value[:80]) for key, value in asked.headers]
    path = asked.path[:200].decode()
    return f"{asked.method} {path}?{asked.query[:400]!r} {headers} {asked.body[:400]!r}"
