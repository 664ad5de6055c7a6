"""How much each account may still publish, read before something is planned (instagram.md §3.6) and kept a while."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID

from huntaze.accounts import store
from huntaze.accounts.access import Opening
from huntaze.accounts.errors import AccountUnavailable
from huntaze.accounts.governor import CallKind, Governor, Wait
from huntaze.accounts.model import QuotaRow
from huntaze.accounts.tools import Tools, log
from huntaze.platforms.errors import PlatformError

FRESH = timedelta(minutes=2)
"""A quota younger than this is not read again."""
PATIENCE_SECONDS = 2.0
"""A page waits this long for the platform and then shows what was known."""


class Quotas:
    """Nothing hangs on a quota: it is shown to people, and the platform alone enforces it."""

    def __init__(self, tools: Tools, opening: Opening, governor: Governor) -> None:
        self._tools = tools
        self._opening = opening
        self._governor = governor

    async def fresh(self, workspace_id: UUID, account_ids: Collection[UUID]) -> Mapping[UUID, QuotaRow]:
        """The quotas of these accounts, read now unless they are known; what cannot be read stays as it was."""
        async with self._tools.database.connection() as connection:
            known = await store.quotas(connection, workspace_id, account_ids)
        oldest = self._tools.clock.now() - FRESH
        wanted = [one for one in account_ids if one not in known or known[one].told_at < oldest]
        if not wanted:
            return known
        reading = [asyncio.create_task(self._read(workspace_id, account_id)) for account_id in wanted]
        try:
            await asyncio.wait(reading, timeout=PATIENCE_SECONDS)
        finally:
            for task in reading:
                task.cancel()
            await asyncio.gather(*reading, return_exceptions=True)
        async with self._tools.database.connection() as connection:
            return await store.quotas(connection, workspace_id, account_ids)

    async def _read(self, workspace_id: UUID, account_id: UUID) -> None:
        if isinstance(await self._governor.allow(CallKind.OTHER, workspace_id, account_id), Wait):
            return
        async with self._tools.database.connection() as connection:
            account = await store.account_of(connection, workspace_id, account_id)
        if account is None:
            return
        try:
            access = await self._opening.access(account_id)
            quota = await self._tools.platforms[account.platform].publisher.quota(access)
        except (PlatformError, AccountUnavailable) as error:
            log.info("quota_not_read", account_id=str(account_id), reason=str(error))
            return
        async with self._tools.database.connection() as connection:
            await store.keep_quota(connection, workspace_id, account_id, quota, self._tools.clock.now())
