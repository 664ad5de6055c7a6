"""The plain-SQL revisions of the database: which there are, which one a database has.

Apart from `kit.migrate` so that a server can ask whether it is up to date without loading the migration library.
"""

import re
from dataclasses import dataclass
from importlib.resources import files

from huntaze.kit.db import connect

VERSION_TABLE = "schema_revision"
_FILE = re.compile(r"(?P<number>\d{4})_[a-z0-9_]+")


class TablesInUse(Exception):
    """A revision could not have its tables to itself within its patience; the database is as it was before it."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One file `NNNN_name.sql`; `number` is NNNN, `name` the file's name without its ending."""

    number: str
    name: str
    sql: str


def revisions() -> list[Revision]:
    """Every revision this code knows, in order; raises ValueError for a gap, a twin or a badly named file."""
    found = [
        read_revision(entry.name.removesuffix(".sql"), entry.read_text(encoding="utf-8"))
        for entry in files("huntaze.migrations").iterdir()
        if entry.name.endswith(".sql")
    ]
    return in_order(found)


def read_revision(name: str, sql: str) -> Revision:
    """The revision called `name`; raises ValueError when it is not `NNNN_name`."""
    match = _FILE.fullmatch(name)
    if match is None:
        raise ValueError(f"{name}.sql: a revision is called NNNN_name.sql, in small letters")
    return Revision(match["number"], name, sql)


def in_order(found: list[Revision]) -> list[Revision]:
    """`found` sorted; raises ValueError unless the numbers are 0001, 0002, … with each once."""
    ordered = sorted(found, key=lambda revision: revision.name)
    for expected, revision in enumerate(ordered, start=1):
        if int(revision.number) != expected:
            raise ValueError(f"{revision.name}: revision {expected:04} should come here")
    return ordered


async def current(dsn: str) -> str | None:
    """The number of the newest revision in the database, None when it is empty."""
    connection = await connect(dsn)
    try:
        if await connection.fetchval("SELECT to_regclass($1)", VERSION_TABLE) is None:
            return None
        number: str | None = await connection.fetchval(f"SELECT max(version_num) FROM {VERSION_TABLE}")
        return number
    finally:
        await connection.close()


async def newer(dsn: str) -> str | None:
    """Says that a newer release has migrated the database; None when this one knows its newest revision. Revisions only
    add, so an older release works on."""
    at, known = await current(dsn) or "", revisions()[-1].number
    return f"a newer release brought it to revision {at}, this one knows {known} and works on" if at > known else None


async def pending(dsn: str) -> list[str]:
    """Names of the revisions the database lacks; none when a newer version of this code has been there."""
    at = await current(dsn) or ""
    return [revision.name for revision in revisions() if revision.number > at]
