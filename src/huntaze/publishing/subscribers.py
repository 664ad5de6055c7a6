"""What publishing does when an account goes or comes back."""

from __future__ import annotations

from huntaze.kit.db import Connection
from huntaze.outbox import Event, Subscriber
from huntaze.publishing.service import Publishing


def subscribers(publishing: Publishing) -> list[Subscriber]:
    """Hold the posts of a disconnected account; let them go on when it works again and they are not too late."""

    async def follow_account(tx: Connection, event: Event) -> None:
        if event.account_id is None:
            return
        if event.topic == "account.disconnected":
            await publishing.hold_account(tx, event.workspace_id, event.account_id)
        else:
            await publishing.release_account(tx, event.workspace_id, event.account_id)

    topics = frozenset({"account.connected", "account.changed", "account.disconnected"})
    return [Subscriber("publishing.follow_account", topics, follow_account)]
