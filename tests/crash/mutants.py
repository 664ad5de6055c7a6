"""Invariants switched off, one at a time and only here: the matrix has to turn red for each of them.

A mutant is a part handed to the house: other waits, a database that does not hold what it is told, or one part of the
worker's machine in a careless edition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from huntaze.kit.jobs import Payload, Task
from huntaze.platforms.contract import ArtefactRequest, ArtefactStatus
from huntaze.publishing import Advance, State, Timings
from huntaze.publishing.advance import ADVANCE
from huntaze.publishing.making import Making
from huntaze.publishing.model import ArtefactRow, PublicationRow
from huntaze.publishing.prepare import Preparing
from huntaze.publishing.reconcile import Reconciling
from huntaze.publishing.send import Sending
from huntaze.wiring import House

SWITCH = "CRASH_MUTANT"
P = TypeVar("P", Making, Reconciling, Sending)

MUTANTS = {
    "intent": "I2: the request leaves before the intent is stored",
    "artefact": "I3: what was made is made again, and nothing forbids two",
    "fence": "I4: takers are not counted, so whoever lost a row goes on writing",
    "settling": "what was not seen at once is sent again at once",
    "reuse": "a soft no makes a new artefact while the old one may still be published",
    "revoke": "links are not taken back before the next attempt",
}
_FROZEN = """
CREATE FUNCTION keep_{column}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.{column} := OLD.{column}; RETURN NEW; END $$;
CREATE TRIGGER keep_{column} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION keep_{column}();
"""
SQL = {
    "artefact": "DROP INDEX artefact_one_live_post",
    "fence": _FROZEN.format(column="fence", table="publication"),
    "revoke": _FROZEN.format(column="revoked_at", table="link"),
}
"""What is done to the database of a mutant."""


def mutated_timings(timings: Timings, mutant: str) -> Timings:
    """Without settling, if that is the mutant."""
    if mutant != "settling":
        return timings
    at_once = timedelta(milliseconds=20)
    return replace(timings, settle=timedelta(0), unknown_reads=(at_once,) * 5)


def mutated_tasks(house: House, tasks: Sequence[Task], mutant: str) -> list[Task]:
    """The worker's tasks, those of publishing by a machine with one careless part."""
    if mutant not in ("intent", "artefact", "reuse"):
        return list(tasks)
    h = house
    machine = Advance.build(
        h.database, h.clock, h.timings, h.platforms, h.accounts, h.library, h.mirror, h.jobs, h.checkpoints
    )
    _make_careless(machine, mutant)

    async def move_on(payload: Payload) -> None:
        await machine.run(UUID(payload["publication"]))

    return [replace(task, handle=move_on) if task.name == ADVANCE else task for task in tasks]


def _make_careless(machine: Advance, mutant: str) -> None:
    steps = machine._steps
    preparing, sending, reconciling = (
        getattr(steps[state], "__self__", None) for state in (State.PREPARING, State.PREPARED, State.UNKNOWN)
    )
    assert isinstance(preparing, Preparing)
    assert isinstance(sending, Sending)
    assert isinstance(reconciling, Reconciling)
    match mutant:
        case "intent":
            steps[State.PREPARED] = _edition(sending, WithoutIntent).run
        case "artefact":
            preparing.making = _edition(preparing.making, ForgetsWhatItMade)
        case "reuse":
            steps[State.UNKNOWN] = steps[State.RECONCILING] = _edition(reconciling, MakesAnew).look


def _edition(part: P, careless: type[P]) -> P:
    """The same part with the same collaborators, in another edition."""
    other = object.__new__(careless)
    vars(other).update(vars(part))
    return other


class WithoutIntent(Sending):
    """Sends first."""

    async def _arm(self, row: PublicationRow, artefact: ArtefactRow, request: ArtefactRequest) -> PublicationRow:
        return row

    async def _mark_sent(self, row: PublicationRow) -> PublicationRow:
        return row


class ForgetsWhatItMade(Making):
    """Begins from nothing each time."""

    async def _alive(self, row: PublicationRow) -> Sequence[ArtefactRow]:
        return ()


class MakesAnew(Reconciling):
    """Takes a soft no for a strong one."""

    async def _settled(self, row: PublicationRow, status: ArtefactStatus) -> PublicationRow:
        settled = await super()._settled(row, status)
        return (
            settled
            if settled.now_state is not State.PREPARED
            else await self._dead(settled, await self._artefact(settled), status)
        )
