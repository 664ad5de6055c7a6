"""A backup of a running house, and the house put back to it: everything is down while the database is made anew."""

from __future__ import annotations

import asyncio
from pathlib import Path

from huntaze.kit.db import connect
from tests.crash.field import Crew
from tests.support.databases import dsn_of


class Backup:
    """One dump, taken while everybody is at work."""

    def __init__(self, crew: Crew, folder: Path) -> None:
        self._crew = crew
        self._dsn = crew.environ["DATABASE_URL"]
        self._file = folder / "backup.dump"

    async def take(self) -> None:
        """What the database holds at this moment; the last backup is forgotten."""
        await self._tool("pg_dump", "--format=custom", "--compress=0", f"--file={self._file}", self._dsn)

    async def restore(self) -> None:
        """All processes die, and the house begins again with what was kept."""
        wanted = self._crew.wanted
        self._crew.shut()
        connection = await connect(dsn_of(self._dsn, "postgres"))
        try:
            await connection.execute("DROP DATABASE huntaze WITH (FORCE)")
            await connection.execute("CREATE DATABASE huntaze")
        finally:
            await connection.close()
        await self._tool("pg_restore", "--exit-on-error", f"--dbname={self._dsn}", str(self._file))
        self._crew.wanted = wanted
        self._crew.tend()

    async def _tool(self, name: str, *words: str) -> None:
        program = self._crew.postgres.bin_dir / name
        running = await asyncio.create_subprocess_exec(program, *words, stderr=asyncio.subprocess.PIPE)
        _, said = await running.communicate()
        if running.returncode != 0:
            raise RuntimeError(f"{name}: {said.decode(errors='replace')}")
