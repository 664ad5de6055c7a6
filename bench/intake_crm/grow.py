"""What an event costs when a million are stored already, beside ten thousand: taken in, and worked on."""

from __future__ import annotations

import asyncio
import hashlib
import random
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bench.figure import Figure, Ground, Measured
from bench.intake_crm.machine import PATH, Machine, Platform, connected, machine, platform
from bench.intake_crm.postal import deliveries
from huntaze.kit.db import connect
from huntaze.kit.ids import new_id
from huntaze.kit.json_value import JsonValue
from socialsim.fire import fire
from tests.support.rooms import rooms

STORED: Mapping[str, int] = {"few": 10_000, "many": 1_000_000}
ROUNDS = 10
EVENTS = 4_000
"""In one round."""
CONNECTIONS = 64
ACCOUNTS = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one round."""

    taken: float
    worked: float

    @property
    def whole(self) -> float:
        """Of both together."""
        return self.taken + self.worked


def measure(ground: Ground) -> dict[str, list[Cost]]:
    """Round by round on two installations of one simulator, in turn and in turn about: what else the machine does falls
    on both."""
    with platform(ground.seed) as here, ExitStack() as houses:
        accounts, ready = {}, {}
        for name, stored in STORED.items():
            ready[name] = houses.enter_context(machine(ground, name, here))
            accounts[name] = connected(ready[name], here, ACCOUNTS)
            asyncio.run(_load(ready[name], accounts[name], stored))
            ready[name].start("web")
        costs: dict[str, list[Cost]] = {name: [] for name in STORED}
        for number in range(ROUNDS + 1):
            for name in sorted(STORED, reverse=bool(number % 2)):
                costs[name].append(_round(ready[name], here, accounts[name]))
        return {name: rounds[1:] for name, rounds in costs.items()}  # the first warms


def _round(house: Machine, here: Platform, accounts: Sequence[str]) -> Cost:
    comments = here.comment(accounts, EVENTS)
    shots = deliveries(house.url + PATH, here, comments, random.Random(1))
    began = time.perf_counter()
    ledger = fire(house.url + PATH, shots, CONNECTIONS)
    taken = time.perf_counter() - began
    if len(ledger.acknowledged) != EVENTS:
        raise RuntimeError(f"{len(ledger.acknowledged)} of {EVENTS} were taken: {dict(ledger.statuses)}")
    return Cost(taken, asyncio.run(_worked(house, here)))


async def _worked(house: Machine, here: Platform) -> float:
    """Seconds until nothing waits."""
    async with rooms(house.environ, here.handle) as inside:
        began = time.perf_counter()
        await inside.run("webhooks.drain")
        return time.perf_counter() - began


async def _load(house: Machine, accounts: Sequence[str], count: int) -> None:
    """So many events that were worked on, and the comments that came of them."""
    connection = await connect(house.dsn)
    try:
        rows = await connection.fetch("SELECT account_ref, id, workspace_id FROM account")
        known = {str(row["account_ref"]): (UUID(str(row["id"])), UUID(str(row["workspace_id"]))) for row in rows}
        await connection.copy_records_to_table(
            "intake_event", records=_events(accounts, count),
            columns=["platform", "account_ref", "kind", "identity", "partition", "payload", "state", "received_at",
                     "done_at"],
        )  # fmt: skip
        await connection.copy_records_to_table(
            "comment", records=_comments([known[ref] for ref in accounts], count),
            columns=["id", "workspace_id", "account_id", "comment_ref", "media_ref", "person_ref", "username", "text",
                     "source", "created_at", "received_at"],
        )  # fmt: skip
        # A million that came one by one were swept and written down long ago
        await connection.execute("VACUUM (FREEZE, ANALYZE) intake_event, comment")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def _events(accounts: Sequence[str], count: int) -> Iterator[tuple[object, ...]]:
    began = datetime.now(UTC) - timedelta(days=3)
    payload = b'{"id":"%d","text":"beau","from":{"id":"9988","username":"lea"},"media":{"id":"1789"}}'
    for number in range(count):
        account, at = accounts[number % len(accounts)], began + timedelta(seconds=number / 10)
        identity = hashlib.sha256(b"old-%d" % number).digest()
        body = payload % number
        yield "instagram", account, "comments", identity, f"{account}/media/{number % 97}", body, "done", at, at


def _comments(accounts: Sequence[tuple[UUID, UUID]], count: int) -> Iterator[tuple[object, ...]]:
    began = datetime.now(UTC) - timedelta(days=3)
    for number in range(count):
        (account, workspace), at = accounts[number % len(accounts)], began + timedelta(seconds=number / 10)
        media, person = f"1789{number % 97}", f"99{number % 9973}"
        yield new_id(at), workspace, account, f"old-{number}", media, person, "lea", "beau", "push", at, at


def growth(ground: Ground) -> Measured:
    """Cost of an event with many stored over its cost with few: the median of the rounds' ratios."""
    costs = ground.once(measure)
    pairs = list(zip(costs["many"], costs["few"], strict=True))
    ratios = [many.whole / few.whole for many, few in pairs]
    detail: dict[str, JsonValue] = {
        "stored": list(STORED.values()),
        "taken_ratio": round(statistics.median(many.taken / few.taken for many, few in pairs), 3),
        "worked_ratio": round(statistics.median(many.worked / few.worked for many, few in pairs), 3),
        "microseconds": round(statistics.median(many.whole for many, _ in pairs) / EVENTS * 1e6),
    }
    return Measured(
        round(statistics.median(ratios), 3), runs=[round(one, 3) for one in ratios], n=EVENTS * ROUNDS, detail=detail
    )


FIGURES = (Figure("event_cost_growth", growth, target=1.2),)
