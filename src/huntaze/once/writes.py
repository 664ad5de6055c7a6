"""The writes of the protocol. Which statements they are stands in the SQL of each room, on its own table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from huntaze.kit.db import Connection, Query, fetch_optional, fetch_values


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as its room keeps it; the room's own row says more.

    ``wanted_at``: since when somebody wants it; ``armed_at``: before the first request left, so that what is younger
    may be ours; ``sends``: requests since a person last asked; ``tries``: how often one after the other nothing could
    be sent; ``answers``: looks that were answered.
    """

    workspace_id: UUID
    account_id: UUID
    platform: str
    state: str
    next_check_at: datetime | None
    lease_until: datetime | None
    fence: int
    tries: int
    sends: int
    request_hash: bytes | None
    wanted_at: datetime
    armed_at: datetime | None
    unknown_since: datetime | None
    looks: int
    answers: int
    problem: dict[str, Any] | None

    @property
    def call_id(self) -> UUID:
        """Its key."""
        raise NotImplementedError


R = TypeVar("R", bound=CallRow)


@dataclass(frozen=True, slots=True)
class Statements:
    """A room's SQL of the protocol; a test holds that it says the same in every room."""

    due: Query
    claim: Query
    step: Query
    arm: Query
    send: Query
    unknown: Query
    looked: Query
    done: Query
    confirm: Query


class Writes(Generic[R]):
    """Each write of a worker carries the fence of its row; None is answered when that is lost."""

    def __init__(self, row: type[R], statements: Statements) -> None:
        self._row = row
        self.statements = statements

    async def due(self, tx: Connection, now: datetime, limit: int) -> Sequence[UUID]:
        """What is due and free."""
        return await fetch_values(tx, self.statements.due, UUID, now, limit)

    async def claim(self, tx: Connection, call_id: UUID, now: datetime, lease_until: datetime) -> R | None:
        """Take a free one that is due."""
        return await fetch_optional(tx, self.statements.claim, self._row, call_id, now, lease_until)

    async def step(
        self, tx: Connection, row: R, state: str, next_check_at: datetime | None, tries: int,
        problem: dict[str, Any] | None,
    ) -> R | None:  # fmt: skip
        """The next state."""
        return await self._fenced(tx, self.statements.step, row, state, next_check_at, tries, problem)

    async def arm(self, tx: Connection, row: R, now: datetime, request: bytes, lease_until: datetime) -> R | None:
        """Commit the intent."""
        return await self._fenced(tx, self.statements.arm, row, now, request, lease_until)

    async def mark_sent(self, tx: Connection, row: R) -> R | None:
        """The last look at the fence before the request leaves."""
        return await self._fenced(tx, self.statements.send, row)

    async def mark_unknown(self, tx: Connection, row: R, now: datetime, first_look: datetime) -> R | None:
        """Sent, no answer."""
        return await self._fenced(tx, self.statements.unknown, row, now, first_look)

    async def mark_looked(self, tx: Connection, row: R, next_look: datetime, *, answered: bool) -> R | None:
        """One look more."""
        return await self._fenced(tx, self.statements.looked, row, int(answered), next_look)

    async def mark_done(self, tx: Connection, row: R, result_ref: str) -> R | None:
        """A yes, whoever brings it; None when it was known already."""
        return await fetch_optional(tx, self.statements.done, self._row, row.call_id, result_ref)

    async def confirm(self, tx: Connection, row: R, allowed: Sequence[str]) -> R | None:
        """A person saw that it is done; None when its state does not ask for that."""
        return await fetch_optional(
            tx, self.statements.confirm, self._row, row.workspace_id, row.call_id, list(allowed)
        )

    async def _fenced(self, tx: Connection, statement: Query, row: R, *values: object) -> R | None:
        return await fetch_optional(tx, statement, self._row, row.call_id, row.fence, *values)
