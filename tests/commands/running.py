"""The command line as a person has it: another process, its words and its status."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from huntaze.kit.crypto import new_key
from huntaze.settings import SETTINGS

_NAMES = {row.name for row in SETTINGS} | {f"{row.name}_FILE" for row in SETTINGS}


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str


def bare() -> dict[str, str]:
    """The environment without any setting."""
    return {name: value for name, value in os.environ.items() if name not in _NAMES}


def complete(home: Path, dsn: str) -> dict[str, str]:
    """Settings that a server can start with."""
    return {
        "HUNTAZE_HOME": str(home),
        "DATABASE_URL": dsn,
        "TOKEN_ENCRYPTION_KEY": new_key(),
        "PUBLIC_URL": "http://127.0.0.1:8420",
    }


def huntaze(*arguments: str, given: Mapping[str, str], folder: Path) -> Ended:
    """Run one command to its end, in `folder`."""
    done = subprocess.run(
        [sys.executable, "-m", "huntaze", *arguments],
        env={**bare(), **given},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)
