"""From a fresh clone to the first page: what installing, building, starting, testing cost (seconds, MB)."""

import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

from bench.demo import Demo
from bench.figure import Figure, Ground, Measured

_SETTLED_AFTER = 60.0
_RUNS = 3


@dataclass(frozen=True, slots=True)
class Clone:
    """A fresh clone of the commit in use, installed and built as a stranger would."""

    root: Path
    install_s: float
    build_s: float

    @property
    def python(self) -> str:
        """Its own interpreter."""
        return str(self.root / ".venv" / "bin" / "python")


def clone(ground: Ground) -> Clone:
    """Cloned, `make install`, `make build`; once for a whole proof."""
    root = ground.scratch / "clone"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ground.root), str(root)], check=True)
    return Clone(root, _seconds(root, "make", "install"), _seconds(root, "make", "build"))


def install_s(ground: Ground) -> Measured:
    """`make install` in a fresh clone; the package index is a part of it, so there is no target."""
    return Measured(ground.once(clone).install_s)


def build_s(ground: Ground) -> Measured:
    """`make build` in a fresh clone: npm's packages, the browser's files, the catalogues."""
    return Measured(ground.once(clone).build_s)


def first_page_s(ground: Ground) -> Measured:
    """From `huntaze demo` on an empty home to 200 on the printed address, redirects followed."""
    fresh = ground.once(clone)
    return _worst([_to_first_page(fresh, ground.scratch / f"cold-{run}") for run in range(_RUNS)])


def warm_start_s(ground: Ground) -> Measured:
    """The same on a home that was used before."""
    fresh = ground.once(clone)
    home = ground.scratch / "warm"
    _to_first_page(fresh, home)
    return _worst([_to_first_page(fresh, home, keep=True) for _ in range(_RUNS)])


def check_s(ground: Ground) -> Measured:
    """The second of two runs of `make check`."""
    fresh = ground.once(clone)
    first = _seconds(fresh.root, "make", "check")
    return Measured(_seconds(fresh.root, "make", "check"), detail={"first": round(first, 1)})


def test_s(ground: Ground) -> Measured:
    """`make test`, whole; unmet when a test fails."""
    fresh = ground.once(clone)
    began = time.monotonic()
    done = subprocess.run(["make", "test"], cwd=fresh.root, env=_plain(), capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    failed = [line for line in lines if line.startswith(("FAILED ", "ERROR "))]
    detail = {"closing": lines[-1] if lines else "", "failed": failed}
    return Measured(time.monotonic() - began, detail=detail, ok=done.returncode == 0)


def pss_mb(ground: Ground) -> Measured:
    """All processes of the shared demo a minute after whatever was done with it; the browser is not one of them."""
    demo = ground.demo()
    time.sleep(_SETTLED_AFTER)
    sizes = demo.pss()
    return Measured(sum(sizes.values()), detail={"by_process": dict(sizes)})


def _to_first_page(fresh: Clone, home: Path, *, keep: bool = False) -> float:
    began = time.monotonic()
    with Demo.start(home, python=fresh.python) as demo:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        with opener.open(demo.link, timeout=30) as page:
            assert page.status == 200
        took = time.monotonic() - began
    if not keep and home.name.startswith("cold"):
        shutil.rmtree(home)
    return took


def _worst(runs: Sequence[float]) -> Measured:
    return Measured(max(runs), runs=runs, n=len(runs))


def _seconds(root: Path, *command: str) -> float:
    began = time.monotonic()
    done = subprocess.run(command, cwd=root, env=_plain(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.monotonic() - began


def _plain() -> dict[str, str]:
    """Without what the make that runs us tells its children, and without our own virtual environment."""
    ours = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VIRTUAL_ENV", "PYTHONPATH")
    return {name: value for name, value in os.environ.items() if name not in ours}


FIGURES = (
    Figure("install_s", install_s),
    Figure("build_s", build_s),
    Figure("first_page_s", first_page_s, target=20),
    Figure("warm_start_s", warm_start_s, target=5),
    Figure("check_s", check_s, target=60),
    Figure("test_s", test_s, target=480),
    Figure("pss_mb", pss_mb, target=400, last=True),
)
