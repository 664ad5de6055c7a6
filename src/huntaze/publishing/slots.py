"""The weekly times of accounts, and the next of them that is free."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from itertools import groupby, takewhile
from uuid import UUID
from zoneinfo import ZoneInfo

from huntaze.accounts import Accounts
from huntaze.identity import Actor
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.text import N_
from huntaze.publishing import schedule_store as store
from huntaze.publishing.errors import invalid
from huntaze.publishing.model import PostDraft, Slot
from huntaze.publishing.plan import FAR
from huntaze.publishing.rules import weekly


@dataclass(frozen=True, slots=True)
class AccountSlots:
    """The slots of an account, and the first that is free within a year."""

    slots: tuple[Slot, ...]
    next_free: datetime | None


SlotsAtCommit = Callable[[Connection, AccountSlots], Awaitable[None]]
"""Something that must be written in the transaction that replaces slots (an idempotency key's answer)."""


def free_times(slots: Sequence[Slot], taken: Collection[datetime], now: datetime) -> Iterator[datetime]:
    """The times of these slots after ``now``, in order and each once, without those that something is planned for;
    a year's worth. A slot is one minute wide."""
    minutes = {_minute(one) for one in taken}
    coming = merge(*(weekly(one.weekday, one.minute, ZoneInfo(one.zone), now) for one in slots))
    for at, _ in groupby(takewhile(lambda one: one <= now + FAR, coming)):
        if _minute(at) not in minutes:
            yield at


def first_common(times: Sequence[Iterator[datetime]]) -> datetime | None:
    """The first time that all of these have; each is in order and has no time twice."""
    for at, same in groupby(merge(*times)):
        if sum(1 for _ in same) == len(times):
            return at
    return None


async def next_free(
    tx: Connection, workspace_id: UUID, account_ids: Collection[UUID], now: datetime
) -> datetime | None:
    """The first free slot of all these accounts. Who asks next waits until this transaction has planned its post."""
    times = []
    for account_id in sorted(account_ids):
        await store.lock_account(tx, account_id)
        slots = await store.slots(tx, workspace_id, account_id)
        times.append(free_times(slots, await store.taken(tx, workspace_id, account_id, now), now))
    return first_common(times)


async def placed(tx: Connection, workspace_id: UUID, draft: PostDraft, now: datetime) -> PostDraft:
    """The draft with its time, if it asks for the next free slot. Raises ``Invalid`` when there is none in a year."""
    if not draft.next_free_slot:
        return draft
    at = await next_free(tx, workspace_id, draft.account_ids, now)
    if at is None:
        raise invalid(
            "when",
            N_("There is no free slot within a year."),
            N_("Give the account more posting slots, or choose a time."),
        )
    return replace(draft, due_at=at)


class Slots:
    """Reading and replacing the slots of an account."""

    def __init__(self, database: Database, clock: Clock, accounts: Accounts) -> None:
        self.database = database
        self.clock = clock
        self.accounts = accounts

    async def of(self, actor: Actor, account_id: UUID) -> AccountSlots | None:
        """The slots of an account, or None when there is no such account."""
        async with self.database.transaction() as tx:
            return await self._of(tx, actor, account_id) if await self._there(tx, actor, account_id) else None

    async def replace(
        self, actor: Actor, account_id: UUID, wanted: Collection[Slot], at_commit: SlotsAtCommit | None = None
    ) -> AccountSlots | None:
        """These slots and no others; what is planned stays where it is. None when there is no such account."""
        async with self.database.transaction() as tx:
            if not await self._there(tx, actor, account_id):
                return None
            await store.lock_account(tx, account_id)
            await store.replace_slots(tx, actor.workspace_id, account_id, list(dict.fromkeys(wanted)))
            found = await self._of(tx, actor, account_id)
            if at_commit is not None:
                await at_commit(tx, found)
            return found

    async def _there(self, tx: Connection, actor: Actor, account_id: UUID) -> bool:
        account = await self.accounts.get(tx, actor.workspace_id, account_id)
        return account is not None and account.disconnected_at is None

    async def _of(self, tx: Connection, actor: Actor, account_id: UUID) -> AccountSlots:
        slots = tuple(await store.slots(tx, actor.workspace_id, account_id))
        return AccountSlots(slots, await next_free(tx, actor.workspace_id, [account_id], self.clock.now()))


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
