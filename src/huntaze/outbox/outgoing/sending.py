"""Sending: one attempt is one POST. What fails comes again after growing pauses, for three days.

A delivery is taken under a lease and settled under the number of its attempt, so that a worker that dies in between
costs a second attempt and never the delivery. Each webhook has its own few lanes: a slow one holds up nobody else.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID

from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.crypto import SealBroken
from huntaze.kit.db import Connection, Database, storable
from huntaze.kit.http import FetchError
from huntaze.kit.ids import new_id
from huntaze.kit.jobs import LONGEST_DELAY, Jobs
from huntaze.kit.log import get_logger
from huntaze.kit.metrics import Metrics
from huntaze.outbox.outgoing import store
from huntaze.outbox.outgoing.errors import NoSuchTarget
from huntaze.outbox.outgoing.fan_out import body_of
from huntaze.outbox.outgoing.kinds import TEST
from huntaze.outbox.outgoing.model import AttemptRow, DeliveryRow, DeliveryState, Off, TargetRow
from huntaze.outbox.outgoing.posting import LONGEST, Poster
from huntaze.outbox.outgoing.signing import signed_headers
from huntaze.outbox.outgoing.store import NewDelivery
from huntaze.outbox.outgoing.targets import Targets
from huntaze.outbox.outgoing.waking import wake

log = get_logger(__name__)

LANES = 5
"""Attempts at one webhook side by side; while it fails there is one, so that a dead server is only knocked at."""
PER_LANE = 4
"""Then the job wakes itself again: a worker that is told to leave does not wait long for a dead server."""
LEASE = timedelta(seconds=LONGEST + 45)
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After the first, second, … failed attempt; then the delivery has failed."""
LONGEST_PAUSE = timedelta(hours=24)
GIVE_UP_AFTER = timedelta(days=5)
_GONE = 410
_ANSWER = 2000
"""Characters that are kept of an answer."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What an attempt brought: a status, or the code of what kept it from one."""

    status: int | None
    problem: str
    answer: str
    latency_ms: int
    retry_after: timedelta | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Sender:
    """The worker's side."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        jobs: Jobs,
        checkpoints: Checkpoints,
        metrics: Metrics,
        poster: Poster,
        targets: Targets,
    ) -> None:
        self._database = database
        self._clock = clock
        self._jobs = jobs
        self._checkpoints = checkpoints
        self._poster = poster
        self._targets = targets
        self._counted = metrics.counter("outgoing_attempts", "Attempts at webhooks by what came of them.", ("outcome",))

    async def run(self, workspace_id: UUID, target_id: UUID) -> int:
        """Send what is due to one webhook and see to the next wake-up; how many attempts were made."""
        async with asyncio.TaskGroup() as group:
            lanes = [group.create_task(self._lane(workspace_id, target_id)) for _ in range(LANES)]
        made = sum(lane.result() for lane in lanes)
        async with self._database.transaction() as tx:
            target = await store.target(tx, workspace_id, target_id)
            due = await store.next_due(tx, workspace_id, target_id)
            if target is None or target.off_at is not None or due is None:
                return made
            delay = due - self._clock.now()
            # Due and not taken by us: whoever has the lanes sees to it, and the sweep if nobody has
            if (made or delay > timedelta(0)) and delay <= LONGEST_DELAY:
                await wake(tx, self._jobs, workspace_id, target_id, max(delay, timedelta(0)))
        return made

    async def sweep(self) -> None:
        """Wake for everything that is due and that nobody has in hand."""
        async with self._database.transaction() as tx:
            for due in await store.due_targets(tx, self._clock.now()):
                await wake(tx, self._jobs, due.workspace_id, due.id)

    async def test(self, workspace_id: UUID, target_id: UUID) -> DeliveryRow:
        """One attempt with a made-up event, at once, also at a webhook that is switched off. What came of it.
        Raises ``NoSuchTarget``."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            target = await store.target(tx, workspace_id, target_id)
            if target is None:
                raise NoSuchTarget
            body = body_of(TEST, now, {"webhookId": str(target_id)})
            made = NewDelivery(new_id(now), workspace_id, target_id, None, TEST, None, body, now)
            await store.insert_deliveries(tx, [made], now)
            row = await store.claim_one(tx, workspace_id, made.id, now, now + LEASE)
        if row is None:
            raise NoSuchTarget
        return await self._attempt(target, row)

    async def _lane(self, workspace_id: UUID, target_id: UUID) -> int:
        for made in range(PER_LANE):
            claimed = await self._claim(workspace_id, target_id)
            if claimed is None:
                return made
            await self._attempt(*claimed)
        return PER_LANE

    async def _claim(self, workspace_id: UUID, target_id: UUID) -> tuple[TargetRow, DeliveryRow] | None:
        """The next one, or None: nothing is due, or the webhook's lanes are full."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            target = await store.lock_target(tx, workspace_id, target_id)
            if target is None or target.off_at is not None:
                return None
            if await store.in_flight(tx, target, now) >= (1 if target.failing_since else LANES):
                return None
            row = await store.claim(tx, target, now, now + LEASE)
        return None if row is None else (target, row)

    async def _attempt(self, target: TargetRow, row: DeliveryRow) -> DeliveryRow:
        outcome = await self._asked(target, row)
        self._checkpoints.reach("outgoing.answered")
        return await self._settle(target, row, outcome)

    async def _asked(self, target: TargetRow, row: DeliveryRow) -> _Outcome:
        """One POST, signed for this very moment."""
        began = time.monotonic()
        try:
            headers = signed_headers(self._targets.signing(target), str(row.id), self._clock.now(), row.body)
            posted = await self._poster.post(target.url, row.body, headers)
        except SealBroken as broken:
            log.error("webhook_secret_cannot_be_opened", target=str(target.id), reason=str(broken))
            return _Outcome(None, "secret", "", 0)
        except FetchError as error:
            return _Outcome(None, error.code, "", _milliseconds(began))
        answer = storable(posted.body.decode("utf-8", "replace"))[:_ANSWER]
        after = _retry_after(posted.retry_after, self._clock.now())
        return _Outcome(posted.status, "", answer, _milliseconds(began), after)

    async def _settle(self, target: TargetRow, row: DeliveryRow, outcome: _Outcome) -> DeliveryRow:
        """Write what came of it, unless somebody else has the delivery by now."""
        now = self._clock.now()
        settled = _settled(row, outcome, now)
        async with self._database.transaction() as tx:
            # The webhook first, as whoever deletes it does; else the two could wait for each other
            if await store.lock_target(tx, row.workspace_id, target.id) is None or not await store.settle(tx, settled):
                return row
            attempt = AttemptRow(
                row.id, row.attempts, row.workspace_id, row.attempted_at or now,
                outcome.status, outcome.latency_ms, outcome.answer, outcome.problem,
            )  # fmt: skip
            await store.insert_attempt(tx, attempt)
            await self._note(tx, target, row, outcome, now)
        self._counted.labels(_word(outcome)).inc()
        return settled

    async def _note(
        self, tx: Connection, target: TargetRow, row: DeliveryRow, outcome: _Outcome, now: datetime
    ) -> None:
        """How the webhook is by this; one that is gone, or has failed for days, is switched off."""
        if outcome.is_success:
            await store.note_success(tx, row.workspace_id, target.id, now)
            return
        if row.is_test:
            return
        since = await store.note_failure(tx, row.workspace_id, target.id, now)
        why = Off.GONE if outcome.status == _GONE else Off.FAILING if now - since >= GIVE_UP_AFTER else None
        if why and await store.disable_target(tx, row.workspace_id, target.id, now, why):
            log.warning("webhook_switched_off", target=str(target.id), why=why.value, failing_since=since.isoformat())


def _settled(row: DeliveryRow, outcome: _Outcome, now: datetime) -> DeliveryRow:
    """The delivery after this attempt."""
    state, next_at = DeliveryState.WAITING, now
    if outcome.is_success:
        state = DeliveryState.DELIVERED
    elif row.is_test or outcome.status == _GONE or row.tries > len(PAUSES):
        state = DeliveryState.FAILED
    else:
        next_at = now + pause(row.id, row.tries, outcome.retry_after)
    return replace(
        row,
        state=state.value,
        next_at=next_at,
        lease_until=None,
        status=outcome.status,
        latency_ms=outcome.latency_ms,
        answer=outcome.answer,
        problem=outcome.problem,
        ended_at=None if state is DeliveryState.WAITING else now,
    )


def pause(delivery_id: UUID, tries: int, retry_after: timedelta | None = None) -> timedelta:
    """How long to wait after the ``tries``-th failed attempt (from 1): the plan, up to a tenth more so that deliveries
    that failed together do not come together, and never less than the receiver asked for, up to a day."""
    planned = PAUSES[min(tries, len(PAUSES)) - 1]
    spread = planned * ((delivery_id.int + tries * 0x9E37) % 1000 / 10_000)
    return max(planned + spread, min(retry_after or timedelta(0), LONGEST_PAUSE))


def _retry_after(text: str | None, now: datetime) -> timedelta | None:
    """Seconds or a date (RFC 9110 §10.2.3); None for anything else and for what has passed."""
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**8))
    try:
        at = parsedate_to_datetime(text)
        moment = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return max(moment - now, timedelta(0))


def _word(outcome: _Outcome) -> str:
    """A label of a small fixed set."""
    if outcome.is_success:
        return "delivered"
    if outcome.status is not None:
        return "gone" if outcome.status == _GONE else f"answered_{outcome.status // 100}xx"
    return "timed_out" if outcome.problem == "too_slow" else "unreachable"


def _milliseconds(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
