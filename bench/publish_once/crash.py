"""The crash matrix and its mutants, run whole: `make crash` and `make crash-mutants`, each in a process of its own.

They come last: what is measured in seconds wants the machine as it was found.
"""

import json
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

from bench.figure import Figure, Ground, Measured

KEPT = ("cells", "reached", "sigkill", "faults", "published", "time_scale", "fates_at_full_scale")
_LAST_LINES = 5


def matrix(ground: Ground) -> Mapping[str, Any]:
    """The line of the whole matrix."""
    return last_line(ground, "matrix")


def mutants(ground: Ground) -> Mapping[str, Any]:
    """How many mutants there are, and how many turned the small matrix red."""
    return last_line(ground, "mutants")


def last_line(ground: Ground, what: str) -> Mapping[str, Any]:
    """What `python -m tests.crash` prints at its end, green or red. Raises RuntimeError when it broke off."""
    command = [ground.python, "-m", "tests.crash", what]
    done = subprocess.run(command, cwd=ground.root, capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if not lines:
        said = "\n".join(done.stderr.strip().splitlines()[-_LAST_LINES:])
        raise RuntimeError(f"{what} broke off with status {done.returncode}:\n{said}")
    line: Mapping[str, Any] = json.loads(lines[-1])
    return line


def wrong_things(line: Mapping[str, Any]) -> int:
    """Everything of a matrix that must not be."""
    return int(line["twice"] + line["lost"] + line["stuck"]) + len(line["unreached"]) + len(line["wrong"])


def crash(ground: Ground) -> Measured:
    """Wrong things in the whole matrix; unmet too when one of the lives beside it went wrong."""
    line = ground.once(matrix)
    lived = [name for name in line if name.startswith("lives")]
    told = {name: line[name] for name in (*KEPT, *lived, "unreached", "wrong")}
    return Measured(wrong_things(line), n=int(line["cells"]), detail=told, ok=not line.get("lives_wrong"))


def counted(name: str) -> Callable[[Ground], Measured]:
    """One number of the matrix by itself."""

    def measure(ground: Ground) -> Measured:
        line = ground.once(matrix)
        found = line[name]
        return Measured(len(found) if isinstance(found, list) else int(found), n=int(line["cells"]))

    return measure


def mutants_known(ground: Ground) -> Measured:
    """How many invariants can be switched off."""
    return Measured(int(ground.once(mutants)["mutants"]))


def mutants_missed(ground: Ground) -> Measured:
    """Those that the small matrix did not turn red for."""
    line = ground.once(mutants)
    return Measured(int(line["mutants"] - line["caught"]), n=int(line["mutants"]), detail={"caught": line["caught"]})


FIGURES = (
    Figure("crash", crash, target=0, op="==", last=True),
    Figure("crash_sigkill", counted("sigkill"), target=600, op=">=", last=True),
    Figure("crash_faults", counted("faults"), target=1400, op=">=", last=True),
    Figure("crash_twice", counted("twice"), target=0, op="==", last=True),
    Figure("crash_lost", counted("lost"), target=0, op="==", last=True),
    Figure("crash_stuck", counted("stuck"), target=0, op="==", last=True),
    Figure("crash_unreached", counted("unreached"), target=0, op="==", last=True),
    Figure("mutants", mutants_known, target=6, op="==", last=True),
    Figure("mutants_missed", mutants_missed, target=0, op="==", last=True),
)
