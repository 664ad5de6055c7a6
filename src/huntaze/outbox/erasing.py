"""Forgetting people. Every room that keeps something of them says here how it forgets it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from huntaze.kit.db import Connection
from huntaze.outbox import store


@dataclass(frozen=True, slots=True)
class ErasedAccount:
    """A connected account whose person wants to be forgotten; it is disconnected by then."""

    workspace_id: UUID
    account_id: UUID
    platform: str
    refs: tuple[str, ...]
    """What events name it by."""


Eraser = Callable[[Connection, UUID, str, str], Awaitable[int]]
"""(connection, workspace_id, platform, person_ref) → how many rows it erased."""
AccountEraser = Callable[[Connection, ErasedAccount], Awaitable[int]]
"""(connection, account) → how many rows it erased. Done twice it erases nothing more."""


class Erasers:
    """Of two kinds of people: those who write to an account, and the person whose account it is, with all that came
    from the platform for it."""

    def __init__(self) -> None:
        self._erasers: dict[str, Eraser] = {}
        self._account_erasers: dict[str, AccountEraser] = {}

    def register(self, name: str, eraser: Eraser) -> None:
        """How a room forgets somebody who writes. Done once, in wiring; a name used twice raises ``ValueError``."""
        if name in self._erasers:
            raise ValueError(f"{name} erases already")
        self._erasers[name] = eraser

    def register_account(self, name: str, eraser: AccountEraser) -> None:
        """How a room forgets an account. Done once, in wiring; a name used twice raises ``ValueError``."""
        if name in self._account_erasers:
            raise ValueError(f"{name} erases accounts already")
        self._account_erasers[name] = eraser

    async def erase(self, connection: Connection, workspace_id: UUID, platform: str, person_ref: str) -> dict[str, int]:
        """Forget a person everywhere, in the caller's transaction; how many rows by room."""
        return {
            name: await eraser(connection, workspace_id, platform, person_ref) for name, eraser in self._erasers.items()
        }

    async def erase_account(self, connection: Connection, account: ErasedAccount) -> dict[str, int]:
        """Forget an account everywhere, in the caller's transaction; how many rows by room."""
        return {name: await eraser(connection, account) for name, eraser in self._account_erasers.items()}


async def erase_told(connection: Connection, workspace_id: UUID, _platform: str, person_ref: str) -> int:
    """The outbox's own eraser of people."""
    return await store.erase_told(connection, workspace_id, person_ref)


async def erase_told_of_account(connection: Connection, account: ErasedAccount) -> int:
    """The outbox's own eraser of accounts."""
    return await store.erase_told_of_account(connection, account.workspace_id, account.account_id)
