"""Who may import whom: the contracts of pyproject.toml hold, and each of them can be broken."""

import asyncio
import json
import os
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
import pytest_asyncio

from tests.contract.source import calls, modules, tree

REPOSITORY = Path(__file__).parents[2]

VIOLATIONS = [
    ("rooms look only down the line", "huntaze/outbox/__init__.py", "import huntaze.crm"),
    ("rooms look only down the line", "huntaze/kit/text.py", "import huntaze.ui"),
    ("rooms look only down the line", "huntaze/attic.py", "A_ROOM_THAT_STANDS_NOWHERE = True"),
    ("huntaze and socialsim never import each other", "huntaze/kit/text.py", "import socialsim"),
    ("huntaze and socialsim never import each other", "socialsim/__init__.py", "import huntaze.kit.text"),
    ("a store is its room's own", "huntaze/crm/service.py", "import huntaze.accounts.store"),
    ("a store is its room's own", "huntaze/crm/service.py", "import huntaze.accounts.span_store"),
    (
        "platforms stand side by side on the contract",
        "huntaze/platforms/contract.py",
        "import huntaze.platforms.instagram",
    ),
    (
        "platforms stand side by side on the contract",
        "huntaze/platforms/newcomer/__init__.py",
        "NOT_IN_THE_LINE = True",
    ),
    ("only wiring and desk name a platform", "huntaze/crm/service.py", "import huntaze.platforms.instagram.oauth"),
    ("only wiring and the command line read settings", "huntaze/crm/service.py", "import huntaze.settings"),
    ("only kit.db and stores touch the driver", "huntaze/crm/service.py", "import asyncpg"),
    ("only kit.jobs knows the job engine", "huntaze/crm/sync/tasks.py", "import pgqueuer"),
    ("only kit.migrate knows the migration library", "huntaze/kit/db.py", "from sqlalchemy import text"),
    ("nothing loads the migration library by the way", "huntaze/kit/revisions.py", "import huntaze.kit.migrate"),
    ("only the kit, the platforms and wiring know the HTTP client", "huntaze/crm/service.py", "import httpx2"),
    ("no cycles", "huntaze/kit/db.py", "import huntaze.kit.listen"),
]


@pytest_asyncio.fixture(scope="module")
async def broken_by(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """The contracts broken in a copy of the tree: by nothing at all, then by each violation."""
    copy: Path = tmp_path_factory.mktemp("copy")
    for package in ("huntaze", "socialsim"):
        shutil.copytree(REPOSITORY / "src" / package, copy / "src" / package, ignore=_all_but_python)
    shutil.copy(REPOSITORY / "pyproject.toml", copy)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.contract.plant", str(copy)),
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(copy / "src"), str(REPOSITORY)])},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate(json.dumps([violation[1:] for violation in VIOLATIONS]).encode())
    assert process.returncode == 0
    found: list[list[str]] = json.loads(out)
    return found


def test_the_tree_keeps_every_contract(broken_by: list[list[str]]) -> None:
    assert broken_by[0] == []


@pytest.mark.parametrize("index", range(len(VIOLATIONS)), ids=lambda index: f"{index}: {VIOLATIONS[index][2]}")
def test_a_violation_is_reported(broken_by: list[list[str]], index: int) -> None:
    assert VIOLATIONS[index][0] in broken_by[index + 1]


def test_every_contract_is_shown_to_bite() -> None:
    configuration = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    contracts = [contract["name"] for contract in configuration["tool"]["importlinter"]["contracts"]]
    assert sorted({name for name, _, _ in VIOLATIONS}) == sorted(contracts)


def test_only_the_kit_builds_http_clients() -> None:
    builders = {
        name for name, path in modules().items() for kind in ("AsyncClient", "Client") if any(calls(tree(path), kind))
    }
    assert builders == {"huntaze.kit.http"}


def _all_but_python(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not (name.endswith(".py") or (Path(folder) / name).is_dir())} | {"__pycache__"}
