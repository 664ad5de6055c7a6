"""PostgreSQL: the pool, transactions at the edge, and typed fetches of named queries.

A room keeps its SQL in ``queries.sql`` beside its ``store.py``. Every query has a head and a purpose:

    -- name: get_post -> PostRow
    -- The post with its text, or nothing when it belongs to another workspace.
    SELECT … WHERE workspace_id = $1 AND id = $2;

One test PREPAREs every query on the migrated database and compares the columns with the row class it names. What is
sent names these columns in place of a ``*``, so that a process goes on when a newer release adds a column.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TypeAlias, TypeVar

import asyncpg
import msgspec

Connection: TypeAlias = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
UniqueViolation = asyncpg.UniqueViolationError
LockNotAvailable = asyncpg.LockNotAvailableError

Row = TypeVar("Row")
_STAR = re.compile(r"\b(?P<verb>SELECT|RETURNING) (?P<table>[a-z_]+\.)?\*")
_HEAD = re.compile(r"^-- name: (?P<name>[a-z_]+)(?: -> (?P<row>[A-Za-z_]+))?$", re.MULTILINE)
# A server process holds 3 to 8 MB for each connection: what a rush needed is given back soon after it
_IDLE_SECONDS = 30.0
_COMMAND_SECONDS = 60.0
# A process that freezes in the middle of a transaction would keep its rows from everybody else for as long as it lies
_SERVER_SETTINGS = {"idle_in_transaction_session_timeout": "10s"}
_open_transactions: ContextVar[int] = ContextVar("open_transactions", default=0)


class DatabaseAway(ConnectionError):
    """No connection to the database can be had, or the one in use is gone."""


# What comes while the server is away, restarting or out of connections.
DATABASE_AWAY: tuple[type[Exception], ...] = (
    DatabaseAway,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    # What the driver makes of a connection that is cut in the middle of an answer.
    asyncpg.InternalClientError,
)

# The same and what the network raises: wait and try again.
CONNECTION_LOST: tuple[type[Exception], ...] = (OSError, *DATABASE_AWAY)

# The server has no room to write: what was asked is not done, and may be asked again once there is room.
DATABASE_FULL = asyncpg.DiskFullError

# What it raises when the address or the password is wrong: no waiting helps.
DATABASE_REFUSED: tuple[type[Exception], ...] = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.InterfaceError,
)


class NoSuchRow(LookupError):
    """The row that must be there is not."""


@dataclass(frozen=True, slots=True)
class Query:
    """One named statement. ``row`` is the name of the class its columns fill, or a scalar type, or empty."""

    room: str
    name: str
    sql: str
    row: str


class Queries:
    """The named statements of one ``queries.sql``, read once: ``Q = Queries(__package__)``, then ``Q.get_post``."""

    def __init__(self, package: str, filename: str = "queries.sql") -> None:
        self.package = package
        self._queries = {q.name: q for q in parse(package, files(package).joinpath(filename).read_text())}

    def __getattr__(self, name: str) -> Query:
        try:
            return self._queries[name]
        except KeyError:
            raise AttributeError(f"{self.package} has no query named {name}") from None

    def all(self) -> Sequence[Query]:
        """Every statement, in file order."""
        return tuple(self._queries.values())


def parse(package: str, text: str) -> list[Query]:
    """Split a ``queries.sql`` into its statements; a repeated name is refused."""
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    found = [
        Query(package, head["name"], text[head.end() : end].strip().removesuffix(";"), head["row"] or "")
        for head, end in zip(heads, ends, strict=True)
    ]
    names = [query.name for query in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"{package}: query named twice: {', '.join(sorted(twice))}")
    return found


def in_transaction() -> bool:
    """Whether this task has a transaction open; no platform may be asked while it is."""
    return _open_transactions.get() > 0


class Database:
    """The pool. The edge (a request, one step of a task) opens a transaction and hands its connection down."""

    def __init__(self, pool: asyncpg.Pool, dsn: str) -> None:
        self.pool = pool
        self.dsn = dsn

    @classmethod
    async def connect(cls, dsn: str, *, min_size: int = 1, max_size: int = 10) -> Database:
        """Open a pool on ``dsn``. Raises ``OSError`` or ``asyncpg.PostgresError`` when the server is not there."""
        pool = await asyncpg.create_pool(
            dsn,
            min_size=min_size,
            max_size=max_size,
            init=_prepare,
            command_timeout=_COMMAND_SECONDS,
            max_inactive_connection_lifetime=_IDLE_SECONDS,
            server_settings=_SERVER_SETTINGS,
        )
        return cls(pool, dsn)

    async def close(self) -> None:
        """Close every connection, waiting for those in use."""
        await self.pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction on one connection; leaving it by an exception rolls back. Raises what ``connection`` does."""
        async with self.connection() as connection, connection.transaction():
            token = _open_transactions.set(_open_transactions.get() + 1)
            try:
                yield connection
            finally:
                _open_transactions.reset(token)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """One connection without a transaction: each statement is one by itself, and costs one round trip.

        Raises ``DatabaseAway``, or one of the other ``DATABASE_AWAY`` from the statement that lost its server.
        """
        try:
            connection = await self.pool.acquire()
        except OSError as error:
            raise DatabaseAway(str(error)) from error
        try:
            with _told_when_away(connection):
                yield connection
        finally:
            await self.pool.release(connection)

    @asynccontextmanager
    async def reserved(self) -> AsyncIterator[Connection]:
        """One connection outside the pool, for what must not wait behind others. Raises what ``connection`` does."""
        try:
            connection = await asyncpg.connect(
                self.dsn, command_timeout=_COMMAND_SECONDS, server_settings=_SERVER_SETTINGS
            )
        except OSError as error:
            raise DatabaseAway(str(error)) from error
        try:
            with _told_when_away(connection):
                await _prepare(connection)
                yield connection
        finally:
            connection.terminate()

    async def listen(self) -> asyncpg.Connection:
        """A connection of its own, outside the pool, for LISTEN; the caller closes it."""
        connection = await connect(self.dsn)
        await _prepare(connection)
        return connection


