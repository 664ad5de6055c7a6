"""Forgetting an account: everything that was mirrored for it, with our copies of its pictures."""

from __future__ import annotations

from uuid import UUID

from huntaze.kit.db import Connection, Queries, fetch_value, fetch_values
from huntaze.library import Library
from huntaze.outbox import ErasedAccount

Q = Queries(__package__)


class Erasing:
    """The room's eraser of accounts."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def account(self, tx: Connection, account: ErasedAccount) -> int:
        """How many rows held something. A sync that is under way finds its row gone and writes nothing more. Pictures
        that another account shows too stay."""
        whose = (account.workspace_id, account.account_id)
        pictures = await fetch_values(tx, Q.pictures_of_account, UUID, *whose)
        gone = await fetch_value(tx, Q.erase_mirrored, int, *whose) or 0
        used = await fetch_values(tx, Q.pictures_in_use, UUID, account.workspace_id, pictures)
        await self._library.erase_copies(tx, account.workspace_id, [one for one in pictures if one not in set(used)])
        return gone
