"""What `pip install` brings is enough: nothing of the product leans on what only developers install."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

ROOT = Path(__file__).parents[2]
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:\[(?P<extras>[\w,-]+)\])?[^;]*(?:;(?P<marker>.*))?")
_EXTRA = re.compile(r"extra == ['\"]([\w-]+)['\"]")
_PROGRAM = """
import importlib, pkgutil, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import huntaze, socialsim, sqlalchemy.ext.asyncio
for package in (huntaze, socialsim):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.startswith(("huntaze.migrations", "socialsim.testing")) and "__main__" not in module.name:
            importlib.import_module(module.name)
"""


def test_every_module_is_imported_where_only_the_declared_packages_are() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    there = set(_with_theirs(declared))
    absent = {name for name, dists in packages_distributions().items() if not {_plain(one) for one in dists} & there}
    program = _PROGRAM.format(absent=repr(absent - {"huntaze", "socialsim"}))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def _with_theirs(wanted: list[str]) -> Iterator[str]:
    """Names of the packages of these requirements, and of what they require, with the extras that are asked for."""
    todo, seen = list(wanted), set()
    while todo:
        found = _REQUIREMENT.match(todo.pop())
        assert found is not None
        key = (_plain(found["name"]), found["extras"] or "")
        if key in seen:
            continue
        seen.add(key)
        yield key[0]
        try:
            theirs = requires(key[0]) or []
        except PackageNotFoundError:  # for another machine than this
            continue
        todo += [one for one in theirs if not (extra := _EXTRA.search(one)) or extra[1] in key[1].split(",")]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
