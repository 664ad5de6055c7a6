"""Which post of the account is ours, said by a person: the link decides *which*, never *whether*.

Several posts of the account look like one that is published. It stays published whatever is answered (I6): the chosen
post is bound, and what is declined is never bound by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from huntaze.identity import Actor
from huntaze.kit.db import UniqueViolation
from huntaze.kit.text import N_, Text
from huntaze.once import Entry
from huntaze.publishing import store
from huntaze.publishing.advance import wake
from huntaze.publishing.errors import Conflict, TooLate
from huntaze.publishing.link import DECLINED
from huntaze.publishing.model import PublicationRow, Seen
from huntaze.publishing.record import tell_publication, write_evidence
from huntaze.publishing.service import Publishing


async def choose(publishing: Publishing, actor: Actor, row: PublicationRow, seen: Seen) -> None:
    """«It is this one»: bound, and kept as evidence; its address is asked for at once.

    Raises ``TooLate`` when the question is answered already, ``Conflict`` for a post that is bound elsewhere.
    """
    words = Text(N_("%(who)s looked at the account: it is this post."), {"who": actor.name})
    entry = Entry("confirmed", words, f"{seen.media_ref} {seen.permalink}".strip())
    await _answer(publishing, row, entry, seen.media_ref, timedelta(0))


async def decline(publishing: Publishing, actor: Actor, row: PublicationRow, seen: Sequence[str]) -> None:
    """«None of these»: it stays published, and another one is looked for. Raises ``TooLate``."""
    words = Text(N_("%(who)s looked at the account: it is none of these."), {"who": actor.name})
    entry = Entry(DECLINED, words, " ".join(seen))
    await _answer(publishing, row, entry, None, publishing.timings.link_step(row.link_reads))


async def _answer(
    publishing: Publishing, row: PublicationRow, entry: Entry, media_ref: str | None, look_in: timedelta
) -> None:
    clock = publishing.clock
    async with publishing.database.transaction() as tx:
        await store.lock_post(tx, row.workspace_id, row.post_id)
        rows = await store.publications(tx, row.workspace_id, [row.post_id])
        if not any(one.id == row.id and one.asks_which for one in rows):
            raise TooLate
        try:
            await store.set_link(tx, row, media_ref, None, clock.now() + look_in)
        except UniqueViolation:
            raise Conflict from None
        await write_evidence(tx, clock, row.workspace_id, row.id, row.attempt, entry)
        await tell_publication(tx, clock, row.workspace_id, row.post_id, row.account_id, row.id, row.state)
        await wake(tx, publishing.jobs, row.id, look_in)
