"""Bringing the database up to date: Alembic over plain-SQL revisions, forward only.

Alembic keeps the order and the version table; the revisions are files of SQL, run as they are. Loading it brings
SQLAlchemy with it (tens of megabytes), so `python -m huntaze migrate` does this in a process of its own.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from types import ModuleType

from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script.base import Script
from alembic.script.revision import RevisionMap
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from huntaze.kit.db import LockNotAvailable, connect
from huntaze.kit.revisions import VERSION_TABLE, Revision, TablesInUse, revisions

# Any number will do as long as nobody else in this database takes it: "hunt" in ASCII.
_LOCK = 0x68756E74
_LOCK_SECONDS = 2  # shorter than a worker's lease, since everybody else waits behind a revision that waits
_PAUSE = 1.0  # seconds
_TRIES = 10


async def upgrade(dsn: str, known: Sequence[Revision] | None = None, *, tries: int = _TRIES) -> list[str]:
    """Apply what the database lacks of ``known`` (None: of this release), each revision in its own transaction; the
    names applied now.

    Old processes work on meanwhile: a revision that waits for a table gives way to them after two seconds and comes
    again, ``tries`` times in all; then ``TablesInUse``. A second process waits until the first is done and then finds
    nothing to do. A failing revision leaves the database at the one before it and raises the driver's own error. A
    database that a newer version of this code has brought further is left alone: old code runs on the new schema.
    """
    # The driver gets the address as it is: SQLAlchemy's own parsing knows less about socket folders.
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: connect(dsn), poolclass=NullPool)
    applied: list[str] = []
    try:
        for left in reversed(range(tries)):
            with contextlib.suppress(LockNotAvailable):
                async with engine.connect() as connection:
                    await connection.run_sync(_upgrade, known or revisions(), applied)
                return applied
            if left:
                await asyncio.sleep(_PAUSE)
        raise TablesInUse
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, known: Sequence[Revision], applied: list[str]) -> None:
    """Runs in SQLAlchemy's synchronous world. The lock belongs to the session, so it outlives each commit."""
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
    connection.commit()
    try:
        _run(connection, known, applied)
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
        connection.commit()


def _run(connection: Connection, known: Sequence[Revision], applied: list[str]) -> None:
    before = [None, *known]
    chain = RevisionMap(lambda: [_script(connection, *pair) for pair in zip(before, known, strict=False)])

    def steps(heads: tuple[str, ...], _context: MigrationContext) -> Iterable[RevisionStep]:
        if max(heads, default="") > known[-1].number:
            return
        ahead = chain.iterate_revisions("head", heads, implicit_base=True)
        for script in reversed(list(ahead)):
            assert isinstance(script, Script)
            yield RevisionStep(chain, script, is_upgrade=True)
            applied.append(script.doc)

    context = MigrationContext.configure(
        connection, opts={"fn": steps, "transaction_per_migration": True, "version_table": VERSION_TABLE}
    )
    context.run_migrations()


def _script(connection: Connection, before: Revision | None, revision: Revision) -> Script:
    """What Alembic would have loaded from a Python file."""

    def run() -> None:
        # A statement through SQLAlchemy opens its transaction; what the raw driver does after it belongs to it.
        connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'"))
        raw = connection.connection.dbapi_connection
        raw.run_async(lambda driver: driver.execute(revision.sql))  # type: ignore[union-attr]

    module = ModuleType(revision.name, revision.name)
    module.__dict__.update(down_revision=before.number if before else None, upgrade=run)
    return Script(module, revision.number, f"{revision.name}.sql")
