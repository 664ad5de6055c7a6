"""Values of the intake."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

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


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event as it is stored. ``key`` is its identity, never its body nor its time."""

    platform: str
    item: IntakeItem
    key: bytes
    received_at: datetime


def arrival(platform: str, item: IntakeItem, received_at: datetime) -> Arrival:
    """An item with its key: platform, account, kind and natural identity, length-prefixed."""
    parts = (platform, item.account_ref, item.kind, item.identity)
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return Arrival(platform, item, hashlib.sha256(text.encode()).digest(), received_at)
