"""People a page at a time, how much each said, and the course of what was said with one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huntaze.crm.people_model import PersonRow
from huntaze.crm.queries import Q
from huntaze.crm.reading.filters import BEGINNING, PeopleFilter
from huntaze.crm.reading.threads import Own
from huntaze.kit.cursors import Place
from huntaze.kit.db import Connection, fetch, fetch_optional

FIELDS = (
    "username",
    "name",
    "followers",
    "follows_account",
    "followed_by_account",
    "verified",
)
"""What may be known of somebody, in the order in which it is told."""


@dataclass(frozen=True, slots=True)
class SaidRow:
    """How much somebody said: comments that are there, and messages either way."""

    id: UUID
    comments: int
    messages: int


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody, and how much they said."""

    person: PersonRow
    comments: int
    messages: int

    @property
    def place(self) -> Place:
        """In lists, newest first."""
        return Place(self.person.last_seen_at, self.person.id)


@dataclass(frozen=True, slots=True)
class HappeningRow:
    """Something that was said. ``kind``: a comment or a reply of theirs, our own_reply under it, a message of theirs,
    our answer, a mention. ``media_id`` is our id of the post, where the mirror has it."""

    id: UUID
    kind: str
    ref: str
    text: str
    attachments: int
    source: str
    at: datetime
    removed_at: datetime | None
    media_id: UUID | None

    @property
    def place(self) -> Place:
        """In lists, newest first."""
        return Place(self.at, self.id)


@dataclass(frozen=True, slots=True)
class Known:
    """One thing that is known of somebody. ``origin`` is comment, conversation or profile, ``source`` push or poll."""

    field: str
    value: str | int | bool
    origin: str
    source: str
    at: datetime | None


async def people(
    tx: Connection, workspace_id: UUID, wanted: PeopleFilter, own: Sequence[Own], before: Place | None, limit: int
) -> list[Contact]:
    """Everybody but the accounts themselves, those first who were heard of last."""
    place = before or BEGINNING
    rows = await fetch(
        tx, Q.list_people, PersonRow, workspace_id, list(wanted.account_ids) or None, wanted.since, wanted.until,
        wanted.words, place.at, place.id, [one.account_id for one in own], [one.ref for one in own],
        [one.username for one in own], wanted.wrote, limit,
    )  # fmt: skip
    said = await _said(tx, workspace_id, [row.id for row in rows])
    return [Contact(row, said[row.id].comments, said[row.id].messages) for row in rows]


async def contact(tx: Connection, workspace_id: UUID, person_id: UUID) -> Contact | None:
    """One of them."""
    row = await fetch_optional(tx, Q.person, PersonRow, workspace_id, person_id)
    if row is None:
        return None
    said = (await _said(tx, workspace_id, [row.id]))[row.id]
    return Contact(row, said.comments, said.messages)


async def timeline(
    tx: Connection, row: PersonRow, own: Own | None, before: Place | None, limit: int
) -> list[HappeningRow]:
    """What somebody said to an account and was answered, newest first."""
    place = before or BEGINNING
    ours = (own.ref, own.username) if own else ("", "")
    return await fetch(
        tx, Q.person_timeline, HappeningRow, row.workspace_id, row.account_id, row.person_ref, row.username, *ours,
        place.at, place.id, limit,
    )  # fmt: skip


def known_of(row: PersonRow) -> Iterator[Known]:
    """What is known of somebody, and where it comes from; what the platform never said is left out."""
    for field in FIELDS:
        value: str | int | bool | None = getattr(row, field)
        if value is None or value == "":
            continue
        told = row.sources.get(field)
        facts = told if isinstance(told, Mapping) else {}
        at = facts.get("at")
        yield Known(
            field,
            value,
            str(facts.get("from", "")),
            str(facts.get("by", row.source)),
            datetime.fromisoformat(at) if isinstance(at, str) else None,
        )


async def _said(tx: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> dict[UUID, SaidRow]:
    return {row.id: row for row in await fetch(tx, Q.said_by, SaidRow, workspace_id, list(ids))}
