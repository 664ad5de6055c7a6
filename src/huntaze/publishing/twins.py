"""The twin that a worker makes: nobody is there to be refused, so it waits and asks."""

from __future__ import annotations

from uuid import UUID

from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection
from huntaze.kit.text import N_, Text
from huntaze.once import Entry, kept, problem
from huntaze.publishing import store
from huntaze.publishing.model import HeldReason
from huntaze.publishing.record import tell_publication, write_evidence
from huntaze.publishing.states import State

TWIN = (
    Text(N_("The same post was planned by hand on this account within a day of this time.")),
    Text(N_("Publish it all the same, choose another time, or cancel it.")),
)


async def hold_twin(tx: Connection, clock: Clock, workspace_id: UUID, post_id: UUID, publication_id: UUID) -> None:
    """Hold a publication that was just made, in the transaction that makes it."""
    rows = await store.publications(tx, workspace_id, [post_id])
    (row,) = (one for one in rows if one.id == publication_id)
    reason = HeldReason.DUPLICATE.value
    held = kept(await store.step(tx, row, State.HELD, None, 0, problem(reason, *TWIN), reason, None))
    await write_evidence(tx, clock, workspace_id, held.id, held.attempt, Entry("held", TWIN[0]))
    await tell_publication(tx, clock, workspace_id, post_id, held.account_id, held.id, held.state)
