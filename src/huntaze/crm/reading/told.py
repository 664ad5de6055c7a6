"""What may be said of the mirror to programs outside: facts under the names of the JSON API, and, where a person has
allowed them, people's words with whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huntaze.crm import store
from huntaze.crm.model import CommentRow
from huntaze.crm.queries import Q
from huntaze.crm.reading import people_lists, shapes, threads
from huntaze.crm.service import MEDIA_SYNC
from huntaze.kit.db import Connection, fetch_optional, fetch_value
from huntaze.kit.json_value import JsonValue, moment
from huntaze.outbox import Event

Facts = Mapping[str, JsonValue]
NOTHING: Facts = {}


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote, and the platform's id of who it was: empty for somebody whom we do not know."""

    content: Facts
    person_ref: str


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A message or a mention with whom it is of; what it has not is empty. ``person_id`` is None for strangers."""

    person_id: UUID | None
    person_ref: str
    username: str
    from_account: bool
    text: str
    attachments: int
    media_ref: str
    comment_ref: str
    permalink: str
    source: str
    at: datetime
    removed_at: datetime | None


# --- comments ---------------------------------------------------------------------------------------------------


async def comment_facts(tx: Connection, event: Event) -> Facts:
    """Where the comment of a ``comment.*`` stands."""
    row = await _comment(tx, event)
    if row is None:
        return NOTHING
    return {"id": str(row.id), "mediaId": row.media_ref, "parentId": row.parent_ref}


async def comment_words(tx: Connection, event: Event) -> Words | None:
    """What it says; None when it is gone."""
    row = await _comment(tx, event)
    if row is None or row.removed_at is not None:
        return None
    return Words(_said(row.text, row.person_ref, row.username, row.created_at), row.person_ref)


async def _comment(tx: Connection, event: Event) -> CommentRow | None:
    if event.account_id is None:
        return None
    return await threads.comment_named(tx, event.workspace_id, event.account_id, event.ref)


# --- messages and mentions --------------------------------------------------------------------------------------


async def message_facts(tx: Connection, event: Event) -> Facts:
    """With whom the conversation of a ``message.received`` is."""
    row = await _message(tx, event)
    return NOTHING if row is None else _whose(row)


async def message_words(tx: Connection, event: Event) -> Words | None:
    """What it says; None when it was unsent. What the account wrote is of the person too: it is wiped with them."""
    row = await _message(tx, event)
    if row is None or row.removed_at is not None:
        return None
    said = dict(_said(row.text, row.person_ref, row.username, row.at), attachments=row.attachments)
    if row.from_account:
        del said["author"]
    return Words(said, row.person_ref)


async def conversation_facts(tx: Connection, event: Event) -> Facts:
    """With whom the conversation of a ``conversation.changed`` is."""
    if not event.ref:
        return NOTHING
    found = await fetch_value(tx, Q.person_of_conversation, UUID, event.workspace_id, UUID(event.ref))
    return NOTHING if found is None else {"personId": str(found)}


async def mention_facts(tx: Connection, event: Event) -> Facts:
    """Where the mention of a ``mention.*`` stands."""
    row = await _mention(tx, event)
    if row is None:
        return NOTHING
    place = {"mediaId": row.media_ref, "commentId": row.comment_ref, "permalink": row.permalink, "source": row.source}
    return {**place, **_whose(row)}


async def mention_words(tx: Connection, event: Event) -> Words | None:
    """What was written there; None until it was read, and when its author was forgotten."""
    row = await _mention(tx, event)
    if row is None or row.removed_at is not None:
        return None
    return Words(_said(row.text, row.person_ref, row.username, row.at), row.person_ref)


async def _message(tx: Connection, event: Event) -> ToldRow | None:
    whose = (event.workspace_id, event.account_id, event.ref)
    return await fetch_optional(tx, Q.told_message, ToldRow, *whose)


async def _mention(tx: Connection, event: Event) -> ToldRow | None:
    if not event.ref:
        return None
    return await fetch_optional(tx, Q.told_mention, ToldRow, event.workspace_id, UUID(event.ref))


# --- people, posts, syncs ---------------------------------------------------------------------------------------


async def person_words(tx: Connection, event: Event) -> Words | None:
    """Who the person of a ``person.changed`` is, as the API lists people."""
    contact = await people_lists.contact(tx, event.workspace_id, UUID(event.ref)) if event.ref else None
    if contact is None:
        return None
    return Words(shapes.person(contact).model_dump(mode="json", by_alias=True), contact.person.person_ref)


async def media_facts(tx: Connection, event: Event) -> Facts:
    """The post of a ``media.changed``, as the API lists posts; nothing when many changed."""
    if event.account_id is None or not event.ref:
        return NOTHING
    row = await store.media_item(tx, event.workspace_id, event.account_id, event.ref)
    return NOTHING if row is None else shapes.media(row).model_dump(mode="json", by_alias=True)


async def sync_facts(tx: Connection, event: Event) -> Facts:
    """How far the sync of a ``sync.changed`` is, as the API tells it with its account."""
    rows = await store.syncs(tx, event.workspace_id)
    row = next((one for one in rows if one.account_id == event.account_id and one.name == MEDIA_SYNC), None)
    if row is None:
        return NOTHING
    return {
        "startedAt": moment(row.started_at),
        "finishedAt": moment(row.finished_at),
        "problem": str((row.problem or {}).get("message", "")),
    }


def _whose(row: ToldRow) -> Facts:
    return {"personId": str(row.person_id) if row.person_id else None}


def _said(text: str, person_ref: str, username: str, at: datetime) -> Facts:
    return {"text": text, "author": {"id": person_ref, "username": username}, "createdAt": moment(at)}
