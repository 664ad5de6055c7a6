"""A hundred thousand comments of fifty accounts wait, a worker begins: how long until the mirror is as the platform."""

from __future__ import annotations

import random
import time

from bench.figure import Figure, Ground, Measured
from bench.intake_crm.chaos import ACCOUNTS, EVENTS, Chaos, compare
from bench.intake_crm.machine import PATH, connected, machine, platform, until
from bench.intake_crm.postal import deliveries
from socialsim.fire import fire

_WITHIN = 600.0


def drain_s(ground: Ground) -> Measured:
    """From the start of the worker's process until nothing waits; unmet too when the mirror differs."""
    with platform(ground.seed) as here, machine(ground, "drained", here) as house:
        accounts = connected(house, here, ACCOUNTS)
        comments = here.comment(accounts, EVENTS)
        house.start("web")
        shots = deliveries(house.url + PATH, here, comments, random.Random(ground.seed), most=100)
        ledger = fire(house.url + PATH, shots, 16)
        if len(ledger.acknowledged) != EVENTS:
            raise RuntimeError(f"{len(ledger.acknowledged)} of {EVENTS} were taken: {dict(ledger.statuses)}")
        began = time.monotonic()
        house.start("worker")
        until(lambda: house.pending() == 0, _WITHIN, "everything is worked on")
        seconds = time.monotonic() - began
        found = Chaos(acknowledged=set(ledger.acknowledged))
        compare(house, here, comments, found)
    detail = {"per_second": round(EVENTS / seconds), "differs": found.differs, "twice": found.twice}
    return Measured(round(seconds, 1), n=EVENTS, detail=detail, ok=not (found.lost or found.differs or found.twice))


FIGURES = (Figure("drain_100000_s", drain_s, target=60),)
