"""Requests to be forgotten, as rows, and what is erased of what arrived."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from huntaze.kit.db import Connection, Queries, execute, fetch_optional, fetch_value, fetch_values
from huntaze.webhooks.model import ErasureRow

Q = Queries(__package__)


async def add(tx: Connection, row: ErasureRow, person_hash: bytes) -> None:
    """A new request, unless the same one is there."""
    facts = (row.code, row.platform, person_hash, row.person_ref, row.issued_at, row.asked_at, row.done_at)
    await execute(tx, Q.add_erasure, *facts, dict(row.counts))


async def asked(tx: Connection, platform: str, hashes: Sequence[bytes], issued_at: datetime) -> ErasureRow | None:
    """The request that is the same, or that is being worked on for the same person."""
    return await fetch_optional(tx, Q.asked_erasure, ErasureRow, platform, list(hashes), issued_at)


async def find(tx: Connection, code: str) -> ErasureRow | None:
    """The request behind a code."""
    return await fetch_optional(tx, Q.erasure, ErasureRow, code)


async def waiting(tx: Connection, limit: int) -> list[str]:
    """Codes of requests that are not worked off."""
    return await fetch_values(tx, Q.waiting_erasures, str, limit)


async def lock(tx: Connection, code: str) -> ErasureRow | None:
    """A request that is not worked off, held until the transaction ends."""
    return await fetch_optional(tx, Q.lock_erasure, ErasureRow, code)


async def count(tx: Connection, code: str, counts: Mapping[str, int]) -> None:
    """What was erased so far."""
    await execute(tx, Q.count_erased, code, dict(counts))


async def end(tx: Connection, code: str, counts: Mapping[str, int], now: datetime) -> None:
    """Nothing is left to erase."""
    await execute(tx, Q.end_erasure, code, now, dict(counts))


async def erase_account(tx: Connection, platform: str, account_refs: Sequence[str], now: datetime) -> int:
    """Everything that arrived for an account, by what it is named; how many events."""
    return await fetch_value(tx, Q.erase_account_events, int, platform, list(account_refs), now) or 0


async def erase_person(
    tx: Connection, platform: str, account_refs: Sequence[str], person_ref: str, now: datetime
) -> int:
    """Everything that arrived for some accounts and names a person by their id; how many events."""
    word = rf"(^|[^0-9A-Za-z_.-]){re.escape(person_ref)}($|[^0-9A-Za-z_.-])"
    facts = (platform, list(account_refs), person_ref.encode(), word, now)
    return await fetch_value(tx, Q.erase_person_events, int, *facts) or 0
