"""Where a secret could have been left lying: every row of every table, and every line of the log."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from huntaze.kit.db import Database
from huntaze.kit.log import configure_logging

_BYTES = re.compile(r"\\\\?x([0-9a-f]+)")


@contextmanager
def captured_logs() -> Iterator[io.StringIO]:
    """Every log line of this process as JSON, from debug up."""
    stream, root = io.StringIO(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logging("debug", stream, pretty=False)
    try:
        yield stream
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


async def every_row(database: Database) -> str:
    """All tables as text; bytes as they are and in hexadecimal."""
    found = []
    async with database.transaction() as tx:
        for table in await tx.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
            for row in await tx.fetch(f'SELECT t::text AS whole FROM "{table["tablename"]}" AS t'):
                text = str(row["whole"])
                found.append(text)
                found.extend(bytes.fromhex(cell).decode("latin-1") for cell in _BYTES.findall(text))
    return "\n".join(found)
