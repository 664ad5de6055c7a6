"""What may be said of posts and publications to programs outside, under the names of the JSON API."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from huntaze.kit.db import Connection
from huntaze.kit.json_value import JsonValue, moment
from huntaze.outbox import Event
from huntaze.publishing import answers, store
from huntaze.publishing.states import State


async def post_facts(tx: Connection, event: Event) -> Mapping[str, JsonValue]:
    """For which accounts the post of a ``post.changed`` is meant, and when the first of them is due."""
    rows = await store.publications(tx, event.workspace_id, [UUID(event.ref)])
    standing = [row for row in rows if row.now_state is not State.CANCELLED] or rows
    due = min((row.due_at for row in standing if row.due_at), default=None)
    return {"accountIds": [str(row.account_id) for row in standing], "dueAt": moment(due)}


async def publication_facts(tx: Connection, event: Event) -> Mapping[str, JsonValue]:
    """The publication of a ``publication.changed`` as its post shows it, in the state that was told."""
    wanted = event.body.get("publicationId")
    for row in await store.publications(tx, event.workspace_id, [UUID(event.ref)]):
        if str(row.id) == wanted:
            return {**answers.publication(row), "state": event.body.get("state")}
    return {}
