"""The jobs of the room. Rows say what is due; a job only wakes."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from huntaze.accounts.connecting import SUBSCRIBE
from huntaze.accounts.leaving import REVOKE
from huntaze.accounts.service import Accounts
from huntaze.kit.jobs import Payload, Task

REFRESH = "accounts.refresh"
HEALTH = "accounts.health"
_EVERY = timedelta(minutes=1)


def tasks(accounts: Accounts) -> list[Task]:
    """Refresh and health look every minute for what is due; subscribe and revoke come by name."""

    async def refresh(_payload: Payload) -> None:
        await accounts.refreshing.sweep()

    async def health(_payload: Payload) -> None:
        await accounts.health.sweep()
        await accounts.leaving.sweep()

    async def subscribe(payload: Payload) -> None:
        await accounts.health.subscribe(UUID(payload["account"]))

    async def revoke(payload: Payload) -> None:
        await accounts.leaving.revoke(UUID(payload["grant"]))

    return [
        Task(REFRESH, refresh, every=_EVERY),
        Task(HEALTH, health, every=_EVERY),
        Task(SUBSCRIBE, subscribe),
        Task(REVOKE, revoke),
    ]
