"""A hundred thousand events, each three times and shuffled, in bursts, while web, worker and PostgreSQL die in turn.

The sender does what the platform does: what was not answered with 2xx is sent again. The truth is in the simulator.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from bench.figure import Figure, Ground, Measured
from bench.intake_crm.machine import PATH, Machine, Platform, connected, machine, platform, until
from bench.intake_crm.postal import deliveries
from huntaze.kit.json_value import JsonValue
from socialsim.fire import Shot, fire
from socialsim.meta.model import Comment

ACCOUNTS = 50
EVENTS = 100_000
COPIES = 3
MOST = 40
"""Events in one request, at most."""
BURST = 600
"""Requests."""
CONNECTIONS = 32
PAUSE = 0.5
"""Seconds between two bursts."""
VICTIMS = ("web", "worker", "postgres")
BETWEEN_KILLS = 3.0
BEFORE_DOWN, DOWN = 0.5, 3.0
"""Seconds of a burst before the database goes, once, and for which it stays away after the burst."""
SENT_WITHIN, DRAINED_WITHIN = 400.0, 300.0


@dataclass(slots=True)
class Chaos:
    """What became of it."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    acknowledged: set[str] = field(default_factory=set)
    kills: Counter[str] = field(default_factory=Counter)
    lost_while_down: int = 0
    acknowledged_around: int = 0
    refused_while_down: int = 0
    lost: int = 0
    twice: int = 0
    told: int = 0
    differs: int = 0
    seconds: float = 0.0


