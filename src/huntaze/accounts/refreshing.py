"""Keeping grants alive: refreshed early, by one at a time, never overwritten by less; notices before an end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from huntaze.accounts import schedule, store
from huntaze.accounts.errors import GrantGone, SwitchedOff
from huntaze.accounts.governor import CallKind, Governor, Wait
from huntaze.accounts.model import RECONNECT, GrantRow, write_note
from huntaze.accounts.tools import Tools, log
from huntaze.kit.db import Connection
from huntaze.kit.secret import Secret
from huntaze.kit.text import N_, Text
from huntaze.platforms.contract import Grant
from huntaze.platforms.errors import Later, PlatformError, Reconnect

_AT_ONCE = 20
_SIDE_BY_SIDE = 5
_WAIT_SECONDS = 90.0
_WAIT_STEP_SECONDS = 0.2
_MOVED = timedelta(hours=12)

ENDED = write_note(
    Text(N_("The sign-in behind this account has ended.")),
    Text(N_("Connect the account again: its posts, media and comments stay.")),
)


class Refreshing:
    """commit the intent → ask the platform → commit the pair. The lease is a row's, so it holds over all workers."""

    def __init__(self, tools: Tools, governor: Governor) -> None:
        self._tools = tools
        self._governor = governor

    async def sweep(self) -> int:
        """Refresh what is due; how many grants. One that fails waits by itself and stops nobody."""
        async with self._tools.database.transaction() as tx:
            due = await store.due_refreshes(tx, self._tools.clock.now(), _AT_ONCE)
        gate = asyncio.Semaphore(_SIDE_BY_SIDE)

        async def one(grant_id: UUID) -> None:
            async with gate:
                try:
                    await self.refresh(grant_id)
                except (PlatformError, GrantGone, SwitchedOff) as error:
                    log.warning("refresh_failed", grant_id=str(grant_id), reason=str(error))

        async with asyncio.TaskGroup() as group:
            for grant_id in due:
                group.create_task(one(grant_id))
        return len(due)

    async def refresh(self, grant_id: UUID) -> GrantRow:
        """The grant, refreshed if that was due. Who comes second waits for the first one's and uses it.

        Raises ``GrantGone``, ``SwitchedOff`` or ``PlatformError``; the next try is set then. While the platform takes
        no calls it is not asked, unless the grant would end before that is over.
        """
        now = self._tools.clock.now()
        async with self._tools.database.transaction() as tx:
            leased = await store.lease_refresh(tx, grant_id, now, now + schedule.REFRESH_LEASE)
        if leased is None:
            return await self._anothers(grant_id)
        self._tools.checkpoints.reach("refresh.intent")
        try:
            app = await self._tools.app(leased.platform, leased.login)
            old = self._tools.open_grant(leased)
            blocked = await self.blocked_until(leased)
            if blocked is not None and not schedule.runs_out(leased.expires_at, blocked):
                raise _blocked(leased.platform, blocked - now)
            fresh = await self._tools.login(leased.platform, leased.login).refresh(app, old)
            if not fresh.token:
                raise _empty_answer(leased.platform)
        except (PlatformError, GrantGone, SwitchedOff) as error:
            await self._failed(leased, error)
            raise
        self._tools.checkpoints.reach("refresh.answered")
        return await self._keep(leased, old, fresh)

    async def blocked_until(self, grant: GrantRow) -> datetime | None:
        """When the platform takes calls about this sign-in again, if it does not now. Until then each would lengthen
        the block (instagram.md §8.2)."""
        async with self._tools.database.transaction() as tx:
            accounts = await store.accounts_of_grant(tx, grant.id)
        answers = [await self._governor.allow(CallKind.TOKEN, one.workspace_id, one.id) for one in accounts]
        waits = [answer.until for answer in answers if isinstance(answer, Wait)]
        return min(waits) if waits and len(waits) == len(answers) else None

    async def notice(self, tx: Connection, grant: GrantRow) -> None:
        """Tell the accounts of a grant that its end is 14, 7 or 2 days away, each once; forget it when it moved."""
        now = self._tools.clock.now()
        days = schedule.notice_due(grant.ends_at, grant.noticed_days, now)
        if days is not None:
            await store.note_days(tx, grant.id, days)
            for account in await store.accounts_of_grant(tx, grant.id):
                await self._tools.tell_changed(tx, account.workspace_id, account.id, f"ends_in_{days}_days")
            log.warning("grant_ends", grant_id=str(grant.id), days=days)
        elif grant.noticed_days is not None and schedule.notice_due(grant.ends_at, None, now) is None:
            await store.note_days(tx, grant.id, None)

    async def _anothers(self, grant_id: UUID) -> GrantRow:
        """Wait while somebody else refreshes; give what the row holds then."""
        for _ in range(int(_WAIT_SECONDS / _WAIT_STEP_SECONDS)):
            async with self._tools.database.transaction() as tx:
                row = await self._present(tx, grant_id)
            if row.lease_until is None or row.lease_until <= self._tools.clock.now():
                return row
            await asyncio.sleep(_WAIT_STEP_SECONDS)
        raise Later(
            Text(N_("The sign-in is being renewed and that takes long.")),
            Text(N_("We try again by ourselves.")),
            platform="",
            sent=False,
        )

    async def _keep(self, leased: GrantRow, old: Grant, fresh: Grant) -> GrantRow:
        """Seal and commit the pair; accounts that act with the grant's own token get the new one with it."""
        tools, now = self._tools, self._tools.clock.now()
        moved = leased.expires_at is None or (fresh.expires_at is None or fresh.expires_at > leased.expires_at + _MOVED)
        due = schedule.refresh_at(fresh.issued_at, fresh.expires_at)
        if due is not None and due <= now:
            due = now + schedule.REFRESH_AGAIN
        row = replace(
            tools.vault.seal_grant(leased, fresh, due), refresh_tries=0 if moved else leased.refresh_tries + 1
        )
        async with tools.database.transaction() as tx:
            if not await store.keep_refreshed(tx, row):
                log.warning("refresh_lost_lease", grant_id=str(row.id))
                return await self._present(tx, row.id)
            await self._pass_on(tx, row.id, old.token, fresh.token)
            await self.notice(tx, row)
        tools.measures.refresh(row.platform, "moved" if moved else "unmoved")
        log.info("grant_refreshed", grant_id=str(row.id), platform=row.platform, moved=moved)
        return row

    async def _pass_on(self, tx: Connection, grant_id: UUID, old: Secret, fresh: Secret) -> None:
        vault = self._tools.vault
        for row in await store.tokens_of_grant(tx, grant_id):
            if vault.open_account_token(row) == old:
                await store.set_token(tx, row.id, vault.seal_account_token(fresh, row.workspace_id, row.id))

    async def _failed(self, leased: GrantRow, error: Exception) -> None:
        """A person must act: the accounts say so. Anything else is tried again, later each time."""
        now = self._tools.clock.now()
        over = isinstance(error, Reconnect | GrantGone)
        wanted = error.after if isinstance(error, Later) else None
        again_at = None if over else now + schedule.refresh_retry(leased.refresh_tries, wanted)
        async with self._tools.database.transaction() as tx:
            if not await store.postpone_refresh(tx, leased, again_at):
                return
            if over:
                await self._all_reconnect(tx, leased, error)
            else:
                await self.notice(tx, leased)
        self._tools.measures.refresh(leased.platform, "reconnect" if over else "failed")

    async def _all_reconnect(self, tx: Connection, grant: GrantRow, error: Exception) -> None:
        note = write_note(error.message, error.remedy) if isinstance(error, PlatformError) else ENDED
        for account in await store.accounts_of_grant(tx, grant.id):
            if await store.set_health(tx, account.id, RECONNECT, note):
                await self._tools.tell_changed(tx, account.workspace_id, account.id, RECONNECT)

    async def _present(self, tx: Connection, grant_id: UUID) -> GrantRow:
        row = await store.grant_anywhere(tx, grant_id)
        if row is None or row.revoked_at is not None:
            raise GrantGone
        return row


def _blocked(platform: str, after: timedelta) -> Later:
    return Later(
        Text(N_("Too many calls: the network takes no more for now.")),
        Text(N_("The sign-in is renewed when the network takes calls again.")),
        platform=platform,
        after=after,
        sent=False,
    )


def _empty_answer(platform: str) -> Later:
    return Later(
        Text(N_("The platform renewed the sign-in without giving a token.")),
        Text(N_("The one we have stays in use. We try again by ourselves.")),
        platform=platform,
    )
