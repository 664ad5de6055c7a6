"""A definite yes, from whoever brings it: the sender, a look at the platform, or a list that shows the post."""

from __future__ import annotations

from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, UniqueViolation, savepoint
from huntaze.kit.log import get_logger
from huntaze.kit.text import N_, Text
from huntaze.library import Library
from huntaze.once import Entry, kept
from huntaze.publishing import first_comments, store
from huntaze.publishing.errors import Conflict
from huntaze.publishing.model import ArtefactEnd, ArtefactRow, PublicationRow, Seen, link_owner
from huntaze.publishing.record import Record, write_evidence
from huntaze.publishing.states import State

log = get_logger(__name__)

_GIVEN_UP = (State.FAILED, State.UNCONFIRMED)


class Outcome:
    """PUBLISHED is final, under whichever fence it is written (I6)."""

    def __init__(self, record: Record, library: Library) -> None:
        self.record = record
        self.library = library

    async def published(
        self, row: PublicationRow, artefact: ArtefactRow | None, media_ref: str, raw: str
    ) -> PublicationRow:
        """It is out. Raises ``LeaseLost`` when that was known already."""
        now = self.record.clock.now()
        async with self.record.database.transaction() as tx:
            before = await store.state_now(tx, row)
            done = kept(await self._mark(tx, row, media_ref))
            await first_comments.begin(tx, row.id, now)
            await store.end_last_attempt(tx, row, now, "published")
            if artefact is not None:
                await store.end_artefact(tx, artefact.id, ArtefactEnd.PUBLISHED.value, now, raw)
            await self.library.revoke_links(tx, row.workspace_id, link_owner(row))
            words = Text(N_("The platform confirms: it is published."))
            if before in _GIVEN_UP:
                log.warning("published_after_all", publication=str(row.id), before=before.value)
                words = Text(N_("It is published after all: the platform's answer came late."))
            await self.record.tell(tx, done, Entry("published", words, raw))
            return done

    async def _mark(self, tx: Connection, row: PublicationRow, media_ref: str) -> PublicationRow | None:
        """Published, with its id unless that is bound to another post: then which one it is stays to be found."""
        now = self.record.clock.now()
        try:
            async with savepoint(tx):
                return await store.mark_published(tx, row, now, media_ref or None)
        except UniqueViolation:
            return await store.mark_published(tx, row, now, None)


async def confirm(
    tx: Connection, clock: Clock, library: Library, row: PublicationRow, who: str, seen: Seen | None
) -> None:
    """A person found the post on the account, as ``seen`` if they point at it: it is out, and its links die.

    Raises ``Conflict`` when what they point at belongs to another post.
    """
    now = clock.now()
    words, raw = Text(N_("%(who)s looked at the account: it is there."), {"who": who}), ""
    if seen is not None:
        words = Text(N_("%(who)s looked at the account: it is this post."), {"who": who})
        raw = f"{seen.media_ref} {seen.permalink}".strip()
    try:
        await store.mark_published(tx, row, now, seen.media_ref if seen else None, seen.published_at if seen else None)
    except UniqueViolation:
        raise Conflict from None
    await first_comments.begin(tx, row.id, now)
    await store.end_last_attempt(tx, row, now, "published")
    await library.revoke_links(tx, row.workspace_id, link_owner(row))
    await write_evidence(tx, clock, row.workspace_id, row.id, row.attempt, Entry("confirmed", words, raw))