def measure(ground: Ground) -> Chaos:
    """The whole story on one installation. Who sends does so in a thread of its own: PostgreSQL dies with the thread
    that started it, so the main one does all the killing and starting."""
    found, dice = Chaos(), random.Random(ground.seed)
    with platform(ground.seed) as here, machine(ground, "chaos", here) as house, ThreadPoolExecutor(1) as sender:
        accounts = connected(house, here, ACCOUNTS)
        comments = here.comment(accounts, EVENTS)
        first, rest = comments[: EVENTS // 20], comments[EVENTS // 20 :]
        shots = deliveries(house.url + PATH, here, rest, dice, copies=COPIES, most=MOST)
        house.start("web", "worker")
        began = time.monotonic()
        _while_the_database_is_away(house, deliveries(house.url + PATH, here, first, dice), sender, found)
        _kill_until(sender.submit(_send, house, shots, found), house, found)
        until(lambda: _tended(house).pending() == 0, DRAINED_WITHIN, "everything is worked on")
        found.seconds = time.monotonic() - began
        compare(house, here, comments, found)
    return found


def _while_the_database_is_away(
    house: Machine, shots: Sequence[Shot], sender: ThreadPoolExecutor, found: Chaos
) -> None:
    """The database dies in the middle of a burst. What was acknowledged before, and all the same meanwhile, has to be
    there afterwards; the rest comes again."""
    sending = sender.submit(fire, house.url + PATH, shots, CONNECTIONS)
    time.sleep(BEFORE_DOWN)
    house.kill("postgres")
    found.kills["postgres"] += 1
    ledger = sending.result()
    time.sleep(DOWN)
    house.tend()
    _note(found, shots, ledger.statuses, ledger.acknowledged)
    stored = {str(row["id"]) for row in house.rows(_STORED)}
    found.acknowledged_around = len(ledger.acknowledged)
    found.refused_while_down = ledger.statuses[503]
    found.lost_while_down = len(set(ledger.acknowledged) - stored)
    _send(house, [shot for shot in shots if not set(shot.events) <= found.acknowledged], found)


def _send(house: Machine, shots: Sequence[Shot], found: Chaos) -> None:
    """Burst by burst; what is not acknowledged comes again at the end. Raises TimeoutError."""
    waiting, end = list(shots), time.monotonic() + SENT_WITHIN
    while waiting:
        if time.monotonic() > end:
            raise TimeoutError(f"not within {SENT_WITHIN:.0f} s: all but {len(waiting)} requests are taken")
        burst, waiting = waiting[:BURST], waiting[BURST:]
        ledger = fire(house.url + PATH, burst, CONNECTIONS)
        _note(found, burst, ledger.statuses, ledger.acknowledged)
        taken = set(ledger.acknowledged)
        waiting += [shot for shot in burst if not set(shot.events) <= taken]
        time.sleep(PAUSE)


def _note(found: Chaos, shots: Sequence[Shot], statuses: Counter[int], acknowledged: Sequence[str]) -> None:
    found.sent += sum(len(shot.events) for shot in shots)
    found.statuses += statuses
    found.acknowledged.update(acknowledged)


def _kill_until(sending: Future[None], house: Machine, found: Chaos) -> None:
    """One after the other dies and is started again, until everything is sent."""
    turn = 0
    while not wait([sending], timeout=BETWEEN_KILLS).done:
        victim = VICTIMS[turn % len(VICTIMS)]
        house.kill(victim)
        found.kills[victim] += 1
        house.tend()
        turn += 1
    sending.result()


def _tended(house: Machine) -> Machine:
    house.tend()
    return house


def compare(house: Machine, here: Platform, comments: Sequence[Comment], found: Chaos) -> None:
    """The mirror against the platform's world; what was told, against once."""
    truth = {one.id: (here.account_of(one), one.media_id, one.author_id, one.username, one.text) for one in comments}
    mirror = {
        str(row["comment_ref"]): (
            row["account_ref"], row["media_ref"], row["person_ref"], row["username"], row["text"],
        )
        for row in house.rows(_MIRROR)
    }  # fmt: skip
    found.lost = len(found.acknowledged - set(mirror))
    found.differs = sum(truth.get(ref) != mirror.get(ref) for ref in truth.keys() | mirror.keys())
    found.told, found.twice = (int(house.rows(_TOLD)[0][name]) for name in ("told", "twice"))


_STORED = "SELECT convert_from(payload, 'UTF8')::jsonb ->> 'id' AS id FROM intake_event"
_MIRROR = """
SELECT account_ref, comment_ref, media_ref, person_ref, comment.username, text
FROM comment JOIN account ON account.id = comment.account_id
"""
_TOLD = """
SELECT count(*) AS told, count(*) FILTER (WHERE times > 1) AS twice FROM (
    SELECT count(*) AS times FROM domain_event WHERE topic = 'comment.received' GROUP BY account_id, ref) AS one
"""


def lost(ground: Ground) -> Measured:
    """Events that were acknowledged and are not in the mirror."""
    found = ground.once(measure)
    kills: dict[str, JsonValue] = {name: found.kills[name] for name in VICTIMS}
    ok = all(kills.values()) and found.statuses[200] > 0
    detail: dict[str, JsonValue] = {
        "events": EVENTS,
        "sent": found.sent,
        "statuses": {str(status): count for status, count in sorted(found.statuses.items())},
        "kills": kills,
        "seconds": round(found.seconds, 1),
    }
    return Measured(found.lost, n=len(found.acknowledged), seed=ground.seed, detail=detail, ok=ok)


def lost_while_down(ground: Ground) -> Measured:
    """Events that were acknowledged in a burst in which the database died, and are not stored."""
    found = ground.once(measure)
    detail: dict[str, JsonValue] = {"refused": found.refused_while_down}
    return Measured(
        found.lost_while_down, n=found.acknowledged_around, detail=detail, ok=found.refused_while_down > 0
    )  # fmt: skip


def twice(ground: Ground) -> Measured:
    """Comments that were told more than once, although each came three times and more. Unmet too when one was not
    told at all."""
    found = ground.once(measure)
    return Measured(found.twice, n=found.sent, detail={"told": found.told}, ok=found.told == EVENTS)


def differs(ground: Ground) -> Measured:
    """Comments of the mirror that are not as the platform has them, are missing, or are too many."""
    return Measured(ground.once(measure).differs, n=EVENTS)


FIGURES = (
    Figure("chaos_lost", lost, target=0, op="=="),
    Figure("chaos_twice", twice, target=0, op="=="),
    Figure("chaos_mirror_differs", differs, target=0, op="=="),
    Figure("database_down_lost", lost_while_down, target=0, op="=="),
)