@contextmanager
def _told_when_away(connection: Connection) -> Iterator[None]:
    """``DatabaseAway`` for what the driver says of a connection that is closed."""
    try:
        yield
    except asyncpg.InterfaceError as error:
        if not _is_gone(connection):
            raise
        raise DatabaseAway(str(error)) from error


def _is_gone(connection: Connection) -> bool:
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True  # the pool took it back in the moment in which it broke


async def connect(dsn: str) -> asyncpg.Connection:
    """One bare connection, without the pool's codecs; the caller closes it."""
    return await asyncpg.connect(dsn)


def storable(text: str) -> str:
    """``text`` as PostgreSQL can keep it: it has no place for a NUL, which JSON of strangers may bring."""
    return text.replace("\0", "\ufffd") if "\0" in text else text


async def server_time(connection: Connection) -> datetime:
    """What the server's own clock says."""
    now: datetime = await connection.fetchval("SELECT clock_timestamp()")
    return now


@asynccontextmanager
async def savepoint(connection: Connection) -> AsyncIterator[None]:
    """A part of an open transaction that may fail alone."""
    async with connection.transaction():
        yield


def _naming_columns(query: Query, row: type[object]) -> str:
    """The statement with the fields of ``row``, but for those it computes, in place of a ``*``, whose answer
    would change under running processes when a column is added."""
    return _named(query, tuple(field.name for field in fields(row)) if is_dataclass(row) else ())


@cache
def _named(query: Query, names: tuple[str, ...]) -> str:
    stored = [name for name in names if not re.search(rf"\bAS {name}\b", query.sql)]

    def columns(star: re.Match[str]) -> str:
        return f"{star['verb']} " + ", ".join(f"{star['table'] or ''}{name}" for name in stored)

    return _STAR.sub(columns, query.sql) if stored else query.sql


async def fetch(connection: Connection, query: Query, row: type[Row], *args: object) -> list[Row]:
    """Every row of ``query`` as ``row``."""
    return [row(**record) for record in await connection.fetch(_naming_columns(query, row), *args)]


async def fetch_one(connection: Connection, query: Query, row: type[Row], *args: object) -> Row:
    """The first row; raises ``NoSuchRow`` when there is none."""
    found = await fetch_optional(connection, query, row, *args)
    if found is None:
        raise NoSuchRow(query.name)
    return found


async def fetch_optional(connection: Connection, query: Query, row: type[Row], *args: object) -> Row | None:
    """The first row or None."""
    record = await connection.fetchrow(_naming_columns(query, row), *args)
    return None if record is None else row(**record)


async def fetch_value(connection: Connection, query: Query, kind: type[Row], *args: object) -> Row | None:
    """The only column of the first row, which must be a ``kind``, or None."""
    value = await connection.fetchval(query.sql, *args)
    if value is not None and not isinstance(value, kind):
        raise TypeError(f"{query.name} gave {type(value).__name__}, not {kind.__name__}")
    return value


async def fetch_values(connection: Connection, query: Query, kind: type[Row], *args: object) -> list[Row]:
    """The only column of every row."""
    return [record[0] for record in await connection.fetch(query.sql, *args)]


async def execute(connection: Connection, query: Query, *args: object) -> int:
    """Run ``query``; how many rows it touched."""
    status: str = await connection.execute(query.sql, *args)
    tail = status.rsplit(" ", 1)[-1]
    return int(tail) if tail.isdigit() else 0


async def execute_many(connection: Connection, query: Query, rows: Sequence[Sequence[object]]) -> None:
    """Run ``query`` once for each of ``rows``, in one round trip."""
    await connection.executemany(query.sql, rows)


async def _prepare(connection: asyncpg.Connection) -> None:
    """jsonb goes over the wire in its binary form (a text codec breaks COPY)."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda data: msgspec.json.decode(data[1:]),
        format="binary",
    )
