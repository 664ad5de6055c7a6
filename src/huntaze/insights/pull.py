"""Reading figures from the platforms. Resumable after any crash.

Each step is a few calls, then one transaction that stores what came and the place behind it. Whoever works on a
reading holds its row by a lease, which is renewed before each step and checked with each write.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from huntaze import outbox
from huntaze.accounts import AccountRow, Accounts, AccountUnavailable, CallKind, Wait
from huntaze.insights import store
from huntaze.insights.model import RoundRow, refusals, refused_now
from huntaze.insights.reading import Readings, Step
from huntaze.insights.service import Insights
from huntaze.kit.clock import Clock
from huntaze.kit.db import CONNECTION_LOST, Connection, Database
from huntaze.kit.log import get_logger
from huntaze.kit.text import Text, write_text
from huntaze.platforms.contract import InsightsReader
from huntaze.platforms.errors import Later, PlatformError, Reconnect, UnknownOutcome, Unsupported
from huntaze.platforms.registry import Platforms

log = get_logger(__name__)

LEASE = timedelta(minutes=5)
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)
SWITCHED_OFF = timedelta(days=1)
"""How soon to look again whether a permission was given."""


class _NotOurs(Exception):
    """The lease ran out and somebody else works on this reading."""


class _Spared(Exception):
    """The platform's allowance is to be spared: readings of this account go on at ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"again at {until.isoformat()}")
        self.until = until


