"""How often a platform may be asked: what its answers tell of allowances, and who has to wait (instagram.md §8.2).

The newest that was told stands in the database, so that all processes know it. An account waits alone, for its own
allowances; only what the app's allowance pays is shared by all its accounts. What was told is believed for a while
only: silence is not zero, but it is no block for ever either.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from huntaze.accounts import store
from huntaze.accounts.apps import Apps
from huntaze.accounts.model import BudgetRow
from huntaze.accounts.tools import log
from huntaze.kit.clock import Clock
from huntaze.kit.db import CONNECTION_LOST, Database
from huntaze.platforms.contract import Allowance, Usage

SLOW, SYNC_STOPS, OTHERS_STOP, FULL = 75.0, 80.0, 90.0, 100.0
"""In percent of an allowance: many calls go slowly, syncs stop, everything else but publishing and tokens stops, and
the platform refuses (§8.2)."""
SLOW_PAUSE = timedelta(minutes=1)
LOOK_AGAIN = timedelta(minutes=10)
"""How long a percentage below the block is believed; then one call may go and brings the new one."""
BLOCKS = (timedelta(minutes=5), timedelta(hours=1))
"""The first and the longest wait for a block whose end the platform does not name (§8.3, retry table)."""

_STEP = 5.0
_STALE = timedelta(seconds=60)


class CallKind(StrEnum):
    """What a call is for."""

    PUBLISH = "publish"
    TOKEN = "token"  # noqa: S105  a kind of call
    MESSAGE = "message"
    """A direct message that somebody waits for."""
    SYNC = "sync"
    READ_MESSAGES = "read_messages"
    """Conversations, and who people are."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Go:
    """Call now. Who makes many calls waits ``pause`` before the next ones."""

    pause: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Wait:
    """Do not call before ``until``."""

    until: datetime


@dataclass(frozen=True, slots=True)
class _Rule:
    """From which percentage of which allowances a kind of call waits."""

    stops: float
    scopes: Collection[str]


_EVERYTHING = frozenset({Allowance.ACCOUNT, Allowance.SIGN_IN, Allowance.APP})
_RULES: Mapping[CallKind, _Rule] = MappingProxyType(
    {
        CallKind.PUBLISH: _Rule(FULL, frozenset({Allowance.ACCOUNT})),
        CallKind.TOKEN: _Rule(FULL, frozenset({Allowance.SIGN_IN, Allowance.APP})),
        CallKind.MESSAGE: _Rule(FULL, frozenset({Allowance.MESSAGES})),
        CallKind.SYNC: _Rule(SYNC_STOPS, _EVERYTHING),
        CallKind.READ_MESSAGES: _Rule(SYNC_STOPS, frozenset({Allowance.MESSAGES, Allowance.SIGN_IN, Allowance.APP})),
        CallKind.OTHER: _Rule(OTHERS_STOP, _EVERYTHING),
    }
)


def judge(kind: CallKind, rows: Sequence[BudgetRow], now: datetime) -> Go | Wait:
    """Whether a call may go, by what was told of the allowances that it uses."""
    rule = _RULES[kind]
    believed = [row for row in rows if row.scope in rule.scopes and believed_until(row) > now]
    full = [believed_until(row) for row in believed if row.percent >= rule.stops]
    if full:
        return Wait(max(full))
    slowly = rule.stops < FULL and any(row.percent >= SLOW for row in believed)
    return Go(SLOW_PAUSE if slowly else timedelta(0))


def believed_until(row: BudgetRow) -> datetime:
    """How long what was told counts: to the time that the platform named, else for a while."""
    if row.regain_at is not None:
        return row.regain_at
    if row.percent < FULL:
        return row.told_at + LOOK_AGAIN
    first, longest = BLOCKS
    return row.told_at + min(first * (1 << min(max(row.refusals - 1, 0), 10)), longest)


_Key = tuple[str, Allowance, str]


@dataclass(frozen=True, slots=True)
class _Told:
    usage: Usage
    at: datetime

    @property
    def regain_at(self) -> datetime | None:
        return None if self.usage.regain is None else self.at + self.usage.regain


class Governor:
    """Hears every answer, writes what is new, and is asked before calls."""

    def __init__(self, database: Database, clock: Clock, apps: Apps) -> None:
        self._database = database
        self._clock = clock
        self._apps = apps
        self._heard: dict[_Key, _Told] = {}
        self._unwritten: dict[_Key, _Told] = {}
        self._writing: asyncio.Task[None] | None = None

    def take(self, usage: Sequence[Usage]) -> None:
        """What an answer told (``contract.OnUsage``). Most of it is known: only what moved is written, meanwhile."""
        now = self._clock.now()
        for one in usage:
            key, told = (one.platform, one.scope, one.ref), _Told(one, now)
            if _moved(self._heard.get(key), told):
                self._heard[key] = self._unwritten[key] = told
        if self._unwritten and (self._writing is None or self._writing.done()):
            self._writing = asyncio.create_task(self._write())

    async def settle(self) -> None:
        """Wait until what was heard is written."""
        if self._writing is not None:
            await asyncio.wait({self._writing})

    async def allow(self, kind: CallKind, workspace_id: UUID, account_id: UUID) -> Go | Wait:
        """Whether a call of this kind may go for an account of the workspace."""
        rows = await self.told(workspace_id, account_id, app=Allowance.APP in _RULES[kind].scopes)
        return judge(kind, rows, self._clock.now())

    async def told(self, workspace_id: UUID, account_id: UUID, *, app: bool = True) -> list[BudgetRow]:
        """The newest of an account's allowances and, with ``app``, of the app it is asked through."""
        await self.settle()
        async with self._database.connection() as connection:
            rows = await store.budgets(connection, workspace_id, account_id)
            account = await store.account_of(connection, workspace_id, account_id) if app else None
        asked = await self._apps.app(account.platform, account.login) if account else None
        if account is None or asked is None:
            return rows
        async with self._database.connection() as connection:
            return [*rows, *await store.app_budget(connection, account.platform, asked.app_id)]

    async def _write(self) -> None:
        """One statement each, in one order, so that two processes never dead-lock."""
        while self._unwritten:
            batch, self._unwritten = self._unwritten, {}
            try:
                async with self._database.connection() as connection:
                    for _, told in sorted(batch.items()):
                        await store.keep_usage(connection, told.usage, told.regain_at, told.at)
            except CONNECTION_LOST as error:
                log.warning("usage_not_kept", error=type(error).__name__)
                for key in batch:
                    self._heard.pop(key, None)


def _moved(before: _Told | None, told: _Told) -> bool:
    """Whether it is worth a write: by five points, over a threshold, to another end, or after a minute."""
    if before is None or abs(told.at - before.at) >= _STALE:
        return True
    was, now = before.usage.percent, told.usage.percent
    if abs(now - was) >= _STEP or _level(now) != _level(was):
        return True
    if before.regain_at is None or told.regain_at is None:
        return before.regain_at is not told.regain_at
    return abs(told.regain_at - before.regain_at) >= _STALE


def _level(percent: float) -> int:
    return sum(percent >= threshold for threshold in (SLOW, SYNC_STOPS, OTHERS_STOP, FULL))
