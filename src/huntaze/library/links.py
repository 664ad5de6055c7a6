"""Signed links under which platforms fetch our files: unguessable, revocable at once, every request on record.

Whether a link was ever fetched is evidence of what a platform did, so the log is written before the first byte leaves,
and revoking and fetching are put in order by the link's row lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from huntaze.kit.clock import Clock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Connection
from huntaze.kit.ids import new_id
from huntaze.kit.signing import BadSignature, Signer
from huntaze.kit.text import N_, Text
from huntaze.library import store
from huntaze.library.errors import AssetNotReady
from huntaze.library.model import Asset, AssetState, Link, LinkFetch, LinkRow, StoredFile


@dataclass(frozen=True, slots=True)
class Lent:
    """A link that is there: the file it lends, or None when it is revoked or over."""

    row: LinkRow
    file: StoredFile | None
    revoked: bool


class Links:
    """Makes links and tells what a link is worth. The signature is 256 bit wide (docs/look-up/security.md, item 22)."""

    def __init__(self, clock: Clock, ring: KeyRing, public_url: str, life: timedelta) -> None:
        self._clock = clock
        self._signer = Signer(ring, "media-link")
        self._public_url = public_url
        self._life = life

    async def make(
        self, connection: Connection, workspace_id: UUID, asset_id: UUID, *, made_for: str, purpose: str
    ) -> Link:
        """A new link. ``made_for`` names its maker (one attempt, say), by which it is extended, revoked and audited.

        ``purpose`` names a variant to lend instead of what is sent to platforms; any other word is only a note.
        Raises AssetNotReady.
        """
        asset = await store.get_asset(connection, workspace_id, asset_id)
        if asset is None or asset.state is not AssetState.READY:
            raise AssetNotReady(
                Text(N_("The file is not there, or not ready yet.")), Text(N_("Wait a moment, or add the file again."))
            )
        now = self._clock.now()
        row = LinkRow(new_id(now), workspace_id, asset_id, purpose, made_for, now + self._life, None)
        await store.add_link(connection, row, now)
        token = self._signer.sign(row.id.bytes)
        return Link(row.id, f"{self._public_url}/m/{token}.{_lent(asset, purpose).extension}", row.ends_at)

    async def extend(self, connection: Connection, workspace_id: UUID, made_for: str) -> int:
        """Let the links of one maker live a whole life from now on; how many live."""
        return await store.extend_links(connection, workspace_id, made_for, self._clock.now() + self._life)

    async def revoke(self, connection: Connection, workspace_id: UUID, made_for: str) -> int:
        """End the links of one maker; how many were alive."""
        return await store.revoke_links(connection, workspace_id, made_for, self._clock.now())

    async def look_up(self, connection: Connection, text: str) -> Lent | None:
        """What the last part of a link's address is worth; None when it was not signed here or its link is gone.

        The link's row is held until the transaction ends: log the request in it.
        """
        token, _, extension = text.rpartition(".")
        try:
            link_id = UUID(bytes=self._signer.verify(token))
        except (BadSignature, ValueError):
            return None
        row = await store.hold_link(connection, link_id)
        if row is None:
            return None
        asset = await store.get_asset(connection, row.workspace_id, row.asset_id)
        if asset is None or _lent(asset, row.purpose).extension != extension:
            return None
        alive = row.revoked_at is None and self._clock.now() < row.ends_at
        return Lent(row, _lent(asset, row.purpose) if alive else None, row.revoked_at is not None)

    async def log(
        self, connection: Connection, row: LinkRow, method: str, status: int, range_header: str, user_agent: str
    ) -> None:
        """Put one request on record."""
        fetched = LinkFetch(row.id, self._clock.now(), method, status, range_header[:200], user_agent[:300])
        await store.log_fetch(connection, row.workspace_id, fetched)


def _lent(asset: Asset, purpose: str) -> StoredFile:
    return asset.file(purpose) or asset.sendable
