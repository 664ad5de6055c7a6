"""How true the simulator is: to the fact sheets, for other people's clients, under faults, with junk."""

from __future__ import annotations

import re
import subprocess

from bench.figure import Figure, Ground, Measured
from socialsim.coverage import behaviours
from tests.socialsim import malformed
from tests.socialsim.fact_sheet import counted_rows

CASES = 6_000
_TESTS = "tests/socialsim"
_CLOSING = re.compile(r"(\d+) (passed|failed|error|skipped)")


def coverage_share(ground: Ground) -> Measured:
    """Rows of the sheets that are imitated. Unmet when one is missing, or names a test that pytest does not collect."""
    assert ground.sheets is not None
    rows = behaviours()
    known = {row.key for row in rows}
    missing = sorted(set(counted_rows(ground.sheets)) - known)
    imitated = [row for row in rows if row.scope == "imitated"]
    collected = _collected(ground)
    without_test = [row.key for row in imitated if row.test not in collected]
    without_reason = [row.key for row in rows if row.scope == "out" and not row.note]
    return Measured(
        len(imitated) / len(rows),
        n=len(rows),
        detail={
            "missing": missing,
            "without_test": without_test,
            "without_reason": without_reason,
            "documented": sum(row.tag == "documented" for row in imitated),
            "recorded": sum(row.tag == "recorded" for row in imitated),
            "assumed": sum(row.tag == "assumed" for row in imitated),
        },
        ok=not (missing or without_test or without_reason),
    )


def _collected(ground: Ground) -> set[str]:
    """``file.test`` of everything that pytest collects among the simulator's tests."""
    done = _pytest(ground, "--collect-only", _TESTS)
    nodes = re.findall(rf"^{_TESTS}/(\S+)\.py::(\w+)", done.stdout, re.MULTILINE)
    return {f"{file}.{test}" for file, test in nodes}


def client_rounds_failed(ground: Ground) -> Measured:
    """Full rounds of `facebook-business` and `python-facebook-api`, unpatched but for the host."""
    return _stories(ground, f"{_TESTS}/clients")


def mutations_unseen(ground: Ground) -> Measured:
    """Every mutating endpoint: cut before, after the commit, in mid-answer, late commit; the ledger shows which."""
    return _stories(ground, f"{_TESTS}/test_every_mutation.py")


def bodies_that_differ(ground: Ground) -> Measured:
    """The same seed and the same calls, twice: bodies and webhooks byte by byte."""
    return _stories(ground, f"{_TESTS}/test_determinism.py")


def malformed_broken(ground: Ground) -> Measured:
    """Malformed requests over every route that were not answered in the platform's own shape."""
    result = malformed.run(CASES, ground.seed)
    statuses = {str(status): count for status, count in sorted(result.statuses.items())}
    return Measured(
        len(result.faults),
        n=result.cases,
        seed=ground.seed,
        detail={"statuses": statuses, "routes": len(result.templates), "faults": result.faults[:5]},
        ok=result.cases >= CASES,
    )


def _stories(ground: Ground, where: str) -> Measured:
    """How many stories of a place do not hold; unmet when none ran or one was skipped."""
    done = _pytest(ground, where)
    counts = {word: int(count) for count, word in _CLOSING.findall(done.stdout)}
    failed = counts.get("failed", 0) + counts.get("error", 0)
    passed = counts.get("passed", 0)
    names = [line for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    held = done.returncode == 0 and passed > 0 and not counts.get("skipped")
    return Measured(failed, n=passed, detail={"failed": names}, ok=held)


def _pytest(ground: Ground, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [ground.python, "-m", "pytest", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ground.root, check=False, timeout=600)


FIGURES = (
    Figure("coverage_share", coverage_share, target=0.9, op=">=", needs_sheets=True),
    Figure("client_rounds_failed", client_rounds_failed, target=0, op="=="),
    Figure("mutations_unseen", mutations_unseen, target=0, op="=="),
    Figure("bodies_that_differ", bodies_that_differ, target=0, op="=="),
    Figure("malformed_broken", malformed_broken, target=0, op="=="),
)
