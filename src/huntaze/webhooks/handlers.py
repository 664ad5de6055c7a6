"""Who works on which neutral event: a table that wiring fills in, so that the intake knows no room's business."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from huntaze.kit.db import Connection
from huntaze.platforms.contract import NeutralEvent

E = TypeVar("E")

Take = Callable[[Connection, UUID, UUID, Sequence[E]], Awaitable[None]]
"""(connection, workspace_id, account_id, events in their order). Its effects are part of the connection's transaction,
which may be rolled back and come again; events of one thing may come in any order and end alike."""


class Handler(Protocol):
    """Somebody who works on events."""

    def wants(self, event: NeutralEvent) -> bool:
        """Whether this one is theirs."""
        ...

    async def take(self, tx: Connection, workspace_id: UUID, account_id: UUID, events: Sequence[NeutralEvent]) -> None:
        """Work on those of ``events`` that are theirs."""
        ...


class On(Generic[E]):
    """``take`` is handed the events of these ``types``."""

    def __init__(self, types: tuple[type[E], ...], take: Take[E]) -> None:
        self._types = types
        self._take = take

    def wants(self, event: NeutralEvent) -> bool:
        """Whether it is of these types."""
        return isinstance(event, self._types)

    async def take(self, tx: Connection, workspace_id: UUID, account_id: UUID, events: Sequence[NeutralEvent]) -> None:
        """Hand on what is of these types, if anything is."""
        theirs = [event for event in events if isinstance(event, self._types)]
        if theirs:
            await self._take(tx, workspace_id, account_id, theirs)
