"""A webhook with a past, for pages and routes that only look at it: nothing of it is due, nothing is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.http import GuardedFetcher
from huntaze.kit.ids import new_id
from huntaze.kit.jobs import Jobs
from huntaze.kit.metrics import Metrics
from huntaze.outbox.outgoing import Outgoing, Poster, TargetDraft
from huntaze.wiring import House
from tests.kit.loopback import Names

_SENT = (
    # kind, state, attempts, status, latency, answer, problem
    ("post.published", "delivered", 1, 200, 84, '{"ok":true}', ""),
    ("post.failed", "delivered", 3, 204, 131, "", ""),
    ("account.reconnect_needed", "failed", 10, None, 15000, "", "too_slow"),
    ("post.removed", "waiting", 2, 503, 212, "<h1>Service Unavailable</h1>", ""),
)


@dataclass(frozen=True)
class Planted:
    """What was made."""

    webhook_id: UUID
    delivery_id: UUID


async def planted(house: House, workspace_id: UUID, name: str = "Shop") -> Planted:
    """A webhook that wants rare events, with one delivery of every fate; the id of the one that waits."""
    target = await _outgoing(house).targets.create(
        workspace_id,
        TargetDraft(name, "https://hooks.example.com/huntaze", frozenset({"post.removed", "account.disconnected"})),
    )
    row, now = target[0], house.clock.now()
    for kind, state, attempts, status, latency, answer, problem in _SENT:
        delivery_id, ended = new_id(now), None if state == "waiting" else now
        body = f'{{"type":"{kind}","timestamp":"2026-08-02T09:20:00.000Z","data":{{"postId":"{delivery_id}"}}}}'
        async with house.database.transaction() as tx:
            await tx.execute(
                "INSERT INTO delivery (id, workspace_id, target_id, type, body, state, attempts, tries, next_at,"
                " status, latency_ms, answer, problem, event_at, created_at, attempted_at, ended_at)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11, $12, $13, $13, $13, $14)",
                delivery_id, workspace_id, row.id, kind, body.encode(), state, attempts, now + timedelta(hours=5),
                status, latency, answer, problem, now, ended,
            )  # fmt: skip
            await tx.execute(
                "INSERT INTO delivery_attempt (delivery_id, number, workspace_id, at, status, latency_ms, answer,"
                " problem) VALUES ($1, 1, $2, $3, $4, $5, $6, $7)",
                delivery_id, workspace_id, now, status, latency, answer, problem,
            )  # fmt: skip
    return Planted(row.id, delivery_id)


def _outgoing(house: House) -> Outgoing:
    """Webhooks of the house, for which the names of the pictures are known."""
    known = Names({"hooks.example.com": [["93.184.216.34"]]})
    return Outgoing.build(
        house.database,
        house.clock,
        house.ring,
        Jobs(),
        Checkpoints(None),
        Metrics(),
        Poster(GuardedFetcher(resolve=known)),
    )
