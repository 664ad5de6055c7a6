"""Forgetting an account: what was done with its comments."""

from __future__ import annotations

from huntaze.kit.db import Connection, Queries, fetch_value
from huntaze.outbox import ErasedAccount

Q = Queries(__package__)


async def erase_account(tx: Connection, account: ErasedAccount) -> int:
    """The room's eraser of accounts; how many rows held something."""
    return await fetch_value(tx, Q.erase_deeds, int, account.workspace_id, account.account_id) or 0