class Pull:
    """The worker's side of the figures."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Platforms,
        accounts: Accounts,
        insights: Insights,
        readings: Readings,
    ) -> None:
        self.database = database
        self.clock = clock
        self.platforms = platforms
        self.accounts = accounts
        self.insights = insights
        self.readings = readings

    async def run(self, workspace_id: UUID, account_id: UUID) -> None:
        """Everything of an account that is due, the most urgent first. Harmless when nothing is."""
        async with self.database.transaction() as tx:
            account = await self.accounts.get(tx, workspace_id, account_id)
            rows = await store.rounds(tx, workspace_id, account_id)
        if account is None:
            return
        reader = self.platforms[account.platform].insights
        if reader is None:
            async with self.database.transaction() as tx:
                await store.stop_rounds(tx, workspace_id, account_id)
            return
        for row in rows:
            held = await self._lease(row)
            if held is not None and not await self._read(held, account, reader, rows):
                return

    async def sweep(self) -> None:
        """Wake what is due."""
        async with self.database.transaction() as tx:
            for row in await store.due_accounts(tx, self.clock.now(), 200):
                await self.insights.wake(tx, row.workspace_id, row.account_id)

    async def _lease(self, row: RoundRow) -> _Held | None:
        now = self.clock.now()
        if row.next_at is None or row.next_at > now:
            return None
        until = now + LEASE
        async with self.database.transaction() as tx:
            taken = await store.lease_round(tx, row, until, now)
        return None if taken is None else _Held(self.database, self.clock, taken, until)

    async def _read(self, held: _Held, account: AccountRow, reader: InsightsReader, rows: list[RoundRow]) -> bool:
        """One reading to its end, or as far as it goes; False when the others of the account need not be tried."""
        try:
            await self._steps(held, account, reader, refused_now(rows, self.clock.now()))
        except _NotOurs:
            log.info("insights_taken_over", account=str(account.id), round=held.row.name)
        except _Spared as spared:
            await self._pause(held, spared.until)
            return False
        except AccountUnavailable as error:
            await self._fail(held, LONGEST_RETRY, error.reason, error.remedy)
            return False
        except Reconnect as error:
            await self.accounts.needs_reconnect(account.id, error)
            await self._fail(held, LONGEST_RETRY, error.message, error.remedy)
            return False
        except (Later, UnknownOutcome) as error:
            after = error.after if isinstance(error, Later) else None
            await self._fail(held, after or self._retry(held), error.message, error.remedy)
        except Unsupported as error:
            await self._fail(held, SWITCHED_OFF, error.message, error.remedy)
        except PlatformError as error:
            # A cursor does not live for days, and a deleted post may end one (instagram.md §4.2): begin anew.
            log.warning("insights_refused", round=held.row.name, code=error.code, subcode=error.subcode)
            held.cursor = ""
            await self._fail(held, LONGEST_RETRY, error.message, error.remedy)
        except Exception:
            with suppress(*CONNECTION_LOST):
                await self._pause(held, self.clock.now())
            raise
        return True

    async def _steps(
        self, held: _Held, account: AccountRow, reader: InsightsReader, refused: dict[str, list[str]]
    ) -> None:
        access = await self.accounts.access(account.id)
        while True:
            pause = await self._may_call(account)
            await held.extend()
            step = await self.readings.step(held.row, held.cursor, account, access, reader, refused)
            for kind, metrics in step.refused.items():
                log.warning("insights_metric_refused", kind=kind, metrics=list(metrics), platform=account.platform)
                refused.setdefault(kind, []).extend(metrics)
            await self._store(held, account, step)
            if step.finished:
                return
            if pause:
                raise _Spared(self.clock.now() + pause)

    async def _may_call(self, account: AccountRow) -> timedelta:
        """How long to wait between steps. Raises ``_Spared`` when the platform's allowance is nearly used up."""
        answer = await self.accounts.governor.allow(CallKind.SYNC, account.workspace_id, account.id)
        if isinstance(answer, Wait):
            raise _Spared(answer.until)
        return answer.pause

    async def _store(self, held: _Held, account: AccountRow, step: Step) -> None:
        """What a step brought and the place behind it; open pages are told when figures changed."""
        async with self.database.transaction() as tx:
            changed = await self.readings.keep(tx, account, step)
            found = refusals(step.refused, self.clock.now())
            if step.finished:
                await held.finish(tx, step.next_at, found)
            else:
                await held.move(tx, step.cursor, found)
            if changed:
                await outbox.tell(
                    tx,
                    workspace_id=account.workspace_id,
                    topic="insights.changed",
                    ref=str(account.id),
                    account_id=account.id,
                    at=self.clock.now(),
                )

    async def _pause(self, held: _Held, until: datetime) -> None:
        """Let go of it at this place until then. That is no failure."""
        log.info("insights_paused", account=str(held.row.account_id), round=held.row.name, until=until.isoformat())
        async with self.database.transaction() as tx:
            await store.pause_round(tx, held.row, held.until, until)

    async def _fail(self, held: _Held, after: timedelta, message: Text, remedy: Text) -> None:
        row = held.row
        log.info("insights_failed", account=str(row.account_id), round=row.name, why=str(message))
        problem = {"message": write_text(message), "remedy": write_text(remedy)}
        async with self.database.transaction() as tx:
            await store.fail_round(tx, row, held.until, held.cursor, self.clock.now() + after, problem)

    @staticmethod
    def _retry(held: _Held) -> timedelta:
        return min(FIRST_RETRY * (1 << min(held.row.failures, 10)), LONGEST_RETRY)


class _Held:
    """A reading that we work on, and how far it is."""

    def __init__(self, database: Database, clock: Clock, row: RoundRow, until: datetime) -> None:
        self._database = database
        self._clock = clock
        self.row = row
        self.cursor = row.cursor
        self.until = until

    async def extend(self) -> None:
        """Be sure to hold it for the length of a step. Raises ``_NotOurs``."""
        now = self._clock.now()
        if self.until - now >= LEASE / 2:
            return
        async with self._database.transaction() as tx:
            await self.move(tx, self.cursor, {})

    async def move(self, tx: Connection, cursor: str, refused: Mapping[str, str]) -> None:
        """Go on from ``cursor``. Raises ``_NotOurs``, which must roll back."""
        until = self._clock.now() + LEASE
        self._check(await store.move_round(tx, self.row, self.until, cursor, until, refused))
        self.until, self.cursor = until, cursor

    async def finish(self, tx: Connection, next_at: datetime | None, refused: Mapping[str, str]) -> None:
        """Nothing is left to read. Raises ``_NotOurs``, which must roll back."""
        self._check(await store.finish_round(tx, self.row, self.until, self._clock.now(), next_at, refused))

    def _check(self, ours: bool) -> None:
        if not ours:
            raise _NotOurs
