"""What a load of made-up deliveries left in the table: an operator's own measurement."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

import msgspec

from huntaze.kit.db import Database
from huntaze.webhooks import store

AT_ONCE = 20_000
"""Events that are read or taken away in one transaction."""


class _Comment(msgspec.Struct):
    id: str


class Rehearsal:
    """One of them. Its events are those of ``account_ref``, which is nobody's account: a worker finds nothing to do
    for them."""

    def __init__(self, database: Database, platform: str, behind: int) -> None:
        self._database = database
        self._platform = platform
        self._behind = behind
        self.account_ref = f"rehearsal-{uuid4().hex}"

    @classmethod
    async def begin(cls, database: Database, platform: str) -> Self:
        """Everything that belongs to it is stored from now on."""
        async with database.transaction() as tx:
            return cls(database, platform, await store.newest(tx))

    async def stored(self) -> set[str]:
        """The ids of its comments that are in the table."""
        found: set[str] = set()
        behind = self._behind
        while True:
            async with self._database.transaction() as tx:
                rows = await store.rehearsed(tx, self._platform, self.account_ref, behind, AT_ONCE)
            found |= {msgspec.json.decode(row.payload, type=_Comment).id for row in rows}
            if len(rows) < AT_ONCE:
                return found
            behind = rows[-1].id

    async def clear(self) -> None:
        """Take its events away again."""
        gone = AT_ONCE
        while gone == AT_ONCE:
            async with self._database.transaction() as tx:
                gone = await store.forget_rehearsed(tx, self._platform, self.account_ref, self._behind, AT_ONCE)
