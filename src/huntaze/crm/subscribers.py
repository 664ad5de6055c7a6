"""What the mirror does when an account is connected or goes."""

from __future__ import annotations

from huntaze.crm.service import Mirror
from huntaze.kit.db import Connection
from huntaze.outbox import Event, Subscriber


def subscribers(mirror: Mirror) -> list[Subscriber]:
    """A first sync after connecting; none after disconnecting. What was mirrored stays."""

    async def follow_account(tx: Connection, event: Event) -> None:
        if event.account_id is None:
            return
        if event.topic == "account.disconnected":
            await mirror.stop_sync(tx, event.workspace_id, event.account_id)
            await mirror.stop_conversations(tx, event.workspace_id, event.account_id)
        else:
            await mirror.start_sync(tx, event.workspace_id, event.account_id)
            await mirror.start_conversations(tx, event.workspace_id, event.account_id)

    topics = frozenset({"account.connected", "account.disconnected"})
    return [Subscriber("crm.follow_account", topics, follow_account)]
