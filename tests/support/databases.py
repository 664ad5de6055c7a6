"""Fresh databases in a moment: clones of one migrated template."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from urllib.parse import urlsplit, urlunsplit

from huntaze.kit.db import Database, connect
from huntaze.kit.migrate import upgrade

_TEMPLATE = "huntaze_template"


def dsn_of(server: str, name: str) -> str:
    """The address of database `name` on the server that `server` is an address of."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


class Databases:
    """Hands out databases of one server; each is dropped when its user leaves."""

    def __init__(self, server: str) -> None:
        self.server = server
        self._numbers = count(1)
        self._template_made = False

    @asynccontextmanager
    async def fresh(self, *, migrated: bool = True) -> AsyncIterator[str]:
        """The address of a new database, with every table and no row; without tables if not `migrated`."""
        name = f"test_{next(self._numbers)}"
        await self._execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {await self._template()}" if migrated else ""))
        try:
            yield dsn_of(self.server, name)
        finally:
            await self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def _template(self) -> str:
        if not self._template_made:
            await self._execute(f"CREATE DATABASE {_TEMPLATE}")
            await upgrade(dsn_of(self.server, _TEMPLATE))
            self._template_made = True
        return _TEMPLATE

    async def _execute(self, sql: str) -> None:
        connection = await connect(self.server)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


async def relax(server: str) -> None:
    """No test survives a power cut, so the server need not wait for the disk."""
    connection = await connect(server)
    try:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            await connection.execute(f"ALTER SYSTEM SET {setting} = off")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


@asynccontextmanager
async def pool(dsn: str, *, max_size: int = 10) -> AsyncIterator[Database]:
    """An open `Database`, closed at the end whatever a test left running."""
    database = await Database.connect(dsn, max_size=max_size)
    try:
        yield database
    finally:
        database.pool.terminate()
