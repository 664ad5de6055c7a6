"""People, workspaces, sessions, links, keys and failed tries as rows. The only SQL of identity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huntaze.identity.model import FailureRow, KeyHolderRow, KeyRow, LinkRow, PersonRow, SessionRow, WorkspaceRow
from huntaze.kit import db
from huntaze.kit.db import Connection, Queries

Q = Queries(__package__)


async def add_workspace(
    connection: Connection, workspace_id: UUID, name: str, zone: str, locale: str, at: datetime
) -> None:
    """A workspace begins."""
    await db.execute(connection, Q.add_workspace, workspace_id, name, zone, locale, at)


async def add_person(
    connection: Connection,
    workspace_id: UUID,
    person: PersonRow,
    role: str,
    locale: str | None,
    at: datetime,
) -> None:
    """A person who belongs to a workspace."""
    await db.execute(connection, Q.add_person, person.id, person.name, person.email, person.password_hash, locale, at)
    await db.execute(connection, Q.add_member, workspace_id, person.id, role, at)


async def person_called(connection: Connection, login: str) -> PersonRow | None:
    """Who has this e-mail, else the only one who has this name; compared without case."""
    found = await db.fetch(connection, Q.people_called, PersonRow, login)
    if found and (found[0].email.lower() == login.lower() or len(found) == 1):
        return found[0]
    return None


async def person_by_id(connection: Connection, person_id: UUID) -> PersonRow | None:
    """A person with their first workspace."""
    return await db.fetch_optional(connection, Q.person_by_id, PersonRow, person_id)


async def first_owner(connection: Connection) -> PersonRow | None:
    """Who has owned this installation longest, or None while nobody does."""
    return await db.fetch_optional(connection, Q.first_owner, PersonRow)


async def workspace(connection: Connection, workspace_id: UUID) -> WorkspaceRow | None:
    """A workspace, or None."""
    return await db.fetch_optional(connection, Q.workspace, WorkspaceRow, workspace_id)


async def one_first_owner(connection: Connection) -> None:
    """From here to the end of the transaction nobody else claims the installation."""
    await db.execute(connection, Q.one_first_owner)


async def speak_language(connection: Connection, workspace_id: UUID, person_id: UUID, locale: str) -> None:
    """Keep the person's language."""
    await db.execute(connection, Q.speak_language, workspace_id, person_id, locale)


async def add_session(
    connection: Connection, token_hash: bytes, workspace_id: UUID, person_id: UUID, at: datetime, ends_at: datetime
) -> None:
    """A session begins."""
    await db.execute(connection, Q.add_session, token_hash, workspace_id, person_id, at, ends_at)


async def live_session(
    connection: Connection, token_hash: bytes, now: datetime, seen_after: datetime
) -> SessionRow | None:
    """The session, unless it passed its absolute end or was not seen since ``seen_after``."""
    return await db.fetch_optional(connection, Q.live_session, SessionRow, token_hash, now, seen_after)


async def touch_session(connection: Connection, token_hash: bytes, now: datetime) -> None:
    """The session is in use."""
    await db.execute(connection, Q.touch_session, token_hash, now)


async def end_session(connection: Connection, token_hash: bytes) -> None:
    """The session ends now."""
    await db.execute(connection, Q.end_session, token_hash)


async def add_link(
    connection: Connection,
    token_hash: bytes,
    workspace_id: UUID | None,
    person_id: UUID | None,
    ends_at: datetime,
) -> None:
    """A one-time link."""
    await db.execute(connection, Q.add_link, token_hash, workspace_id, person_id, ends_at)


async def open_link(connection: Connection, token_hash: bytes, now: datetime) -> LinkRow | None:
    """The link, if it still works; it stays unused."""
    return await db.fetch_optional(connection, Q.open_link, LinkRow, token_hash, now)


async def use_link(connection: Connection, token_hash: bytes, now: datetime) -> LinkRow | None:
    """The link, used from now on; None if it does not work."""
    return await db.fetch_optional(connection, Q.use_link, LinkRow, token_hash, now)


async def add_key(
    connection: Connection,
    workspace_id: UUID,
    key: KeyRow,
    key_hash: bytes,
) -> None:
    """An API key."""
    await db.execute(
        connection, Q.add_key, key.id, workspace_id, key.name, key.prefix, key_hash, key.scopes, key.created_at
    )


async def list_keys(connection: Connection, workspace_id: UUID) -> list[KeyRow]:
    """The workspace's keys, those that work first."""
    return await db.fetch(connection, Q.list_keys, KeyRow, workspace_id)


async def key_holder(connection: Connection, prefix: str) -> KeyHolderRow | None:
    """The key with this prefix, if it is not revoked."""
    return await db.fetch_optional(connection, Q.key_holder, KeyHolderRow, prefix)


async def touch_key(connection: Connection, workspace_id: UUID, key_id: UUID, now: datetime) -> None:
    """The key is in use."""
    await db.execute(connection, Q.touch_key, workspace_id, key_id, now)


async def revoke_key(connection: Connection, workspace_id: UUID, key_id: UUID, now: datetime) -> bool:
    """End a key; False when the workspace has none of this id that works."""
    return await db.execute(connection, Q.revoke_key, workspace_id, key_id, now) == 1


async def count_try(connection: Connection, subject: bytes, now: datetime, forgotten_before: datetime) -> FailureRow:
    """Count a try before it is checked, unless the subject is locked; the count with this one."""
    return await db.fetch_one(connection, Q.count_try, FailureRow, subject, now, forgotten_before)


async def lock_subject(connection: Connection, subject: bytes, until: datetime) -> None:
    """No try under this subject until a time."""
    await db.execute(connection, Q.lock_subject, subject, until)


async def forget_tries(connection: Connection, subjects: Sequence[bytes]) -> None:
    """Nothing is held against these any more."""
    for subject in subjects:
        await db.execute(connection, Q.forget_tries, subject)


async def drop_old(connection: Connection, now: datetime, seen_after: datetime, tries_before: datetime) -> int:
    """Forget ended sessions, dead links and tries that no longer count; how many rows."""
    return (
        await db.execute(connection, Q.drop_ended_sessions, now, seen_after)
        + await db.execute(connection, Q.drop_old_links, now)
        + await db.execute(connection, Q.drop_old_tries, tries_before, now)
    )
