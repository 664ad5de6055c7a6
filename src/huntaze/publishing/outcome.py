"""A definite yes, from whoever brings it: the sender, a look at the platform, or a list that shows the post."""

from __future__ import annotations

from huntaze.kit.db import Connection, UniqueViolation, savepoint
from huntaze.kit.text import N_, Text
from huntaze.library import Library
from huntaze.publishing import store
from huntaze.publishing.model import ArtefactEnd, ArtefactRow, PublicationRow, link_owner
from huntaze.publishing.record import Entry, Record, kept


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
            done = kept(await self._mark(tx, row, media_ref))
            await store.end_last_attempt(tx, row, now, "published")
            if artefact is not None:
                await store.end_artefact(tx, artefact.id, ArtefactEnd.PUBLISHED.value, now, raw)
            await self.library.revoke_links(tx, row.workspace_id, link_owner(row))
            words = Text(N_("The platform confirms: it is published."))
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
