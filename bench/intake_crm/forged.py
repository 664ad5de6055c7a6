"""Whether the door is shut: forged deliveries at a served house, and any delivery at one without secrets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx2

from bench.figure import Figure, Ground, Measured
from huntaze.kit.crypto import new_key
from huntaze.kit.db import connect
from huntaze.kit.json_value import JsonValue
from huntaze.kit.migrate import upgrade
from huntaze.kit.postgres import EmbeddedPostgres
from socialsim.testing import SimulatorHandle, simulator
from tests.support.rooms import environ_of, rooms, served
from tests.webhooks.forgeries import Knock, environ_of_apps, forgeries, rightful

LEAST = 40
"""Forgeries, of both platforms together."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Who knocked, what they were told, and how much was stored afterwards."""

    knocks: Sequence[Knock]
    answers: Sequence[tuple[int, bytes]]
    stored: int

    def other_than(self, status: int) -> list[str]:
        """Knocks that got another answer than this status with nothing else."""
        return [
            f"{knock.platform}: {knock.name}"
            for knock, answer in zip(self.knocks, self.answers, strict=True)
            if answer != (status, b"")
        ]


@dataclass(frozen=True, slots=True)
class Doors:
    """What three rounds of knocks met."""

    forged: Answered
    rightful: Answered
    without_secret: Answered


def measure(ground: Ground) -> Doors:
    """All of them, on one database."""
    home = ground.scratch / "forged"
    home.mkdir()
    with simulator(ground.seed) as sim, EmbeddedPostgres(home) as dsn:
        asyncio.run(upgrade(dsn))
        return asyncio.run(_knock(sim, dsn, environ_of(dsn, home, "http://127.0.0.1:1", new_key(), sim)))


async def _knock(sim: SimulatorHandle, dsn: str, environ: dict[str, str]) -> Doors:
    secrets = environ_of_apps(sim)
    unset = {name: value for name, value in environ.items() if not name.startswith("FACEBOOK_APP")}
    now = int(sim.now())
    shut = await _house(sim, dsn, unset, [*rightful(sim, now), *forgeries(sim, now)])
    forged = await _house(sim, dsn, environ | secrets, forgeries(sim, now))
    return Doors(forged, await _house(sim, dsn, environ | secrets, rightful(sim, now)), shut)


async def _house(sim: SimulatorHandle, dsn: str, environ: dict[str, str], knocks: Sequence[Knock]) -> Answered:
    """One served house with these settings, and everybody's answer."""
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(rooms(environ, sim))
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        url = await stack.enter_async_context(served(here.house, listening))
        client = await stack.enter_async_context(httpx2.AsyncClient(base_url=url, trust_env=False, timeout=20))
        answers = [await knock.at(client) for knock in knocks]
    return Answered(knocks, [(answer.status_code, answer.content) for answer in answers], await _stored(dsn))


async def _stored(dsn: str) -> int:
    connection = await connect(dsn)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM intake_event"))
    finally:
        await connection.close()


def forged_accepted(ground: Ground) -> Measured:
    """Forgeries answered with anything but an empty 401. Unmet when one was stored, when there are too few, or when a
    rightful delivery stayed out: a door that nobody opens shuts out everybody."""
    doors = ground.once(measure)
    through, kept_out = doors.forged.other_than(401), doors.rightful.other_than(200)
    shut = not doors.forged.stored and not kept_out and len(doors.forged.knocks) >= LEAST
    detail: dict[str, JsonValue] = {"accepted": through, "stored": doors.forged.stored, "rightful_refused": kept_out}
    return Measured(len(through), n=len(doors.forged.knocks), detail=detail, ok=shut)


def no_secret_accepted(ground: Ground) -> Measured:
    """Deliveries, rightful ones among them, that a house without secrets answered with anything but an empty 503."""
    shut = ground.once(measure).without_secret
    through = shut.other_than(503)
    detail: dict[str, JsonValue] = {"accepted": through, "stored": shut.stored}
    return Measured(len(through), n=len(shut.knocks), detail=detail, ok=not shut.stored)


FIGURES = (
    Figure("forged_accepted", forged_accepted, target=0, op="=="),
    Figure("no_secret_accepted", no_secret_accepted, target=0, op="=="),
)
