"""A thousand posts due in one second on two hundred accounts, with nothing else planned and with a million posts more.

Two whole demos with the designed waits stand side by side, one of them with the million; they are asked in turn.
Lateness is the simulator's ledger minus the due time.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from bench.demo import Demo
from bench.figure import Figure, Ground, Measured
from bench.publish_once.floor import Floor, until
from bench.publish_once.future import POSTS, fill
from bench.publish_once.rush import Rush, p99
from huntaze.kit.json_value import JsonValue

ACCOUNTS, EACH = 200, 5
READY = 0.2
"""Seconds that a container takes."""
ROUNDS = 6
"""For each of the two: on a shared machine one round takes twice as long as another."""
AHEAD = 45.0
"""Seconds from the first request to the due time."""
LONGEST = 120.0
"""Seconds after the due time until the bench gives up."""
SETTLED_WITHIN = 90.0
"""Seconds until every post that is out has its address, before anything else is asked."""

READ_WITHIN = 600.0
"""Seconds until all new accounts are read: the last of their figures are due five minutes after they were connected."""

_UNREAD = """
SELECT (SELECT count(*) FROM pgqueuer
        WHERE status = 'picked' OR (status = 'queued' AND execute_after <= now()))
     + (SELECT count(*) FROM insights_round WHERE finished_at IS NULL AND next_at IS NOT NULL) AS count
"""
_PREPARED = "SELECT count(*) AS count FROM publication WHERE due_at = $1 AND state = 'PREPARED'"
_UNLINKED = "SELECT count(*) AS count FROM publication WHERE state = 'PUBLISHED' AND permalink IS NULL"


@dataclass(frozen=True, slots=True)
class Rushes:
    """What came out of both, round by round."""

    plain: Sequence[Rush]
    million: Sequence[Rush]
    prepared: Sequence[int]
    """How many of each round were ready at the platform a second before their time, in the order of the rounds."""
    fill_s: float

    def rounds(self, million: bool) -> Sequence[Rush]:
        """Those of the house with the million, or of the other."""
        return self.million if million else self.plain


def rushes(ground: Ground) -> Rushes:
    """Every round; the demos are ended."""
    with (
        Demo.start(ground.scratch / "schedule", python=ground.python) as plain_demo,
        Demo.start(ground.scratch / "schedule-million", python=ground.python) as million_demo,
    ):
        plain, million = Floor.of(plain_demo, ACCOUNTS), Floor.of(million_demo, ACCOUNTS)
        fill_s = asyncio.run(fill(million))
        for floor in (plain, million):
            until(partial(_read, floor), READ_WITHIN, "what connecting the accounts began is read")
        found: dict[bool, list[Rush]] = {False: [], True: []}
        prepared: list[int] = []
        for number in range(ROUNDS):
            # A B, B A: what grows or fades with time falls on both
            for with_million in (False, True) if number % 2 == 0 else (True, False):
                rush, in_time = _rush(million if with_million else plain, f"round {number}")
                found[with_million].append(rush)
                prepared.append(in_time)
    return Rushes(found[False], found[True], prepared, fill_s)


def _read(floor: Floor) -> bool:
    """Whether nothing is in hand and every kind of figures was read once: what connecting two hundred accounts brings
    about keeps both houses of this machine busy for minutes, and these figures are of posts."""
    return bool(floor.rows(_UNREAD)[0]["count"] == 0)


def _rush(floor: Floor, name: str) -> tuple[Rush, int]:
    """All posts of one account are asked for before those of the next: fairness is not a gift of the order."""
    floor.control.ready_after({"IMAGE": READY}, spread=0.0)
    accounts = [account for account in floor.accounts for _ in range(EACH)]
    captions = [f"{name}, {number}" for number in range(len(accounts))]
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=AHEAD)
    floor.ask(captions, accounts, due)
    time.sleep(max(0.0, due.timestamp() - 1 - time.time()))
    prepared = int(floor.rows(_PREPARED, due)[0]["count"])
    until(lambda: time.time() > due.timestamp() and len(floor.public(captions)) >= len(captions), LONGEST, "all out")
    until(lambda: floor.rows(_UNLINKED)[0]["count"] == 0, SETTLED_WITHIN, "every link is known")
    return Rush.of(floor.public(captions), due.timestamp()), prepared


def first_of_each_account_p99_s(ground: Ground, *, million: bool = False) -> Measured:
    """The first post of each account, over all rounds without the million, or with it."""
    done = ground.once(rushes)
    rounds = done.rounds(million)
    spread = sorted(late for rush in rounds for late in rush.firsts)
    detail: dict[str, JsonValue] = {
        "p50": round(statistics.median(spread), 3),
        "worst": round(spread[-1], 3),
        "prepared_in_time": [*done.prepared],
        **_told(rounds),
    }
    return Measured(
        p99(spread), runs=[p99(rush.firsts) for rush in rounds], n=len(spread), detail=detail, ok=_whole(rounds)
    )


def all_out_s(ground: Ground, *, million: bool = False) -> Measured:
    """The last post of all, in the worst round without the million, or with it."""
    rounds = ground.once(rushes).rounds(million)
    runs = [rush.all_out for rush in rounds]
    sent = sum(rush.sent for rush in rounds)
    return Measured(max(runs), runs=runs, n=sent, detail=_told(rounds), ok=_whole(rounds))


def million_future_ratio(ground: Ground) -> Measured:
    """The time until all are out, with the million over without: medians of rounds in turn."""
    done = ground.once(rushes)
    without, others = [rush.all_out for rush in done.plain], [rush.all_out for rush in done.million]
    plain = statistics.median(without)
    detail: dict[str, JsonValue] = {
        "without_s": [round(one, 2) for one in without],
        "with_s": [round(one, 2) for one in others],
        "future": POSTS,
        "fill_s": round(done.fill_s, 1),
    }
    whole = _whole(done.plain) and _whole(done.million)
    return Measured(statistics.median(others) / plain, n=2 * ROUNDS, baseline=plain, detail=detail, ok=whole)


def out_of_order(ground: Ground) -> Measured:
    """Posts that went before another account had had its turn in the round before, the worst round."""
    done = ground.once(rushes)
    runs = [float(rush.out_of_order) for rush in (*done.plain, *done.million)]
    return Measured(max(runs), runs=runs, n=ACCOUNTS * EACH)


def _told(rounds: Sequence[Rush]) -> dict[str, JsonValue]:
    return {"rounds": [rush.told() for rush in rounds]}


def _whole(rounds: Sequence[Rush]) -> bool:
    """Every post once, none before its time."""
    return all(rush.sent == ACCOUNTS * EACH and rush.earliest >= 0 for rush in rounds)


FIGURES = (
    Figure("first_of_each_account_p99_s", first_of_each_account_p99_s, target=5),
    Figure("all_out_s", all_out_s, target=30),
    Figure("million_first_of_each_account_p99_s", partial(first_of_each_account_p99_s, million=True), target=5),
    Figure("million_all_out_s", partial(all_out_s, million=True), target=30),
    Figure("million_future_ratio", million_future_ratio, target=1.2),
    Figure("out_of_order", out_of_order),
)
