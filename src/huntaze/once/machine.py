"""The protocol of a call that cannot be taken back: intent, one request, and looking until its outcome is known.

The numbered invariants stand in docs/understand/publishing.md. No transaction is open while a platform is asked; what
nobody knows is looked for before anything is sent again; the crash points are named after the errand.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic
from uuid import UUID

from huntaze.accounts import AccountRow, Accounts, AccountUnavailable, Throttled
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.db import Database
from huntaze.kit.log import correlation, get_logger
from huntaze.kit.text import N_, Text, read_text
from huntaze.once.errand import Errand, Harmless, Look, Refusal
from huntaze.once.record import Record
from huntaze.once.states import CallState
from huntaze.once.telling import Entry, LeaseLost, kept, problem, problem_of
from huntaze.once.waits import CALL_TIMEOUT, SETTLE_READS, Waits
from huntaze.once.writes import R
from huntaze.platforms.contract import Access
from huntaze.platforms.errors import (
    AlreadyDone,
    Later,
    PlatformError,
    Reconnect,
    Rejected,
    UnknownOutcome,
    Unsupported,
)

log = get_logger(__name__)

SWEEP_BATCH = 200
MAX_SENDS = 2
"""It is sent once more after a settled «it is not there»; then a person decides."""
MAX_REPEATS = 4
"""What does no harm twice is asked so often in a row before it has failed."""


@dataclass(frozen=True, slots=True)
class Acting:
    """The right to act for an account that is there."""

    account: AccountRow
    access: Access


class Once(Generic[R]):
    """WAITING → ARMED → SENT → done, FAILED, or UNKNOWN until somebody has seen."""

    def __init__(
        self,
        errand: Errand[R],
        database: Database,
        clock: Clock,
        waits: Waits,
        accounts: Accounts,
        checkpoints: Checkpoints,
    ) -> None:
        self.errand = errand
        self.writes = errand.writes
        self.record = Record(errand, database, clock)
        self.database = database
        self.clock = clock
        self.waits = waits
        self.accounts = accounts
        self.checkpoints = checkpoints
        self._steps: Mapping[str, Callable[[R], Awaitable[R]]] = {
            CallState.WAITING: self._send,
            CallState.ARMED: self._recover,
            CallState.SENT: self._recover,
            CallState.UNKNOWN: self._look,
        }

    async def sweep(self) -> None:
        """Calls that are due, whatever became of their wake-ups (I8)."""
        async with self.database.transaction() as tx:
            for call_id in await self.writes.due(tx, self.clock.now(), SWEEP_BATCH):
                await self.errand.wake(tx, call_id, timedelta(0))

    async def run(self, call_id: UUID) -> None:
        """One step of a call if it is due and free; harmless otherwise."""
        now = self.clock.now()
        async with self.database.transaction() as tx:
            row = await self.writes.claim(tx, call_id, now, now + self.waits.send_lease)
        if row is None or (step := self._steps.get(row.state)) is None:
            return
        with correlation(str(call_id)):
            try:
                row = await step(row)
            except LeaseLost:
                log.info("call_taken_over", errand=self.errand.name, call=str(call_id))
                return
        if row.next_check_at is not None:
            async with self.database.transaction() as tx:
                await self.errand.wake(tx, call_id, row.next_check_at - self.clock.now())

    # --- sending ------------------------------------------------------------------------------------------------

    async def _send(self, row: R) -> R:
        """Send it, unless it is too late, is done already, or nobody may act for the account now."""
        if self.clock.now() - row.wanted_at > self.waits.grace:
            return await self._over(row, self._missed(row))
        if (refusal := await self.errand.refusal(row)) is not None:
            return await self._over(row, refusal)
        try:
            await self.errand.may_call(row)
            acting = await self._acting(row)
            if row.armed_at is not None and (seen := await self._before_resend(row, acting)) is not None:
                return seen
            row = await self._arm(row)
        except AccountUnavailable as error:
            until = error.until if isinstance(error, Throttled) else None
            trouble = problem("account", error.reason, error.remedy)
            return await self._wait(row, until, trouble, Entry("waiting", error.reason))
        return await self._sent(row, acting)

    async def _acting(self, row: R) -> Acting:
        """Raises ``AccountUnavailable``."""
        async with self.database.transaction() as tx:
            account = await self.accounts.standing(tx, row.workspace_id, row.account_id)
        return Acting(account, await self.accounts.access(row.account_id))

    async def _before_resend(self, row: R, acting: Acting) -> R | None:
        """What was sent once is looked for once more, and a look without an answer waits; None: it is not there."""
        try:
            found = await self._find(row, acting)
        except PlatformError as error:
            return await self._wait(row, None, problem_of(error), Entry("waiting", error.message, error.raw))
        if found is None:
            return await self._wait(row, None, None, None)
        if found.doubtful and row.sends:
            return await self.record.unconfirmed(row)
        return await self._settled(row, found)

    async def _arm(self, row: R) -> R:
        """Commit the intent (I2); the account must still stand."""
        now = self.clock.now()
        async with self.database.transaction() as tx:
            await self.accounts.standing(tx, row.workspace_id, row.account_id)
            request = hashlib.sha256("\0".join(self.errand.request(row)).encode()).digest()
            armed = kept(await self.writes.arm(tx, row, now, request, now + self.waits.send_lease))
            await self.errand.tell(tx, armed, Entry("sending", self.errand.sayings.sending))
            return armed

    async def _sent(self, row: R, acting: Acting) -> R:
        self._reach("intent")
        async with self.database.transaction() as tx:
            row = kept(await self.writes.mark_sent(tx, row))
        self._reach("before_send")
        try:
            async with asyncio.timeout(CALL_TIMEOUT.total_seconds() + 5):
                result_ref = await self.errand.send(row, acting.access)
        except (PlatformError, TimeoutError) as error:
            return await self._not_done(row, acting, error)
        self._reach("answered")
        row = await self.record.done(row, result_ref, result_ref)
        self._reach("committed")
        return row

    def _reach(self, place: str) -> None:
        self.checkpoints.reach(f"{self.errand.name}.{place}")

    async def _not_done(self, row: R, acting: Acting, error: PlatformError | TimeoutError) -> R:
        """A definite refusal, or an outcome nobody knows. What comes after the fence was lost is kept as evidence."""
        log.info("call_not_done", errand=self.errand.name, error=str(error), kind=type(error).__name__)
        try:
            return await self._refused(row, acting, error)
        except LeaseLost:
            words = error.message if isinstance(error, PlatformError) else Text(str(error) or "time-out")
            await self.record.note(row, Entry("late_answer", words, _raw(error)))
            raise

    async def _refused(self, row: R, acting: Acting, error: PlatformError | TimeoutError) -> R:
        match error:
            case AlreadyDone() if row.unknown_since is not None:
                return await self._used_up(row, acting, error)
            case Later(after=after, sent=sent) if after is not None or not sent or self.errand.harmless(row) is None:
                until = None if after is None else self.clock.now() + after
                return await self._wait(row, until, problem_of(error), Entry("waiting", error.message, error.raw))
            case Reconnect() | Rejected() | Unsupported():
                entry = Entry("failed", error.message, error.raw)
                return await self.record.step(row, CallState.FAILED, entry, trouble=problem_of(error))
        return await self._unknown(row, error)

    async def _used_up(self, row: R, acting: Acting, error: AlreadyDone) -> R:
        try:
            ours = await self.errand.used_up(row, acting.access)
        except PlatformError as unread:
            return await self._unknown(row, unread)
        return await (self.record.done(row, "", error.raw) if ours else self.record.unconfirmed(row))

    async def _wait(self, row: R, until: datetime | None, trouble: dict[str, Any] | None, entry: Entry | None) -> R:
        """Nothing left, or was refused for a while: again later, until it is too late."""
        again = until or self.clock.now() + self.waits.retry_step(row.tries)
        told = entry if row.tries == 0 else None
        return await self.record.step(row, CallState.WAITING, told, again, tries=row.tries + 1, trouble=trouble)

    def _missed(self, row: R) -> Refusal:
        """Too late to be done by itself. What kept it is the reason that is told, where one is known."""
        missed = self.errand.sayings.missed
        if row.problem is None:
            return missed
        return Refusal(missed.code, read_text(row.problem["message"]), read_text(row.problem["remedy"]))

    async def _over(self, row: R, refusal: Refusal) -> R:
        """Nothing is sent any more. What was sent before, and nobody knows of, is for a person to look up."""
        return await (self.record.fail(row, refusal) if row.unknown_since is None else self.record.unconfirmed(row))

    # --- looking ------------------------------------------------------------------------------------------------

    async def _recover(self, row: R) -> R:
        """A send whose worker is gone: its lease has run out, so it is unknown (I7)."""
        return await self._unknown(row, None)

    async def _unknown(self, row: R, error: Exception | None) -> R:
        now = self.clock.now()
        words = error.message if isinstance(error, UnknownOutcome) else Text(N_("The platform gave no clear answer."))
        async with self.database.transaction() as tx:
            unknown = kept(await self.writes.mark_unknown(tx, row, now, now + self.waits.unknown_step(0)))
            await self.errand.tell(tx, unknown, Entry("unknown", words, _raw(error)))
            return unknown

    async def _look(self, row: R) -> R:
        """One look at an unknown outcome, and what follows from it."""
        found = await self._read(row)
        if found is not None and (settled := await self._settled(row, found)) is not None:
            return settled
        now = self.clock.now()
        again = now + self.waits.unknown_step(row.looks + 1)
        async with self.database.transaction() as tx:
            row = kept(await self.writes.mark_looked(tx, row, again, answered=found is not None))
        waited = now - (row.unknown_since or now)
        if found is None:
            return await self.record.unconfirmed(row) if waited > self.waits.horizon else row
        if (harmless := self.errand.harmless(row)) is not None:
            return await self._repeat(row, harmless)
        if waited < self.waits.settle or row.answers < SETTLE_READS:
            return row
        if found.doubtful or row.sends >= MAX_SENDS:
            return await self.record.unconfirmed(row)
        return await self._again(row, self.errand.sayings.not_there)

    async def _repeat(self, row: R, harmless: Harmless) -> R:
        """It had no effect, and to ask again does no harm: a few times."""
        if row.sends >= MAX_REPEATS:
            return await self.record.fail(row, harmless.not_taken)
        return await self._again(row, harmless.again)

    async def _again(self, row: R, words: Text) -> R:
        return await self.record.step(row, CallState.WAITING, Entry("soft_no", words), self.clock.now())

    async def _settled(self, row: R, found: Look) -> R | None:
        """What a look decides; None: nothing yet."""
        if found.done:
            return await self.record.done(row, found.result_ref, "found")
        return await self.record.fail(row, found.refusal) if found.refusal is not None else None

    async def _read(self, row: R) -> Look | None:
        """What is there; None when it could not be read, which proves nothing (I9)."""
        raw = "too much to read"
        try:
            found = await self._find(row, await self._acting(row))
            if found is not None:
                return found
        except (PlatformError, AccountUnavailable) as error:
            raw = _raw(error)
        if row.looks == row.answers:
            await self.record.note(row, Entry("unreadable", self.errand.sayings.unreadable, raw))
        return None

    async def _find(self, row: R, acting: Acting) -> Look | None:
        since = (row.armed_at or row.wanted_at) - self.waits.link_slack
        return await self.errand.look(row, acting.account, acting.access, since)


def _raw(error: Exception | None) -> str:
    return error.raw if isinstance(error, PlatformError) else str(error or "")
