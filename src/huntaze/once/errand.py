"""What a room brings so that a call of it is made once: where it is kept, what is sent, how it is looked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic
from uuid import UUID

from huntaze.accounts import AccountRow
from huntaze.kit.db import Connection
from huntaze.kit.text import Text
from huntaze.once.telling import Entry
from huntaze.once.writes import R, Writes
from huntaze.platforms.contract import Access


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why it is not done and never will be by itself, and what helps."""

    code: str
    message: Text
    remedy: Text


@dataclass(frozen=True, slots=True)
class Look:
    """What a look shows: done (and as what), not possible any more, or something of which nobody can say whose it is.
    Nothing of these: it is not there."""

    done: bool = False
    result_ref: str = ""
    refusal: Refusal | None = None
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Harmless:
    """What is said of a call that may be made twice: when it is asked for again, and when it never took effect."""

    again: Text
    not_taken: Refusal


@dataclass(frozen=True, slots=True)
class Sayings:
    """The words of the course, about the room's own matter."""

    sending: Text
    done: Text
    unreadable: Text
    not_there: Text
    missed: Refusal
    unconfirmed: Refusal


class Errand(ABC, Generic[R]):
    """A kind of call that cannot be taken back. ``name`` begins the names of its crash points."""

    name: str
    writes: Writes[R]
    sayings: Sayings

    @abstractmethod
    async def wake(self, tx: Connection, call_id: UUID, delay: timedelta) -> None:
        """A wake-up; a negative delay is none."""

    @abstractmethod
    async def tell(self, tx: Connection, row: R, entry: Entry | None) -> None:
        """The line and the event of a change, in its own transaction."""

    @abstractmethod
    def request(self, row: R) -> tuple[str, ...]:
        """What the request says; its hash is kept with the intent."""

    @abstractmethod
    async def may_call(self, row: R) -> None:
        """Raises ``Throttled`` while the platform takes no such calls."""

    @abstractmethod
    async def send(self, row: R, access: Access) -> str:
        """The one request: no retry, no redirect, a fresh connection. The id of what it made, if anything.

        Raises ``PlatformError``; a definite refusal only for what the platform's white list knows."""

    @abstractmethod
    async def look(self, row: R, account: AccountRow, access: Access, since: datetime) -> Look | None:
        """What is there, of what is younger than ``since``; None: no end was found, which proves nothing (I9).

        Raises ``PlatformError`` when it could not be read."""

    async def refusal(self, row: R) -> Refusal | None:
        """Why nothing may be sent any more; None: nothing stands against it."""
        return None

    def harmless(self, row: R) -> Harmless | None:
        """Whether it may be asked for again because a look proves how it stands; None: it cannot be taken back."""
        return None

    async def used_up(self, row: R, access: Access) -> bool:
        """The platform takes it once only and says that it had it: whether that can only have been the request of
        which nobody knew. Raises ``PlatformError``."""
        return False

    async def reflect(self, tx: Connection, row: R) -> None:
        """What else changes in the transaction of its yes."""
