"""Values of the intake."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from huntaze.kit.db import storable
from huntaze.platforms.contract import IntakeItem


@dataclass(frozen=True, slots=True)
class EventRow:
    """One stored event, claimed to be worked on."""

    id: int
    platform: str
    account_ref: str
    kind: str
    payload: bytes
    tries: int
    received_at: datetime


@dataclass(slots=True)
class Arrival:
    """One event on its way into the table. ``key`` is its identity: never its body, never its time.

    ``replaces``: when the same identity comes again, the last arrival wins.
    """

    platform: str
    account_ref: str
    kind: str
    key: bytes
    partition: str
    payload: bytes
    replaces: bool


def arrival(platform: str, item: IntakeItem) -> Arrival:
    """An item with its key: platform, account, kind and natural identity, length-prefixed."""
    account, kind, identity = item.account_ref, item.kind, item.identity
    text = f"{len(platform)}:{platform}{len(account)}:{account}{len(kind)}:{kind}{identity}"
    key = hashlib.sha256(text.encode()).digest()
    partition = storable(item.partition)
    return Arrival(platform, storable(account), storable(kind), key, partition, item.payload, item.replaces)
