"""What becomes of readings when an account is connected or goes."""

from __future__ import annotations

from huntaze.insights.service import Insights
from huntaze.kit.db import Connection
from huntaze.outbox import Event, Subscriber


def subscribers(insights: Insights) -> list[Subscriber]:
    """Everything is read after connecting, nothing after disconnecting. What was counted stays."""

    async def follow_account(tx: Connection, event: Event) -> None:
        if event.account_id is None:
            return
        if event.topic == "account.disconnected":
            await insights.stop(tx, event.workspace_id, event.account_id)
        else:
            await insights.start(tx, event.workspace_id, event.account_id)

    topics = frozenset({"account.connected", "account.disconnected"})
    return [Subscriber("insights.follow_account", topics, follow_account)]
