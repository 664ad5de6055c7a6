"""Values of the intake."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from huntaze.kit.db import storable
from huntaze.platforms.contract import IntakeItem


class EventState(StrEnum):
    """How far an event is."""

    PENDING = "pending"
    DONE = "done"
    UNHANDLED = "unhandled"
    """Kept and shown, but nobody here works on it, or nobody here connected the account."""
    DEAD = "dead"
    """Nobody understands it, or it failed too often: a person decides."""
    DISMISSED = "dismissed"
    """It was dead, and a person wants it no more."""
    ERASED = "erased"
    """Of somebody who asked to be forgotten: only its key is left."""


@dataclass(frozen=True, slots=True)
class PartitionRow:
    """A conversation in which events wait; ``mine``: this transaction has it to itself, and its first event is due."""

    platform: str
    partition: str
    mine: bool


@dataclass(frozen=True, slots=True)
class EventRow:
    """One stored event, claimed to be worked on."""

    id: int
    platform: str
    account_ref: str
    kind: str
    partition: str
    payload: bytes
    tries: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class RehearsedRow:
    """One event of a rehearsal."""

    id: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class BacklogRow:
    """What waits and what failed, over all accounts."""

    waiting: int
    oldest: datetime | None
    dead: int


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One event as a list shows it."""

    id: int
    platform: str
    account_ref: str
    kind: str
    state: str
    tries: int
    next_attempt_at: datetime | None
    problem: str
    received_at: datetime
    done_at: datetime | None

    @property
    def place(self) -> tuple[int]:
        """In the list of events, newest first."""
        return (self.id,)


@dataclass(frozen=True, slots=True)
class OpenedRow(ListedRow):
    """One event with what arrived. Show ``payload`` only redacted."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class CountRow:
    """How many events of a kind are in a state, and when the oldest of them came."""

    state: str
    kind: str
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """A request to be forgotten. ``person_ref`` is empty once it is ``done_at``."""

    code: str
    platform: str
    person_ref: str
    issued_at: datetime
    asked_at: datetime
    done_at: datetime | None
    counts: Mapping[str, int]


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
