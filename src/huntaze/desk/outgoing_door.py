"""What pages and API of webhooks share: the accounts that may be chosen, and who may let words leave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from huntaze.accounts import AccountRow, Accounts
from huntaze.identity import Actor, Identity, allow
from huntaze.kit.clock import Clock
from huntaze.kit.cursors import page_of, parts_of
from huntaze.kit.db import Database
from huntaze.kit.signing import Signer
from huntaze.kit.text import N_, Text
from huntaze.outbox.outgoing import BadTarget, DeliveryRow, Outgoing

VERB = "webhooks.write"
CONTENT_VERB = "settings.write"


@dataclass(frozen=True, slots=True)
class OutgoingDoor:
    """The collaborators."""

    outgoing: Outgoing
    database: Database
    accounts: Accounts
    identity: Identity
    clock: Clock
    cursors: Signer

    async def connected(self, workspace_id: UUID) -> list[AccountRow]:
        """The live accounts of a workspace, by network and name."""
        async with self.database.transaction() as tx:
            return await self.accounts.list_accounts(tx, workspace_id)

    async def page(
        self,
        workspace_id: UUID,
        webhook_id: UUID,
        cursor: str,
        limit: int,
        states: Sequence[str] = (),
        types: Sequence[str] = (),
    ) -> tuple[Sequence[DeliveryRow], str]:
        """A page of a log, newest first, and the cursor behind it; empty at the end. Raises ``NoSuchTarget``,
        ``BadCursor``."""
        name = f"deliveries:{webhook_id}"
        parts = parts_of(self.cursors, name, cursor)
        before = UUID(parts[0]) if parts else None
        rows = await self.outgoing.log.page(
            workspace_id, webhook_id, before=before, states=states, types=types, limit=limit + 1
        )
        return page_of(self.cursors, name, rows, limit)

    async def check_accounts(self, workspace_id: UUID, chosen: Iterable[UUID]) -> None:
        """Raise ``BadTarget`` for an account that is not connected here."""
        wanted = set(chosen)
        if wanted and not wanted <= {row.id for row in await self.connected(workspace_id)}:
            raise BadTarget({"accountIds": Text(N_("This account is not connected."))})


def check_content(actor: Actor, *includes: bool) -> None:
    """People's words leave only where a person has said so: a key can neither allow that nor change where they go.
    Raises ``Forbidden``."""
    if any(includes):
        allow(actor, CONTENT_VERB)
