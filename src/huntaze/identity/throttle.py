"""How often somebody may try to sign in. Counted in the database, so that a restart forgives nothing.

A try is counted before the password is looked at: guesses sent side by side are counted like guesses one by one.
Names are counted whether somebody has them or not, so a lock does not tell who exists.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from huntaze.identity import store
from huntaze.identity.errors import Locked
from huntaze.identity.network import subject_of
from huntaze.kit.clock import Clock
from huntaze.kit.db import Database

FORGOTTEN_AFTER = timedelta(hours=24)
_FREE_BY_NAME = 5
_FREE_BY_ADDRESS = 30
_FIRST_LOCK = timedelta(minutes=1)
_LONGEST_LOCK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Subject:
    key: bytes
    free: int


@dataclass(frozen=True, slots=True)
class Try:
    """A counted try. ``locked_until`` is set when a failure of it is one too many."""

    name_key: bytes
    locked_until: datetime | None


class SignInThrottle:
    """Counts by name (5 tries, then locked for 1, 2, 4 … 15 minutes) and by address (30 tries, likewise)."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, login: str, address: str) -> Try:
        """Count a try. Raises ``Locked`` if the name or the address has to wait."""
        now = self._clock.now()
        by_name = _Subject(_key("name", plain_login(login)), _FREE_BY_NAME)
        by_address = _Subject(_key("address", subject_of(address)), _FREE_BY_ADDRESS)
        ends: list[datetime] = []
        async with self._database.transaction() as tx:
            for subject in (by_name, by_address):
                row = await store.count_try(tx, subject.key, now, now - FORGOTTEN_AFTER)
                if row.locked_until is not None:
                    raise Locked(row.locked_until)
                if row.failures >= subject.free:
                    until = now + min(_FIRST_LOCK * 2 ** min(row.failures - subject.free, 10), _LONGEST_LOCK)
                    await store.lock_subject(tx, subject.key, until)
                    ends.append(until)
        return Try(by_name.key, max(ends, default=None))

    async def right(self, attempt: Try) -> None:
        """The password was right: nothing is held against the name. The address keeps its count, or one account of
        one's own would buy free guesses at others."""
        async with self._database.transaction() as tx:
            await store.forget_tries(tx, [attempt.name_key])


def plain_login(text: str) -> str:
    """A typed name or e-mail without what people type differently."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _key(kind: str, text: str) -> bytes:
    return hashlib.sha256(f"{kind}:{text}".encode()).digest()
